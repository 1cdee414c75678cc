//! Whoever is limited to territories: what he sees is right and is all that he sees, and what he may write.

mod told;
mod writing;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;

use crate::access::{ask_as, token};
use crate::desk::{desk_with_district, district};
use crate::server::Server;
use orgatlas::access::{Access, Role};
use orgatlas::atlas::{Atlas, CommitError, Proposal, Snapshot};
use orgatlas::coverage::{CoverageState, Look, Scope, coverage, units_in_states};
use orgatlas::graph::{Graph, OrganizationSet, Slot, When};
use orgatlas::graphql::{Limits, Prepared, Request, execute_prepared, schema_within, subscribe};
use orgatlas::ledger::read;
use orgatlas::model::*;

const OWN: &str = "cn-370114001";
const OTHER: &str = "cn-370114002";

fn limited(role: Role, territories: &[&str]) -> Access {
    let territories = territories.iter().map(|id| id.parse().unwrap()).collect();
    Access { actor: "test".to_owned(), role, territories: Some(territories), credential: None }
}

fn atlas_of(folder: &Path, changes: Vec<Change>) -> Arc<Atlas> {
    let (atlas, _) = Atlas::open(folder).unwrap();
    let proposal = Proposal {
        changes,
        actor: "test".into(),
        reason: "test".into(),
        origin: orgatlas::model::Origin::default(),
        expected: None,
    };
    atlas.commit(proposal).unwrap();
    Arc::new(atlas)
}

fn atlas_of_district(folder: &Path) -> Arc<Atlas> {
    let (atlas, _) = Atlas::open(folder).unwrap();
    let snapshot = atlas.snapshot();
    let reading = read(&[district()], &snapshot.graph, &snapshot.attributes).unwrap();
    drop((snapshot, atlas));
    atlas_of(folder, reading.changes)
}

/// Asks as somebody; the limits of a server are not the matter here.
fn ask(atlas: &Arc<Atlas>, access: Access, query: &str) -> Value {
    let schema = schema_within(&Limits::NONE);
    let prepared =
        Prepared::new(Request::new(query), &Limits::NONE).map_err(|refused| format!("{refused:?}"));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = execute_prepared(&schema, atlas, access, prepared.unwrap());
    serde_json::to_value(runtime.block_on(answer)).unwrap()
}

/// Every indicator of a store says the same within a territory to whoever sees all and to whoever sees it alone.
fn assert_same_numbers(whole: &Arc<Snapshot>, territory: &str, date: Date) {
    let seen = whole.seen_by(&limited(Role::Reader, &[territory]));
    for indicator in whole.indicators.iter() {
        let counted = |snapshot: &Snapshot| {
            let within = Some(snapshot.graph.slot(territory).unwrap());
            let scope = Scope { date, within };
            let graph = &snapshot.graph;
            let units: Vec<_> =
                units_in_states(indicator, graph, &scope, &CoverageState::all().collect::<Vec<_>>())
                    .into_iter()
                    .map(|(slot, state)| (graph.id(slot).clone(), state))
                    .collect();
            (coverage(indicator, graph, &scope, None).counts, units)
        };
        assert_eq!(counted(&seen), counted(whole), "{} within {territory} on {date}", indicator.id);
    }
}

/// The organisations of a graph that stand within some, at any date, and these.
fn standing_in(graph: &Graph, roots: impl Iterator<Item = Slot>) -> OrganizationSet {
    roots.fold(OrganizationSet::new(), |mut all, root| {
        all |= graph.within(root, When::Ever);
        all.insert(root.position());
        all
    })
}

fn is_nameless(graph: &Graph, slot: Slot) -> bool {
    graph.name(slot) == "辖区外组织"
}

/// No organisation that stands in another subdistrict, and not in this one, is there under its id; what an indicator
/// names is, without its name.
fn assert_nothing_of_others(whole: &Snapshot, seen: &Snapshot, territory: &str) {
    let graph = &whole.graph;
    let named = Look::of(whole.indicators.iter()).named();
    let own = standing_in(graph, graph.slot(territory).into_iter());
    let subdistricts = orgatlas::graph::slots(graph.of_kind(OrganizationKind::Subdistrict));
    let others = standing_in(graph, subdistricts.filter(|slot| graph.id(*slot).as_str() != territory)) - own;
    for slot in orgatlas::graph::slots(&others) {
        let id = graph.id(slot).as_str();
        let there = seen.graph.slot(id);
        let is_named =
            named.contains(graph.id(slot)) && there.is_none_or(|slot| is_nameless(&seen.graph, slot));
        assert!(there.is_none() || is_named, "{territory}: {id} of another territory is there");
    }
}

#[test]
fn every_number_of_every_subdistrict_of_the_district_is_right_for_whoever_sees_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let whole = atlas_of_district(folder.path()).snapshot();
    for number in [1, 7, 12] {
        let territory = format!("cn-370114{number:03}");
        let territory =
            if whole.graph.slot(&territory).is_some() { territory } else { "cn-370114101".into() };
        assert_same_numbers(&whole, &territory, Date::constant(2024, 6, 30));
        let seen = whole.seen_by(&limited(Role::Reader, &[&territory]));
        assert_nothing_of_others(&whole, &seen, &territory);
    }
}

const TERRITORIES: [(&str, OrganizationKind, &str); 7] = [
    ("cn-370114", OrganizationKind::District, ""),
    ("cn-370114001", OrganizationKind::Subdistrict, "cn-370114"),
    ("cn-370114002", OrganizationKind::Subdistrict, "cn-370114"),
    ("cn-370114001001", OrganizationKind::Community, "cn-370114001"),
    ("cn-370114001201", OrganizationKind::Village, "cn-370114001"),
    ("cn-370114002001", OrganizationKind::Community, "cn-370114002"),
    ("cn-370114002201", OrganizationKind::Village, "cn-370114002"),
];

const DESIGNATIONS: [&str; 6] =
    ["TWO_NEW", "RED_WORKSHOP", "LARGE", "BASE_GRID", "DEDICATED_GRID", "QUASI_COMMUNITY"];

fn territories() -> Vec<Change> {
    let put = |(id, kind, _): &(&str, OrganizationKind, &str)| {
        Change::PutOrganization(Box::new(Organization::new(id.parse().unwrap(), *kind, format!("名{id}"))))
    };
    let stand = |(id, _, above): &(&str, OrganizationKind, &str)| {
        let relation = Relation::new(id.parse().unwrap(), RelationType::PartOf, above.parse().ok()?);
        Some(Change::PutRelation(relation))
    };
    TERRITORIES.iter().map(put).chain(TERRITORIES.iter().filter_map(stand)).collect()
}

fn day(number: i8) -> Date {
    Date::constant(2023, 1, number)
}

fn validity() -> impl Strategy<Value = Validity> {
    (prop::option::weighted(0.2, 1i8..8), prop::option::weighted(0.2, 8i8..15))
        .prop_map(|(from, to)| Validity::new(from.map(day), to.map(day)).unwrap())
}

/// An organisation of any kind that is no administrative territory, and where it stands, if anywhere.
fn organization(number: usize) -> impl Strategy<Value = Vec<Change>> {
    let kinds: Vec<_> = OrganizationKind::all().filter(|kind| kind.division_digits().is_none()).collect();
    let standing = prop::collection::vec((0..TERRITORIES.len(), validity()), 0..3);
    let designations = prop::sample::subsequence(DESIGNATIONS.to_vec(), 0..4);
    let numbers = (prop::option::of(0u32..5), prop::option::of(prop::sample::select(vec![500.0, 600_000.0])));
    (prop::sample::select(kinds), standing, designations, numbers, validity()).prop_map(
        move |(kind, standing, designations, (members, number_of_all), life)| {
            let id: OrganizationId = format!("o-{number}").parse().unwrap();
            let mut organization = Organization::new(id.clone(), kind, format!("名{number}"));
            organization.designations = designations.into_iter().map(Into::into).collect();
            organization.party_members = members;
            organization.floor_area_m2 = number_of_all;
            organization.annual_income_cny = number_of_all;
            organization.life = life;
            let stand = standing.into_iter().map(|(at, validity)| {
                let target = TERRITORIES[at].0.parse().unwrap();
                let relation = Relation::new(id.clone(), RelationType::LocatedIn, target);
                Change::PutRelation(Relation { validity, ..relation })
            });
            let annexes =
                annexes(&id).into_iter().filter(|_| members.is_some_and(|members| members % 2 == 0));
            std::iter::once(Change::PutOrganization(Box::new(organization.clone())))
                .chain(stand)
                .chain(annexes)
                .collect()
        },
    )
}

/// A value that holds from a day on, and an exemption from another.
fn annexes(id: &OrganizationId) -> [Change; 2] {
    let value = Annex::Value(DatedValue {
        organization: id.clone(),
        attribute: DatedAttribute::FloorAreaM2,
        value: AttributeValue::Number(700.0),
        validity: Validity::new(Some(day(5)), None).unwrap(),
        source: None,
    });
    let exemption = Annex::Exemption(Exemption {
        unit: id.clone(),
        indicator: "two-new-either".into(),
        granted_on: day(3),
        until: None,
        reason: "停产".into(),
        granted_by: "组织部".into(),
    });
    [value, exemption].map(|annex| Change::PutAnnex(Box::new(annex)))
}

fn relations(count: usize) -> impl Strategy<Value = Vec<Change>> {
    let end = || 0..count + TERRITORIES.len();
    let id = move |at: usize| -> OrganizationId {
        let territory = TERRITORIES.get(at).map(|(id, ..)| (*id).to_owned());
        territory.unwrap_or_else(|| format!("o-{}", at - TERRITORIES.len())).parse().unwrap()
    };
    let types: Vec<_> = RelationType::all().collect();
    let relation = (end(), prop::sample::select(types), end(), any::<bool>(), validity());
    let relation = relation.prop_map(move |(source, relation_type, target, alone, validity)| {
        let mut relation = Relation::new(id(source), relation_type, id(target));
        relation.mode =
            (alone && relation_type == RelationType::Organizes).then_some(RelationMode::Standalone);
        Change::PutRelation(Relation { validity, ..relation })
    });
    prop::collection::vec(relation, 0..400)
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let organizations: Vec<_> = (0..30).map(organization).collect();
    (organizations, relations(30)).prop_map(|(organizations, relations)| {
        let mut graph = Graph::new();
        graph.apply(&territories()).unwrap();
        let mut kept = territories();
        // What breaks a rule is left out: most random relations join what they may not.
        for change in organizations.into_iter().flatten().chain(relations) {
            if graph.apply(std::slice::from_ref(&change)).is_ok() {
                kept.push(change);
            }
        }
        kept
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// Also where what covers stands elsewhere, moves, ends, or hangs on what is farther away.
    #[test]
    fn numbers_are_right_and_nothing_of_others_is_there_whatever_the_graph(changes in changes(), on in 1i8..15) {
        let folder = tempfile::tempdir().unwrap();
        let whole = atlas_of(folder.path(), changes).snapshot();
        for territory in [OWN, OTHER, "cn-370114001201"] {
            assert_same_numbers(&whole, territory, day(on));
        }
        assert_nothing_of_others(&whole, &whole.seen_by(&limited(Role::Reader, &[OWN])), OWN);
    }
}

/// The arguments of every question, written so that each would tell of others if it could.
///
/// A field that is new fails the test until it stands here.
const QUESTIONS: [(&str, &[&str]); 27] = [
    (
        "diagram",
        &[
            "root: \"cn-370114\", depth: 9, format: DOT",
            "root: \"cn-370114002\", depth: 2, format: MERMAID",
            "root: \"cn-370114001\", view: NEIGHBOURHOOD, depth: 3, limit: 500, format: DOT",
            "root: \"cn-370114\", view: COVERAGE, indicator: \"two-new-organisation\", depth: 9, format: DOT",
        ],
    ),
    ("classification", &[""]),
    ("enumLabels", &[""]),
    ("organizationAggregate", &["level: SUBDISTRICT", "groupBy: [KIND], level: VILLAGE"]),
    ("relationAggregate", &["groupBy: [TYPE]"]),
    ("rates", &["indicators: [\"two-new-organisation\", \"two-new-own-branch\"], groupBy: SUBDISTRICT"]),
    ("overlap", &["one: \"two-new-organisation\", other: \"two-new-own-branch\", groupBy: SUBDISTRICT"]),
    ("task", &["id: \"2024-06/grid-station/cn-370114002\""]),
    ("tasks", &["", "within: \"cn-370114\""]),
    ("version", &[""]),
    ("node", &["id: \"cn-370114002\"", "id: \"cn-370114\"", "id: \"cn-370114001\""]),
    ("nodes", &["ids: [\"cn-370114002\", \"cn-370114001\", \"zq-party-committee\"]"]),
    ("organization", &["id: \"cn-370114002\"", "id: \"cn-370114\"", "id: \"cn-370114001\""]),
    ("organizations", &["first: 100", "first: 100, filter: { within: \"cn-370114\", kinds: [SUBDISTRICT] }"]),
    ("search", &["text: \"街道\"", "text: \"明水\", first: 100", "text: \"组织\""]),
    ("exemptions", &["", "within: \"cn-370114\""]),
    (
        "path",
        &[
            "from: \"cn-370114001\", to: \"cn-370114\"",
            "from: \"cn-370114001\", to: \"cn-370114002\"",
            "from: \"cn-370114001001\", to: \"zq-party-committee\"",
        ],
    ),
    ("subgraph", &["root: \"cn-370114\", depth: 3", "root: \"cn-370114001\", depth: 2"]),
    ("indicators", &[""]),
    ("indicator", &["id: \"two-new-either\""]),
    ("programme", &[""]),
    ("scoreboard", &["level: SUBDISTRICT", "level: COMMUNITY, within: \"cn-370114001\""]),
    (
        "coverage",
        &[
            "indicator: \"two-new-organisation\", groupBy: SUBDISTRICT",
            "indicator: \"two-new-organisation\", groupBy: DISTRICT",
            "indicator: \"two-new-organisation\", within: \"cn-370114002\"",
            "indicator: \"two-new-organisation\", within: \"cn-370114\", groupBy: SUBDISTRICT",
            "rule: { population: { kind: [SUBDISTRICT, VILLAGE, ENTERPRISE] }, forms: [] }, groupBy: SUBDISTRICT",
        ],
    ),
    ("trend", &["indicator: \"village-income\", from: \"2024-01-01\", to: \"2024-03-01\""]),
    (
        "gaps",
        &[
            "indicator: \"two-new-organisation\", states: [COVERED, UNCOVERED, UNKNOWN], first: 200",
            "indicator: \"chamber-party-organisation\", within: \"cn-370114\"",
        ],
    ),
    (
        "whatIf",
        &["changes: [{ putOrganization: { id: \"x\", kind: ENTERPRISE, name: \"x\", division: \"370114001\" } }],
           indicators: [\"two-new-either\"]"],
    ),
    ("plan", &["indicator: \"two-new-organisation\", everything: true"]),
];

/// The arguments that fields below cannot do without.
const NEEDED: [(&str, &str); 2] =
    [("coverageStatus", "indicator: \"two-new-organisation\""), ("units", "cell: NEITHER")];

/// What can be selected of a type, some levels deep: every field that there is.
struct Selection(BTreeMap<String, Value>);

impl Selection {
    fn new(atlas: &Arc<Atlas>) -> Self {
        let kind = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
        let query = format!(
            "{{ __schema {{ types {{ name kind fields {{ name args {{ name defaultValue type {{ kind }} }}
               type {{ {kind} }} }} }} }} }}"
        );
        let answer = ask(atlas, Access::anonymous(), &query);
        let types = answer["data"]["__schema"]["types"].as_array().unwrap().clone();
        Self(types.into_iter().map(|t| (t["name"].as_str().unwrap().to_owned(), t)).collect())
    }

    fn fields(&self, of: &str) -> &[Value] {
        self.0[of]["fields"].as_array().map_or(&[], Vec::as_slice)
    }

    fn named(of: &Value) -> &str {
        if of["ofType"].is_null() { of["name"].as_str().unwrap() } else { Self::named(&of["ofType"]) }
    }

    fn of(&self, of: &str, depth: usize) -> String {
        let mut written = String::from("__typename");
        for field in self.fields(of) {
            let (name, inner) = (field["name"].as_str().unwrap(), Self::named(&field["type"]));
            let needed = NEEDED.iter().find(|(needing, _)| *needing == name).map(|(_, arguments)| *arguments);
            let is_needed = |argument: &Value| {
                argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null()
            };
            assert!(
                needed.is_some() || !field["args"].as_array().unwrap().iter().any(is_needed),
                "{of}.{name}"
            );
            let arguments = needed.map_or_else(String::new, |arguments| format!("({arguments})"));
            let is_object = ["OBJECT", "INTERFACE"].iter().any(|kind| self.0[inner]["kind"] == *kind);
            if !is_object {
                written += &format!(" {name}{arguments}");
            } else if depth > 0 {
                written += &format!(" {name}{arguments} {{ {} }}", self.of(inner, depth - 1));
            }
        }
        if of == "Node" {
            format!("{written} ... on Organization {{ {} }}", self.of("Organization", depth))
        } else {
            written
        }
    }
}

fn texts(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

#[test]
fn no_answer_to_a_limited_reader_tells_of_another_territory() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas_of_district(folder.path());
    let whole = atlas.snapshot();
    let graph = &whole.graph;
    let own = standing_in(graph, graph.slot(OWN).into_iter());
    let subdistricts = orgatlas::graph::slots(graph.of_kind(OrganizationKind::Subdistrict));
    let others = standing_in(graph, subdistricts.filter(|slot| graph.id(*slot).as_str() != OWN)) - own;
    let others: Vec<_> = orgatlas::graph::slots(&others).collect();
    // What an indicator names is in its own words, which are for everybody.
    let named = Look::of(whole.indicators.iter()).named();
    let ids = others.iter().map(|slot| graph.id(*slot)).filter(|id| !named.contains(*id));
    let ids: HashSet<&str> = ids.map(OrganizationId::as_str).collect();
    let names: HashSet<&str> = others.iter().map(|slot| graph.name(*slot)).collect();
    // The same name may be given within the territory too.
    let other: HashSet<_> = others.iter().collect();
    let shown = graph.slots_by_id().filter(|slot| !other.contains(slot));
    let shown: HashSet<&str> = shown.map(|slot| graph.name(slot)).collect();
    let tells_of_others = |answer: &Value| {
        let mut found = HashSet::new();
        texts(&answer["data"], &mut found);
        texts(&answer["errors"], &mut found);
        let is_id = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let tells = |text: &String| {
            text.split(|c| !is_id(c)).any(|word| ids.contains(word))
                || names.contains(text.as_str()) && !shown.contains(text.as_str())
        };
        found.into_iter().find(tells)
    };
    let selection = Selection::new(&atlas);
    let listed: BTreeSet<&str> = QUESTIONS.iter().map(|(field, _)| *field).collect();
    let there: BTreeSet<&str> =
        selection.fields("Query").iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(listed, there, "each field of Query needs questions here");
    let mut told = BTreeSet::new();
    for (field, questions) in QUESTIONS {
        let of = selection.fields("Query").iter().find(|f| f["name"] == field).unwrap();
        let selected = selection.of(Selection::named(&of["type"]), 2);
        for arguments in questions {
            let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
            let below = if ["version", "classification"].contains(&field) {
                String::new()
            } else {
                format!("{{ {selected} }}")
            };
            let query = format!("{{ {field}{arguments} {below} }}");
            let asked_id = |text: &String| arguments.contains(text.as_str());
            let answer = ask(&atlas, limited(Role::Reader, &[OWN]), &query);
            let leak = tells_of_others(&answer).filter(|text| !asked_id(text));
            // An error may name the id that was asked for, and no more.
            let in_error =
                answer["errors"][0]["message"].as_str().is_some_and(|m| leak.as_deref() == Some(m));
            assert!(leak.is_none() || in_error, "{field}{arguments} tells of {leak:?}");
            if tells_of_others(&ask(&atlas, Access::anonymous(), &query)).is_some() {
                told.insert(field);
            }
        }
    }
    // These do tell of others whoever may see them: the test sees what it should.
    for field in
        ["node", "organization", "organizations", "subgraph", "coverage", "gaps", "scoreboard", "plan"]
    {
        assert!(told.contains(field), "{field}");
    }
}

#[test]
fn a_limited_reader_is_answered_by_the_table_of_what_he_sees() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas_of_district(folder.path());
    let one = || limited(Role::Reader, &[OWN]);
    let two = || limited(Role::Reader, &[OWN, OTHER]);
    let ratio = |access: Access, arguments: &str| {
        let query = format!(
            "{{ coverage(indicator: \"two-new-organisation\", asOf: \"2024-06-30\"{arguments})
               {{ population groups {{ by {{ id }} }} }} }}"
        );
        let answer = ask(&atlas, access, &query);
        match answer["errors"][0]["extensions"]["code"].as_str() {
            Some(code) => format!("{code}: {}", answer["errors"][0]["message"].as_str().unwrap()),
            None => answer["data"]["coverage"].to_string(),
        }
    };
    let refused = |ids: &str| {
        format!("FORBIDDEN: you may ask within {ids} only; name one of these, or something in it")
    };
    let whole_of_own = ratio(Access::anonymous(), &format!(", within: \"{OWN}\""));
    assert_eq!(ratio(one(), ""), whole_of_own);
    assert_eq!(ratio(two(), &format!(", within: \"{OWN}\"")), whole_of_own);
    assert_eq!(ratio(two(), ""), refused("cn-370114001, cn-370114002"));
    assert_eq!(ratio(one(), ", within: \"cn-370114\""), refused(OWN));
    assert_eq!(ratio(one(), &format!(", within: \"{OTHER}\"")), refused(OWN));
    assert_eq!(
        ratio(one(), ", within: \"nowhere\""),
        refused(OWN),
        "what is nowhere is refused as what is elsewhere"
    );
    let groups = ratio(one(), ", groupBy: SUBDISTRICT");
    assert!(groups.contains(OWN) && groups.matches("\"id\"").count() == 1, "{groups}");
    let seen = |query: &str| ask(&atlas, one(), query)["data"].to_string();
    let table = [
        ("{ organization(id: \"cn-370114002\") { id } }", "{\"organization\":null}"),
        (
            "{ nodes(ids: [\"cn-370114002\", \"cn-370114001\"]) { id } }",
            "{\"nodes\":[null,{\"id\":\"cn-370114001\"}]}",
        ),
        (
            "{ organization(id: \"cn-370114001\") { ancestors { id name } } }",
            "{\"organization\":{\"ancestors\":[{\"id\":\"cn-370114\",\"name\":\"章丘区\"},\
             {\"id\":\"cn-3701\",\"name\":\"济南市\"},{\"id\":\"cn-37\",\"name\":\"山东省\"}]}}",
        ),
        (
            "{ organization(id: \"cn-370114\") { children { nodes { id } } sources { citation } } }",
            "{\"organization\":{\"children\":{\"nodes\":[{\"id\":\"cn-370114001\"}]},\"sources\":[]}}",
        ),
        (
            "{ organizations(filter: { kinds: [SUBDISTRICT, DISTRICT] }) { totalCount nodes { id } } }",
            "{\"organizations\":{\"totalCount\":1,\"nodes\":[{\"id\":\"cn-370114001\"}]}}",
        ),
    ];
    for (query, expected) in table {
        assert_eq!(seen(query), expected, "{query}");
    }
    let status =
        "{ organization(id: \"cn-370114\") { coverageStatus(indicator: \"two-new-either\") { state } } }";
    assert_eq!(ask(&atlas, one(), status)["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[test]
fn what_was_recorded_in_the_past_is_limited_too() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas_of_district(folder.path());
    let before = jiff::Timestamp::now();
    let village = Organization::new("x-1".parse().unwrap(), OrganizationKind::Enterprise, "示例");
    let changes = vec![Change::PutOrganization(Box::new(village))];
    atlas
        .commit(Proposal {
            changes,
            actor: "a".into(),
            reason: "b".into(),
            origin: orgatlas::model::Origin::default(),
            expected: None,
        })
        .unwrap();
    let seen = atlas.snapshot().seen_by(&limited(Role::Reader, &[OWN]));
    let then = seen.recorded_at(before).unwrap();
    assert_eq!((then.version, then.graph.slot(OTHER)), (1, None));
    assert!(then.graph.slot(OWN).is_some_and(|slot| then.holds(slot)));
}

/// Earlier versions put the names of files into the reasons of imports.
#[test]
fn a_limited_reader_learns_no_names_of_files_from_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas_of_district(folder.path());
    let reasons = ["import of 保密名单.csv", "import of ledgers", "台账 2024.csv 更正"];
    for (number, reason) in reasons.into_iter().enumerate() {
        let mut own = atlas.snapshot().graph.organizations().find(|o| o.id.as_str() == OWN).unwrap();
        own.aliases.push(format!("别名{number}").into());
        let actor = if reason.starts_with("import") { COMMAND_LINE } else { "street" }.to_owned();
        let origin = Origin { files: vec!["保密名单.csv".into()], ..Origin::by(Door::CommandLine) };
        let changes = vec![Change::PutOrganization(Box::new(own))];
        atlas.commit(Proposal { changes, actor, reason: reason.to_owned(), origin, expected: None }).unwrap();
    }
    let query = format!(
        "subscription {{ changes(after: 1, organization: \"{OWN}\") {{ reason origin {{ files }} }} }}"
    );
    let told = |access: Access| {
        let schema = schema_within(&Limits::NONE);
        let prepared = Prepared::new(Request::new(&query), &Limits::NONE);
        let prepared = prepared.unwrap_or_else(|refused| panic!("{refused:?}"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _entered = runtime.enter();
        let mut answers = subscribe(&schema, Arc::clone(&atlas), access, prepared);
        let mut told = Vec::new();
        while let std::task::Poll::Ready(Some(answer)) = answers.poll(std::task::Waker::noop()) {
            let answer = serde_json::to_value(answer).unwrap();
            let commit = &answer["data"]["changes"];
            told.push(format!("{} {}", commit["reason"], commit["origin"]["files"]));
        }
        told
    };
    let limited = told(limited(Role::Reader, &[OWN]));
    assert_eq!(limited, [IMPORT_REASON, IMPORT_REASON, reasons[2]].map(|reason| format!("\"{reason}\" []")));
    let whole = told(Access::administrator("test"));
    assert_eq!(whole, reasons.map(|reason| format!("\"{reason}\" [\"保密名单.csv\"]")));
}

#[test]
fn the_server_holds_to_territories_and_charts_and_exports_obey_too() {
    let desk = desk_with_district();
    let secret = token(&desk, "a", &format!("--role reader --territory {OWN}"));
    let server = Server::start(&desk, "serve --data store");
    let bearer = format!("Authorization: Bearer {secret}\r\n");
    let answer =
        ask_as(&server, &bearer, "{ organizations(filter: { kinds: [SUBDISTRICT] }) { totalCount } }");
    assert_eq!(answer.body, "{\"data\":{\"organizations\":{\"totalCount\":1}}}");
    let chart =
        |id: &str, headers: &str| server.send("GET", &format!("/diagrams/{id}.dot?depth=1"), headers, "");
    assert_eq!(chart(OTHER, &bearer).status, 404);
    assert!(chart("cn-370114", "").body.contains(OTHER));
    let district = chart("cn-370114", &bearer);
    assert!(district.status == 200 && !district.body.contains(OTHER) && district.body.contains(OWN));
    let export = |headers: &str| server.send("GET", "/exports/organizations.csv", headers, "");
    assert!(export("").body.contains(OTHER));
    let seen = export(&bearer);
    assert!(seen.status == 200 && !seen.body.contains(OTHER) && seen.body.contains(OWN));
}

/// A small graph of what is his, what is another's, what is of both, and what is no one's.
fn mixed() -> Vec<Change> {
    let put = |(id, kind): (&str, OrganizationKind)| {
        Change::PutOrganization(Box::new(Organization::new(id.parse().unwrap(), kind, "示例")))
    };
    let organizations = [
        ("ent-a", OrganizationKind::Enterprise),
        ("ent-b", OrganizationKind::Enterprise),
        ("ent-both", OrganizationKind::Enterprise),
        ("ent-moved", OrganizationKind::Enterprise),
        ("ent-nowhere", OrganizationKind::Enterprise),
        ("industry", OrganizationKind::Industry),
        ("committee", OrganizationKind::PartyCommittee),
        ("branch-a", OrganizationKind::PartyBranch),
        ("branch-b", OrganizationKind::PartyBranch),
    ];
    let stand = [
        ("ent-a", "cn-370114001001"),
        ("ent-b", "cn-370114002001"),
        ("ent-both", "cn-370114001001"),
        ("ent-both", "cn-370114002001"),
        ("committee", "cn-370114"),
        ("branch-a", OWN),
        ("branch-b", OTHER),
    ];
    let stand = stand.map(|(source, target)| located(source, target, None, None));
    let moved = [
        located("ent-moved", OTHER, None, Some(day(1))),
        located("ent-moved", OWN, Some(day(1)), None),
        related("branch-a", RelationType::Organizes, "ent-a"),
    ];
    territories().into_iter().chain(organizations.map(put)).chain(stand).chain(moved).collect()
}

fn located(source: &str, target: &str, from: Option<Date>, to: Option<Date>) -> Change {
    let relation = Relation::new(source.parse().unwrap(), RelationType::LocatedIn, target.parse().unwrap());
    Change::PutRelation(Relation { validity: Validity::new(from, to).unwrap(), ..relation })
}

fn related(source: &str, relation_type: RelationType, target: &str) -> Change {
    Change::PutRelation(Relation::new(source.parse().unwrap(), relation_type, target.parse().unwrap()))
}

fn unrelated(source: &str, relation_type: RelationType, target: &str) -> Change {
    let relation = Relation::new(source.parse().unwrap(), relation_type, target.parse().unwrap());
    Change::RemoveRelation(relation.key())
}

fn put(id: &str, kind: OrganizationKind) -> Change {
    let mut organization = Organization::new(id.parse().unwrap(), kind, "示例");
    organization.employees = Some(7);
    Change::PutOrganization(Box::new(organization))
}

fn placed(id: &str, division: &str) -> Change {
    let mut organization = Organization::new(id.parse().unwrap(), OrganizationKind::Enterprise, "示例");
    organization.division = Some(division.parse().unwrap());
    Change::PutOrganization(Box::new(organization))
}
