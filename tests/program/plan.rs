//! Plans and what-if as their users meet them: what is promised is what applying it gives.

use crate::desk::{Desk, desk_with_district};
use crate::server::Server;
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::coverage::plan::{Goal, Limits, PlanRequest, plan};
use orgatlas::coverage::{Scope, coverage};
use orgatlas::model::Date;
use serde_json::{Value, json};

const DATE: &str = "2024-06-30";

#[test]
fn plans_of_the_district_applied_reach_the_coverage_that_they_promise() {
    let desk = desk_with_district();
    let (atlas, _) = Atlas::open(&desk.path().join("store")).unwrap();
    let mut lines = String::new();
    let date: Date = DATE.parse().unwrap();
    let ids: Vec<_> = atlas.snapshot().indicators.iter().map(|indicator| indicator.id.clone()).collect();
    for id in ids {
        let snapshot = atlas.snapshot();
        let indicator = snapshot.indicators.get(&id).unwrap();
        let scope = Scope { date, within: None };
        let request = PlanRequest { scope, limits: Limits::default(), goal: Goal::Target, suppress_below: 0 };
        let plan = plan(indicator, &snapshot.graph, &request);
        let changes: Vec<_> = plan.steps.iter().flat_map(|step| step.remedy.changes.clone()).collect();
        lines += &format!(
            "{id}: {} → {} of {} in {} steps; {} not planned",
            plan.before.covered,
            plan.after.covered,
            plan.after.subjects(),
            plan.steps.len(),
            plan.unplanned.len(),
        );
        if let Some(bound) = plan.bound {
            lines += &format!("; {:?} {}, at least {}", bound.counted, bound.planned, bound.at_least);
        }
        lines += &plan.note.map_or_else(String::new, |note| format!("; {note}"));
        lines.push('\n');
        let proposal = Proposal {
            changes,
            actor: "test".into(),
            reason: format!("plan for {id}"),
            origin: orgatlas::model::Origin::default(),
            expected: Some(snapshot.version),
        };
        atlas.commit(proposal).unwrap();
        let after = atlas.snapshot();
        let reached = coverage(indicator, &after.graph, &scope, None).counts;
        assert_eq!(reached, plan.after, "{id}");
        if let Some(last) = plan.steps.last() {
            assert_eq!(last.covered, reached.covered, "{id}");
        }
    }
    atlas.snapshot().graph.validate().unwrap();
    insta::assert_snapshot!(lines);
}

#[test]
fn what_a_plan_prints_what_if_takes_as_it_is() {
    let desk = desk_with_district();
    for (id, more) in [
        ("two-new-own-branch", ""),
        ("two-new-organisation", "--within cn-370114001"),
        ("grid-station", "--everything"),
        ("chamber-party-organisation", ""),
        ("dedicated-grid", "--limit 7"),
    ] {
        let printed =
            desk.done(&format!("plan --data store --indicator {id} {more} --as-of {DATE} --format json"));
        let plan: Value = serde_json::from_str(&printed).unwrap();
        desk.write("plan.json", &printed);
        desk.write("changes.json", plan["changes"].to_string());
        let promised = match more.contains("--limit") {
            true => &plan["steps"]["nodes"].as_array().unwrap().last().unwrap()["covered"],
            false => &plan["after"]["covered"],
        };
        let files = if id == "grid-station" { &["plan.json", "changes.json"][..] } else { &["plan.json"] };
        for file in files {
            let within = if more.contains("--within") { more } else { "" };
            let answer = desk.done(&format!(
                "what-if --data store {file} --indicator {id} {within} --as-of {DATE} --format json"
            ));
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(answer[0]["before"], plan["before"], "{id}");
            assert_eq!(&answer[0]["after"]["covered"], promised, "{id}");
            let groups = answer[0]["groups"].as_array().unwrap().iter();
            let moved: i64 = groups.map(|group| group["difference"]["covered"].as_i64().unwrap()).sum();
            assert_eq!(answer[0]["difference"]["covered"], moved, "{id}");
        }
    }
    assert!(desk.done("check --data store").contains("log: 1 commits"), "a question was recorded");
}

/// The indicators for which the default rules know plans of many steps.
const PLANNED: [&str; 3] = ["two-new-own-branch", "two-new-organisation", "grid-station"];

/// A plan is applied in parts of so many steps: each is a request within the limits that a server has by default.
const STEPS_OF_A_PART: usize = 100;

#[test]
fn plans_applied_over_http_in_parts_reach_the_coverage_that_they_promise() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "demo --data store --writable --max-time 600");
    let mut requests = 0;
    for id in PLANNED {
        let arguments = format!("indicator: \"{id}\", asOf: \"{DATE}\"");
        let answer = server.ask(&format!(
            "{{ version plan({arguments}) {{ after {{ covered uncovered }}
                 steps(first: 1000) {{ totalCount nodes {{ covered remedy {{ changes }} }} }} }} }}"
        ));
        let plan = &answer["data"]["plan"];
        assert!(answer["errors"].is_null(), "{answer}");
        let steps = plan["steps"]["nodes"].as_array().unwrap();
        assert_eq!(plan["steps"]["totalCount"], steps.len(), "{id}");
        let mut version = answer["data"]["version"].clone();
        for part in steps.chunks(STEPS_OF_A_PART) {
            let changes = part.iter().flat_map(|step| step["remedy"]["changes"].as_array().unwrap());
            let variables = json!({ "changes": changes.collect::<Vec<_>>(), "version": version });
            let applied = server.ask_with(
                &format!(
                    "mutation ($changes: [ChangeInput!]!, $version: Int) {{
                       applyChanges(changes: $changes, reason: \"plan for {id}\", expectedVersion: $version) {{
                         version query {{ coverage({arguments}) {{ covered }} }} }} }}"
                ),
                &variables,
            );
            let applied = &applied["data"]["applyChanges"];
            let promised = &part.last().unwrap()["covered"];
            assert_eq!(&applied["query"]["coverage"]["covered"], promised, "{id}: {applied}");
            version = applied["version"].clone();
            requests += 1;
        }
        let reached = server.ask(&format!("{{ coverage({arguments}) {{ covered uncovered }} }}"));
        assert_eq!(reached["data"]["coverage"], plan["after"], "{id}");
    }
    assert!(requests > PLANNED.len(), "no plan was large enough to be applied in parts");
}

#[test]
fn the_command_line_plans_tries_and_applies() {
    let desk = desk_with_district();
    for (version, id) in (1..).zip(PLANNED) {
        let arguments = format!("--data store --indicator {id} --as-of {DATE} --format json");
        let printed = desk.done(&format!("plan {arguments}"));
        let plan: Value = serde_json::from_str(&printed).unwrap();
        desk.write("plan.json", &printed);
        let tried: Value =
            serde_json::from_str(&desk.done(&format!("what-if {arguments} plan.json"))).unwrap();
        assert_eq!(tried[0]["after"], plan["after"], "{id}");
        let outcome =
            desk.run(&format!("apply --data store --reason plan --expected-version {version} plan.json"));
        let told = format!("; the graph is at version {}\n", version + 1);
        assert!(outcome.code == 0 && outcome.stderr.ends_with(&told), "{id}: {}", outcome.stderr);
        let reached: Value = serde_json::from_str(&desk.done(&format!("coverage {arguments}"))).unwrap();
        for field in ["covered", "uncovered", "unknown", "ratio", "met", "shortfall"] {
            assert_eq!(reached[field], plan["after"][field], "{id} {field}");
        }
        let again =
            desk.run(&format!("apply --data store --reason plan --expected-version {version} plan.json"));
        assert!(again.code == 1 && again.stderr.contains("look again and repeat"), "{id}: {}", again.stderr);
    }
}

fn small_desk() -> Desk {
    let desk = Desk::new();
    desk.write(
        "organizations.csv",
        "id,kind,name,division,designations,full_members,industry,annual_income_cny,social_workers\n\
         cn-370114,DISTRICT,章丘区,,,,,,\n\
         cn-370114001,SUBDISTRICT,明水街道,,,,,,\n\
         cn-370114001001,COMMUNITY,明一社区,,,,,,3\n\
         cn-370114001301,VILLAGE,廉坡村,,,,,400000,\n\
         ent-1,ENTERPRISE,示例甲,370114001001,TWO_NEW,5,建材,,\n\
         ent-2,ENTERPRISE,示例乙,370114001001,TWO_NEW,2,建材,,\n\
         ent-3,ENTERPRISE,示例丙,370114001001,TWO_NEW,1,建材,,\n\
         ent-4,ENTERPRISE,示例丁,370114001301,TWO_NEW,0,食品,,\n\
         ent-5,ENTERPRISE,示例戊,,TWO_NEW,2,,,\n\
         ent-6,ENTERPRISE,示例己,370114001301,TWO_NEW,,,,\n",
    );
    desk.write(
        "relations.csv",
        "source,type,target\ncn-370114001,PART_OF,cn-370114\ncn-370114001001,PART_OF,cn-370114001\n\
         cn-370114001301,PART_OF,cn-370114001\n",
    );
    desk.done("import --data store organizations.csv relations.csv");
    desk
}

#[test]
fn a_plan_for_people() {
    let desk = small_desk();
    insta::assert_snapshot!(
        desk.done(&format!("plan --data store --indicator two-new-organisation --as-of {DATE}"))
    );
    insta::assert_snapshot!(
        "no_automatic_plan",
        desk.done(&format!("plan --data store --indicator village-income --as-of {DATE}"))
    );
}

#[test]
fn what_if_for_people() {
    let desk = small_desk();
    let printed =
        desk.done(&format!("plan --data store --indicator two-new-either --as-of {DATE} --format json"));
    desk.write("plan.json", printed);
    insta::assert_snapshot!(desk.done(&format!(
        "what-if --data store plan.json --indicator two-new-either --indicator grid-station --as-of {DATE}"
    )));
}

#[test]
fn a_plan_and_the_remedies_of_a_gap_as_graphql_answers_them() {
    let desk = small_desk();
    let plan = desk.ask(&format!(
        "{{ plan(indicator: \"two-new-organisation\", asOf: \"{DATE}\") {{
             asOf note synthetic before {{ covered uncovered unknown }} after {{ covered uncovered ratio }}
             bound {{ counted planned atLeast }}
             steps(first: 1) {{ totalCount pageInfo {{ hasNextPage }}
               nodes {{ number remedy {{ kind text units {{ id }} changes }} covered ratio }} }}
             unplannedReasons {{ reason count }}
             unplanned {{ nodes {{ organization {{ id }} reason }} }} }} }}"
    ));
    insta::assert_snapshot!("graphql_plan", format!("{plan:#}"));
    let gaps = desk.ask(&format!(
        "{{ gaps(indicator: \"two-new-organisation\", asOf: \"{DATE}\") {{
             nodes {{ organization {{ id }} remedies {{ kind text units {{ id }} }} }} }}
           unknown: gaps(indicator: \"two-new-own-branch\", states: [UNKNOWN], asOf: \"{DATE}\") {{
             nodes {{ organization {{ id }} remedies {{ kind text changes }} }} }} }}"
    ));
    insta::assert_snapshot!("graphql_remedies", format!("{gaps:#}"));
}

/// Changes, and what they make of an indicator, or why they are refused.
fn what_if(desk: &Desk, indicator: &str, changes: &str) -> String {
    desk.write("changes.json", changes);
    let outcome = desk.run(&format!(
        "what-if --data store changes.json --indicator {indicator} --as-of {DATE} --format json"
    ));
    if outcome.code != 0 {
        return outcome.stderr.trim_end().to_owned();
    }
    let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let counts = |when: &str| {
        let fields = ["covered", "uncovered", "unknown"];
        fields.map(|field| answer[0][when][field].to_string()).join("/")
    };
    let groups = answer[0]["groups"].as_array().unwrap().iter();
    let groups: Vec<_> = groups.map(|group| group["by"]["id"].as_str().unwrap_or("none")).collect();
    format!("{} → {} in [{}]", counts("before"), counts("after"), groups.join(" "))
}

/// Rows: indicator, changes; kept with what comes of them.
#[test]
fn changes_are_read_like_ledgers_and_refused_by_their_place() {
    let desk = small_desk();
    let table = [
        ("village-income", r#"[{"putOrganization": {"id": "cn-370114001301", "annualIncomeCny": 500000}}]"#),
        ("village-income", r#"[{"putOrganization": {"id": "cn-370114001301", "annualIncomeCny": null}}]"#),
        ("village-income", r#"[{"putOrganization": {"id": "cn-370114001301", "employees": 7}}]"#),
        (
            "village-income",
            r#"[{"putOrganization": {"id": "cn-370114001301", "annualIncomeCny": 600000}},
                               {"putOrganization": {"id": "cn-370114001301", "employees": 7}}]"#,
        ),
        (
            "two-new-work",
            r#"[{"putOrganization": {"id": "pty", "kind": "PARTY_BRANCH", "name": "示例党支部"}},
                             {"putRelation": {"source": "pty", "type": "INSTRUCTS", "target": "ent-4"}},
                             {"putRelation": {"source": "pty", "type": "INSTRUCTS", "target": "ent-5"}},
                             {"removeRelation": {"source": "pty", "type": "INSTRUCTS", "target": "ent-5"}}]"#,
        ),
        ("two-new-either", r#"[{"removeOrganization": "ent-5"}]"#),
        ("village-income", r#"[{"removeOrganization": "cn-370114001"}]"#),
        ("village-income", r#"[{"removeOrganization": "cn-1"}, {"removeOrganization": "no id"}]"#),
        (
            "village-income",
            r#"[{"putOrganization": {"id": "new", "name": "新"}}, {"putOrganization": {"id": "new", "kind": "VILLAGE"}}]"#,
        ),
        ("village-income", r#"[{"putOrganization": {"id": "new", "kind": "VILLAGE", "name": "新"}}]"#),
        ("village-income", r#"[{"putOrganization": {"id": "ent-1", "name": "电话 13812345678"}}]"#),
        ("village-income", r#"[{"putOrganization": {"id": "ent-1", "division": "3701"}}]"#),
        ("village-income", r#"[{"putOrganization": {"id": "ent-1", "uscc": "1"}}]"#),
        ("village-income", r#"[{"putOrganization": {"id": "ent-1", "floorAreaM2": -1}}]"#),
        (
            "village-income",
            r#"[{"putOrganization": {"id": "ent-1", "establishedOn": "2024-01-01", "dissolvedOn": "2023-01-01"}}]"#,
        ),
        (
            "village-income",
            r#"[{"putOrganization": {"id": "ent-1", "attributes": [{"id": "social_workers", "value": 2}, {"id": "height", "value": 2}]}}]"#,
        ),
        (
            "village-income",
            r#"[{"putOrganization": {"id": "ent-1", "attributes": [{"id": "social_workers", "value": "many"}]}}]"#,
        ),
        ("village-income", r#"[{"putRelation": {"source": "ent-1", "type": "SERVES", "target": "ent-2"}}]"#),
        (
            "village-income",
            r#"[{"putRelation": {"source": "ent-1", "type": "LOCATED_IN", "target": "nowhere"}}]"#,
        ),
        (
            "village-income",
            r#"[{"putRelation": {"source": "ent-1", "type": "LOCATED_IN", "target": "cn-370114", "mode": "JOINT"}}]"#,
        ),
        (
            "village-income",
            r#"[{"putRelation": {"source": "ent-1", "type": "LOCATED_IN", "target": "cn-370114", "validFrom": "2024-01-02", "validTo": "2024-01-01"}}]"#,
        ),
        ("village-income", r#"[{"putRelation": {"source": "ent-1", "type": "SITS_IN", "target": "ent-2"}}]"#),
        (
            "village-income",
            r#"[{"removeRelation": {"source": "ent-1", "type": "SERVES", "target": "ent-2"}}]"#,
        ),
        ("village-income", r#"[{"removeOrganization": "ent-1", "putOrganization": {"id": "ent-2"}}]"#),
        ("village-income", "{}"),
        ("village-income", "[]"),
    ];
    let rows =
        table.map(|(indicator, changes)| format!("{changes}\n    {}\n", what_if(&desk, indicator, changes)));
    insta::assert_snapshot!(rows.join("\n"));
}
