use proptest::prelude::*;

use super::super::*;
use super::*;
use crate::coverage::evaluate;
use crate::graph::slots;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

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
        let open = evaluate(&indicator("grid-station"), &graph, DATE).uncovered;
        let all: Vec<_> = slots(&open).filter(|grid| !near(&graph, *grid).is_empty()).collect();
        let covered = (plan.after.covered - plan.before.covered) as u32;
        let enough = if everything { covered } else { covered.min(plan.before.shortfall as u32) };
        let choices = (0u32..1 << all.len()).filter(|choice| choice.count_ones() == enough);
        let fewest = choices
            .map(|choice| {
                let chosen = all.iter().enumerate().filter(|(i, _)| choice >> i & 1 == 1);
                let chosen: Vec<_> = chosen.map(|(_, grid)| *grid).collect();
                fewest_groups(&chosen, &mut Vec::new(), &may)
            })
            .min();
        if let Some(fewest) = fewest {
            prop_assert!(bound.at_least <= fewest as u64);
        }
    }
}
