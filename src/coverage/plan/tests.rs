//! What a plan promises is what applying it gives, within the rules, and never fewer than its bound.

use std::collections::{BTreeMap, BTreeSet};

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
    let exempt = OrganizationSet::new();
    let scope = Scope { date: DATE, within: None, exempt: &exempt };
    plan(indicator, graph, &PlanRequest { scope, limits: LIMITS, goal })
}

/// Applies a plan step by step; every step leads to what it promises. Gives back the graph at the end.
fn applied(graph: &Graph, indicator: &Indicator, plan: &Plan) -> Graph {
    let exempt = OrganizationSet::new();
    let covered = |graph: &Graph| evaluate(indicator, graph, DATE, &exempt).covered().len();
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

/// The fewest new joint branches for some units, some of which may join branches that exist.
fn fewest_branches(graph: &Graph, units: &[Slot]) -> usize {
    let rooms = existing::existing(graph, When::On(DATE), LIMITS.units_per_branch);
    let ways = rooms.len() + 1;
    let mut fewest = usize::MAX;
    for mut choice in 0..ways.pow(units.len() as u32) {
        let mut taken = vec![0; rooms.len()];
        let mut open = Vec::new();
        let mut possible = true;
        for unit in units {
            match choice % ways {
                0 => open.push(*unit),
                room => {
                    let room = &rooms[room - 1];
                    let shares =
                        room.near.iter().flat_map(Near::all).any(|slot| near(graph, *unit).contains(&slot));
                    possible &= shares;
                    taken[choice % ways - 1] += 1;
                }
            }
            choice /= ways;
        }
        possible &= rooms.iter().zip(&taken).all(|(room, taken)| *taken <= room.room);
        if possible {
            let may = |group: &[Slot], whole: bool| {
                group.len() <= LIMITS.units_per_branch
                    && have_something_in_common(graph, group)
                    && (!whole || members(graph, group) >= LIMITS.members_per_branch)
            };
            fewest = fewest.min(fewest_groups(&open, &mut Vec::new(), &may));
        }
    }
    fewest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_plan_of_branches_reaches_what_it_promises_within_the_rules(
        units in prop::collection::vec(unit(), 0..26),
        own_only in any::<bool>(),
        share in prop::option::weighted(0.3, prop::sample::select(vec!["0.3", "0.6", "0.9"])),
    ) {
        let graph = graph_of(&units);
        let mut indicator = indicator(if own_only { "two-new-own-branch" } else { "two-new-organisation" });
        indicator.target = share.map(|share| crate::coverage::Target::ShareAtLeast(share.parse().unwrap()));
        let plan = planned(&graph, &indicator, Goal::Target);
        prop_assert_eq!(&plan, &planned(&graph, &indicator, Goal::Target));
        let after = applied(&graph, &indicator, &plan);
        let in_steps: u64 = plan.steps.iter().map(|step| step.remedy.units.len() as u64).sum();
        let uncovered_and_unknown = plan.before.uncovered + plan.before.unknown;
        if share.is_none() || plan.after.shortfall > 0 {
            prop_assert_eq!(uncovered_and_unknown, in_steps + plan.unplanned.len() as u64);
        } else {
            prop_assert!(in_steps < plan.before.shortfall + LIMITS.units_per_branch as u64);
        }
        for step in &plan.steps {
            let founded: Vec<_> = step.remedy.founded().map(OrganizationId::as_str).collect();
            match step.remedy.kind {
                RemedyKind::OwnBranch => {
                    prop_assert_eq!(targets(&after, founded[0], RelationType::Organizes), step.remedy.units.clone());
                    prop_assert!(members(&graph, &step.remedy.units) >= 3);
                }
                RemedyKind::NewJointBranch => {
                    let units = targets(&after, founded[0], RelationType::Organizes);
                    prop_assert!(units.len() <= LIMITS.units_per_branch);
                    prop_assert!(members(&graph, &units) >= LIMITS.members_per_branch);
                    prop_assert!(have_something_in_common(&graph, &units));
                    prop_assert!(units.iter().all(|unit| members(&graph, &[*unit]) < 3));
                }
                RemedyKind::ExistingJointBranch => {
                    let Change::PutRelation(relation) = &step.remedy.changes[0] else { unreachable!() };
                    let units = targets(&after, relation.source.as_str(), RelationType::Organizes);
                    prop_assert!(units.len() <= LIMITS.units_per_branch);
                    let before = targets(&graph, relation.source.as_str(), RelationType::Organizes);
                    for unit in &step.remedy.units {
                        let shares = |other: &Slot| !near(&graph, *unit).is_disjoint(&near(&graph, *other));
                        prop_assert!(before.iter().any(shares));
                    }
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
        if let Some(bound) = plan.bound {
            prop_assert!(bound.at_least <= bound.planned);
        }
    }

    #[test]
    fn the_bound_of_branches_is_never_above_the_fewest(units in prop::collection::vec(unit(), 0..8)) {
        let graph = graph_of(&units);
        let plan = planned(&graph, &indicator("two-new-organisation"), Goal::Target);
        let of = |kinds: &[RemedyKind]| -> Vec<Slot> {
            let steps = plan.steps.iter().filter(|step| kinds.contains(&step.remedy.kind));
            steps.flat_map(|step| step.remedy.units.clone()).collect()
        };
        let own = of(&[RemedyKind::OwnBranch]).len();
        let small = of(&[RemedyKind::NewJointBranch, RemedyKind::ExistingJointBranch]);
        if let Some(bound) = plan.bound {
            let fewest = own + fewest_branches(&graph, &small);
            prop_assert!(bound.at_least <= fewest as u64, "{} > {}", bound.at_least, fewest);
            prop_assert!(fewest as u64 <= bound.planned);
        }
    }

    #[test]
    fn a_plan_of_stations_reaches_the_target_or_all_within_the_limit(
        grids in prop::collection::vec((0..PLACES.len(), prop::bool::weighted(0.3)), 0..9),
        everything in any::<bool>(),
    ) {
        let graph = graph_of_grids(&grids);
        let goal = if everything { Goal::Everything } else { Goal::Target };
        let plan = planned(&graph, &indicator("grid-station"), goal);
        applied(&graph, &indicator("grid-station"), &plan);
        for step in &plan.steps {
            prop_assert!(step.remedy.units.len() <= LIMITS.grids_per_station);
            prop_assert!(have_something_in_common(&graph, &step.remedy.units));
        }
        if !everything && plan.unplanned.is_empty() {
            prop_assert!(plan.after.met != Some(false));
        }
        let Some(bound) = plan.bound else { return Ok(()) };
        prop_assert!(bound.at_least <= bound.planned);
        let may = |group: &[Slot], _: bool| {
            group.len() <= LIMITS.grids_per_station && have_something_in_common(&graph, group)
        };
        // Every choice of grids that is as good as the plan's.
        let open: Vec<_> = evaluate(&indicator("grid-station"), &graph, DATE, &OrganizationSet::new()).uncovered.iter().collect();
        let all: Vec<_> = crate::graph::slots(&open.iter().copied().collect()).filter(|g| !near(&graph, *g).is_empty()).collect();
        let covered = (plan.after.covered - plan.before.covered) as u32;
        let enough = if everything { covered } else { covered.min(plan.before.shortfall as u32) };
        let choices = (0u32..1 << all.len()).filter(|choice| choice.count_ones() == enough);
        let fewest = choices
            .map(|choice| {
                let chosen: Vec<_> = all.iter().enumerate().filter(|(i, _)| choice >> i & 1 == 1).map(|(_, g)| *g).collect();
                fewest_groups(&chosen, &mut Vec::new(), &may)
            })
            .min();
        if let Some(fewest) = fewest {
            prop_assert!(bound.at_least <= fewest as u64);
        }
    }

    #[test]
    fn a_remedy_of_a_gap_closes_it_by_itself(units in prop::collection::vec(unit(), 1..12)) {
        let graph = graph_of(&units);
        let indicator = indicator("two-new-either");
        let exempt = OrganizationSet::new();
        let scope = Scope { date: DATE, within: None, exempt: &exempt };
        let remedies = Remedies::new(&indicator, &graph, &scope, LIMITS);
        for (unit, state) in crate::coverage::units_in_states(&indicator, &graph, &scope, &[crate::coverage::CoverageState::Uncovered]) {
            for remedy in remedies.of(&indicator, &graph, unit, state) {
                if remedy.kind == RemedyKind::RecordValue {
                    continue;
                }
                let after = changed(&graph, &remedy.changes).unwrap();
                let covered = evaluate(&indicator, &after, DATE, &exempt).covered();
                prop_assert!(remedy.units.iter().all(|unit| covered.contains(unit.position())));
                prop_assert!(remedy.units.contains(&unit));
            }
        }
    }
}

#[test]
fn what_no_rule_can_close_is_said_to_be_so() {
    let graph = graph_of(&[]);
    let mut graph_with_village = graph;
    graph_with_village
        .apply(&[put("cn-370114001301", OrganizationKind::Village, |o| o.annual_income_cny = Some(1.0))])
        .unwrap();
    let plan = planned(&graph_with_village, &indicator("village-income"), Goal::Target);
    assert!(plan.steps.is_empty());
    assert!(plan.note.unwrap().starts_with("no automatic plan"));
    assert_eq!(plan.unplanned.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Unplanned::NoRule]);
}

#[test]
fn a_chamber_that_lacks_a_party_organisation_gets_one_and_no_second_chamber_is_founded() {
    use OrganizationKind as K;
    let mut graph = graph_of(&[]);
    graph
        .apply(&[
            put("chamber", K::ChamberOfCommerce, |o| o.name = "示例商会".into()),
            relate("chamber", RelationType::ManagedBy, "cn-370114001", None),
        ])
        .unwrap();
    let indicator = indicator("chamber-party-organisation");
    let plan = planned(&graph, &indicator, Goal::Target);
    applied(&graph, &indicator, &plan);
    let texts: Vec<_> = plan.steps.iter().map(|step| step.remedy.text.as_str()).collect();
    assert_eq!(texts, ["set up 示例商会党支部 for 示例商会", "set up 名cn-370114002商会 for 名cn-370114002"]);
}
