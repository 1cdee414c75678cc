//! Indicators side by side, what two of them overlap in, filters of units, and the course of an indicator.

use crate::desk::{Desk, desk_with_district};
use crate::graphql::check;

const DATE: &str = "2024-06-30";

#[test]
fn two_new_units_side_by_side_and_what_overlaps() {
    let desk = desk_with_district();
    let rates = format!(
        "rates --data store --indicator two-new-own-branch --indicator two-new-organisation \
         --indicator two-new-work --indicator two-new-either --group-by SUBDISTRICT --as-of {DATE}"
    );
    insta::assert_snapshot!("rates", desk.done(&rates));
    insta::assert_snapshot!(
        "rates_of_a_sector_with_forms",
        desk.done(
            &rates
                .replace("--group-by SUBDISTRICT", "--forms --industry 快递物流 --size-band members-3")
                .replace(
                    "--indicator two-new-work --indicator two-new-either",
                    "--designation TWO_NEW --within cn-370114001"
                )
        )
    );
    let overlap = format!(
        "overlap --data store --one two-new-organisation --other two-new-instructed --as-of {DATE} --within cn-370114"
    );
    insta::assert_snapshot!("overlap", desk.done(&format!("{overlap} --group-by SUBDISTRICT")));
    let counts: serde_json::Value =
        serde_json::from_str(&desk.done(&format!("{overlap} --format json"))).unwrap();
    for (cell, field) in
        [("BOTH", "both"), ("ONE_ONLY", "oneOnly"), ("NEITHER", "neither"), ("EXEMPT", "exempt")]
    {
        let listed = desk.done(&format!("{overlap} --units {cell} --format csv"));
        assert_eq!(listed.lines().count() as u64 - 1, counts["whole"][field].as_u64().unwrap(), "{cell}");
    }
    for (arguments, code) in [
        ("overlap --data store --one two-new-work --other nothing", 1),
        ("overlap --data store --one two-new-work --other two-new-either --units SOME", 2),
        ("rates --data store", 2),
        ("rates --data store --indicator two-new-work --size-band huge", 1),
    ] {
        let outcome = desk.run(arguments);
        assert_eq!(outcome.code, code, "{arguments}: {}", outcome.stderr);
    }
}

/// What every command that writes a sheet gives for each of its formats.
#[test]
fn rates_overlap_and_trend_are_sheets_too() {
    let desk = small_desk();
    let two = "--indicator two-new-organisation --indicator two-new-either";
    for (command, rows) in [
        (format!("rates --data store {two} --as-of {DATE}"), 1),
        (
            format!(
                "overlap --data store --one two-new-organisation --other two-new-instructed --as-of {DATE}"
            ),
            1,
        ),
        (format!("trend --data store --indicator two-new-organisation --from 2024-01-15 --to {DATE}"), 6),
    ] {
        assert_eq!(desk.done(&format!("{command} --format csv")).lines().count(), rows + 1, "{command}");
        desk.done(&format!("{command} --format xlsx -o sheet.xlsx"));
        desk.done(&format!("{command} --format table"));
        let cells = crate::sheets::cells(&desk, "sheet.xlsx");
        assert!(cells.contains("含生成数据"), "{cells}");
    }
}

fn small_desk() -> Desk {
    let desk = Desk::new();
    desk.write(
        "organizations.csv",
        "id,kind,name,division,designations,full_members,employees,industry,synthetic\n\
         cn-370114,DISTRICT,章丘区,,,,,,\n\
         ent-1,ENTERPRISE,示例甲,370114,TWO_NEW,5,30,快递物流,true\n\
         ent-2,ENTERPRISE,示例乙,370114,TWO_NEW;ABOVE_SCALE,4,,快递物流,true\n\
         ent-3,ENTERPRISE,示例丙,370114,TWO_NEW,,400,,true\n\
         ent-4,ENTERPRISE,示例丁,370114,TWO_NEW,1,10,建材,true\n\
         pty-1,PARTY_BRANCH,示例甲党支部,,,,,,true\n",
    );
    desk.write(
        "relations.csv",
        "source,type,target,mode,valid_from\n\
         pty-1,ORGANIZES,ent-1,STANDALONE,2024-03-15\npty-1,INSTRUCTS,ent-4,,\n",
    );
    desk.done("import --data store organizations.csv relations.csv");
    desk
}

#[test]
fn the_course_of_an_indicator_for_people() {
    let trend = "trend --data store --indicator two-new-organisation --from 2024-01-15 --to 2024-06-30";
    insta::assert_snapshot!("trend", small_desk().done(trend));
}

/// Each filter, and the units of each state that pass it: one of which nothing is recorded is unknown.
#[test]
fn a_unit_that_says_nothing_of_what_a_filter_asks_is_unknown() {
    let desk = small_desk();
    let units = |filter: &str| {
        let answer = desk.ask(&format!(
            "{{ gaps(indicator: \"two-new-organisation\", asOf: \"{DATE}\", filter: {{ {filter} }},
                 states: [COVERED, UNCOVERED, UNKNOWN]) {{ nodes {{ organization {{ id }} state reasons {{ needed }} }} }}
               coverage(indicator: \"two-new-organisation\", asOf: \"{DATE}\", filter: {{ {filter} }}) {{
                 indicator {{ population }} population covered uncovered unknown }} }}"
        ));
        let nodes = answer["gaps"]["nodes"].as_array().unwrap();
        assert_eq!(answer["coverage"]["population"], nodes.len());
        let population = answer["coverage"]["indicator"]["population"].as_str().unwrap();
        assert!(!population.contains("industry ="), "the filter shows in the definition: {population}");
        let unit = |node: &serde_json::Value| {
            let state = node["state"].as_str().unwrap();
            let needed = match state {
                "UNKNOWN" => format!(" ({})", node["reasons"][0]["needed"].as_str().unwrap()),
                _ => String::new(),
            };
            format!("{} {state}{needed}", node["organization"]["id"].as_str().unwrap())
        };
        nodes.iter().map(unit).collect::<Vec<_>>().join("; ")
    };
    let filters = [
        "",
        "industries: [\"快递物流\"]",
        "industries: [\"快递物流\", \"建材\"]",
        "designations: [\"ABOVE_SCALE\", \"LARGE\"]",
        "sizeBands: [\"members-3\"]",
        "sizeBands: [\"employees-300\", \"employees-20\"]",
        "employees: { atLeast: 30, atMost: 399 }",
        "members: { atMost: 4 }, industries: [\"快递物流\"]",
        "where: { not: { related: { type: INSTRUCTS, direction: IN } } }",
    ];
    let lines: Vec<_> = filters.iter().map(|filter| format!("{filter}\n  {}", units(filter))).collect();
    insta::assert_snapshot!("filters", lines.join("\n"));
}

#[test]
fn rates_and_overlap_as_graphql_answers_them() {
    check(&[
        (
            "rates_graphql",
            "{ rates(indicators: [\"two-new-own-branch\", \"two-new-work\"], groupBy: SUBDISTRICT, within: \"cn-370114001\",
                 asOf: \"2024-06-30\", filter: { sizeBands: [\"members-3\"] }) {
                 asOf synthetic
                 rates { indicator { id } counts { population covered uncovered unknown exempt forms { form { id: code } count } } }
                 groups { by { id } rates { counts { population covered ratio } } } }
               programme { sizeBands { id: code name(language: EN) operand atLeast lessThan } } }",
        ),
        (
            "overlap_graphql",
            "{ overlap(one: \"two-new-organisation\", other: \"two-new-instructed\", groupBy: SUBDISTRICT,
                 within: \"cn-370114001\", asOf: \"2024-06-30\") {
                 one { id } other { id } synthetic
                 whole { by { id } population both oneOnly otherOnly neither unknown exempt
                   units(cell: OTHER_ONLY, first: 2) { totalCount nodes { id } } }
                 groups { by { id } population both units(cell: BOTH, first: 1) { totalCount nodes { id } } } } }",
        ),
        ("rates_of_nothing", "{ rates(indicators: []) { asOf } }"),
        (
            "wrong_size_band",
            "{ coverage(indicator: \"two-new-work\", filter: { sizeBands: [\"huge\"] }) { covered } }",
        ),
    ]);
}

/// A grouping in which no unit can stand would count nothing: each door refuses it and names what can be grouped by.
#[test]
fn groupings_that_can_hold_no_unit_are_refused() {
    let desk = small_desk();
    let two = "two-new-organisation";
    let kind = "INDUSTRY_PARTY_COMMITTEE";
    for command in [
        format!("coverage --data store --indicator {two} --group-by {kind}"),
        format!("rates --data store --indicator {two} --group-by {kind}"),
        format!("overlap --data store --one {two} --other two-new-either --group-by {kind}"),
        format!("scoreboard --data store --level {kind}"),
        "coverage --data store --indicator village-income --group-by ENTERPRISE".to_owned(),
    ] {
        let outcome = desk.run(&command);
        assert_eq!(outcome.code, 1, "{command}: {}", outcome.stdout);
        assert!(
            outcome
                .stderr
                .contains("so grouping by it would count nothing; group by one of PROVINCE, CITY, DISTRICT"),
            "{command}: {}",
            outcome.stderr
        );
    }
    // A unit may be such an organisation itself, and parks stand in zones.
    for (indicator, kind) in [(two, "ENTERPRISE"), (two, "DEVELOPMENT_ZONE"), ("village-income", "VILLAGE")] {
        desk.done(&format!("coverage --data store --indicator {indicator} --group-by {kind}"));
    }
}
