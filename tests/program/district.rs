//! The bundled district, as its users meet it: whole, plausible, and the same by every way in.

use std::collections::BTreeSet;

use crate::desk::{Desk, desk_with_district, district};
use orgatlas::model::{OrganizationKind, RelationMode, RelationType};
use serde_json::Value;

const DATE: &str = "2024-06-30";

fn indicators(desk: &Desk) -> Vec<String> {
    let answer = desk.ask("{ indicators { id } }");
    let ids = answer["indicators"].as_array().unwrap().iter();
    ids.map(|indicator| indicator["id"].as_str().unwrap().to_owned()).collect()
}

/// The coverage of every indicator, asked for in one query.
fn coverage_of_all(desk: &Desk, arguments: &str, fields: &str) -> Vec<(String, Value)> {
    let ids = indicators(desk);
    let parts: Vec<_> = ids
        .iter()
        .enumerate()
        .map(|(i, id)| {
            format!("i{i}: coverage(indicator: \"{id}\", asOf: \"{DATE}\"{arguments}) {{ {fields} }}")
        })
        .collect();
    let mut answer = desk.ask(&format!("{{ {} }}", parts.join("\n")));
    ids.into_iter().enumerate().map(|(i, id)| (id, answer[format!("i{i}")].take())).collect()
}

#[test]
fn every_indicator_by_subdistrict_has_eighteen_groups_that_add_up_to_the_whole() {
    const COUNTS: [&str; 6] = ["population", "subjects", "covered", "uncovered", "unknown", "exempt"];
    let desk = desk_with_district();
    let mut null_groups = 0;
    let counts = COUNTS.join(" ");
    let fields = format!("{counts} groups {{ by {{ id }} {counts} }}");
    for (id, coverage) in coverage_of_all(&desk, ", groupBy: SUBDISTRICT", &fields) {
        let groups = coverage["groups"].as_array().unwrap();
        let named = groups.iter().filter(|group| !group["by"].is_null()).count();
        assert_eq!(named, 18, "{id}");
        null_groups += groups.len() - named;
        for field in COUNTS {
            let sum: u64 = groups.iter().map(|group| group[field].as_u64().unwrap()).sum();
            assert_eq!(sum, coverage[field].as_u64().unwrap(), "{id} {field}");
        }
    }
    assert!(null_groups > 0, "no unit of the district stands nowhere");
}

#[test]
fn gaps_page_through_exactly_the_uncovered_units() {
    let desk = desk_with_district();
    let coverage = desk.ask("{ coverage(indicator: \"two-new-either\") { uncovered } }");
    let mut ids = Vec::new();
    let mut after = String::new();
    loop {
        let page = desk.ask(&format!(
            "{{ gaps(indicator: \"two-new-either\", first: 97{after}) {{
                 totalCount pageInfo {{ hasNextPage endCursor }}
                 nodes {{ organization {{ id }} state reasons {{ needed found }} }} }} }}"
        ));
        let gaps = &page["gaps"];
        assert_eq!(gaps["totalCount"], coverage["coverage"]["uncovered"]);
        for gap in gaps["nodes"].as_array().unwrap() {
            assert_eq!(gap["state"], "UNCOVERED");
            assert_ne!(gap["reasons"].as_array().unwrap().len(), 0);
            ids.push(gap["organization"]["id"].as_str().unwrap().to_owned());
        }
        if gaps["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = format!(", after: {}", gaps["pageInfo"]["endCursor"]);
    }
    assert_eq!(ids.len() as u64, coverage["coverage"]["uncovered"].as_u64().unwrap());
    assert!(ids.is_sorted_by(|a, b| a < b), "an id comes twice or out of order");
    let listed = desk.done("gaps --data store --indicator two-new-either --format json");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let listed = listed["nodes"].as_array().unwrap().iter();
    let listed: Vec<_> = listed.map(|gap| gap["organization"]["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids);
}

/// The numbers of the district, as README shows some of them; a change of the data or of a meaning shows here.
#[test]
fn the_indicators_of_the_district() {
    let desk = desk_with_district();
    let mut lines = String::new();
    let fields =
        "population subjects covered uncovered unknown met shortfall forms { form { id: code } count }
                  indicator { source } target { shareAtLeast shareMoreThan }";
    let mut facts = BTreeSet::new();
    for (id, coverage) in coverage_of_all(&desk, "", fields) {
        let count = |field: &str| coverage[field].as_u64().unwrap();
        assert!(count("subjects") > 0, "{id} gives no number");
        facts.insert(coverage["indicator"]["source"].as_str().unwrap().to_owned());
        let forms: Vec<_> = coverage["forms"].as_array().unwrap().iter().collect();
        let forms: Vec<_> =
            forms.iter().map(|f| format!("{} {}", f["form"]["id"].as_str().unwrap(), f["count"])).collect();
        lines += &format!(
            "{id}: {} = {} covered ({}) + {} uncovered + {} unknown; met {}, shortfall {}\n",
            count("population"),
            count("covered"),
            forms.join(", "),
            count("uncovered"),
            count("unknown"),
            coverage["met"],
            count("shortfall"),
        );
    }
    insta::assert_snapshot!(lines);
    assert_eq!(facts, (2..=18).map(|fact| format!("F{fact}")).collect());
}

#[test]
fn every_kind_relation_type_and_mode_occurs() {
    let text = |file: &str| std::fs::read_to_string(format!("{}/{file}", district())).unwrap();
    let column = |text: &str, column: &str| -> BTreeSet<String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let position = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
        reader.records().map(|record| record.unwrap()[position].to_owned()).collect()
    };
    let kinds = column(&text("organizations.csv"), "kind");
    let relations = text("relations.csv");
    let types = column(&relations, "type");
    let modes = column(&relations, "mode");
    assert_eq!(kinds, OrganizationKind::all().map(|k| k.name().to_owned()).collect());
    assert_eq!(types, RelationType::all().map(|t| t.name().to_owned()).collect());
    let mut every_mode: BTreeSet<_> = RelationMode::all().map(|m| m.name().to_owned()).collect();
    every_mode.insert(String::new());
    assert_eq!(modes, every_mode);
}

#[test]
fn the_district_is_what_generate_writes() {
    let desk = Desk::new();
    desk.done("generate --organizations 12000 --seed 1226 -o made");
    for file in ["organizations.csv", "relations.csv"] {
        let kept = std::fs::read_to_string(format!("{}/{file}", district())).unwrap();
        assert!(
            desk.read(&format!("made/{file}")) == kept,
            "{file} is not what it was made by; if that is meant: \
             cargo run --release -- generate --organizations 12000 --seed 1226 -o graph-data/district"
        );
    }
}

#[test]
fn an_export_imported_into_an_empty_store_is_the_same_graph() {
    let desk = desk_with_district();
    for format in ["csv", "jsonl"] {
        desk.done(&format!("export --data store --format {format} -o first-{format}"));
        desk.done(&format!("import --data copy-{format} first-{format}"));
        desk.done(&format!("export --data copy-{format} --format {format} -o second-{format}"));
        for ledger in ["organizations", "relations"] {
            let (first, second) = (format!("first-{format}"), format!("second-{format}"));
            let read = |folder: &str| desk.read(&format!("{folder}/{ledger}.{format}"));
            assert!(read(&first) == read(&second), "{ledger}.{format} differs");
        }
        let numbers = "two-new-organisation --group-by SUBDISTRICT --format csv";
        let coverage = |store: &str| desk.done(&format!("coverage --data {store} --indicator {numbers}"));
        assert_eq!(coverage("store"), coverage(&format!("copy-{format}")));
    }
}

#[test]
fn generated_units_can_be_told_from_real_ones_everywhere() {
    let desk = desk_with_district();
    let table = desk.done("coverage --data store --indicator two-new-either");
    assert!(table.contains("含生成数据 generated data"), "{table}");
    let chart = desk.done("diagram --data store --root cn-370114001 --format dot");
    assert!(chart.contains("含生成数据 generated data"));
    let answer = desk.ask(
        "{ organizations(filter: { text: \"示例\" }, first: 1000) { nodes { name synthetic sources { citation } } } }",
    );
    for node in answer["organizations"]["nodes"].as_array().unwrap() {
        assert_eq!(node["synthetic"], true, "{node}");
    }
    let real = desk.ask("{ organization(id: \"cn-370114001\") { name synthetic } }");
    assert_eq!(real["organization"]["synthetic"], false);
}
