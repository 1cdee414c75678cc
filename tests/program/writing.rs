//! Writing as its users meet it: who may, what comes of it, and how it is refused.

use crate::desk::{Desk, desk_with_district};
use crate::server::Server;
use serde_json::{Value, json};

fn small_desk() -> Desk {
    let desk = Desk::new();
    desk.write(
        "organizations.csv",
        "id,kind,name,full_members\n\
         cn-370114,DISTRICT,章丘区,\n\
         cn-370114001,SUBDISTRICT,明水街道,\n\
         ent-1,ENTERPRISE,示例甲,5\n",
    );
    desk.write("relations.csv", "source,type,target\ncn-370114001,PART_OF,cn-370114\n");
    desk.done("import --data store organizations.csv relations.csv");
    desk
}

/// Answers a request on the store of a desk, errors and all.
fn answer(desk: &Desk, query: &str) -> Value {
    let outcome = desk.run_with(&["query", "--data", "store", query]);
    serde_json::from_str(&outcome.stdout).unwrap()
}

/// Asks each of a small store of its own, and keeps request and answer.
fn check(requests: &[(&str, &str)]) {
    for (name, request) in requests {
        let answer = answer(&small_desk(), request);
        insta::with_settings!({ description => *request, omit_expression => true }, {
            insta::assert_snapshot!(*name, format!("{answer:#}"));
        });
    }
}

#[test]
fn changes_are_made_whole_and_seen_by_what_follows() {
    check(&[
        (
            "apply_changes",
            "mutation {
               applyChanges(expectedVersion: 1, reason: \"a branch for ent-1\", changes: [
                 { putOrganization: { id: \"pty-1\", kind: PARTY_BRANCH, name: \"示例甲党支部\" } },
                 { putOrganization: { id: \"ent-1\", designations: [\"TWO_NEW\"] } },
                 { putRelation: { source: \"pty-1\", type: ORGANIZES, target: \"ent-1\", mode: STANDALONE } }
               ]) {
                 version changeCount changes
                 query { version coverage(indicator: \"two-new-own-branch\") { population covered } } } }",
        ),
        (
            "several_in_a_request",
            "mutation {
               first: applyChanges(reason: \"one\", changes: [{ putOrganization: { id: \"ent-1\", employees: 1 } }]) {
                 version query { organization(id: \"ent-1\") { employees partyMembers } } }
               second: applyChanges(reason: \"two\", expectedVersion: 2,
                                    changes: [{ putOrganization: { id: \"ent-1\", partyMembers: 2 } }]) {
                 version query { organization(id: \"ent-1\") { employees partyMembers } } } }",
        ),
        ("no_changes", "mutation { applyChanges(reason: \"none\", changes: []) { version changeCount } }"),
    ]);
}

#[test]
fn what_is_refused_says_why_and_where() {
    check(&[
        (
            "broken_rules",
            "mutation { applyChanges(reason: \"r\", changes: [
               { putOrganization: { id: \"ent-1\", employees: 7 } },
               { putRelation: { source: \"ent-1\", type: SERVES, target: \"cn-370114\" } },
               { putRelation: { source: \"ent-1\", type: LOCATED_IN, target: \"nowhere\" } },
               { removeOrganization: \"cn-370114\" }]) { version } }",
        ),
        (
            "unreadable_changes",
            "mutation { applyChanges(reason: \"r\", changes: [
               { putOrganization: { id: \"ent-1\", employees: 7 } },
               { putOrganization: { id: \"ent-1\", uscc: \"1\" } },
               { putOrganization: { id: \"ent-2\", name: \"示例乙\" } },
               { putOrganization: { id: \"ent-1\", name: \"13812345678\" } }]) { version } }",
        ),
        (
            "conflict",
            "mutation { applyChanges(reason: \"r\", expectedVersion: 0,
               changes: [{ removeOrganization: \"nobody\" }]) { version } }",
        ),
        ("no_reason", "mutation { applyChanges(reason: \" \", changes: []) { version } }"),
        ("personal_reason", "mutation { applyChanges(reason: \"问 13812345678\", changes: []) { version } }"),
        ("obeyed_reason", "mutation { applyChanges(reason: \"\\u001b[2J\", changes: []) { version } }"),
        (
            "obeyed_name",
            "mutation { applyChanges(reason: \"r\", changes: [
               { putOrganization: { id: \"ent-1\", name: \"甲\\u202e乙\" } }]) { version } }",
        ),
        ("missing_reason", "mutation { applyChanges(changes: []) { version } }"),
        (
            "two_kinds_of_change",
            "mutation { applyChanges(reason: \"r\",
               changes: [{ removeOrganization: \"ent-1\", putOrganization: { id: \"ent-1\" } }]) { version } }",
        ),
        ("negative_version", "mutation { applyChanges(reason: \"r\", expectedVersion: -1, changes: []) { version } }"),
        (
            "twice_under_one_name",
            "mutation { applyChanges(reason: \"r\", changes: []) { version }
                        applyChanges(reason: \"r\", changes: []) { changeCount } }",
        ),
        (
            "the_second_of_two",
            "mutation {
               first: applyChanges(reason: \"r\", changes: [{ removeOrganization: \"ent-1\" }]) { version }
               second: applyChanges(reason: \"r\", changes: [{ removeOrganization: \"ent-1\" }]) { version }
               third: applyChanges(reason: \"r\", changes: []) { version } }",
        ),
    ]);
}

#[test]
fn ledgers_are_recorded_whole_or_their_bad_rows_named() {
    let fields = "version recorded badRows organizations { rows added changed unchanged }
                  relations { rows added changed unchanged }
                  problems { file sheet line column cause } warnings { file line cause }";
    let import = |arguments: &str, files: &str| {
        format!(
            "mutation {{ importLedger(reason: \"r\"{arguments}, files: [{files}]) {{ {fields}
                   query {{ version organization(id: \"ent-2\") {{ name }} }} }} }}"
        )
    };
    let file = |name: &str, text: &str| {
        let text = text.replace('\n', "\\n").replace('"', "\\\"");
        format!("{{ name: \"{name}\", content: {{ text: \"{text}\" }} }}")
    };
    let units = file(
        "units.csv",
        "id,kind,name,full_members\nent-1,ENTERPRISE,示例甲,5\nent-2,ENTERPRISE,示例乙,3\n",
    );
    let relations = file(
        "relations.jsonl",
        "{\"source\":\"ent-2\",\"type\":\"LOCATED_IN\",\"target\":\"cn-370114001\"}\n",
    );
    let bad = file(
        "bad.csv",
        "id,kind,name,联系人,uscc\nent-2,FACTORY,示例乙,,\nent-3,ENTERPRISE,13812345678,,1\n",
    );
    let lost = file("lost.csv", "source,type,target\nent-1,LOCATED_IN,nowhere\n");
    // The same two units with a mark, as bytes.
    let encoded = "{ name: \"units.csv\", content: { base64: \"77u/aWQsa2luZCxuYW1lCmVudC0yLEVOVEVSUFJJU0Us56S65L6L5LmZCg==\" } }";
    check(&[
        ("import", &import("", &format!("{units}, {relations}"))),
        ("import_dry_run", &import(", dryRun: true", &format!("{units}, {relations}"))),
        ("import_base64", &import(", expectedVersion: 1", encoded)),
        ("import_bad_rows", &import("", &format!("{units}, {bad}"))),
        ("import_unknown_end", &import("", &format!("{units}, {lost}"))),
        ("import_unknown_end_dry_run", &import(", dryRun: true", &lost)),
        ("import_no_ledger", &import("", &file("notes.txt", ""))),
        ("import_no_workbook", &import("", &file("book.xlsx", "no workbook"))),
        ("import_no_base64", &import("", "{ name: \"a.csv\", content: { base64: \"%\" } }")),
        ("import_conflict", &import(", expectedVersion: 7", &units)),
        ("import_nothing", &import("", "")),
    ]);
}

/// What a bad ledger or change sends into an answer repeats no personal data.
#[test]
fn refusals_repeat_no_personal_data() {
    let desk = small_desk();
    for request in [
        "importLedger(reason: \"r\", files: [{ name: \"13812345678.csv\", content: { text: \"id,kind,name\\nent-3,ENTERPRISE,13812345678\" } }]) { problems { file cause } }",
        "importLedger(reason: \"r\", files: [{ name: \"13812345678\", content: { text: \"\" } }]) { version }",
        "applyChanges(reason: \"13812345678\", changes: []) { version }",
        "applyChanges(reason: \"r\", changes: [{ putOrganization: { id: \"ent-1\", name: \"13812345678\" } }]) { version }",
    ] {
        let answer = answer(&desk, &format!("mutation {{ {request} }}")).to_string();
        assert!(answer.contains("errors") || answer.contains("cause"), "{request}: {answer}");
        assert!(!answer.contains("13812345678"), "{request}: {answer}");
    }
}

/// The log is damaged behind the checkpoint, so that the store opens and its past cannot be read.
#[test]
fn what_goes_wrong_inside_is_logged_under_an_id_and_not_shown() {
    let desk = desk_with_district();
    let moment = jiff::Timestamp::now();
    desk.ask("mutation { applyChanges(reason: \"r\", changes: [{ putOrganization: { id: \"cn-37\" } }]) { version } }");
    let log = desk.path().join("store/changes.log");
    let mut bytes = std::fs::read(&log).unwrap();
    bytes[100_000] ^= 1;
    std::fs::write(&log, bytes).unwrap();
    let query =
        format!("{{ coverage(indicator: \"village-income\", recordedAt: \"{moment}\") {{ population }} }}");
    let outcome = desk.run_with(&["query", "--data", "store", &query]);
    let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "INTERNAL", "{answer} {}", outcome.stderr);
    let id = extensions["errorId"].as_str().unwrap();
    let logged = outcome.stderr.lines().find(|line| line.contains(id)).unwrap();
    assert!(logged.contains("ERROR") && logged.contains("changes.log"), "{logged}");
    assert!(outcome.stdout.contains(id) && !outcome.stdout.contains("changes.log"), "{}", outcome.stdout);
}

/// Rows: what serves the store, and the code of the error where a visitor may not write.
#[test]
fn who_may_write() {
    let desk = small_desk();
    let mutation = "mutation { applyChanges(reason: \"r\", changes: [
                      { putOrganization: { id: \"ent-1\", employees: 7 } }]) { changeCount } }";
    assert_eq!(answer(&desk, mutation)["data"]["applyChanges"]["changeCount"], 1, "the command line");
    for (command, code) in
        [("serve", "UNAUTHENTICATED"), ("demo", "UNAUTHENTICATED"), ("demo --writable", "")]
    {
        let server = Server::start(&desk, &format!("{command} --data store"));
        let before = server.ask("{ version }")["data"]["version"].as_u64().unwrap();
        let answer = server.ask(mutation);
        assert_eq!(
            answer["errors"][0]["extensions"]["code"].as_str().unwrap_or(""),
            code,
            "{command}: {answer}"
        );
        let after = server.ask("{ version }")["data"]["version"].as_u64().unwrap();
        assert_eq!(after - before, u64::from(code.is_empty()), "{command}");
        // What a link, an image or a form of another site can send never writes.
        let address = "/graphql?query=mutation%7BapplyChanges(reason:%22r%22,changes:%5B%5D)%7Bversion%7D%7D";
        assert_eq!(server.get(address).status, 405, "{command}");
        let body = json!({ "query": mutation }).to_string();
        for media_type in
            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
        {
            let headers = format!("Content-Type: {media_type}\r\n");
            assert_eq!(
                server.send("POST", "/graphql", &headers, &body).status,
                415,
                "{command} {media_type}"
            );
        }
        assert_eq!(server.ask("{ version }")["data"]["version"], after, "{command}");
    }
}
