//! What leaves a store: its classification stands on it, and small counts of members are kept back from readers.

use crate::desk::Desk;
use crate::server::Server;
use crate::sheets::cells;
use serde_json::{Value, json};

const LABEL: &str = "内部资料";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write(
        "organizations.csv",
        "id,kind,name,designations,party_members,full_members,synthetic\n\
         ent-1,ENTERPRISE,示例甲,TWO_NEW,2,1,true\n\
         ent-2,ENTERPRISE,示例乙,TWO_NEW,9,8,true\n\
         ent-3,ENTERPRISE,示例丙,TWO_NEW,0,0,true\n",
    );
    desk.write(
        "values.csv",
        "organization,attribute,value,valid_from,valid_to\nent-1,party_members,1,2020-01-01,2021-01-01\n",
    );
    desk.write("park.csv", "id,kind,name,synthetic\npark,PARK,示例园,true\n");
    desk.write("relations.csv", "source,type,target\nent-1,LOCATED_IN,park\nent-2,LOCATED_IN,park\n");
    desk.done("import --data store organizations.csv values.csv park.csv relations.csv");
    desk.write("store/disclosure.toml", format!("classification = \"{LABEL}\"\nsuppress_below = 3\n"));
    desk
}

#[test]
fn the_classification_stands_on_every_page_sheet_chart_and_export() {
    let desk = desk();
    let asked = "--data store --indicator two-new-own-branch --as-of 2024-06-30";
    desk.done(&format!("coverage {asked} --format xlsx -o coverage.xlsx"));
    assert!(cells(&desk, "coverage.xlsx").contains(LABEL));
    assert!(desk.done(&format!("coverage {asked}")).starts_with(&format!("{LABEL}\n")));
    for format in ["dot", "mermaid"] {
        let chart = desk.done(&format!("diagram --data store --root park --format {format}"));
        assert!(chart.contains(&format!("【{LABEL}】示例园")), "{chart}");
    }
    for format in ["graphml", "gexf", "cytoscape", "turtle"] {
        desk.done(&format!("export --data store --format {format} -o {format}"));
        assert!(desk.read(format).contains(LABEL), "{format}");
    }
    let server = Server::start(&desk, "serve --data store");
    for page in ["/", "/graphiql"] {
        let body = server.get(page).body;
        assert!(body.contains(&format!("<p id=\"classification\">{LABEL}</p>")), "{page}");
    }
    assert!(server.get("/diagrams/park.dot").body.contains(LABEL));
    assert_eq!(server.ask("{ classification }")["data"]["classification"], LABEL);
    drop(server);

    desk.write("store/disclosure.toml", "classification = \"\"");
    let refused = desk.run("check --data store");
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("disclosure.toml: the classification is empty"), "{}", refused.stderr);
}

/// What somebody is told of the units.
fn told(ask: impl Fn(&str) -> Value) -> Value {
    ask("{
        organizations(filter: { kinds: [ENTERPRISE] }, orderBy: { field: PARTY_MEMBERS }) { nodes {
            id partyMembers fullMembers suppressed dated: partyMembers(asOf: \"2020-06-30\")
            values { attribute { text } }
            coverageStatus(indicator: \"two-new-own-branch\") { state }
        } }
        organizationAggregate(filter: { kinds: [ENTERPRISE] }) { partyMembers { known unknown sum minimum } }
        coverage(indicator: \"two-new-own-branch\") { population }
    }")
}

#[test]
fn readers_are_not_told_small_counts_and_see_the_same_coverage() {
    let desk = desk();
    let all = told(|query| desk.ask(query));
    let server = Server::start(&desk, "serve --data store");
    let read = told(|query| server.ask(query)["data"].clone());
    let units = |told: &Value| -> Vec<Value> {
        let nodes = told["organizations"]["nodes"].as_array().unwrap().iter();
        nodes
            .map(|n| json!([n["id"], n["partyMembers"], n["fullMembers"], n["suppressed"], n["dated"]]))
            .collect()
    };
    assert_eq!(
        units(&all),
        [json!(["ent-3", 0, 0, [], 0]), json!(["ent-1", 2, 1, [], 1]), json!(["ent-2", 9, 8, [], 9]),]
    );
    assert_eq!(
        units(&read),
        [
            json!(["ent-3", 0, 0, [], 0]),
            json!(["ent-2", 9, 8, [], 9]),
            json!(["ent-1", null, null, ["partyMembers", "fullMembers"], null]),
        ]
    );
    assert_eq!(read["organizations"]["nodes"][2]["values"], json!([]));
    assert_eq!(
        read["organizationAggregate"]["partyMembers"],
        json!({ "known": 2, "unknown": 1, "sum": 9.0, "minimum": 0.0 })
    );
    // What the store's indicators say is the same for everybody.
    assert_eq!(read["coverage"], all["coverage"]);
    let members = "{ compare: { operand: \"party_members\", comparison: AT_LEAST, value: 2 } }";
    for query in [
        format!("{{ organizations(filter: {{ where: {members} }}) {{ totalCount }} }}"),
        "{ coverage(indicator: \"two-new-work\", filter: { members: { atLeast: 2 } }) { population } }"
            .to_owned(),
        format!(
            "{{ coverage(rule: {{ population: {members}, forms: [{{ id: \"a\", when: {{ kind: [ENTERPRISE] }} }}] }}) {{ population }} }}"
        ),
    ] {
        assert_eq!(server.ask(&query)["errors"][0]["extensions"]["code"], "FORBIDDEN", "{query}");
    }
    let chart = server.get("/diagrams/park.dot?details=members").body;
    assert!(chart.contains("党员 8") && chart.matches("党员").count() == 1, "{chart}");
}

#[test]
fn exports_leave_small_counts_out_and_say_how_many() {
    let desk = desk();
    let exported = desk.run("export --data store --format csv -o told");
    assert!(
        exported.stderr.contains("not in it: 3 counts of members from 1 to 2 (suppressed)"),
        "{}",
        exported.stderr
    );
    let organizations = desk.read("told/organizations.csv");
    assert!(
        organizations.contains("ent-2,ENTERPRISE,示例乙") && !desk.path().join("told/values.csv").exists()
    );
    assert!(
        !desk.run("export --data store --format csv --suppress-below 0 -o all").stderr.contains("not in it")
    );
    assert!(desk.path().join("all/values.csv").exists());
    let exported = desk.run("export --data store --format xlsx --suppress-below 9 -o told.xlsx");
    assert!(exported.stderr.contains("4 counts of members from 1 to 8"), "{}", exported.stderr);
}
