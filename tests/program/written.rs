//! Answers that are written at once, documents that are kept and plans of whole questions: to the letter what the
//! executor says of each request anew.

use std::sync::{Arc, Mutex};

use crate::desk::{Desk, desk_with_district};
use orgatlas::access::Access;
use orgatlas::atlas::Atlas;
use orgatlas::graphql::{
    Documents, Limits, Prepared, Request, Response, Schema, Variables, execute_prepared, schema, to_json,
};
use orgatlas::model::Language;
use orgatlas::work::{Stop, run};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// A server without the transport.
struct Asked {
    atlas: Arc<Atlas>,
    schema: Schema,
    documents: Documents,
    runtime: Runtime,
    access: Access,
    language: Language,
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
            access: Access::anonymous(),
            language: Language::default(),
            _desk: desk,
        }
    }

    fn execute(&self, prepared: Prepared) -> String {
        let answer = execute_prepared(&self.schema, &self.atlas, self.access.clone(), prepared);
        String::from_utf8(to_json(&self.runtime.block_on(answer)).unwrap()).unwrap()
    }

    /// What the executor says without anything that is kept, and what a server that keeps documents sends.
    fn both(&self, query: &str, variables: &Value) -> [String; 2] {
        let request = || {
            let variables = Variables::from_json(variables.clone());
            Request::new(query).variables(variables).data(self.language)
        };
        let said = |prepared: Result<Prepared, Box<Response>>| match prepared {
            Ok(prepared) => self.execute(prepared.written()),
            Err(refused) => String::from_utf8(to_json(&refused).unwrap()).unwrap(),
        };
        let anew = Prepared::new(request(), &Limits::DEFAULT).map(|prepared| self.execute(prepared));
        let anew = anew.unwrap_or_else(|refused| String::from_utf8(to_json(&refused).unwrap()).unwrap());
        [anew, said(self.documents.prepare(request(), &Limits::DEFAULT))]
    }

    /// The answer by the plan that is kept of a question, where there is one.
    fn planned(&self, body: &str) -> Option<String> {
        let planned = self.documents.planned(body.as_bytes(), &Limits::DEFAULT)?;
        planned.answer(&self.atlas, &self.access, self.language).map(|json| String::from_utf8(json).unwrap())
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
    let directive =
        prop::sample::select(vec!["@skip(if: $yes)", "@include(if: $yes)", "@include(if: $maybe)"]);
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

/// A field of a query, with all that its arguments may be given as.
fn root() -> BoxedStrategy<String> {
    let organization = (
        prop::sample::select(vec!["$id", "$id", "\"zq-party-committee\"", "\"nowhere\"", "3", "$missing"]),
        selection(&ORGANIZATION, 1),
        prop::sample::select(vec![
            "",
            "types: [ORGANIZES]",
            "direction: OUT",
            "direction: $way",
            "asOf: $on",
        ]),
        page("RelationConnection", &RELATION),
    );
    let organization = organization.prop_map(|(id, selected, of, page)| {
        let relations = match of {
            "" => "relations".to_owned(),
            of => format!("relations({of}, first: $first, after: $after)"),
        };
        format!("organization(id: {id}) {{ {selected} {relations} {{ {page} }} }}")
    });
    let filters = vec![
        "",
        "(filter: { kinds: $kinds }, first: $first)",
        "(filter: { within: $id }, last: 3)",
        "(filter: { text: $text, kinds: [GRID] }, orderBy: { field: NAME, direction: DESC })",
        "(filter: { where: { within: $id } }, first: 5, after: $after)",
        "(first: 5000)",
    ];
    let organizations = (prop::sample::select(filters), page("OrganizationConnection", &ORGANIZATION));
    let organizations = organizations.prop_map(|(of, page)| format!("organizations{of} {{ {page} }}"));
    let which =
        vec!["indicator: \"two-new-either\"", "indicator: $id", "rule: $rule", "rule: $rule, indicator: $id"];
    let within =
        vec!["", "within: $id", "within: \"nowhere\"", "filter: { industries: [$text] }", "filter: null"];
    let counts = prop::sample::subsequence(
        vec![
            "asOf",
            "population",
            "subjects",
            "covered",
            "uncovered",
            "unknown",
            "exempt",
            "ratio",
            "met",
            "shortfall",
            "synthetic",
            "forms { count }",
        ],
        1..4,
    );
    let by = prop::sample::select(vec!["SUBDISTRICT", "COMMUNITY", "$by"]);
    let coverage =
        (prop::sample::select(which), prop::sample::select(within), by, counts, selection(&GROUP, 1));
    let coverage = coverage.prop_map(|(which, within, by, counts, group)| {
        let counts = counts.join(" ");
        format!("coverage({which}, {within}, groupBy: {by}, asOf: $on) {{ {counts} groups {{ {group} }} }}")
    });
    prop_oneof![
        3 => organization,
        2 => organizations,
        3 => coverage,
        1 => prop::sample::select(vec!["version", "__typename", "programme { year }", "...OfQuery"]).prop_map(str::to_owned),
    ]
    .boxed()
}

/// What is selected of a page.
fn page(name: &'static str, of: &'static Type) -> BoxedStrategy<String> {
    let nodes = selection(of, 1).prop_map(|inner| format!("nodes {{ {inner} }}"));
    let edges = selection(of, 0).prop_map(|inner| format!("edges {{ cursor node {{ {inner} }} }}"));
    let info = prop::sample::select(vec!["hasNextPage endCursor", "startCursor hasPreviousPage __typename"]);
    let info = info.prop_map(|inner| format!("pageInfo {{ {inner} }}"));
    let rest = prop::sample::select(vec!["totalCount", "__typename", "n: totalCount @skip(if: $yes)"]);
    let item = prop_oneof![3 => nodes, 1 => edges, 1 => info, 1 => rest.prop_map(str::to_owned)];
    let inner = prop::collection::vec(item, 1..3).prop_map(|items| items.join(" "));
    (inner, any::<bool>())
        .prop_map(move |(inner, within)| if within { format!("... on {name} {{ {inner} }}") } else { inner })
        .boxed()
}

/// Values for the variables of a question; some are left out, some are null, some are wrong.
fn values() -> BoxedStrategy<Value> {
    let ids =
        vec![json!("zq-party-committee"), json!("cn-370114001"), json!("nowhere"), json!("长"), json!(3)];
    let rules = vec![
        json!(null),
        json!({ "population": { "kind": ["ENTERPRISE"] }, "forms": [] }),
        json!({ "population": { "all": [{ "kind": ["ENTERPRISE"] }, { "compare":
            { "operand": "members", "comparison": "AT_LEAST", "value": 3 } }] }, "forms": [{ "id": "own", "when":
            { "related": { "type": "ORGANIZES", "direction": "IN", "modes": ["STANDALONE"],
                "to": { "kind": ["PARTY_BRANCH"] } } } }] }),
        json!({ "population": { "compare": { "operand": "floor_area_m2", "comparison": "LESS_THAN", "value": 2.5 } },
            "forms": [], "target": { "shareAtLeast": "0.8" } }),
        json!({ "population": { "compare": { "operand": "no such", "comparison": "EQUAL", "value": true } },
            "forms": [] }),
    ];
    let of = |name: &'static str, values: Vec<Value>| {
        prop::option::weighted(0.8, prop::sample::select(values).prop_map(move |value| (name, value)))
    };
    let values = (
        of("text", vec![json!("zq-party-committee"), json!("nowhere"), json!("a\"b\n"), json!(null)]),
        of("first", vec![json!(2), json!(0), json!(-1), json!(null)]),
        of("after", vec![json!(null), json!("x"), json!("")]),
        of("kinds", vec![json!(["GRID", "COMMUNITY"]), json!("GRID"), json!([]), json!(null)]),
        of("way", vec![json!("OUT"), json!("IN")]),
        of("rule", rules),
        of("on", vec![json!("2024-06-30"), json!(null), json!("2020-01-01")]),
        of("by", vec![json!("SUBDISTRICT"), json!(null), json!("GRID")]),
    );
    (prop::sample::select(ids), prop::option::weighted(0.9, any::<bool>()), values)
        .prop_map(|(id, yes, (a, b, c, d, e, f, g, h))| {
            let mut all = serde_json::Map::new();
            all.insert("id".into(), id);
            all.extend(yes.map(|yes| ("yes".to_owned(), yes.into())));
            for (name, value) in [a, b, c, d, e, f, g, h].into_iter().flatten() {
                all.insert(name.to_owned(), value);
            }
            Value::Object(all)
        })
        .boxed()
}

/// Whole questions: whatever they ask, by whatever variables, whoever asks, in whatever language.
#[test]
fn a_plan_says_what_the_executor_says() {
    let asked = Mutex::new(Asked::district());
    proptest!(ProptestConfig::with_cases(150), |(
        roots in prop::collection::vec(root(), 1..3),
        first in values(),
        second in values(),
        language in prop::sample::select(vec![Language::ZhHans, Language::ZhHant, Language::En]),
        limited in any::<bool>(),
    )| {
        let mut asked = asked.lock().unwrap();
        let territories = limited.then(|| std::iter::once("cn-370114001".parse().unwrap()).collect());
        asked.access = Access { territories, ..Access::anonymous() };
        asked.language = language;
        let roots: Vec<_> = roots.iter().enumerate().map(|(at, root)| match root.as_str() {
            "...OfQuery" => root.clone(),
            root => format!("r{at}: {root}"),
        }).collect();
        let used = |name: &str| roots.iter().any(|root| root.contains(&format!("${name}")));
        let declared = [
            "$id: ID!", "$yes: Boolean! = true", "$maybe: Boolean = false", "$text: String = \"长\"", "$first: Int = 3", "$after: String",
            "$kinds: [OrganizationKind!]", "$way: Direction! = BOTH", "$rule: CoverageRuleInput", "$on: Date",
            "$by: OrganizationKind", "$missing: ID! = \"cn-370114\"",
        ];
        let given = |values: &Value| -> Value {
            let values = values.as_object().unwrap().clone().into_iter();
            Value::Object(values.filter(|(name, _)| used(name)).collect())
        };
        let declared: Vec<_> = declared.into_iter().filter(|d| used(d[1..].split(':').next().unwrap())).collect();
        let declared = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
        let fragment = if roots.iter().any(|root| root == "...OfQuery") {
            "fragment OfQuery on Query { again: version }"
        } else {
            ""
        };
        let query = format!("query Asked{declared} {{ {} }} {fragment}", roots.join(" "));
        let [first, second] = [given(&first), given(&second)];
        for values in [&first, &first, &second, &first, &second] {
            let [anew, kept] = asked.both(&query, values);
            prop_assert_eq!(&anew, &kept, "{} {}", query, values);
            for body in [json!({ "query": query, "variables": values }).to_string(),
                format!("{:#}", json!({ "variables": values, "operationName": null, "query": query }))] {
                if let Some(planned) = asked.planned(&body) {
                    prop_assert_eq!(&anew, &planned, "{}", body);
                }
            }
        }
    });
}

/// Whatever is selected, under which names, with which fragments and directives.
#[test]
fn what_is_written_at_once_is_what_the_executor_says() {
    let asked = Asked::district();
    proptest!(ProptestConfig::with_cases(150), |(
        relation in selection(&RELATION, 2),
        organization in selection(&ORGANIZATION, 2),
        group in selection(&GROUP, 2),
        yes in any::<bool>(),
    )| {
        let query = format!(
            "query ($yes: Boolean!, $maybe: Boolean = true) {{ {}
               organizations(first: 40) {{ nodes {{ {organization} relations(first: 3) {{ nodes {{ {relation} }} }} }} }}
               more: organizations(last: 5) {{ edges {{ cursor node {{ ...Parts }} }} totalCount }}
               coverage(indicator: \"two-new-either\", groupBy: COMMUNITY, asOf: \"2024-06-30\") {{ groups {{ {group} }} }}
             }} fragment Parts on Organization {{ {organization} }}",
            "__typename @include(if: $yes) version @skip(if: $maybe)",
        );
        for _ in 0..2 {
            let [anew, kept] = asked.both(&query, &json!({ "yes": yes }));
            prop_assert_eq!(anew, kept, "{}", query);
        }
    });
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

/// The questions that are asked most have plans, whatever ids they are asked of; what has none is not taken for another.
#[test]
fn plans_are_kept_of_plain_questions() {
    let asked = Asked::district();
    let body = |query: &str, variables: &Value| json!({ "query": query, "variables": variables }).to_string();
    let organization = "query ($id: ID!) { organization(id: $id) { id kind name division uscc
        relations(first: 1000) { nodes { type mode source { id name } target { id name } } } } }";
    let coverage = "query ($id: ID!, $rule: CoverageRuleInput!) {
        coverage(rule: $rule, within: $id, groupBy: SUBDISTRICT) { groups { by { id } subjects covered } } }";
    let rule = json!({ "population": { "kind": ["ENTERPRISE"] }, "forms": [] });
    let planned = [
        (organization, json!({ "id": "cn-370114001" }), json!({ "id": "cn-370114" })),
        (coverage, json!({ "id": "cn-370114001", "rule": rule }), json!({ "id": "cn-370114", "rule": rule })),
    ];
    for (query, one, other) in &planned {
        assert_eq!(asked.planned(&body(query, one)), None, "nothing was asked yet");
        asked.both(query, one);
        let [anew, _] = asked.both(query, other);
        assert_eq!(asked.planned(&body(query, other)), Some(anew), "{query}");
    }
    let (query, one, _) = &planned[1];
    let other_rule =
        json!({ "id": "cn-370114001", "rule": { "population": { "kind": ["MARKET"] }, "forms": [] } });
    let [more, number] =
        [json!({ "id": "cn-370114001", "rule": rule, "more": 1 }), json!({ "id": 1, "rule": rule })];
    let not_planned = [
        body(query, &other_rule),
        body(query, &more),
        body(query, &number),
        body(query, &json!({ "id": "cn-370114001" })),
        body(&query.replace("covered", "uncovered"), one),
        json!([query, null, one]).to_string(),
        json!([{ "query": query, "variables": one }]).to_string(),
        json!({ "query": query, "variables": one, "operationName": "Other" }).to_string(),
        json!({ "query": query, "variables": one, "extensions": { "persistedQuery": { "version": 1 } } })
            .to_string(),
        format!("{} x", body(query, one)),
    ];
    for body in not_planned {
        assert_eq!(asked.planned(&body), None, "{body}");
    }
}

/// A request that nobody waits for any more ends, also where there is a plan of it.
#[test]
fn a_plan_stops_when_it_is_asked_to() {
    let asked = Asked::district();
    let query = "{ organizations(first: 3) { nodes { id } } }";
    let prepared = || asked.documents.prepare(Request::new(query), &Limits::DEFAULT).unwrap().written();
    assert_eq!(asked.execute(prepared()), asked.execute(prepared()));
    let stop = Stop::default();
    stop.ask();
    let stopped = run(&stop, None, || asked.execute(prepared()));
    assert!(stopped.contains("the request was stopped"), "{stopped}");
}
