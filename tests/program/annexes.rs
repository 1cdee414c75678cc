//! Exemptions from the ledger to every number that they move, and back into a ledger.

use serde_json::{Value, json};

use crate::desk::Desk;

const UNITS: &str = "id,kind,name\n\
    cn-370114001,SUBDISTRICT,示例街道\ncn-370114001201,VILLAGE,示例甲村\ncn-370114001202,VILLAGE,示例乙村\n\
    cn-370114001203,VILLAGE,示例丙村\nbody-1,PARTY_BUILDING_CONSORTIUM,示例联合体\n";

const RELATIONS: &str = "source,type,target\n\
    cn-370114001201,PART_OF,cn-370114001\ncn-370114001202,PART_OF,cn-370114001\n\
    cn-370114001203,PART_OF,cn-370114001\ncn-370114001201,MEMBER_OF,body-1\n";

const EXEMPTIONS: &str = "indicator,unit,reason,granted_by,granted_on,until\n\
    village-consortium,cn-370114001202,整村搬迁,区委组织部,2024-01-01,2025-01-01\n\
    village-consortium,body-1,不在范围,区委组织部,2024-01-01,\n";

/// A store of three villages, of which one is exempt for a year.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("in/a.csv", UNITS).write("in/b.csv", RELATIONS).write("in/c.csv", EXEMPTIONS);
    desk.done("import --data store in");
    desk
}

fn counts(coverage: &Value) -> [i64; 5] {
    ["population", "covered", "uncovered", "exempt", "shortfall"]
        .map(|field| coverage[field].as_i64().unwrap())
}

#[test]
fn an_exempt_unit_leaves_every_number_for_the_days_of_its_exemption() {
    let desk = desk();
    let days = ["2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01"];
    let found = days.map(|day| {
        let answer = desk.ask(&format!(
            "{{ coverage(indicator: \"village-consortium\", asOf: \"{day}\", groupBy: SUBDISTRICT) {{
                 population covered uncovered exempt shortfall
                 groups {{ population covered uncovered exempt shortfall }} }}
               scoreboard(level: SUBDISTRICT, indicators: [\"village-consortium\"], asOf: \"{day}\") {{
                 entries {{ covered subjects }} }}
               trend(indicator: \"village-consortium\", from: \"{day}\", to: \"{day}\") {{
                 asKnown {{ population covered uncovered exempt shortfall }} }}
               plan(indicator: \"village-consortium\", asOf: \"{day}\", everything: true) {{
                 before {{ population covered uncovered exempt shortfall }} }} }}"
        ));
        let all = counts(&answer["coverage"]);
        assert_eq!(counts(&answer["coverage"]["groups"][0]), all, "{day}");
        assert_eq!(counts(&answer["trend"][0]["asKnown"]), all, "{day}");
        assert_eq!(counts(&answer["plan"]["before"]), all, "{day}");
        assert_eq!(answer["scoreboard"][0]["entries"][0]["subjects"], all[1] + all[2], "{day}");
        all
    });
    assert_eq!(found, [[3, 1, 2, 0, 1], [3, 1, 1, 1, 0], [3, 1, 1, 1, 0], [3, 1, 2, 0, 1]]);
}

#[test]
fn the_exempt_are_listed_with_the_decision_that_exempts_them() {
    let desk = desk();
    let answer = desk.ask(
        "{ gaps(indicator: \"village-consortium\", states: [EXEMPT], asOf: \"2024-06-30\") { nodes {
             organization { id } state reasons { needed } remedies { text }
             exemption { reason grantedBy grantedOn until indicatorId indicator { id } unit { name } } } }
           organization(id: \"cn-370114001202\") {
             then: coverageStatus(indicator: \"village-consortium\", asOf: \"2024-06-30\") {
               state exemption { reason } reasons { needed } }
             later: coverageStatus(indicator: \"village-consortium\", asOf: \"2025-06-30\") {
               state exemption { reason } reasons { needed } }
             all: exemptions { until } none: exemptions(asOf: \"2025-06-30\") { until }
             other: exemptions(indicator: \"grid-station\") { until } }
           all: exemptions(first: 1) { totalCount pageInfo { endCursor hasNextPage } nodes { unit { id } } }
           inside: exemptions(within: \"cn-370114001\", asOf: \"2024-06-30\") { nodes { unit { id } } }
           expired: exemptions(indicator: \"village-consortium\", asOf: \"2025-06-30\") { nodes { unit { id } } } }",
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap());
    insta::assert_snapshot!(
        "exempt_in_a_table",
        desk.done("gaps --data store --indicator village-consortium --states EXEMPT --as-of 2024-06-30")
    );
}

#[test]
fn exemptions_survive_a_round_trip_and_are_no_file_where_there_are_none() {
    let desk = desk();
    for format in ["csv", "jsonl"] {
        desk.done(&format!("export --data store --format {format} -o out"));
        desk.done("import --data again out");
        desk.done(&format!("export --data again --format {format} -o out-again"));
        let file = format!("exemptions.{format}");
        assert_eq!(desk.read(&format!("out/{file}")), desk.read(&format!("out-again/{file}")));
        assert!(desk.run("import --data again out").stderr.contains(": 0 changes;"));
        std::fs::remove_dir_all(desk.path().join("again")).unwrap();
        std::fs::remove_dir_all(desk.path().join("out-again")).unwrap();
        std::fs::remove_file(desk.path().join(format!("out/{file}"))).unwrap();
        desk.done("import --data without out");
        desk.write(&format!("out-again/{file}"), "of an earlier export");
        desk.done(&format!("export --data without --format {format} -o out-again"));
        assert!(!desk.path().join(format!("out-again/{file}")).exists());
        for folder in ["out", "out-again", "without"] {
            std::fs::remove_dir_all(desk.path().join(folder)).unwrap();
        }
    }
}

#[test]
fn an_exemption_from_what_nobody_defines_is_refused_by_file_line_and_column() {
    let desk = desk();
    desk.write(
        "wrong.csv",
        "indicator,unit,reason,granted_by,granted_on\nvillage-consortia,cn-370114001203,搬迁,组织部,2024-01-01\n",
    );
    for command in ["import --data store", "import --data store --dry-run", "import --data new --dry-run in"]
    {
        let outcome = desk.run(&format!("{command} wrong.csv"));
        assert_eq!(outcome.code, 1, "{command}");
        assert!(
            outcome.stderr.contains("wrong.csv:2: column indicator: ")
                && outcome.stderr.contains("there is no such indicator"),
            "{command}: {}",
            outcome.stderr
        );
    }
    desk.write("more.csv", "indicator,unit,reason,granted_by,granted_on\nvillage-income,cn-370114001203,灾害,组织部,2024-01-01\n");
    let shown = desk.done("import --data store --dry-run more.csv");
    assert_eq!(shown, "+ exemption of cn-370114001203 from village-income granted on 2024-01-01\n");
}

#[test]
fn what_if_grants_and_revokes_and_refuses_by_the_place() {
    let desk = desk();
    let changes = json!([
        { "removeExemption": { "unit": "cn-370114001202", "indicator": "village-consortium", "grantedOn": "2024-01-01" } },
        { "putExemption": { "unit": "cn-370114001201", "indicator": "village-consortium", "grantedOn": "2024-02-01",
                            "reason": "撤并", "grantedBy": "区委组织部" } },
        { "putExemption": { "unit": "cn-370114001203", "indicator": "village-consortium", "grantedOn": "2024-02-01",
                            "reason": "撤并", "grantedBy": "区委组织部", "until": "2024-03-01" } },
    ]);
    let what_if = |changes: &Value| {
        desk.write("changes.json", changes.to_string());
        desk.run("what-if --data store --indicator village-consortium --as-of 2024-06-30 --format json changes.json")
    };
    let compared: Value = serde_json::from_str(&what_if(&changes).stdout).unwrap();
    let of = |which: &str| {
        ["covered", "uncovered", "exempt"].map(|field| compared[0][which][field].as_i64().unwrap())
    };
    assert_eq!((of("before"), of("after")), ([1, 1, 1], [0, 2, 1]));
    let wrong = json!([
        { "removeExemption": { "unit": "cn-370114001203", "indicator": "village-consortium", "grantedOn": "2024-01-01" } },
    ]);
    let refused = what_if(&wrong).stderr;
    assert!(
        refused.contains(
            "changes[0].removeExemption: the exemption of cn-370114001203 from village-consortium granted on \
             2024-01-01 is not in the graph"
        ),
        "{refused}"
    );
    let wrong = json!([
        { "putExemption": { "unit": "cn-370114001203", "indicator": "none", "grantedOn": "2024-01-01" } },
        { "putExemption": { "unit": "cn-370114001203", "indicator": "village-income", "grantedOn": "2024-01-01" } },
        { "putExemption": { "unit": "cn-370114001203", "indicator": "village-income", "grantedOn": "2024-01-01",
                            "reason": "电话13812345678", "grantedBy": "组织部" } },
    ]);
    let refused = what_if(&wrong).stderr;
    for part in [
        "changes[0].putExemption.indicator: there is no indicator \"none\"",
        "changes[1].putExemption.reason: it is required of a new exemption",
        "changes[2].putExemption.reason: it holds a mobile number",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
}
