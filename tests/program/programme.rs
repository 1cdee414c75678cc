//! The programme, its scoreboard, and indicators that a store adds.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::desk::{Desk, desk_with_district};
use crate::graphql::check;

#[test]
fn the_programme_and_its_scoreboard() {
    check(&[
        (
            "programme",
            "{ programme { year yearAssumed goal { id: code name source }
                 mainLines { id: code name en: name(language: EN) } coordinations { id: code name hant: name(language: ZH_HANT) }
                 focusAreas { id: code name source indicators { id version source due } }
                 keyIndicators { indicator { id } weight } } }",
        ),
        (
            "scoreboard",
            "{ scoreboard(level: SUBDISTRICT, asOf: \"2024-06-30\", indicators: [\"grid-station\", \"centre-area\"]) {
                 organization { id name } asOf rank score rankChange scoreChange synthetic
                 entries { indicator { id: code version } weight value covered subjects unknown target { text } met
                   shortfall rank valueChange rankChange } } }",
        ),
        (
            "scoreboard_wrong",
            "{ none: scoreboard(level: VILLAGE, indicators: []) { rank } }",
        ),
        (
            "scoreboard_twice",
            "{ scoreboard(level: VILLAGE, indicators: [\"grid-station\", \"grid-station\"]) { rank } }",
        ),
    ]);
}

#[test]
fn why_territories_fall_short_and_what_nobody_knows() {
    check(&[
        (
            "reason_counts",
            "{ coverage(indicator: \"red-workshop-levels\", asOf: \"2024-06-30\") {
                 uncovered reasonCounts { form { id: code } needed count } }
               centres: coverage(indicator: \"community-centre-area\", groupBy: SUBDISTRICT, within: \"cn-370114001\",
                 asOf: \"2024-06-30\") {
                 uncovered reasonCounts { needed count } groups { by { name } uncovered reasonCounts(first: 1) { needed count } } } }",
        ),
        (
            "completeness",
            "{ networks: coverage(indicator: \"grid-four-networks\", groupBy: SUBDISTRICT, asOf: \"2024-06-30\") {
                 population unknown completeness { operand related population missing }
                 groups { by { name } completeness { missing } } }
               centres: coverage(indicator: \"community-centre-area\", asOf: \"2024-06-30\") {
                 completeness { operand related population missing } }
               none: coverage(indicator: \"grid-station\", asOf: \"2024-06-30\") { completeness { operand } } }",
        ),
        (
            "reason_counts_wrong",
            "{ coverage(indicator: \"grid-station\") { reasonCounts(first: 1000) { count } } }",
        ),
    ]);
}

#[test]
fn the_scoreboard_for_people_and_for_spreadsheets() {
    let desk = desk_with_district();
    let board = "scoreboard --data store --level SUBDISTRICT --as-of 2024-06-30";
    insta::assert_snapshot!("scoreboard_table", desk.done(board));
    let csv = desk.done(&format!("{board} --format csv"));
    assert_eq!(csv.lines().count(), 1 + 18 * 10);
    insta::assert_snapshot!("scoreboard_csv", csv.lines().take(11).collect::<Vec<_>>().join("\n"));
    let within: Value =
        serde_json::from_str(&desk.done(&format!("{board} --within cn-370114001 --format json"))).unwrap();
    let rows = within.as_array().unwrap();
    assert!(rows.len() == 1 && rows[0]["rank"] == 1, "{within}");
    assert_eq!(desk.run("scoreboard --data store --level TOWN").code, 2);
    assert_eq!(desk.run("scoreboard --data store").code, 2);
}

/// Ranks and scores again, straight from what `coverage` says of each group.
#[test]
fn the_scoreboard_can_be_recounted_from_coverage() {
    const DATE: &str = "2024-06-30";
    let desk = desk_with_district();
    let mut board = desk.ask(&format!(
        "{{ scoreboard(level: SUBDISTRICT, asOf: \"{DATE}\") {{ organization {{ id }} rank score
             entries {{ indicator {{ id }} weight value rank met }} }} }}"
    ));
    let board: Vec<_> = std::mem::take(board["scoreboard"].as_array_mut().unwrap());
    let keys = board[0]["entries"].as_array().unwrap().iter();
    let keys: Vec<_> = keys.map(|entry| entry["indicator"]["id"].as_str().unwrap().to_owned()).collect();
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for (place, key) in keys.iter().enumerate() {
        let coverage = desk.ask(&format!(
            "{{ coverage(indicator: \"{key}\", groupBy: SUBDISTRICT, asOf: \"{DATE}\") {{
                 groups {{ by {{ id }} ratio met }} }} }}"
        ));
        let groups = coverage["coverage"]["groups"].as_array().unwrap();
        let groups: BTreeMap<_, _> =
            groups.iter().filter_map(|group| Some((group["by"]["id"].as_str()?, group))).collect();
        for row in &board {
            let id = row["organization"]["id"].as_str().unwrap();
            let entry = &row["entries"][place];
            assert_eq!((&entry["value"], &entry["met"]), (&groups[id]["ratio"], &groups[id]["met"]), "{key}");
            let own = groups[id]["ratio"].as_f64();
            let ahead = groups.values().filter(|group| group["ratio"].as_f64() > own).count();
            assert_eq!(entry["rank"].as_u64(), own.map(|_| ahead as u64 + 1), "{key} {id}");
            if let Some(own) = own {
                let weight = entry["weight"].as_f64().unwrap();
                let (sum, weights) = sums.entry(id.to_owned()).or_default();
                *sum += weight * own;
                *weights += weight;
            }
        }
    }
    let score = |row: &Value| row["score"].as_f64().unwrap();
    for row in &board {
        let (sum, weights) = sums[row["organization"]["id"].as_str().unwrap()];
        assert!((score(row) - 100.0 * sum / weights).abs() <= 0.005 + 1e-9, "{row}");
        let ahead = board.iter().filter(|other| score(other) > score(row)).count();
        assert_eq!(row["rank"].as_u64(), Some(ahead as u64 + 1));
    }
}

const OWN: &str = "
[[indicator]]
id = \"large-two-new\"
version = 2
name = { simplified = \"大型“两新”组织\", traditional = \"大型“兩新”組織\", english = \"large two-new units\" }
source = \"our own\"
population = { all = [{ designation = \"TWO_NEW\" }, { compare = { operand = \"members\", comparison = \"AT_LEAST\", value = 5 } }] }

[[indicator.form]]
id = \"any\"
name = { simplified = \"党组织\", traditional = \"黨組織\", english = \"Party organisation\" }
when = { related = { type = \"ORGANIZES\", direction = \"IN\" } }
";

fn desk_with_one_unit() -> Desk {
    let desk = Desk::new();
    desk.write(
        "organizations.csv",
        "id,kind,name,designations,party_members\nent-1,ENTERPRISE,示例甲,TWO_NEW,5\n",
    );
    desk.done("import --data store organizations.csv");
    desk
}

#[test]
fn an_indicator_is_added_in_the_store_and_needs_no_rebuild() {
    let desk = desk_with_one_unit();
    let template = desk.read("store/indicators.toml");
    assert!(template.lines().all(|line| line.starts_with('#') || line.is_empty()), "{template}");
    desk.write("store/indicators.toml", template + OWN);
    let printed = desk.done("coverage --data store --indicator large-two-new --format json");
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&printed["indicator"]["version"], &printed["uncovered"]), (&2.into(), &1.into()));
    let gaps: Value =
        serde_json::from_str(&desk.done("gaps --data store --indicator large-two-new --format json"))
            .unwrap();
    assert_eq!((&gaps["indicator"]["version"], &gaps["totalCount"]), (&2.into(), &1.into()));
    let of_core = desk.ask("{ indicator(id: \"two-new-work\") { version } }");
    assert_eq!(of_core["indicator"]["version"], 1);
}

/// The example in the file that a new store gets is one that can be used.
#[test]
fn the_form_that_a_new_store_explains_is_the_form_that_it_reads() {
    let desk = desk_with_one_unit();
    let template = desk.read("store/indicators.toml");
    let lines = template.lines().skip_while(|line| *line != "# [[indicator]]");
    let example: Vec<_> = lines
        .take_while(|line| !line.starts_with("# A condition"))
        .map(|line| line.strip_prefix("# ").unwrap_or_default())
        .collect();
    desk.write("store/indicators.toml", example.join("\n"));
    let answer = desk.ask("{ indicator(id: \"large-two-new\") { version due target { text } } }");
    assert_eq!(answer["indicator"]["target"]["text"], "≥ 90%");
}

#[test]
fn a_wrong_indicator_of_a_store_is_refused_with_file_and_place() {
    let desk = desk_with_one_unit();
    let table = [
        (
            OWN.replace("large-two-new", "grid-station"),
            "the id \"grid-station\" belongs to an indicator that Orgatlas carries",
        ),
        (OWN.replace("large-two-new", "grid-boundary"), "the id \"grid-boundary\" belongs to an indicator"),
        (OWN.replace("large-two-new", "大型"), "\"大型\" is no id of an indicator"),
        (OWN.repeat(2), "the indicator \"large-two-new\" is defined twice"),
        (
            OWN.replace("\"members\"", "\"patents\""),
            "the indicator \"large-two-new\", population: all[1].compare: the attribute \"patents\" is not declared",
        ),
        (OWN.replace("version = 2", "version = 0"), "line 4, column 11"),
        (OWN.replace("TWO_NEW\" }, { compare", "TWO_NEW\" }, { compared"), "unknown variant `compared`"),
    ];
    for (text, message) in table {
        desk.write("store/indicators.toml", text);
        let refused = desk.run("coverage --data store --indicator two-new-work");
        assert_eq!(refused.code, 1, "{message}");
        assert!(refused.stderr.contains("store/indicators.toml: "), "{}", refused.stderr);
        assert!(refused.stderr.contains(message), "{message}\n{}", refused.stderr);
    }
}

/// The programme asks for attributes that a store need not declare; what asks for them is then unknown.
#[test]
fn a_store_that_declares_fewer_attributes_opens_all_the_same() {
    let desk = desk_with_one_unit();
    desk.write("grids.csv", "id,kind,name\ngrid-1,GRID,示例网格\n");
    desk.done("import --data store grids.csv");
    desk.write("store/attributes.toml", "");
    let answer = desk.ask("{ coverage(indicator: \"grid-four-networks\") { population unknown } }");
    assert_eq!(answer["coverage"].to_string(), "{\"population\":1,\"unknown\":1}");
}
