use std::collections::BTreeSet;
use std::sync::Arc;

use crate::graph::{Direction, Graph, Slot, When, slots};
use crate::model::{OrganizationKind, RelationMode, RelationType};

use super::area::Near;

/// A joint branch that exists and can take more units.
#[derive(Clone, Debug)]
pub(super) struct Existing {
    pub(super) branch: Slot,
    /// How many units it can take.
    pub(super) room: usize,
    /// Where its units stand.
    pub(super) near: Vec<Near>,
    /// The industries of its units.
    pub(super) industries: BTreeSet<Arc<str>>,
}

/// The joint branches with room, in the order of ids: branches that organise one unit or more jointly.
///
/// That such a branch has members enough is taken as given, for it has been set up.
pub(super) fn existing(graph: &Graph, when: When, units_per_branch: usize) -> Vec<Existing> {
    let branches = slots(graph.of_kind(OrganizationKind::PartyBranch)).filter(|b| graph.exists(*b, when));
    let mut found: Vec<_> = branches
        .filter_map(|branch| {
            let organized: BTreeSet<_> = graph
                .relations_of(branch, Direction::Out, &[RelationType::Organizes], when)
                .filter(|relation| relation.mode == Some(RelationMode::Joint))
                .map(|relation| relation.target)
                .collect();
            let room = units_per_branch.saturating_sub(organized.len());
            if organized.is_empty() || room == 0 {
                return None;
            }
            let near = organized.iter().map(|unit| Near::of(graph, *unit, when)).collect();
            let industries = organized.iter().filter_map(|unit| industry(graph, *unit)).collect();
            Some(Existing { branch, room, near, industries })
        })
        .collect();
    found.sort_by(|a, b| graph.id(a.branch).cmp(graph.id(b.branch)));
    found
}

/// The industry of a unit, as text.
pub(super) fn industry(graph: &Graph, unit: Slot) -> Option<Arc<str>> {
    graph.record(unit).and_then(|record| record.industry)
}
