//! The history as an auditor meets it: from where each commit came, whether any was altered, what was taken out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::desk::Desk;
use crate::line::Line;
use crate::server::Server;
use orgatlas::http::SubscriptionLimits;
use orgatlas::model::OrganizationKind::Enterprise;
use serde_json::{Value, json};

const UNITS: &str = "id,kind,name,synthetic\ngen-1,ENTERPRISE,示例甲,true\n";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("2024 台账.csv", UNITS);
    let imported = desk.run_with(&["import", "--data", "store", "2024 台账.csv"]);
    assert_eq!(imported.code, 0, "{}", imported.stderr);
    desk
}

/// Names an enterprise, with an alias, in a ledger of its own, and imports that.
fn import(desk: &Desk, id: &str, alias: &str) {
    desk.write("more.csv", format!("id,kind,name,aliases,synthetic\n{id},ENTERPRISE,示例乙,{alias},true\n"));
    desk.done("import --data store more.csv");
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The hash that `audit verify` prints.
fn hash(desk: &Desk) -> String {
    let said = desk.done("audit verify --data store");
    said.lines().find_map(|line| line.strip_prefix("hash: ")).unwrap().to_owned()
}

/// The files of a folder, those in folders too, that hold a text.
fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes()) {
            found.push(path);
        }
    }
    found
}

#[test]
fn help_explains_the_audit_and_redaction() {
    let desk = Desk::new();
    for command in ["audit", "audit verify", "audit export", "redact"] {
        let name = format!("help_{}", command.replace(' ', "_"));
        insta::assert_snapshot!(name, desk.done(&format!("{command} --help")));
    }
}

#[test]
fn every_commit_tells_who_when_why_and_from_where() {
    let desk = desk();
    desk.done("token create --data store --name 示例街道 --role editor");
    let token = desk.done("token create --data store --name 示例区委 --role administrator");
    let id = lines(&desk.done("token list --data store --format json").replace('\n', ""))[0].clone();
    let id = id.as_array().unwrap().iter().find(|token| token["name"] == "示例区委").unwrap()["id"].clone();
    let server = Server::start(&desk, "serve --data store");
    let put = r#"{ putOrganization: { id: "gen-2", kind: ENTERPRISE, name: "示例乙", synthetic: true } }"#;
    let query = format!("mutation {{ applyChanges(reason: \"新增\", changes: [{put}]) {{ version }} }}");
    let ledger = "mutation { importLedger(reason: \"补录\", files: [{ name: \"C:\\\\表\\\\a.csv\", content: \
                  { text: \"id,kind,name\\ngen-3,ENTERPRISE,示例丙\\n\" } }]) { recorded } }";
    for query in [&query, ledger] {
        let body = json!({ "query": query }).to_string();
        let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {}\r\n", token.trim());
        let answer = server.send("POST", "/graphql", &headers, &body);
        assert!(!answer.body.contains("errors"), "{}", answer.body);
    }
    // Also while the store is served.
    let exported = lines(&desk.done("audit export --data store"));
    let told: Vec<_> =
        exported.iter().map(|l| json!([l["version"], l["actor"], l["reason"], l["origin"]])).collect();
    let by = |network: Value, credential: Value, files: Value, door: &str| json!({ "door": door, "network": network, "credential": credential, "files": files });
    let shown = json!(format!("token {}", id.as_str().unwrap()));
    assert_eq!(
        told,
        [
            json!([
                1,
                "command line",
                "import of ledgers",
                by(Value::Null, Value::Null, json!(["2024 台账.csv"]), "COMMAND_LINE")
            ]),
            json!([2, "示例区委", "新增", by(json!("LOOPBACK"), shown.clone(), json!([]), "HTTP")]),
            json!([3, "示例区委", "补录", by(json!("LOOPBACK"), shown, json!(["a.csv"]), "HTTP")]),
        ]
    );
    assert_eq!(exported[1]["changes"][0]["putOrganization"]["name"], "示例乙");
    let times: Vec<_> = exported.iter().map(|line| line["recordedAt"].as_str().unwrap()).collect();
    desk.done(&format!("audit export --data store --since {} -o later.jsonl", times[1]));
    assert_eq!(lines(&desk.read("later.jsonl")), exported[2..]);
    assert_eq!(exported[2]["hash"].as_str().unwrap(), hash(&desk));
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_are_told_the_origin_and_the_hash() {
    let line = Line::open(SubscriptionLimits::DEFAULT).await;
    line.record(Enterprise, &["ent-1"]);
    let mut socket = line.converse().await;
    let query = "subscription { changes(after: 0) { version hash redaction { places }
                 origin { door network credential files } } }";
    socket.subscribe("1", query).await;
    let told = socket.hear_next("1").await;
    let hash = told["changes"]["hash"].as_str().unwrap().to_owned();
    assert_eq!(
        told,
        json!({ "changes": { "version": 1, "hash": hash, "redaction": null,
            "origin": { "door": "LIBRARY", "network": null, "credential": null, "files": [] } } })
    );
    assert_eq!(hash.len(), 64);
    line.stop().await;
}

#[test]
fn a_hash_that_was_noted_proves_the_past_and_an_edit_shows_its_place() {
    let desk = desk();
    let noted = hash(&desk);
    import(&desk, "gen-2", "");
    let verified = desk.done(&format!("audit verify --data store --against {noted}"));
    assert!(verified.starts_with("2 commits, the last of 20"), "{verified}");
    assert!(verified.ends_with(&format!("history leads to {noted}: that is commit 1\n")), "{verified}");
    let refused = desk.run(&format!("audit verify --data store --against {}", "0".repeat(64)));
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("none of the 2 commits has the hash 0000"), "{}", refused.stderr);
    assert_eq!(desk.run("audit verify --data store --against xyz").code, 2);
    assert_eq!(desk.run("audit verify --data nowhere").code, 1);

    // Somebody writes the whole past anew, with right hashes: only the noted one tells.
    let path = desk.path().join("store/changes.log");
    let original = std::fs::read(&path).unwrap();
    std::fs::remove_dir_all(desk.path().join("store")).unwrap();
    desk.write("2024 台账.csv", UNITS.replace("示例甲", "示例丁"));
    desk.run_with(&["import", "--data", "store", "2024 台账.csv"]);
    assert_eq!(desk.run("audit verify --data store").code, 0);
    assert_eq!(desk.run(&format!("audit verify --data store --against {noted}")).code, 1);

    let mut edited = original;
    edited[100] ^= 1;
    std::fs::write(&path, edited).unwrap();
    let refused = desk.run("audit verify --data store");
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("changes.log: damaged at byte 12, in commit 1"), "{}", refused.stderr);
}

#[test]
fn a_text_that_slipped_in_goes_from_everywhere() {
    const TEXT: &str = "张三丰个人工作室";
    let desk = desk();
    import(&desk, "gen-2", TEXT);
    import(&desk, "gen-2", "另名");
    desk.ask(&format!(
        "mutation {{ applyChanges(reason: \"{TEXT}来电\", changes: [{{ putOrganization: {{ id: \"gen-1\", aliases: [\"甲方\"] }} }}]) {{ version }} }}"
    ));
    let noted = hash(&desk);
    let exported = lines(&desk.done("audit export --data store"));
    let moment = exported[1]["recordedAt"].as_str().unwrap();
    desk.done("backup --data store -o copies");
    assert!(!holding(&desk.path().join("store"), TEXT).is_empty());

    for short in ["", "甲", "abc"] {
        let refused = desk.run_with(&["redact", "--data", "store", "--reason", "误录", short]);
        assert!(refused.code == 1 && refused.stderr.contains("the text is too short"), "{}", refused.stderr);
    }
    let dry = desk.run_with(&["redact", "--data", "store", "--reason", "误录", "--dry-run", TEXT]);
    assert_eq!((dry.code, dry.stderr.as_str()), (0, "dry run: nothing was written\n"));
    assert_eq!(dry.stdout, "commit 2: PutOrganization.aliases, 1 times\ncommit 4: reason, 1 times\n");

    let server = Server::start(&desk, "serve --data store");
    let refused = desk.run_with(&["redact", "--data", "store", "--reason", "误录", TEXT]);
    assert!(refused.code == 1 && refused.stderr.contains("is in use by process"), "{}", refused.stderr);
    drop(server);

    desk.write("store/disclosure.toml", format!("# {TEXT}\n"));
    let refused = desk.run_with(&["redact", "--data", "store", "--reason", "误录", TEXT]);
    assert!(
        refused.code == 1 && refused.stderr.contains("disclosure.toml holds the text"),
        "{}",
        refused.stderr
    );
    desk.write("store/disclosure.toml", "");

    let mut command = desk.command(&["redact", "--data", "store", "--reason", "误录", "-"]);
    let mut run =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    run.stdin.take().unwrap().write_all(format!("{TEXT}\n").as_bytes()).unwrap();
    let redacted = run.wait_with_output().unwrap();
    assert!(redacted.status.success(), "{}", String::from_utf8_lossy(&redacted.stderr));
    let said = String::from_utf8(redacted.stdout).unwrap();
    assert!(said.ends_with("commit 5 records it; 〔已隐去 redacted〕 stands in its place\n"), "{said}");
    assert!(String::from_utf8_lossy(&redacted.stderr).contains("every backup that was made before"));

    assert_eq!(holding(&desk.path().join("store"), TEXT), Vec::<PathBuf>::new());
    let verified = desk.done(&format!("audit verify --data store --against {noted}"));
    assert!(
        verified.contains("took out a text that stood at 2 places, in the commits 2, 4: 误录"),
        "{verified}"
    );
    assert!(desk.done("check --data store").contains("checkpoint: of commit 5"));
    let exported = lines(&desk.done("audit export --data store"));
    assert_eq!(exported[3]["reason"], "〔已隐去 redacted〕来电");
    assert_eq!(exported[4]["redaction"]["commits"], json!([2, 4]));
    let then = desk.ask(&format!(
        "{{ coverage(indicator: \"two-new-organisation\", recordedAt: \"{moment}\") {{ population }} }}"
    ));
    assert_eq!(then["coverage"]["population"], 0);
    assert_eq!(
        desk.ask("{ organization(id: \"gen-2\") { aliases } }")["organization"]["aliases"],
        json!(["另名"])
    );

    let copied = desk.done("backup --data store -o copies");
    assert!(copied.contains("is now taken out of this copy too"), "{copied}");
    assert_eq!(holding(&desk.path().join("copies"), TEXT), Vec::<PathBuf>::new());
    desk.done("restore --from copies --data again");
    assert_eq!(
        desk.done("export --data again --format csv -o a"),
        desk.done("export --data store --format csv -o b")
    );
    assert_eq!(desk.read("a/organizations.csv"), desk.read("b/organizations.csv"));
}
