use crate::graph::{Day, Graph, OrganizationSet, Ranges, Slot};
use crate::model::{Date, OrganizationKind};

use super::settled::Settled;
use super::{Counts, CoverageState, Indicator};

/// On which day, and of which part of the graph, coverage is asked.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The day.
    pub date: Date,
    /// Only what stands within this organisation, and it itself; `None` for the whole graph.
    pub within: Option<Slot>,
}

/// How far an indicator is reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The day that it is said of.
    pub date: Date,
    /// The whole.
    pub counts: Counts,
    /// By group in the order of ids, the group of those that stand in none last.
    pub groups: Vec<CoverageGroup>,
    /// Whether the graph holds units that were generated, so that the numbers may rest on them.
    pub synthetic: bool,
}

/// The part of the population that stands within one organisation, or is it.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageGroup {
    /// The organisation; `None` for the units that stand in none of its kind.
    pub by: Option<Slot>,
    /// The group's own counts.
    pub counts: Counts,
}

/// Counts how far an indicator is reached, in the whole and by the organisations of a kind.
pub fn coverage(
    indicator: &Indicator,
    graph: &Graph,
    scope: &Scope,
    group_by: Option<OrganizationKind>,
) -> Coverage {
    let day = graph.day(scope.date);
    let ranges = scope.ranges(&day);
    let state = Settled::of(indicator, &day, &ranges);
    Coverage {
        date: scope.date,
        counts: Counts::of(&state, &ranges, indicator.target),
        groups: group_by.map_or_else(Vec::new, |kind| groups(indicator, &day, scope, &state, kind)),
        synthetic: !graph.synthetic().is_empty(),
    }
}

/// Which units of a scope a group counts.
#[derive(Clone, Copy, Debug)]
pub enum Group {
    /// All of them: no group.
    Whole,
    /// Those that stand in an organisation, or are it.
    In(Slot),
    /// Those that stand in no organisation of a kind.
    InNone(OrganizationKind),
}

/// The units that a group counts in some states, as a set.
pub fn units_of_group(
    indicator: &Indicator,
    graph: &Graph,
    scope: &Scope,
    states: &[CoverageState],
    group: Group,
) -> OrganizationSet {
    let day = graph.day(scope.date);
    let ranges = group_ranges(&day, scope, group);
    let state = Settled::of(indicator, &day, &ranges);
    let mut units = OrganizationSet::new();
    for set in states.iter().flat_map(|wanted| state.in_state(*wanted)) {
        units.extend(day.slots_of(set, &ranges).map(Slot::position));
    }
    units
}

/// The units of an indicator's population that are in one of some states, in the order of ids.
pub fn units_in_states(
    indicator: &Indicator,
    graph: &Graph,
    scope: &Scope,
    states: &[CoverageState],
) -> Vec<(Slot, CoverageState)> {
    first_units_in_states(indicator, graph, scope, states, usize::MAX)
}

/// The first by id of the units of an indicator's population that are in one of some states.
pub fn first_units_in_states(
    indicator: &Indicator,
    graph: &Graph,
    scope: &Scope,
    states: &[CoverageState],
    limit: usize,
) -> Vec<(Slot, CoverageState)> {
    let day = graph.day(scope.date);
    let ranges = scope.ranges(&day);
    let state = Settled::of(indicator, &day, &ranges);
    let mut units = Vec::new();
    for wanted in CoverageState::all().filter(|state| states.contains(state)) {
        for set in state.in_state(wanted) {
            let first = day.first_of(set, &ranges, limit);
            units.extend(first.into_iter().map(|(rank, slot)| (rank, slot, wanted)));
        }
    }
    units.sort_unstable();
    units.truncate(limit);
    units.into_iter().map(|(_, slot, state)| (slot, state)).collect()
}

impl Scope {
    /// The positions of all that it takes in.
    pub(super) fn ranges(&self, day: &Day<'_>) -> Ranges {
        self.within.map_or_else(|| day.everywhere(), |root| day.standing_in(root))
    }
}

/// The positions of what a group counts.
pub(super) fn group_ranges(day: &Day<'_>, scope: &Scope, group: Group) -> Ranges {
    match group {
        Group::Whole => scope.ranges(day),
        Group::In(by) => day.standing_in(by).intersection(&scope.ranges(day)),
        Group::InNone(kind) => {
            let parts = day.parts(scope.within, kind);
            let in_none = parts.iter().find(|part| part.by.is_none());
            in_none.map_or_else(Ranges::default, |part| part.ranges.clone())
        }
    }
}

fn groups(
    indicator: &Indicator,
    day: &Day<'_>,
    scope: &Scope,
    state: &Settled,
    kind: OrganizationKind,
) -> Vec<CoverageGroup> {
    let target = indicator.target.filter(|target| target.is_share());
    let parts = day.parts(scope.within, kind);
    let mut groups = Vec::with_capacity(parts.len());
    for part in parts.iter() {
        let counts = Counts::of(state, &part.ranges, target);
        if counts.population > 0 || part.is_inside {
            groups.push(CoverageGroup { by: part.by, counts });
        }
    }
    groups
}
