//! Hierarchies and rules as deep as a user makes them do not overflow a stack.

use std::collections::BTreeSet;
use std::sync::Arc;

use orgatlas::access::Access;
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::coverage::IndicatorCatalog;
use orgatlas::drawing::{Drawing, Format};
use orgatlas::exchange::{self, Base, Part};
use orgatlas::graph::{PathQuery, SubgraphQuery, When};
use orgatlas::graphql::{Limits, Prepared, Request, execute_prepared, schema};
use orgatlas::ledger;
use orgatlas::model::{
    AttributeCatalog, Change, Date, Organization, OrganizationId, OrganizationKind as K, Origin, Relation,
    RelationType as T,
};

use crate::desk::Desk;

/// How long chains are: a frame of even 64 bytes for each link overflows the stack.
const LINKS: usize = 40_000;

/// The stack that everything runs on, that of a worker of the server.
const STACK: usize = 2 << 20;

/// Runs something on a thread with a small stack; an overflow of it ends the process of the test.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK).spawn(work).unwrap().join().unwrap();
}

fn id(text: &str) -> OrganizationId {
    text.parse().unwrap()
}

fn place(number: usize) -> OrganizationId {
    id(&format!("park-{number}"))
}

/// Places that stand in each other, the first in all others, with an enterprise in the first.
fn chain(links: usize) -> Vec<Change> {
    let put = |id, kind| Change::PutOrganization(Box::new(Organization::new(id, kind, "示例")));
    let mut changes: Vec<_> = (0..=links).map(|number| put(place(number), K::Park)).collect();
    changes.push(put(id("ent"), K::Enterprise));
    let within = |number| Change::PutRelation(Relation::new(place(number), T::PartOf, place(number + 1)));
    changes.extend((0..links).map(within));
    changes.push(Change::PutRelation(Relation::new(id("ent"), T::LocatedIn, place(0))));
    changes
}

fn proposal(changes: Vec<Change>) -> Proposal {
    let (actor, reason, origin) = ("test".into(), "test".into(), Origin::default());
    Proposal { changes, actor, reason, origin, expected: None }
}

#[test]
fn a_long_chain_of_places_is_written_and_asked_about_on_a_small_stack() {
    on_a_small_stack(|| {
        let desk = Desk::new();
        let (atlas, _) = Atlas::open(&desk.path().join("store")).unwrap();
        let atlas = Arc::new(atlas);
        atlas.commit(proposal(chain(LINKS))).unwrap();
        let snapshot = atlas.snapshot();
        let graph = &snapshot.graph;
        assert_eq!(graph.validate(), Ok(()));
        let [top, unit] = [place(LINKS), id("ent")].map(|id| graph.slot(id.as_str()).unwrap());
        let date = Date::constant(2024, 6, 30);
        for when in [When::Ever, When::On(date)] {
            assert_eq!(graph.ancestors(unit, when).len(), LINKS + 1);
            assert_eq!(graph.within(top, when).len(), LINKS as u64 + 1);
        }
        // A cycle is refused, one by one and with all else at once.
        let closing = Relation::new(place(LINKS), T::PartOf, place(0));
        assert!(atlas.commit(proposal(vec![Change::PutRelation(closing.clone())])).is_err());
        let mut at_once = chain(LINKS);
        at_once.push(Change::PutRelation(closing));
        assert!(orgatlas::graph::Graph::new().apply(&at_once).is_err());
        let length = LINKS as u32 + 2;
        let path = PathQuery { from: unit, to: top, types: &[], max_length: length, when: When::On(date) };
        assert!(graph.path(&path).is_some());
        let near =
            SubgraphQuery { root: unit, depth: length, types: &[], when: When::On(date), limit: 100_000 };
        assert_eq!(graph.subgraph(&near).nodes.len(), LINKS + 2);
        // Whoever is limited to the top writes at the other end, and sees it.
        let territories = BTreeSet::from([place(LINKS)]);
        let renamed = Organization::new(id("ent"), K::Enterprise, "另一示例");
        let write = proposal(vec![Change::PutOrganization(Box::new(renamed))]);
        atlas.turn().commit_within(write, Some(&territories)).unwrap();
        let access = Access { territories: Some(territories), ..Access::administrator("test") };
        let schema = schema();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let question = "{ organization(id: \"ent\") { name ancestors { id } }
            coverage(rule: { population: { kind: [ENTERPRISE] }, forms: [] }, within: \"park-40000\",
            asOf: \"2024-06-30\") { population } }";
        for access in [access, Access::administrator("test")] {
            let prepared = Prepared::new(Request::new(question), &Limits::NONE).unwrap();
            let answer = runtime.block_on(execute_prepared(&schema, &atlas, access, prepared));
            assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        }
    });
}

#[test]
fn a_long_chain_of_places_is_exported_drawn_and_read_again_on_a_small_stack() {
    on_a_small_stack(|| {
        let desk = Desk::new();
        let mut graph = orgatlas::graph::Graph::new();
        graph.apply(&chain(LINKS)).unwrap();
        let catalog = AttributeCatalog::default();
        for format in [exchange::Format::GraphMl, exchange::Format::Turtle(Base::default())] {
            exchange::write(&graph, &catalog, &format, None, &desk.path().join("graph")).unwrap();
        }
        let part = Part { root: Some(place(LINKS).to_string()), ..Part::default() };
        assert_eq!(part.of(&graph).unwrap().0.organization_count(), LINKS + 2);
        let ledgers = desk.path().join("ledgers");
        ledger::write_csv(&graph, &catalog, &ledgers).unwrap();
        let read = ledger::read(&[&ledgers], &orgatlas::graph::Graph::new(), &catalog).unwrap();
        assert_eq!(read.changes.len(), chain(LINKS).len());
        let mut drawing = Drawing::of(place(LINKS).to_string(), Date::constant(2024, 6, 30));
        drawing.depth = 64;
        for format in [Format::Dot, Format::Mermaid] {
            let font = || unreachable!("text needs no font");
            drawing.draw(&graph, &IndicatorCatalog::default(), format, |_| true, font).unwrap();
        }
        drawing.depth = 65;
        let font = || unreachable!("it is refused");
        let refused =
            drawing.draw(&graph, &IndicatorCatalog::default(), Format::Dot, |_| true, font).err().unwrap();
        assert!(refused.to_string().contains("at most 64 steps deep"), "{refused}");
    });
}

/// A rule that says "not" so many times.
fn nested(times: usize) -> String {
    format!("{}{{ kind = [\"ENTERPRISE\"] }}{}", "{ not = ".repeat(times), " }".repeat(times))
}

#[test]
fn rules_nested_deeply_are_refused_with_the_limit() {
    let read = || {
        let attributes = AttributeCatalog::default();
        for times in [33, 79, 1_000, 100_000] {
            let rule = nested(times);
            let text = format!(
                "[[indicator]]\nid = \"a\"\nversion = 1\nname = {{ zh-Hans = \"甲\" }}\npopulation = {rule}\n"
            );
            assert!(IndicatorCatalog::from_toml(&text, &attributes).is_err(), "{times}");
            let deep = format!("{}{}", "{ not: ".repeat(times), "}".repeat(times));
            let question =
                format!("{{ coverage(rule: {{ population: {deep}, forms: [] }}) {{ population }} }}");
            let request = Request::new(question);
            if let Ok(prepared) = Prepared::new(request, &Limits::DEFAULT) {
                assert!(times < 64, "{times}");
                drop(prepared);
            }
        }
    };
    std::thread::Builder::new().stack_size(STACK).spawn(read).unwrap().join().unwrap();
}
