//! What a plan promises is what applying it gives, within the rules, and never fewer than its bound.

mod branches;
mod others;
mod stations;

use std::collections::{BTreeMap, BTreeSet};

use crate::coverage::evaluate;
use proptest::prelude::*;

use super::area::Near;
use super::*;
use crate::coverage::IndicatorCatalog;
use crate::graph::{Direction, OrganizationSet, When};
use crate::model::*;

const DATE: Date = Date::constant(2024, 6, 30);
const LIMITS: Limits = Limits { units_per_branch: 3, members_per_branch: 3, grids_per_station: 2 };

/// A unit of the small world: where it stands, its members, its industry, and which joint branch it has.
#[derive(Clone, Debug)]
struct Unit {
    place: usize,
    members: Option<u32>,
    industry: Option<u8>,
    branch: Option<usize>,
}

fn id(text: &str) -> OrganizationId {
    text.parse().unwrap()
}

fn put(id_: &str, kind: OrganizationKind, edit: impl FnOnce(&mut Organization)) -> Change {
    let mut organization = Organization::new(id(id_), kind, format!("名{id_}"));
    edit(&mut organization);
    Change::PutOrganization(Box::new(organization))
}

fn relate(source: &str, relation_type: RelationType, target: &str, mode: Option<RelationMode>) -> Change {
    let mut relation = Relation::new(id(source), relation_type, id(target));
    relation.mode = mode;
    Change::PutRelation(relation)
}

/// Two subdistricts with two communities each, a park in the first; the last place is nowhere.
const PLACES: [&str; 6] =
    ["cn-370114001001", "cn-370114001002", "cn-370114002001", "cn-370114002002", "park", ""];

fn world() -> Vec<Change> {
    use OrganizationKind as K;
    let mut changes = vec![put("cn-370114", K::District, |_| {})];
    for subdistrict in ["cn-370114001", "cn-370114002"] {
        changes.push(put(subdistrict, K::Subdistrict, |_| {}));
        changes.push(relate(subdistrict, RelationType::PartOf, "cn-370114", None));
    }
    for community in &PLACES[..4] {
        changes.push(put(community, K::Community, |_| {}));
        changes.push(relate(community, RelationType::PartOf, &community[..12], None));
    }
    changes.push(put("park", K::IndustrialPark, |_| {}));
    changes.push(relate("park", RelationType::LocatedIn, "cn-370114001", None));
    changes
}

fn graph_of(units: &[Unit]) -> Graph {
    use OrganizationKind as K;
    let mut changes = world();
    let mut organized: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, unit) in units.iter().enumerate() {
        let name = format!("unit-{number:02}");
        changes.push(put(&name, K::Enterprise, |o| {
            o.full_members = unit.members;
            o.industry = unit.industry.map(|industry| format!("业{industry}").into());
            o.designations.insert("TWO_NEW".into());
        }));
        if let Some(place) = Some(PLACES[unit.place]).filter(|place| !place.is_empty()) {
            changes.push(relate(&name, RelationType::LocatedIn, place, None));
        }
        let Some(branch) = unit.branch else { continue };
        let count = organized.entry(branch).or_default();
        if *count == LIMITS.units_per_branch {
            continue;
        }
        *count += 1;
        let joint = format!("joint-{branch}");
        changes.push(put(&joint, K::PartyBranch, |_| {}));
        changes.push(relate(&joint, RelationType::Organizes, &name, Some(RelationMode::Joint)));
    }
    let mut graph = Graph::new();
    graph.apply(&changes).unwrap();
    graph
}

fn graph_of_grids(grids: &[(usize, bool)]) -> Graph {
    use OrganizationKind as K;
    let mut changes = world();
    changes.push(put("station", K::ServiceStation, |_| {}));
    for (number, (place, served)) in grids.iter().enumerate() {
        let name = format!("grid-{number:02}");
        changes.push(put(&name, K::Grid, |o| _ = o.designations.insert("BASE_GRID".into())));
        if let Some(place) = Some(PLACES[*place]).filter(|place| !place.is_empty()) {
            changes.push(relate(&name, RelationType::LocatedIn, place, None));
        }
        if *served {
            changes.push(relate("station", RelationType::Serves, &name, None));
        }
    }
    let mut graph = Graph::new();
    graph.apply(&changes).unwrap();
    graph
}

fn unit() -> impl Strategy<Value = Unit> {
    let members = prop::option::weighted(0.9, 0u32..5);
    let branch = prop::option::weighted(0.2, 0usize..2);
    (0..PLACES.len(), members, prop::option::of(0u8..2), branch)
        .prop_map(|(place, members, industry, branch)| Unit { place, members, industry, branch })
}

fn indicator(id: &str) -> Indicator {
    IndicatorCatalog::core().unwrap().get(id).unwrap().clone()
}

fn planned(graph: &Graph, indicator: &Indicator, goal: Goal) -> Plan {
    let scope = Scope { date: DATE, within: None };
    plan(indicator, graph, &PlanRequest { scope, limits: LIMITS, goal, suppress_below: 0 })
}

/// Applies a plan step by step; every step leads to what it promises. Gives back the graph at the end.
fn applied(graph: &Graph, indicator: &Indicator, plan: &Plan) -> Graph {
    let covered = |graph: &Graph| {
        let forms = evaluate(indicator, graph, DATE).covered_by;
        forms.iter().map(OrganizationSet::len).sum::<u64>()
    };
    let mut graph = graph.clone();
    assert_eq!(plan.before.covered, covered(&graph));
    for step in &plan.steps {
        graph.apply(&step.remedy.changes).unwrap();
        assert_eq!(step.covered, covered(&graph), "{}", step.remedy.text);
    }
    assert_eq!(plan.after.covered, covered(&graph));
    assert_eq!(graph.validate(), Ok(()));
    graph
}

/// The same organisations and relations, recorded in the reverse order, so that all slots are others.
fn of_another_history(graph: &Graph) -> Graph {
    let mut changes: Vec<_> = graph.organizations().map(|o| Change::PutOrganization(Box::new(o))).collect();
    changes.reverse();
    let mut relations: Vec<_> = graph.stated_relations().map(Change::PutRelation).collect();
    relations.reverse();
    let mut again = Graph::new();
    again.apply(&changes).unwrap();
    again.apply(&relations).unwrap();
    again
}

/// What a plan does, in words and changes.
fn done(plan: &Plan) -> Vec<(String, &[Change], u64)> {
    let steps = plan.steps.iter();
    steps.map(|step| (step.remedy.text.to_string(), step.remedy.changes.as_slice(), step.covered)).collect()
}

fn near(graph: &Graph, unit: Slot) -> BTreeSet<Slot> {
    Near::of(graph, unit, When::On(DATE)).all().collect()
}

fn targets(graph: &Graph, source: &str, relation_type: RelationType) -> Vec<Slot> {
    let source = graph.slot(source).unwrap();
    graph.relations_of(source, Direction::Out, &[relation_type], When::On(DATE)).map(|r| r.target).collect()
}

fn members(graph: &Graph, units: &[Slot]) -> u32 {
    units.iter().map(|unit| graph.record(*unit).unwrap().members().unwrap()).sum()
}

fn have_something_in_common(graph: &Graph, units: &[Slot]) -> bool {
    let sets = units.iter().map(|unit| near(graph, *unit));
    sets.reduce(|a, b| &a & &b).is_none_or(|common| !common.is_empty())
}

/// The fewest groups that serve some units, by trying all ways; `may` says which units can go together.
fn fewest_groups(open: &[Slot], groups: &mut Vec<Vec<Slot>>, may: &dyn Fn(&[Slot], bool) -> bool) -> usize {
    let Some((first, rest)) = open.split_first() else {
        return if groups.iter().all(|group| may(group, true)) { groups.len() } else { usize::MAX };
    };
    let mut fewest = usize::MAX;
    for at in 0..=groups.len() {
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push(*first);
        if may(&groups[at], false) {
            fewest = fewest.min(fewest_groups(rest, groups, may));
        }
        groups[at].pop();
        groups.retain(|group| !group.is_empty());
    }
    fewest
}
