use crate::graph::{Graph, OrganizationSet, Slot, When};
use crate::model::{Date, OrganizationKind};

use super::{Counts, CoverageState, Evaluation, Indicator, evaluate};

/// On which day, and of which part of the graph, coverage is asked.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The day.
    pub date: Date,
    /// Only what stands within this organisation, and it itself; `None` for the whole graph.
    pub within: Option<Slot>,
    /// The units that are exempt from the indicator.
    pub exempt: &'a OrganizationSet,
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
    /// Whether units that were generated are among the population.
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
    scope: &Scope<'_>,
    group_by: Option<OrganizationKind>,
) -> Coverage {
    let evaluation = scope.narrowed(evaluate(indicator, graph, scope.date, scope.exempt), graph);
    Coverage {
        date: scope.date,
        counts: Counts::of(&evaluation, None, indicator.target),
        groups: group_by.map_or_else(Vec::new, |kind| groups(indicator, graph, scope, &evaluation, kind)),
        synthetic: !evaluation.population.is_disjoint(graph.synthetic()),
    }
}

/// The units of an indicator's population that are in one of some states, in the order of ids.
pub fn units_in_states(
    indicator: &Indicator,
    graph: &Graph,
    scope: &Scope<'_>,
    states: &[CoverageState],
) -> Vec<(Slot, CoverageState)> {
    let evaluation = scope.narrowed(evaluate(indicator, graph, scope.date, scope.exempt), graph);
    let covered = evaluation.covered();
    let sets = [
        (CoverageState::Covered, &covered),
        (CoverageState::Uncovered, &evaluation.uncovered),
        (CoverageState::Unknown, &evaluation.unknown),
        (CoverageState::Exempt, &evaluation.exempt),
    ];
    let mut units: Vec<_> = sets
        .into_iter()
        .filter(|(state, _)| states.contains(state))
        .flat_map(|(state, set)| crate::graph::slots(set).map(move |slot| (slot, state)))
        .collect();
    units.sort_by(|(a, _), (b, _)| graph.id(*a).cmp(graph.id(*b)));
    units
}

impl Scope<'_> {
    /// An evaluation without what stands outside.
    pub(super) fn narrowed(&self, evaluation: Evaluation, graph: &Graph) -> Evaluation {
        let Some(root) = self.within else { return evaluation };
        let within = standing_in(graph, root, self.date);
        let narrow = |set: OrganizationSet| set & &within;
        Evaluation {
            population: narrow(evaluation.population),
            covered_by: evaluation.covered_by.into_iter().map(narrow).collect(),
            uncovered: narrow(evaluation.uncovered),
            unknown: narrow(evaluation.unknown),
            exempt: narrow(evaluation.exempt),
        }
    }
}

/// What stands within an organisation on a day, and it itself; nothing where it does not exist then.
fn standing_in(graph: &Graph, root: Slot, date: Date) -> OrganizationSet {
    let when = When::On(date);
    let mut within = graph.within(root, when);
    if graph.exists(root, when) {
        within.insert(root.position());
    }
    within
}

fn groups(
    indicator: &Indicator,
    graph: &Graph,
    scope: &Scope<'_>,
    evaluation: &Evaluation,
    kind: OrganizationKind,
) -> Vec<CoverageGroup> {
    let when = When::On(scope.date);
    let inside = scope.within.map(|root| graph.within(root, when));
    let mut ungrouped = evaluation.population.clone();
    let existing = crate::graph::slots(graph.of_kind(kind)).filter(|slot| graph.exists(*slot, when));
    let mut groups = Vec::new();
    for by in graph.sorted_by_id(existing) {
        let members = standing_in(graph, by, scope.date);
        let is_inside = inside.as_ref().is_none_or(|inside| inside.contains(by.position()));
        if is_inside || !evaluation.population.is_disjoint(&members) {
            let counts = Counts::of_group(evaluation, &members, indicator);
            groups.push(CoverageGroup { by: Some(by), counts });
        }
        ungrouped -= members;
    }
    if !ungrouped.is_empty() {
        groups.push(CoverageGroup { by: None, counts: Counts::of_group(evaluation, &ungrouped, indicator) });
    }
    groups
}
