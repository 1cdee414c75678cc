use std::collections::BTreeMap;

use crate::coverage::{CoverageState, Indicator, Scope, units_in_states};
use crate::diagram::{Mark, Overlay};
use crate::graph::{Graph, Slot, When};
use crate::model::Date;

/// The state of every unit of an indicator that stands within the root, and the ratio of all that these stand within.
pub(super) fn overlay(indicator: &Indicator, graph: &Graph, root: Slot, date: Date) -> Overlay {
    let scope = Scope { date, within: Some(root) };
    let all = CoverageState::all().collect::<Vec<_>>();
    let named = format!("{} ({} v{})", indicator.name.simplified, indicator.id, indicator.version);
    let mut overlay = Overlay { indicator: named, ..Overlay::default() };
    let mut counts: BTreeMap<Slot, (u64, u64)> = BTreeMap::new();
    for (unit, state) in units_in_states(indicator, graph, &scope, &all) {
        overlay.marks.insert(unit, mark(state));
        let covers = u64::from(state == CoverageState::Covered);
        let counts_at_all = covers + u64::from(state == CoverageState::Uncovered);
        for around in graph.ancestors(unit, When::On(date)) {
            let (covered, subjects) = counts.entry(around).or_default();
            *covered += covers;
            *subjects += counts_at_all;
        }
    }
    let ratio =
        |(around, (covered, subjects)): (Slot, (u64, u64))| (around, format!("已覆盖 {covered}/{subjects}"));
    overlay.ratios = counts.into_iter().map(ratio).collect();
    overlay
}

fn mark(state: CoverageState) -> Mark {
    match state {
        CoverageState::Covered => Mark::Covered,
        CoverageState::Uncovered => Mark::Uncovered,
        CoverageState::Unknown => Mark::Unknown,
        CoverageState::Exempt => Mark::Exempt,
    }
}
