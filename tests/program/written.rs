//! Answers that are written at once, and documents that are kept: to the letter what the executor says of each
//! request anew.

use std::sync::{Arc, OnceLock};

use crate::desk::{Desk, desk_with_district};
use orgatlas::access::Access;
use orgatlas::atlas::Atlas;
use orgatlas::graphql::{
    Documents, Limits, Prepared, Request, Schema, Variables, execute_prepared, schema, to_json,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// A server without the transport.
struct Asked {
    atlas: Arc<Atlas>,
    schema: Schema,
    documents: Documents,
    runtime: Runtime,
    _desk: Desk,
}

impl Asked {
    fn district() -> Self {
        let desk = desk_with_district();
        Self {
            atlas: Arc::new(Atlas::open(&desk.path().join("store")).unwrap().0),
            schema: schema(),
            documents: Documents::default(),
            runtime: Builder::new_current_thread().build().unwrap(),
            _desk: desk,
        }
    }

    fn execute(&self, prepared: Prepared) -> String {
        let answer = execute_prepared(&self.schema, &self.atlas, Access::anonymous(), prepared);
        String::from_utf8(to_json(&self.runtime.block_on(answer)).unwrap()).unwrap()
    }

    /// What the executor says without anything that is kept, and what a server that keeps documents sends.
    fn both(&self, query: &str, variables: &Value) -> [String; 2] {
        let request = || Request::new(query).variables(Variables::from_json(variables.clone()));
        let anew = Prepared::new(request(), &Limits::DEFAULT).unwrap();
        let kept = self.documents.prepare(request(), &Limits::DEFAULT).unwrap();
        [self.execute(anew), self.execute(kept.written())]
    }
}

/// What can be selected of a type: fields without parts, and fields with parts of another type.
#[derive(Debug)]
struct Type {
    name: &'static str,
    leaves: &'static [&'static str],
    parts: &'static [(&'static str, &'static Type)],
}

static ORGANIZATION: Type = Type {
    name: "Organization",
    leaves: &[
        "id",
        "kind",
        "category",
        "name",
        "uscc",
        "division",
        "operatingStatus",
        "establishedOn",
        "dissolvedOn",
        "synthetic",
        "industry",
        "designations",
        "english: name(language: EN)",
        "sources { citation }",
    ],
    parts: &[("parent", &ORGANIZATION), ("children(first: 2) { nodes", &ORGANIZATION)],
};

static RELATION: Type = Type {
    name: "Relation",
    leaves: &["type", "mode", "validFrom", "validTo", "implied", "citation"],
    parts: &[("source", &ORGANIZATION), ("target", &ORGANIZATION)],
};

static GROUP: Type = Type {
    name: "CoverageGroup",
    leaves: &[
        "population",
        "subjects",
        "covered",
        "uncovered",
        "unknown",
        "exempt",
        "ratio",
        "met",
        "shortfall",
        "forms { count }",
    ],
    parts: &[("by", &ORGANIZATION)],
};

fn selection(of: &'static Type, depth: u32) -> BoxedStrategy<String> {
    let leaf = prop::sample::select(of.leaves).prop_map(str::to_owned);
    let bare: Vec<_> =
        of.leaves.iter().copied().filter(|leaf| leaf.chars().all(char::is_alphanumeric)).collect();
    let aliased = prop::sample::select(bare.clone()).prop_map(|leaf| format!("a_{leaf}: {leaf}"));
    let directive = prop::sample::select(vec!["@skip(if: $yes)", "@include(if: $yes)"]);
    let left_out =
        (prop::sample::select(bare), directive).prop_map(|(leaf, directive)| format!("{leaf} {directive}"));
    let simple = prop_oneof![
        6 => leaf.clone(),
        1 => aliased,
        1 => left_out,
        1 => Just("__typename".to_owned()),
        1 => prop::collection::vec(leaf, 1..3).prop_map(|leaves| format!("... {{ {} }}", leaves.join(" "))),
    ]
    .boxed();
    let item = match depth {
        0 => simple,
        _ => {
            let part = (0..of.parts.len()).prop_flat_map(move |at| {
                let (field, of) = of.parts[at];
                let end = " }".repeat(field.matches('{').count());
                selection(of, depth - 1).prop_map(move |inner| format!("{field} {{ {inner} }}{end}"))
            });
            let fragment =
                selection(of, depth - 1).prop_map(|inner| format!("... on {} {{ {inner} }}", of.name));
            prop_oneof![4 => simple, 2 => part, 1 => fragment].boxed()
        }
    };
    prop::collection::vec(item, 1..5).prop_map(|items| items.join(" ")).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever is selected, under which names, with which fragments and directives.
    #[test]
    fn what_is_written_at_once_is_what_the_executor_says(
        relation in selection(&RELATION, 2),
        organization in selection(&ORGANIZATION, 2),
        group in selection(&GROUP, 2),
        yes in any::<bool>(),
    ) {
        static ASKED: OnceLock<std::sync::Mutex<Asked>> = OnceLock::new();
        let asked = ASKED.get_or_init(|| std::sync::Mutex::new(Asked::district())).lock().unwrap();
        let query = format!(
            "query ($yes: Boolean!) {{ {}
               organizations(first: 40) {{ nodes {{ {organization} relations(first: 3) {{ nodes {{ {relation} }} }} }} }}
               more: organizations(last: 5) {{ edges {{ cursor node {{ ...Parts }} }} totalCount }}
               coverage(indicator: \"two-new-either\", groupBy: COMMUNITY, asOf: \"2024-06-30\") {{ groups {{ {group} }} }}
             }} fragment Parts on Organization {{ {organization} }}",
            "__typename @include(if: $yes)",
        );
        for _ in 0..2 {
            let [anew, kept] = asked.both(&query, &json!({ "yes": yes }));
            prop_assert_eq!(anew, kept, "{}", query);
        }
    }
}

/// A document that was found valid is not by that valid for every value of its variables.
#[test]
fn what_is_kept_of_a_document_decides_no_other_request() {
    let asked = Asked::district();
    let query = "query ($id: ID!, $kinds: [OrganizationKind!], $first: Int, $on: Date) { organization(id: $id) {
        children(kinds: $kinds, first: $first) { nodes { id parent { children(first: 100) { nodes { id } } } } }
        partyMembers(asOf: $on) } }";
    let some = json!({ "id": "nowhere", "kinds": ["GRID"], "first": 3 });
    let others = [
        json!({ "id": "elsewhere", "kinds": ["GRID"], "first": 3 }),
        json!({ "id": 3, "kinds": ["GRID"], "first": 3 }),
        json!({ "id": 3.5, "kinds": ["GRID"], "first": 3 }),
        json!({ "id": ["nowhere"], "kinds": ["GRID"], "first": 3 }),
        json!({ "id": "nowhere", "kinds": ["GRIDS"], "first": 3 }),
        json!({ "id": "nowhere", "kinds": [3], "first": 3 }),
        json!({ "id": "nowhere", "first": 3 }),
        json!({ "id": "nowhere", "kinds": ["GRID"], "first": 1000 }),
        json!({ "id": "nowhere", "kinds": ["GRID"], "first": 3_000_000_000_u64 }),
        json!({ "id": "nowhere", "kinds": ["GRID"], "first": 3, "on": "2024-01-01" }),
        json!({ "id": "nowhere", "kinds": ["GRID"], "first": 3, "on": "yesterday" }),
        json!({ "id": "nowhere", "kinds": ["GRID"], "first": 3, "more": 3 }),
    ];
    for other in &others {
        for variables in [&some, other, other] {
            let [anew, kept] = asked.both(query, variables);
            assert_eq!(anew, kept, "{variables}");
        }
    }
    let refused = asked.both(query, &others[7])[1].clone();
    assert!(refused.contains("the query costs more than 200000"), "{refused}");
}
