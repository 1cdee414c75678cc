//! Names as users type and read them: search, languages, labels; counts of what they find.

use crate::desk::{Desk, desk_with_district};
use crate::graphql::check;
use crate::server::Server;
use serde_json::{Value, json};

#[test]
fn organisations_are_found_by_what_one_types() {
    check(&[
        (
            "search",
            "{ search(text: \"章丘\", first: 3) { totalCount pageInfo { hasNextPage }
                 edges { matched matchedField matchedText node { id name } } } }",
        ),
        (
            "search_otherwise",
            "{ traditional: search(text: \"明水街道黨\", first: 2) { ...found }
               pinyin: search(text: \"ming shui jie dao\", first: 2) { ...found }
               initials: search(text: \"msjd\", first: 2) { ...found }
               mixed: search(text: \"mingshuijd\", first: 2) { ...found }
               division: search(text: \"370114001\", first: 2) { ...found }
               one: search(text: \"水\", filter: { kinds: [SUBDISTRICT] }) { ...found }
               blank: search(text: \" \") { ...found } }
             fragment found on SearchConnection {
               edges { matched matchedField matchedText node { id name } } }",
        ),
        (
            "search_as_filter",
            "{ pinyin: organizations(filter: { text: \"mingshui\", kinds: [SUBDISTRICT] }) { nodes { name } }
               blank: organizations(filter: { text: \"\", kinds: [PROVINCE] }) { nodes { name } } }",
        ),
        ("search_too_long", &format!("{{ search(text: \"{}\") {{ totalCount }} }}", "长".repeat(257))),
    ]);
}

#[test]
fn names_are_written_in_the_language_asked_for() {
    check(&[
        (
            "languages",
            "{ organization(id: \"cn-370114\") { name hant: name(language: ZH_HANT) en: name(language: EN) }
               indicator(id: \"grid-station\") { name hant: name(language: ZH_HANT) en: name(language: EN) } }",
        ),
        (
            "enum_labels",
            "{ enumLabels(enums: [\"CoverageState\", \"Designation\"]) { enum values {
                 value label simplified traditional english } } }",
        ),
        ("enum_labels_wrong", "{ enumLabels(enums: [\"Colour\"]) { enum } }"),
    ]);
}

#[test]
fn organisations_and_relations_are_counted_by_group() {
    check(&[
        (
            "aggregate",
            "{ organizationAggregate(filter: { kinds: [ENTERPRISE], asOf: \"2024-06-30\" },
                 groupBy: [OPERATING_STATUS], level: SUBDISTRICT) {
                 count partyMembers { known unknown sum minimum maximum average }
                 groups(first: 3) { totalCount nodes { operatingStatus by { id name } count
                   employees { known unknown sum } } } } }",
        ),
        (
            "aggregate_by_several",
            "{ organizationAggregate(filter: { categories: [PARTY] }, groupBy: [KIND, SYNTHETIC]) {
                 count groups { nodes { kind synthetic by { id } count } } } }",
        ),
        (
            "aggregate_whole",
            "{ organizationAggregate(filter: { kinds: [VILLAGE] }) {
                 count annualIncomeCny { known unknown sum minimum maximum average } groups { totalCount } }
               none: organizationAggregate(filter: { kinds: [] }) { count employees { sum average } } }",
        ),
        (
            "relation_aggregate",
            "{ relationAggregate(types: [ORGANIZES], asOf: \"2024-06-30\", groupBy: [MODE, TARGET_KIND]) {
                 count groups(first: 4) { totalCount nodes { mode targetKind count } } } }",
        ),
        ("aggregate_wrong", "{ organizationAggregate(groupBy: [KIND, KIND]) { count } }"),
    ]);
}

#[test]
fn quantifiers_hold_on_empty_sets_as_the_schema_says() {
    let desk = desk_with_district();
    let count = |quantifier: &str| {
        let answer = desk.ask(&format!(
            "{{ organizations(first: 0, filter: {{ kinds: [SUBDISTRICT], where: {{ related: {{
                 type: CHAIRS, direction: OUT, {quantifier} }} }} }}) {{ totalCount }} }}"
        ));
        answer["organizations"]["totalCount"].as_u64().unwrap()
    };
    // No subdistrict chairs anything.
    assert_eq!(count("quantifier: SOME"), 0);
    assert_eq!(count("quantifier: NONE"), 18);
    assert_eq!(count("quantifier: EVERY, to: { kind: [BRAND] }"), 18);
    assert_eq!(count("quantifier: AT_LEAST, count: 1"), 0);
    assert_eq!(count("quantifier: AT_LEAST, count: 0"), 18);
    assert_eq!(count("quantifier: AT_MOST, count: 0"), 18);
    assert_eq!(count("quantifier: AT_MOST, count: 2147483647"), 18);
}

/// Walks a list page by page and gives its values with those of one page.
fn walk(
    server: &Server,
    query: impl Fn(Value) -> String,
    list: &str,
    value: &str,
) -> (Vec<Value>, Vec<Value>) {
    let mut walked = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = server.ask(&query(json!({ "first": 7, "after": after })))["data"][list].take();
        let edges = page["edges"].as_array().unwrap();
        walked.extend(edges.iter().map(|edge| edge["node"][value].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let all = server.ask(&query(json!({ "first": 1000, "after": null })))["data"][list].take();
    let all = all["edges"].as_array().unwrap().iter().map(|edge| edge["node"][value].clone()).collect();
    (walked, all)
}

#[test]
fn pages_neither_skip_nor_repeat_in_any_order_also_of_what_has_no_value() {
    let desk = Desk::new();
    let mut ledger =
        String::from("id,kind,name,party_members,annual_income_cny,floor_area_m2,established_on\n");
    for number in 0..40 {
        let value = |every: u32, text: String| if number % every == 0 { String::new() } else { text };
        ledger += &format!(
            "e-{number:02},{},示例{},{},{},{},{}\n",
            if number % 2 == 0 { "ENTERPRISE" } else { "COOPERATIVE" },
            "甲".repeat(number as usize % 5 + 1),
            value(3, (number % 4 * 9).to_string()),
            value(2, format!("{}.5", number % 3 * 1000)),
            value(4, (number % 7).to_string()),
            value(5, format!("2023-01-{:02}", number % 6 + 1)),
        );
    }
    desk.write("units.csv", ledger);
    desk.done("import --data store units.csv");
    let server = Server::start(&desk, "serve --data store");
    let page = |arguments: &Value| {
        let arguments = arguments.as_object().unwrap().iter().map(|(name, value)| format!("{name}: {value}"));
        arguments.collect::<Vec<_>>().join(", ")
    };
    let fields = "{ edges { node { id } } pageInfo { hasNextPage endCursor } }";
    for field in [
        "ID",
        "NAME",
        "KIND",
        "ESTABLISHED_ON",
        "DISSOLVED_ON",
        "PARTY_MEMBERS",
        "FULL_MEMBERS",
        "EMPLOYEES",
        "FLOOR_AREA_M2",
        "ANNUAL_INCOME_CNY",
    ] {
        for direction in ["ASC", "DESC"] {
            let order = format!("orderBy: {{ field: {field}, direction: {direction} }}");
            let query =
                |arguments: Value| format!("{{ organizations({order}, {}) {fields} }}", page(&arguments));
            let (walked, all) = walk(&server, query, "organizations", "id");
            assert_eq!(walked, all, "{field} {direction}");
            assert_eq!(all.len(), 40);
        }
    }
    let query = |arguments: Value| format!("{{ search(text: \"甲甲\", {}) {fields} }}", page(&arguments));
    let (walked, all) = walk(&server, query, "search", "id");
    assert_eq!(walked, all);
    assert_eq!(all.len(), 32);
}

#[test]
fn the_language_of_a_request_is_that_of_its_header() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let body = json!({ "query": "{ organization(id: \"cn-370114\") { name } }" }).to_string();
    for (header, name, language) in [
        ("", "章丘区", "zh-hans"),
        ("Accept-Language: zh-TW,zh;q=0.9\r\n", "章丘區", "zh-hant"),
        ("Accept-Language: en-GB,en;q=0.9,zh-CN;q=0.8\r\n", "章丘区", "en"),
    ] {
        let headers = format!("Content-Type: application/json\r\n{header}");
        let answer = server.send("POST", "/graphql", &headers, &body);
        let data: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(data["data"]["organization"]["name"], name, "{header}");
        assert!(answer.head.contains(&format!("content-language: {language}\r\n")), "{}", answer.head);
        assert!(answer.head.contains("vary: accept, accept-language\r\n"), "{}", answer.head);
    }
}

#[test]
fn the_command_line_finds_what_the_server_finds() {
    let desk = desk_with_district();
    insta::assert_snapshot!(desk.done("search --data store 章丘区外卖 --limit 3"));
    insta::assert_snapshot!(desk.done("search --data store msjd --kinds SUBDISTRICT --format csv"));
    let json: Value =
        serde_json::from_str(&desk.done("search --data store zhangqiuqu --limit 1 --format json")).unwrap();
    assert_eq!(json["edges"][0]["node"]["id"], "cn-370114");
    let wrong = desk.run("search --data store x --limit 1001");
    assert_eq!(wrong.code, 2);
}
