//! The engine on a made-up district: `cargo bench`, sizes in organisations.
//!
//! `orgatlas bench` times the same questions on any store, beside other programs; what that gave is in
//! `RESULTS.md`.
#![expect(
    clippy::expect_used,
    reason = "a district that is made up here is right, or the bench is worth nothing"
)]

use divan::{Bencher, black_box};
use orgatlas::coverage::{
    CoverageState, Indicator, IndicatorCatalog, Scope, coverage, first_units_in_states,
};
use orgatlas::graph::{Graph, SearchQuery, Slot};
use orgatlas::model::{Change, Organization, OrganizationKind, Relation, RelationMode, RelationType, today};

const SIZES: [u32; 2] = [2_000, 100_000];
const INDICATOR: &str = "two-new-own-branch";

fn main() {
    divan::main();
}

/// A district of subdistricts with a thousand enterprises each, two of three with a branch of their own.
fn district(enterprises: u32) -> Graph {
    let mut changes = vec![organization("cn-370114", OrganizationKind::District)];
    for place in 0..enterprises.div_ceil(1_000) {
        let id = format!("cn-370114{place:03}");
        changes.push(organization(&id, OrganizationKind::Subdistrict));
        changes.push(relation(&id, RelationType::PartOf, "cn-370114", None));
    }
    for number in 0..enterprises {
        let (enterprise, branch) = (format!("ent-{number}"), format!("pty-{number}"));
        let place = format!("cn-370114{:03}", number / 1_000);
        changes.push(organization(&enterprise, OrganizationKind::Enterprise));
        changes.push(relation(&enterprise, RelationType::LocatedIn, &place, None));
        if number % 3 > 0 {
            changes.push(organization(&branch, OrganizationKind::PartyBranch));
            changes.push(organizes(&branch, &enterprise));
        }
    }
    let mut graph = Graph::new();
    graph.apply(&changes).expect("a made-up district breaks no rule");
    graph
}

fn organization(id: &str, kind: OrganizationKind) -> Change {
    let mut organization = Organization::new(id.parse().expect("an id"), kind, format!("示例{id}"));
    organization.party_members = Some(5);
    organization.designations.insert("TWO_NEW".into());
    Change::PutOrganization(Box::new(organization))
}

fn relation(source: &str, relation_type: RelationType, target: &str, mode: Option<RelationMode>) -> Change {
    let [source, target] = [source, target].map(|id| id.parse().expect("an id"));
    let mut relation = Relation::new(source, relation_type, target);
    relation.mode = mode;
    Change::PutRelation(relation)
}

fn organizes(branch: &str, enterprise: &str) -> Change {
    relation(branch, RelationType::Organizes, enterprise, Some(RelationMode::Standalone))
}

fn indicator() -> Indicator {
    let catalog = IndicatorCatalog::core().expect("the indicators of the program are sound");
    catalog.get(INDICATOR).expect("it is one of them").clone()
}

fn root(graph: &Graph) -> Slot {
    graph.slot("cn-370114").expect("the district")
}

fn by_subdistrict(graph: &Graph, indicator: &Indicator) -> usize {
    let scope = Scope { date: today(), within: Some(root(graph)) };
    coverage(indicator, graph, &scope, Some(OrganizationKind::Subdistrict)).groups.len()
}

#[divan::bench(args = SIZES)]
fn coverage_by_subdistrict(bencher: Bencher<'_, '_>, size: u32) {
    let (graph, indicator) = (district(size), indicator());
    bencher.bench_local(|| by_subdistrict(black_box(&graph), &indicator));
}

/// One branch is set up and given up in turns, and coverage asked after each.
#[divan::bench(args = SIZES)]
fn coverage_after_a_change(bencher: Bencher<'_, '_>, size: u32) {
    let (mut graph, indicator) = (district(size), indicator());
    let set_up = organizes("pty-1", "ent-0");
    let Change::PutRelation(relation) = &set_up else { return };
    let steps = [set_up.clone(), Change::RemoveRelation(relation.key())];
    let mut turn = steps.iter().cycle();
    bencher.bench_local(move || {
        let change = turn.next().cloned().into_iter().collect::<Vec<_>>();
        graph.apply(&change).expect("either change is right in its turn");
        by_subdistrict(&graph, &indicator)
    });
}

#[divan::bench(args = SIZES)]
fn first_gaps(bencher: Bencher<'_, '_>, size: u32) {
    let (graph, indicator) = (district(size), indicator());
    let scope = Scope { date: today(), within: Some(root(&graph)) };
    let states = [CoverageState::Uncovered];
    bencher.bench_local(|| first_units_in_states(&indicator, black_box(&graph), &scope, &states, 100).len());
}

#[divan::bench(args = SIZES)]
fn kinds_within(bencher: Bencher<'_, '_>, size: u32) {
    let graph = district(size);
    bencher.bench_local(|| graph.day(today()).kinds_within(black_box(root(&graph))).len());
}

#[divan::bench(args = SIZES)]
fn distance(bencher: Bencher<'_, '_>, size: u32) {
    let graph = district(size);
    let (from, to) = (graph.slot("pty-1").expect("a branch"), root(&graph));
    bencher.bench_local(|| graph.day(today()).distance(black_box(from), to, 8));
}

/// What is typed on the way to a name: characters, pinyin, initials, a code.
#[divan::bench(args = [("示例ent-99", 100_000), ("shilient", 100_000), ("sle", 100_000), ("370114", 100_000)])]
fn search(bencher: Bencher<'_, '_>, (text, size): (&str, u32)) {
    let graph = district(size);
    // The names are packed by the first search.
    graph.search(&SearchQuery::new(text), graph.everything());
    bencher.bench_local(|| graph.search(&SearchQuery::new(black_box(text)), graph.everything()).len());
}
