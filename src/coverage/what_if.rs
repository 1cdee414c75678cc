use std::collections::BTreeMap;

use crate::graph::{Graph, Slot};
use crate::model::{Change, OrganizationId, OrganizationKind, Violation};

use super::{Counts, Coverage, Indicator, Scope, coverage};

/// What changes would make of one indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The counts as the graph stands.
    pub before: Counts,
    /// The counts with the changes made.
    pub after: Counts,
    /// The groups in which a number would be another, in the order of ids.
    pub groups: Vec<GroupEffect>,
    /// Whether units that were generated are among the population.
    pub synthetic: bool,
}

/// What changes would make of an indicator in one group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupEffect {
    /// The organisation; `None` for the units that stand in none of its kind.
    pub by: Option<OrganizationId>,
    /// The counts as the graph stands.
    pub before: Counts,
    /// The counts with the changes made.
    pub after: Counts,
}

/// A graph as changes would leave it; the graph itself stays as it is.
///
/// # Errors
/// Every [`Violation`], with the position of the change at fault.
pub fn changed(graph: &Graph, changes: &[Change]) -> Result<Graph, Vec<(usize, Violation)>> {
    let mut changed = graph.clone();
    changed.apply(changes)?;
    Ok(changed)
}

/// Compares how far an indicator is reached in a graph and in what [`changed`] made of it.
///
/// The day of the scope holds for both. An organisation that the scope stands within
/// and that the changes remove holds nothing afterwards.
pub fn effect(
    indicator: &Indicator,
    graph: &Graph,
    changed: &Graph,
    scope: &Scope,
    group_by: Option<OrganizationKind>,
) -> Effect {
    let before = coverage(indicator, graph, scope, group_by);
    // Slots of one graph mean nothing in the other, so what a scope names is found again by id.
    let scope_after = |within| Scope { within, ..*scope };
    let root = scope.within.map(|slot| graph.id(slot));
    let after = match root.map(|id| changed.slot(id.as_str())) {
        Some(None) => empty(indicator, scope),
        Some(within) => coverage(indicator, changed, &scope_after(within), group_by),
        None => coverage(indicator, changed, &scope_after(None), group_by),
    };
    let mut pairs: BTreeMap<Option<OrganizationId>, (Option<Counts>, Option<Counts>)> = BTreeMap::new();
    for group in before.groups {
        pairs.entry(key(graph, group.by)).or_default().0 = Some(group.counts);
    }
    for group in after.groups {
        pairs.entry(key(changed, group.by)).or_default().1 = Some(group.counts);
    }
    let nothing = || Counts::nothing(indicator);
    let mut groups: Vec<_> = pairs
        .into_iter()
        .map(|(by, (before, after))| GroupEffect {
            by,
            before: before.unwrap_or_else(nothing),
            after: after.unwrap_or_else(nothing),
        })
        .filter(|group| group.before != group.after)
        .collect();
    // The units that stand in none come last, as in coverage.
    groups.sort_by_key(|group| group.by.is_none());
    let synthetic = before.synthetic || after.synthetic;
    Effect { before: before.counts, after: after.counts, groups, synthetic }
}

fn key(graph: &Graph, by: Option<Slot>) -> Option<OrganizationId> {
    by.map(|slot| graph.id(slot).clone())
}

fn empty(indicator: &Indicator, scope: &Scope) -> Coverage {
    Coverage { date: scope.date, counts: Counts::nothing(indicator), groups: Vec::new(), synthetic: false }
}
