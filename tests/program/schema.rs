//! The schema that clients generate code from is the one that the program serves.

use std::path::Path;

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
            || ["query: Query", "mutation: Mutation"].contains(&line);
        if !described && !standard {
            undescribed.push(line.to_owned());
        }
        described = false;
    }
    assert_eq!(undescribed, Vec::<String>::new());
}
