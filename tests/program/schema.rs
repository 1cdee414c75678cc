//! The schema that clients generate code from is the one that the program serves.

use std::path::Path;

use orgatlas::model::EnumLabels;

/// To accept a change of the schema: `cargo run -- schema > schema.graphql`.
#[test]
fn schema_graphql_says_what_the_code_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let kept = std::fs::read_to_string(file).unwrap();
    let served = orgatlas::graphql::sdl();
    let differing = kept.lines().zip(served.lines()).position(|(kept, served)| kept != served);
    assert!(
        kept == served,
        "schema.graphql differs from the code from line {} on; if that is meant: cargo run -- schema > schema.graphql",
        differing.unwrap_or_else(|| kept.lines().count().min(served.lines().count())) + 1
    );
}

#[test]
fn every_type_field_argument_and_enum_value_is_described() {
    let sdl = orgatlas::graphql::sdl();
    let mut described = false;
    let mut inside_description = false;
    let mut undescribed = Vec::new();
    for line in sdl.lines().map(str::trim) {
        if line.starts_with("\"\"\"") {
            inside_description = !inside_description && line.matches("\"\"\"").count() == 1;
            described = true;
            continue;
        }
        if inside_description || line.is_empty() || line == "}" || line.starts_with(')') {
            continue;
        }
        // What the library itself adds is described by the GraphQL specification.
        let standard = line.starts_with("directive @")
            || line.starts_with("schema {")
            || ["query: Query", "mutation: Mutation", "subscription: Subscription"].contains(&line);
        if !described && !standard {
            undescribed.push(line.to_owned());
        }
        described = false;
    }
    assert_eq!(undescribed, Vec::<String>::new());
}

/// Lists of objects that are no pages, and what bounds each.
const BOUNDED: [(&str, &str); 45] = [
    ("Change.organizations", "both ends of a relation"),
    ("Commit.changes", "a part of a commit, as the log has it"),
    ("Coverage.completeness", "the values that a rule asks for"),
    ("Coverage.forms", "the forms of an indicator"),
    ("Coverage.groups", "more than 100000 are refused"),
    ("Coverage.reasonCounts", "its argument, 100 at the most"),
    ("CoverageComparison.groups", "more than 100000 are refused"),
    ("CoverageCounts.forms", "the forms of an indicator"),
    ("CoverageGroup.completeness", "the values that a rule asks for"),
    ("CoverageGroup.forms", "the forms of an indicator"),
    ("CoverageGroup.reasonCounts", "its argument, 100 at the most"),
    ("CoverageStatus.reasons", "cut at 1000"),
    ("CoverageStatus.values", "cut at 1000"),
    ("CoverageStatus.witness", "cut at 1000"),
    ("EnumLabels.values", "the values of an enum"),
    ("FocusArea.indicators", "the programme's file"),
    ("Gap.reasons", "cut at 1000"),
    ("Gap.remedies", "the default rules"),
    ("ImportLedgerPayload.problems", "cut at 1000"),
    ("ImportLedgerPayload.warnings", "cut at 1000"),
    ("Indicator.forms", "the forms of an indicator"),
    ("MoveTasksPayload.tasks", "ids, 1000 at the most"),
    ("Organization.ancestors", "cut at 1000"),
    ("Organization.attributes", "the declared attributes"),
    ("Organization.exemptions", "cut at 1000"),
    ("Organization.sources", "one record"),
    ("Organization.values", "cut at 1000"),
    ("Overlap.groups", "more than 100000 are refused"),
    ("Path.nodes", "maxLength, 32 at the most"),
    ("Path.relations", "maxLength, 32 at the most"),
    ("Programme.coordinations", "the programme's file"),
    ("Programme.focusAreas", "the programme's file"),
    ("Programme.keyIndicators", "the programme's file"),
    ("Programme.mainLines", "the programme's file"),
    ("Programme.sizeBands", "the programme's file"),
    ("Rates.groups", "more than 100000 are refused"),
    ("Rates.rates", "50 indicators"),
    ("RatesGroup.rates", "50 indicators"),
    ("Remedy.units", "the limits of a plan"),
    ("RemedyPlan.unplannedReasons", "the values of an enum"),
    ("ScoreboardRow.entries", "50 indicators"),
    ("Subgraph.edges", "cut at 100000"),
    ("Subgraph.nodes", "its limit, 10000 at the most"),
    ("Task.history", "cut at 1000"),
    ("TaskUnit.reasons", "cut at 1000"),
];

fn introspected() -> serde_json::Value {
    let query = "{ __schema { types { kind name enumValues(includeDeprecated: true) { name }
        fields(includeDeprecated: true) { name description type {
          kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
    let schema = orgatlas::graphql::schema();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let atlas = std::sync::Arc::new(orgatlas::atlas::Atlas::open(folder.path()).unwrap().0);
    let access = orgatlas::access::Access::anonymous();
    let request = orgatlas::graphql::Request::new(query);
    let answer = runtime.block_on(orgatlas::graphql::execute(&schema, &atlas, access, request));
    assert_eq!(answer.errors, []);
    serde_json::to_value(answer.data).unwrap()["__schema"]["types"].take()
}

fn texts<'v>(values: &'v serde_json::Value, field: &str) -> Vec<&'v str> {
    values.as_array().unwrap().iter().map(|value| value[field].as_str().unwrap()).collect()
}

/// Whether a type is a list of objects, and not of what an object itself holds, such as its codes.
fn is_list_of_objects(of: &serde_json::Value) -> bool {
    let (mut inner, mut list) = (of, false);
    while !inner["ofType"].is_null() {
        list |= inner["kind"] == "LIST";
        inner = &inner["ofType"];
    }
    list && ["OBJECT", "INTERFACE", "UNION"].contains(&inner["kind"].as_str().unwrap())
}

#[test]
fn every_list_of_objects_has_pages_or_a_bound() {
    let mut unbounded = Vec::new();
    for object in introspected().as_array().unwrap() {
        let name = object["name"].as_str().unwrap();
        if object["kind"] != "OBJECT" || name.starts_with("__") || name.ends_with("Connection") {
            continue;
        }
        for field in
            object["fields"].as_array().unwrap().iter().filter(|field| is_list_of_objects(&field["type"]))
        {
            let path = format!("{name}.{}", field["name"].as_str().unwrap());
            let says = ["at the most", "are refused", "All indicators", "The values of enums", "indicators;"];
            let description = field["description"].as_str().unwrap();
            let is_bounded = BOUNDED.iter().any(|(bounded, _)| *bounded == path)
                || name == "Query" && says.iter().any(|words| description.contains(words));
            if !is_bounded {
                unbounded.push(path);
            }
        }
    }
    assert_eq!(unbounded, Vec::<String>::new(), "make it a connection, or bound it and say how in BOUNDED");
}

#[test]
fn every_value_of_every_enum_has_its_labels() {
    let mut labelled = Vec::new();
    for of in introspected().as_array().unwrap() {
        let name = of["name"].as_str().unwrap();
        if of["kind"] != "ENUM" || name.starts_with("__") {
            continue;
        }
        let labels =
            EnumLabels::of(name).unwrap_or_else(|| panic!("{name} has no labels in src/model/labels.rs"));
        let values: Vec<_> = labels.iter().map(|(value, _)| value).collect();
        assert_eq!(values, texts(&of["enumValues"], "name"), "{name} in src/model/labels.rs");
        for (value, label) in labels.iter() {
            assert!(!label.simplified.is_ascii() && !label.traditional.is_ascii(), "{name}.{value}");
            assert!(label.english.chars().any(|c| c.is_ascii_alphabetic()), "{name}.{value}");
        }
        labelled.push(name.to_owned());
    }
    let others: Vec<_> = EnumLabels::all()
        .map(|labels| labels.name)
        .filter(|name| !labelled.contains(&(*name).to_owned()))
        .collect();
    assert_eq!(others, ["Designation"]);
}

#[test]
fn every_designation_of_the_district_has_its_labels() {
    let ledger = std::fs::read_to_string(format!("{}/organizations.csv", crate::desk::district())).unwrap();
    let mut rows = csv::Reader::from_reader(ledger.as_bytes());
    let column = rows.headers().unwrap().iter().position(|heading| heading == "designations").unwrap();
    let labels = EnumLabels::of("Designation").unwrap();
    for row in rows.records() {
        for designation in row.unwrap()[column].split(';').filter(|designation| !designation.is_empty()) {
            assert!(labels.get(designation).is_some(), "{designation} has no labels in src/model/labels.rs");
        }
    }
}

#[test]
fn the_schema_of_a_subgraph_is_the_plain_one_with_keys() {
    let (plain, federated) = (orgatlas::graphql::sdl(), orgatlas::graphql::federated_sdl());
    for only_of_a_router in
        ["_service", "_entities", "_Any", "_Entity", "_Service", "@key", "@shareable", "@link"]
    {
        assert!(!plain.contains(only_of_a_router), "{only_of_a_router}");
    }
    let kept: Vec<_> = plain.lines().collect();
    let differing: Vec<_> = federated.lines().filter(|line| !kept.contains(line)).collect();
    assert!(
        differing.contains(&"type Organization implements Node @key(fields: \"id\") {"),
        "{differing:#?}"
    );
    assert!(differing.contains(&"type PageInfo @shareable {"), "{differing:#?}");
    let of_federation = |line: &&str| line.contains('@') || *line == "extend schema";
    assert!(differing.iter().all(of_federation), "{differing:#?}");
}

/// Why an id identifies an object for normalised caches: with all that its content depends on, among all types.
const IDENTIFIED: [(&str, &str); 10] = [
    ("Aim", "a digest of all that it says, behind the name of its type"),
    ("Attribute", "a digest of all that it says, behind the name of its type"),
    ("FocusArea", "a digest of all that it says, behind the name of its type"),
    ("Form", "a digest of all that it says, behind the name of its type"),
    ("Indicator", "the id of its definition, with the version where that is not the present one"),
    ("NamedOrganization", "a digest of all that it says, behind the name of its type"),
    (
        "Organization",
        "the id of ledgers, of which there is one; what a day changes are fields with arguments",
    ),
    ("SizeBand", "a digest of all that it says, behind the name of its type"),
    (
        "Task",
        "month, indicator and territory, fixed like that of an organisation: of one day and version at a time",
    ),
    (
        "TaskUnit",
        "a digest of the unit, the indicator, the day and the version of the graph, behind the name of its type",
    ),
];

#[test]
fn every_type_with_an_id_is_identified_by_it() {
    let schema = introspected();
    let types = schema.as_array().unwrap();
    let has_id = |of: &&serde_json::Value| {
        let fields = of["fields"].as_array().map_or(&[][..], Vec::as_slice);
        of["kind"] == "OBJECT" && fields.iter().any(|field| field["name"] == "id")
    };
    let mut found: Vec<_> = types.iter().filter(has_id).map(|of| of["name"].as_str().unwrap()).collect();
    found.sort_unstable();
    let identified: Vec<_> = IDENTIFIED.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        found, identified,
        "say in IDENTIFIED why the id of a new type identifies it, or name the field otherwise"
    );
}
