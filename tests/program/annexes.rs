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

/// Answers a request on the store of a desk, errors and all.
fn answer(desk: &Desk, query: &str) -> Value {
    serde_json::from_str(&desk.run_with(&["query", "--data", "store", query]).stdout).unwrap()
}

#[test]
fn mutations_grant_and_revoke() {
    let desk = desk();
    let grant = |fields: &str| {
        answer(
            &desk,
            &format!(
                "mutation {{ grantExemption(exemption: {{ unit: \"cn-370114001203\", indicator: \"village-consortium\",
                                                     grantedOn: \"2024-02-01\" {fields} }}) {{
                   version exemption {{ until reason }}
                   query {{ coverage(indicator: \"village-consortium\", asOf: \"2024-06-30\") {{ exempt }} }} }} }}"
            ),
        )
    };
    let revoke = || {
        answer(
            &desk,
            "mutation { revokeExemption(exemption: { unit: \"cn-370114001203\", indicator: \"village-consortium\",
                                                  grantedOn: \"2024-02-01\" }, reason: \"误\") {
               version query { coverage(indicator: \"village-consortium\", asOf: \"2024-06-30\") { exempt } } } }",
        )
    };
    let granted = grant(", reason: \"撤并\", grantedBy: \"区委组织部\"");
    let prolonged = grant(", reason: \"撤并\", until: \"2024-06-01\"");
    let refusals = [
        grant(""),
        grant(", reason: \"撤并\", until: \"2024-01-01\""),
        grant(", reason: \"电话13812345678\""),
    ];
    let revoked = [revoke(), revoke()];
    insta::assert_snapshot!(format!(
        "{granted:#}\n{prolonged:#}\n{}\n{:#}\n{}",
        refusals.map(|refused| refused["errors"][0]["message"].to_string()).join("\n"),
        revoked[0],
        revoked[1]["errors"][0]["message"],
    ));
}

const INCOMES: &str = "organization,attribute,value,valid_from,valid_to,source\n\
    cn-370114001201,annual_income_cny,480000,2022-01-01,2023-01-01,年报2022\n\
    cn-370114001201,annual_income_cny,510000,2023-01-01,2024-01-01,年报2023\n\
    cn-370114001202,annual_income_cny,520000,,2023-01-01,\n";

#[test]
fn an_income_belongs_to_its_year() {
    let desk = desk();
    desk.write("incomes.csv", INCOMES);
    desk.write("columns.csv", "id,kind,name,annual_income_cny\ncn-370114001202,VILLAGE,示例乙村,1\n");
    desk.done("import --data store incomes.csv columns.csv");
    let years = ["2021-06-30", "2022-06-30", "2023-06-30", "2024-06-30"];
    let found = years.map(|day| {
        let coverage = desk.ask(&format!(
            "{{ coverage(indicator: \"village-income\", asOf: \"{day}\") {{ covered uncovered unknown }} }}"
        ));
        ["covered", "uncovered", "unknown"].map(|state| coverage["coverage"][state].as_i64().unwrap())
    });
    assert_eq!(found, [[1, 0, 2], [1, 1, 1], [1, 1, 1], [0, 1, 2]]);
    let answer = desk.ask(
        "{ gaps(indicator: \"village-income\", asOf: \"2022-06-30\") { nodes { organization { id }
             reasons { needed found } } }
           organization(id: \"cn-370114001201\") {
             annualIncomeCny then: annualIncomeCny(asOf: \"2022-06-30\")
             values { attribute { id text number } validFrom validTo source }
             one: values(attribute: \"annual_income_cny\", asOf: \"2023-06-30\") { attribute { text } }
             none: values(attribute: \"employees\") { source }
             coverageStatus(indicator: \"village-income\", asOf: \"2023-06-30\") {
               state witness { type } values { organization { id } operand text dated { validFrom source } } } }
           column: organization(id: \"cn-370114001202\") { coverageStatus(indicator: \"village-income\", asOf: \"2024-06-30\") {
             reasons { found } } }
           coverage(indicator: \"village-income\", asOf: \"2023-06-30\", groupBy: SUBDISTRICT) { groups {
             completeness { operand population missing dated oldest newest missingOrganizations { nodes { id } } } } } }",
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap());
}

#[test]
fn dated_values_survive_a_round_trip_also_by_way_of_a_workbook() {
    let desk = desk();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(INCOMES.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    workbook.save(desk.path().join("incomes.xlsx")).unwrap();
    desk.done("import --data store incomes.xlsx");
    for format in ["csv", "jsonl"] {
        desk.done(&format!("export --data store --format {format} -o out-{format}"));
        desk.done(&format!("import --data again-{format} out-{format}"));
        desk.done(&format!("export --data again-{format} --format {format} -o out-again-{format}"));
        for file in ["organizations", "relations", "exemptions", "values"] {
            let read = |folder: &str| desk.read(&format!("{folder}-{format}/{file}.{format}"));
            assert_eq!(read("out"), read("out-again"));
        }
    }
    assert_eq!(desk.read("out-csv/values.csv"), INCOMES);
}

#[test]
fn a_value_that_overlaps_another_is_a_bad_row_that_names_both() {
    let desk = desk();
    desk.write("incomes.csv", INCOMES);
    desk.done("import --data store incomes.csv");
    desk.write(
        "more.csv",
        "organization,attribute,value,valid_from\ncn-370114001201,annual_income_cny,1,2023-06-01\n",
    );
    let refused = desk.run("import --data store --dry-run more.csv").stderr;
    assert!(
        refused.contains(
            "more.csv:2: column valid_from: value of annual_income_cny of cn-370114001201 from 2023-06-01: valid_from: \
             the value of annual_income_cny of cn-370114001201 from 2023-01-01 holds on some of the same days: \
             2023-01-01..2024-01-01"
        ),
        "{refused}"
    );
}

#[test]
fn what_was_recorded_then_is_shown_by_every_question_about_coverage() {
    let desk = desk();
    std::thread::sleep(std::time::Duration::from_millis(3));
    let then = jiff::Timestamp::now();
    std::thread::sleep(std::time::Duration::from_millis(3));
    desk.write(
        "later.csv",
        "indicator,unit,reason,granted_by,granted_on\nvillage-consortium,cn-370114001203,撤并,组织部,2024-01-01\n",
    );
    desk.done("import --data store later.csv");
    let exempt = |recorded_at: &str| {
        let json = |command: &str| -> Value {
            serde_json::from_str(&desk.done(&format!("{command} --format json{recorded_at}"))).unwrap()
        };
        let indicator = "--data store --indicator village-consortium --as-of 2024-06-30";
        let board = json("scoreboard --data store --level SUBDISTRICT --as-of 2024-06-30");
        let entry = board[0]["entries"].as_array().unwrap().iter();
        let entry = entry.clone().find(|entry| entry["indicator"]["id"] == "village-consortium").cloned();
        (
            json(&format!("coverage {indicator}"))["exempt"].clone(),
            json(&format!("gaps {indicator} --states EXEMPT"))["totalCount"].clone(),
            entry.map(|entry| entry["subjects"].clone()),
        )
    };
    let now = exempt("");
    let before = exempt(&format!(" --recorded-at {then}"));
    assert_eq!((&now.0, &now.1), (&json!(2), &json!(2)));
    assert_eq!((&before.0, &before.1), (&json!(1), &json!(1)));
    assert!(now.2.is_none() || (now.2, before.2) == (Some(json!(1)), Some(json!(2))));
    let answer = desk.ask(&format!(
        "{{ now: organization(id: \"cn-370114001203\") {{
             coverageStatus(indicator: \"village-consortium\", asOf: \"2024-06-30\") {{ state }} }}
           then: organization(id: \"cn-370114001203\") {{
             coverageStatus(indicator: \"village-consortium\", asOf: \"2024-06-30\", recordedAt: \"{then}\") {{ state }}
             early: coverageStatus(indicator: \"village-consortium\", recordedAt: \"2000-01-01T00:00:00Z\") {{ state }} }}
           exemptions(recordedAt: \"{then}\") {{ totalCount }}
           scoreboard(level: SUBDISTRICT, indicators: [\"village-consortium\"], asOf: \"2024-06-30\", recordedAt: \"{then}\") {{
             entries {{ subjects }} }} }}"
    ));
    assert_eq!(answer["now"]["coverageStatus"]["state"], "EXEMPT");
    assert_eq!(answer["then"]["coverageStatus"]["state"], "UNCOVERED");
    assert_eq!(answer["then"]["early"]["state"], Value::Null);
    assert_eq!(answer["exemptions"]["totalCount"], 2);
    assert_eq!(answer["scoreboard"][0]["entries"][0]["subjects"], 2);
    let wrong = desk.run("coverage --data store --indicator village-consortium --recorded-at 2024-06-30");
    assert!(wrong.code == 2 && wrong.stderr.contains("no moment with an offset"), "{}", wrong.stderr);
}
