//! The command line: streams, exit codes, and what its users read.

use std::collections::BTreeSet;

use crate::desk::Desk;

const ORGANIZATIONS: &str = "\
id,kind,name,division,designations,party_members
cn-370114,DISTRICT,章丘区,,,
cn-370114001,SUBDISTRICT,明水街道,,,
ent-1,ENTERPRISE,示例甲,370114001,TWO_NEW,5
ent-2,ENTERPRISE,示例乙,370114001,TWO_NEW,4
ent-3,ENTERPRISE,示例丙,,TWO_NEW,
pty-1,PARTY_BRANCH,示例甲党支部,,,
pty-2,PARTY_BRANCH,示例联合党支部,,,
";

const RELATIONS: &str = "\
source,type,target,mode
cn-370114001,PART_OF,cn-370114,
pty-1,ORGANIZES,ent-1,STANDALONE
pty-2,ORGANIZES,ent-2,JOINT
";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("ledgers/organizations.csv", ORGANIZATIONS).write("ledgers/relations.csv", RELATIONS);
    desk
}

fn desk_with_store() -> Desk {
    let desk = desk();
    desk.done("import --data store ledgers");
    desk
}

/// Whoever misspells the folder of the store finds nothing in it that was not there.
#[test]
fn a_folder_that_is_no_store_stays_as_it_is() {
    let desk = desk();
    for command in [
        "coverage --data ledgers --indicator two-new-either",
        "query --data ledgers {__typename}",
        "export --data ledgers --format csv -o out",
        "check --data ledgers",
        "repair --data ledgers",
        "backup --data ledgers -o copies",
        "token create --data ledgers --name a --role reader",
    ] {
        let refused = desk.run(command);
        assert!(
            refused.code == 1 && refused.stderr.contains("there is no store"),
            "{command}: {}",
            refused.stderr
        );
    }
    let left: BTreeSet<_> =
        std::fs::read_dir(desk.path().join("ledgers")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["organizations.csv", "relations.csv"].map(Into::into).into());
    assert!(!desk.path().join("out").exists() && !desk.path().join("copies").exists());
    // A server may begin with nothing, and says so; nobody has that address.
    let said = desk.run("serve --data ledgers --listen 192.0.2.1:0").stderr;
    assert!(said.contains("note: there was no store at ledgers; an empty one was made\n"), "{said}");
}

#[test]
fn help_lists_every_command() {
    insta::assert_snapshot!(Desk::new().done("--help"));
}

#[test]
fn help_states_the_limits_of_a_server() {
    insta::assert_snapshot!(Desk::new().done("serve --help"));
}

#[test]
fn wrong_usage_exits_with_2_and_failure_with_1() {
    let desk = desk_with_store();
    let table = [
        ("", 2),
        ("covrage", 2),
        ("coverage --data store", 2),
        ("coverage --data store --indicator two-new-either --format pie", 2),
        ("coverage --data nowhere --indicator two-new-either", 1),
        ("coverage --data store --indicator nothing", 1),
        ("coverage --data store --indicator two-new-either --within nobody", 1),
        ("coverage --data store --indicator two-new-either --as-of 2023-02-30", 2),
        ("coverage --data store --indicator two-new-either --group-by TOWN", 2),
        ("gaps --data store --indicator two-new-either --states GONE", 2),
        ("plan --data store --indicator nothing", 1),
        ("plan --data store --indicator two-new-either --format pie", 2),
        ("what-if --data store nothing.json --indicator two-new-either", 1),
        ("what-if --data store ledgers/relations.csv --indicator two-new-either", 1),
        ("what-if --data store ledgers/relations.csv", 2),
        ("diagram --data store --root nobody --format dot", 1),
        ("import --data store nothing.csv", 1),
        ("query --data store {nothing}", 1),
        ("coverage --data store --indicator two-new-either", 0),
        ("check --data store", 0),
    ];
    for (arguments, code) in table {
        let outcome = desk.run(arguments);
        assert_eq!(outcome.code, code, "{arguments}: {}", outcome.stderr);
        if code == 1 {
            assert!(outcome.stderr.starts_with("error: "), "{arguments}: {}", outcome.stderr);
        }
    }
    assert!(!desk.path().join("nowhere").exists(), "a question made a store");
}

#[test]
fn coverage_and_gaps_for_people() {
    let desk = desk_with_store();
    let coverage =
        "coverage --data store --indicator two-new-own-branch --group-by SUBDISTRICT --as-of 2024-01-01";
    insta::assert_snapshot!("coverage", desk.done(coverage));
    let gaps =
        "gaps --data store --indicator two-new-own-branch --states UNCOVERED,UNKNOWN --as-of 2024-01-01";
    insta::assert_snapshot!("gaps", desk.done(gaps));
    insta::assert_snapshot!("gaps_csv", desk.done(&format!("{gaps} --format csv")));
}

#[test]
fn coverage_for_programs_is_what_graphql_answers() {
    let desk = desk_with_store();
    let printed =
        desk.done("coverage --data store --indicator two-new-organisation --group-by DISTRICT --format json");
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let asked = desk.ask(
        "{ coverage(indicator: \"two-new-organisation\", groupBy: DISTRICT) {
             population covered forms { form { id: code } count } groups { by { id } covered ratio } } }",
    );
    let asked = &asked["coverage"];
    assert_eq!(printed["population"], asked["population"]);
    assert_eq!(printed["groups"][0]["by"]["id"], asked["groups"][0]["by"]["id"]);
    assert_eq!(printed["groups"][0]["ratio"], asked["groups"][0]["ratio"]);
    assert_eq!(printed["groups"].as_array().unwrap().len(), 2);
}

#[test]
fn an_import_takes_all_rows_or_none_and_names_every_bad_one() {
    let desk = desk_with_store();
    desk.write(
        "bad/organizations.csv",
        "id,kind,name,division,party_members,uscc\n\
         ent-4,ENTERPRISE,示例丁,370114001,-1,\n\
         ent-5,FACTORY,示例戊,370114001,,\n\
         ent-6,ENTERPRISE,示例己,370199,,\n\
         ent-7,ENTERPRISE,示例庚 13812345678,,,91350100M000100Y44\n",
    );
    desk.write("bad/relations.csv", "source,type,target\npty-1,SERVES,ent-1\npty-1,ORGANIZES,ent-9\n");
    let outcome = desk.run("import --data store bad");
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stderr);
    assert_eq!(desk.ask("{ organizations { totalCount } }")["organizations"]["totalCount"], 7);
}

#[test]
fn a_dry_run_shows_what_would_change_and_changes_nothing() {
    let desk = desk();
    let outcome = desk.run("import --data store --dry-run ledgers");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    insta::assert_snapshot!(outcome.stdout);
    assert!(!desk.path().join("store").exists(), "a dry run made a store");
    desk.done("import --data store ledgers");
    assert_eq!(desk.done("import --data store --dry-run ledgers"), "");
    desk.write("more.csv", "id,kind,name,employees\nent-1,ENTERPRISE,示例甲厂,12\n");
    assert_eq!(desk.done("import --data store --dry-run more.csv"), "~ ENTERPRISE ent-1 示例甲厂\n");
}

#[test]
fn the_same_file_again_changes_nothing() {
    let desk = desk_with_store();
    let again = desk.run("import --data store ledgers");
    assert!(again.stderr.contains(" 0 changes;"), "{}", again.stderr);
    assert!(desk.done("check --data store").contains("log: 1 commits"));
}

#[test]
fn an_attribute_is_declared_in_the_store_and_needs_no_rebuild() {
    let desk = desk_with_store();
    desk.write("patents.csv", "id,kind,name,patents\nent-1,ENTERPRISE,示例甲,7\n");
    let refused = desk.run("import --data store patents.csv");
    assert!(refused.code == 1 && refused.stderr.contains("attributes.toml"), "{}", refused.stderr);
    let declared = desk.read("store/attributes.toml")
        + "\n[[attribute]]\nid = \"patents\"\ntype = \"integer\"\nunit = \"件\"\n\
           name = { simplified = \"专利\", traditional = \"專利\", english = \"patents\" }\n";
    desk.write("store/attributes.toml", declared);
    desk.done("import --data store patents.csv");
    let answer = desk.ask(
        "{ organization(id: \"ent-1\") { attributes { id: code number unit } }
           coverage(rule: { population: { kind: [ENTERPRISE] }, forms: [{ id: \"some\", when: {
             compare: { operand: \"patents\", comparison: AT_LEAST, value: 5 } } }] }) { covered unknown } }",
    );
    assert_eq!(
        answer.to_string(),
        "{\"organization\":{\"attributes\":[{\"id\":\"patents\",\"number\":7.0,\"unit\":\"件\"}]},\
         \"coverage\":{\"covered\":1,\"unknown\":2}}"
    );
    desk.write("store/attributes.toml", "");
    let orphaned = desk.run("check --data store");
    assert!(
        orphaned.code == 1 && orphaned.stderr.contains("ent-1: attribute patents"),
        "{}",
        orphaned.stderr
    );
}

#[test]
fn charts_of_the_standing_and_of_the_party() {
    let desk = desk_with_store();
    let chart = |view: &str, root: &str| {
        desk.done(&format!(
            "diagram --data store --root {root} --view {view} --as-of 2024-01-01 --format mermaid"
        ))
    };
    insta::assert_snapshot!("hierarchy", chart("hierarchy", "cn-370114"));
    insta::assert_snapshot!("party", chart("party", "ent-1"));
}

/// Limits guard a server; whoever asks on a machine of his own may ask as much as he likes.
#[test]
fn a_query_without_a_server_has_no_limits() {
    let desk = desk_with_store();
    let fields: Vec<_> = (0..500).map(|n| format!("a{n}: organization(id: \"ent-1\") {{ id }}")).collect();
    desk.write("many.graphql", format!("{{ {} }}", fields.join(" ")));
    let answer: serde_json::Value =
        serde_json::from_str(&desk.done("query --data store @many.graphql")).unwrap();
    assert_eq!(answer["data"]["a499"]["id"], "ent-1");
}

#[test]
fn an_import_that_is_refused_leaves_no_store_and_nothing_else_is_touched() {
    let desk = Desk::new();
    let cases = [
        ("id,kind,name\na,NO_SUCH_KIND,示例\n", "NO_SUCH_KIND"),
        ("id,kind,name\na,ENTERPRISE,13812345678\n", "mobile"),
        // What only the graph can see.
        ("source,type,target\na,ORGANIZES,b\n", "not in the graph"),
        ("no header\n", "neither the columns"),
    ];
    for (number, (ledger, said)) in cases.into_iter().enumerate() {
        desk.write("in/ledger.csv", ledger);
        let prepared = format!("prepared-{number}");
        desk.write(&format!("{prepared}/attributes.toml"), "# prepared\n");
        for (store, flag) in [("above/store", ""), (prepared.as_str(), ""), (prepared.as_str(), "--dry-run")]
        {
            let refused = desk.run(&format!("import --data {store} in {flag}"));
            assert_eq!(refused.code, 1, "{ledger}");
            assert!(
                refused.stderr.to_lowercase().contains(&said.to_lowercase()),
                "{ledger}: {}",
                refused.stderr
            );
        }
        assert!(!desk.path().join("above").exists(), "{ledger}");
        let left = std::fs::read_dir(desk.path().join(&prepared)).unwrap().count();
        assert_eq!(
            (left, desk.read(&format!("{prepared}/attributes.toml")).as_str()),
            (1, "# prepared\n"),
            "{ledger}"
        );
    }
    desk.write("in/ledger.csv", "id,kind,name\na,ENTERPRISE,示例\n");
    desk.done("import --data prepared-0 --dry-run in");
    assert_eq!(std::fs::read_dir(desk.path().join("prepared-0")).unwrap().count(), 1);
    desk.done("import --data prepared-0 in");
    desk.done("check --data prepared-0");
}
