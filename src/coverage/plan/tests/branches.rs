use proptest::prelude::*;

use super::super::draft::Draft;
use super::super::*;
use super::*;

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
        let again = planned(&of_another_history(&graph), &indicator, Goal::Target);
        prop_assert_eq!(done(&plan), done(&again), "the order of slots shows");
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
    fn a_plan_covers_as_many_as_any_grouping_and_no_fewer_than_the_nearest_first(
        units in prop::collection::vec(unit(), 0..8),
    ) {
        let graph = graph_of(&units);
        let uncovered: Vec<Slot> = small_units(&graph).iter().map(|small| small.unit).collect();
        let (small, rooms) = (small_units(&graph), existing::existing(&graph, When::On(DATE), LIMITS.units_per_branch));
        let covered = |grouping: &grouping::Grouping| small.len() - grouping.left.len();
        let best = grouping::group(&small, &rooms, &LIMITS);
        let nearest = grouping::nearest_first(&small, &rooms, &LIMITS);
        prop_assert!(covered(&best) >= covered(&nearest));
        let placed: usize = best.joined.iter().chain(&best.groups).map(Vec::len).sum();
        prop_assert_eq!(placed, covered(&best), "every unit stands once");
        for group in &best.groups {
            let slots: Vec<Slot> = group.iter().map(|at| small[*at].unit).collect();
            prop_assert!(group.len() <= LIMITS.units_per_branch && have_something_in_common(&graph, &slots));
            prop_assert!(members(&graph, &slots) >= LIMITS.members_per_branch);
        }
        for (branch, joined) in rooms.iter().zip(&best.joined) {
            prop_assert!(joined.len() <= branch.room);
        }
        prop_assert_eq!(covered(&best), most_covered(&graph, &uncovered), "a better grouping covers more");
    }
}

/// The units that are not covered and have too few members for a branch of their own, as groups are made of.
fn small_units(graph: &Graph) -> Vec<grouping::Small> {
    let uncovered = evaluate(&indicator("two-new-organisation"), graph, DATE).uncovered;
    let draft = Draft::new(graph, DATE, "test");
    let uncovered = graph.sorted_by_id(crate::graph::slots(&uncovered));
    let few = uncovered.into_iter().filter_map(|unit| {
        let members = super::super::members::Members::of(&draft, unit)
            .filter(|members| members.at_least < LIMITS.members_per_branch)?;
        super::super::branches::small_unit(&draft, unit, members)
    });
    few.collect()
}

/// The most units that any grouping covers, by trying all sets of them, the largest first.
fn most_covered(graph: &Graph, units: &[Slot]) -> usize {
    let mut sets: Vec<u32> = (0..1 << units.len()).collect();
    sets.sort_by_key(|set| std::cmp::Reverse(set.count_ones()));
    let can_be = sets.into_iter().find(|set| {
        let chosen: Vec<Slot> =
            units.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, unit)| *unit).collect();
        fewest_branches(graph, &chosen) < usize::MAX
    });
    can_be.map_or(0, |set| set.count_ones() as usize)
}

#[test]
fn a_joint_branch_takes_units_without_members_so_that_others_make_a_group() {
    // The branch that exists has two places; of the six others only two have members, in another industry.
    let of = |members, branch| Unit {
        place: 0,
        members: Some(members),
        industry: Some(u8::from(members == 0)),
        branch,
    };
    let units = [of(1, Some(0)), of(2, None), of(1, None), of(0, None), of(0, None), of(0, None)];
    let graph = graph_of(&units);
    let plan = planned(&graph, &indicator("two-new-organisation"), Goal::Everything);
    assert_eq!((plan.unplanned.len(), plan.after.uncovered), (0, 0));
}
