//! Work that must not grow with the graph, counted by what it takes of memory: time says nothing in a test.
//!
//! A province is made in two sizes. The city that is asked about is the same in both; the others grow.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use allocation_counter::{AllocationInfo, measure};
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::bench::{Question, Rule};
use orgatlas::graph::{Direction, Graph, When};
use orgatlas::model::{
    Change, Date, Organization, OrganizationId, OrganizationKind as K, Origin, Relation, RelationMode,
    RelationType,
};

const SMALL: usize = 2_000;
const LARGE: usize = 16_000;

/// How many enterprises the city has that is asked about.
const ASKED: usize = 500;

fn id(text: &str) -> OrganizationId {
    text.parse().unwrap()
}

/// An organisation that stands within another, if it does.
fn put(changes: &mut [Vec<Change>; 2], own: &str, kind: K, within: Option<&str>) {
    let mut organization = Organization::new(id(own), kind, "示例");
    organization.full_members = (kind == K::Enterprise).then_some(own.len() as u32 % 5 + 1);
    changes[0].push(Change::PutOrganization(Box::new(organization)));
    let standing = if kind.level().is_some() { RelationType::PartOf } else { RelationType::LocatedIn };
    changes[1].extend(within.map(|above| Change::PutRelation(Relation::new(id(own), standing, id(above)))));
}

fn branch_of(enterprise: &str) -> Relation {
    let mut relation =
        Relation::new(id(&format!("branch-{enterprise}")), RelationType::Organizes, id(enterprise));
    relation.mode = Some(RelationMode::Standalone);
    relation
}

/// A province of two cities, the second of which has so many enterprises.
fn province(enterprises: usize) -> Vec<Change> {
    let mut changes = [Vec::new(), Vec::new()];
    put(&mut changes, "cn-37", K::Province, None);
    for (city, count) in [("3701", ASKED), ("3702", enterprises)] {
        let district = format!("cn-{city}02");
        put(&mut changes, &format!("cn-{city}"), K::City, Some("cn-37"));
        put(&mut changes, &district, K::District, Some(&format!("cn-{city}")));
        for number in 0..10 {
            put(&mut changes, &format!("{district}{number:03}"), K::Subdistrict, Some(&district));
        }
        for number in 0..count {
            let (enterprise, place) =
                (format!("ent-{city}-{number}"), format!("{district}{:03}", number % 10));
            put(&mut changes, &enterprise, K::Enterprise, Some(&place));
            if number % 3 > 0 {
                put(&mut changes, &format!("branch-{enterprise}"), K::PartyBranch, None);
            }
            if number % 3 == 1 {
                changes[1].push(Change::PutRelation(branch_of(&enterprise)));
            }
        }
    }
    changes.concat()
}

/// A store of it, in a folder that goes away with it.
fn store(enterprises: usize) -> (tempfile::TempDir, Atlas) {
    let folder = tempfile::tempdir().unwrap();
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    commit(&atlas, province(enterprises));
    (folder, atlas)
}

fn commit(atlas: &Atlas, changes: Vec<Change>) {
    let (actor, reason, origin) = ("test".into(), "test".into(), Origin::default());
    let proposal = Proposal { changes, actor, reason, origin, expected: None };
    atlas.commit(proposal).unwrap();
}

/// What some work takes in both sizes, after it was done once.
fn both(work: impl Fn(&Atlas, usize)) -> [AllocationInfo; 2] {
    [SMALL, LARGE].map(|size| {
        let (_folder, atlas) = store(size);
        work(&atlas, 1);
        measure(|| work(&atlas, 2))
    })
}

fn rule() -> Rule {
    Rule::on(Date::constant(2024, 6, 30))
}

fn ask(graph: &Graph) {
    assert!(Question::Coverage("cn-3701").ask(graph, &rule()).is_some());
}

/// A branch that stands ready, set up in an enterprise of the city that is asked about.
fn set_up(atlas: &Atlas, number: usize) {
    commit(atlas, vec![Change::PutRelation(branch_of(&format!("ent-3701-{}", 3 * number + 2)))]);
}

#[test]
fn coverage_of_a_city_by_subdistrict_takes_the_same_however_large_the_rest_is() {
    let [small, large] = both(|atlas, _| ask(&atlas.snapshot().graph));
    assert_eq!((small.count_total, small.bytes_total), (large.count_total, large.bytes_total));
}

/// It shares all chunks with the graph before but those that it writes to; lists of chunks have an entry for 4,096 rows.
#[test]
fn a_commit_of_one_relation_takes_its_chunks_and_no_more_of_a_larger_graph() {
    let [small, large] = both(set_up);
    assert!(large.count_total <= small.count_total + 8, "{small:?} {large:?}");
    let chunk = 4096 * 8;
    assert!(large.bytes_total <= small.bytes_total + chunk, "{small:?} {large:?}");
}

#[test]
fn the_first_question_after_a_commit_looks_only_at_what_was_touched() {
    let [small, large] = both(|atlas, number| {
        ask(&atlas.snapshot().graph);
        set_up(atlas, number);
        ask(&atlas.snapshot().graph);
    });
    // Sets that are kept are bit sets of the whole, which are copied: a bit and a half for a position.
    let bits = (2 * (LARGE - SMALL)) as u64 / 4;
    assert!(large.count_total <= small.count_total + 64, "{small:?} {large:?}");
    assert!(large.bytes_total <= small.bytes_total + 16 * bits, "{small:?} {large:?}");
}

#[test]
fn one_organisation_with_its_relations_takes_the_same_however_large_the_rest_is() {
    let [small, large] = both(|atlas, _| {
        let snapshot = atlas.snapshot();
        let slot = snapshot.graph.slot("ent-3701-1").unwrap();
        assert_eq!(snapshot.graph.relations_of(slot, Direction::Both, &[], When::Ever).count(), 2);
    });
    assert_eq!((small.count_total, small.bytes_total), (large.count_total, large.bytes_total));
}

#[test]
fn a_spelling_takes_little_memory_of_its_own() {
    use orgatlas::graph::SearchQuery;
    // What all spellings share is made once.
    let graph = graph_of_names();
    assert_eq!(graph.search(&SearchQuery::new("zhangqiu"), graph.everything()).len(), 1);
    for text in ["zq", "zhangqiuqu", "mingshui zhangqiu", "章q", &"a".repeat(127)] {
        let taken = measure(|| drop(SearchQuery::new(text)));
        // Each word has a spelling of its own; the longest takes most.
        assert!(taken.bytes_total < 128 << 10, "{text}: {} bytes", taken.bytes_total);
    }
}

fn graph_of_names() -> Graph {
    let mut graph = Graph::new();
    graph
        .apply(&[Change::PutOrganization(Box::new(Organization::new(id("a"), K::Enterprise, "章丘厂")))])
        .unwrap();
    graph
}
