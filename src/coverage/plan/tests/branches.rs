use proptest::prelude::*;

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
}
