use crate::coverage::{Condition, Indicator, Related};
use crate::graph::{Direction, Graph, Slot};
use crate::model::{OrganizationCategory, OrganizationKind as K, RelationMode, RelationType as T};

use super::branches::branches;
use super::draft::Draft;
use super::recipe::single_relation;
use super::related::{Way, relations, simplest};
use super::stations::stations;
use super::{Drafted, Limits, Note, Unplanned};

/// The rule by which the gap of an indicator is closed.
pub(super) enum Strategy<'a> {
    /// Branches of units, joint ones too if these count.
    Branches { joint: bool },
    /// Service stations for grids.
    Stations,
    /// The one relation that is missing.
    Relation(&'a Related, Way),
}

impl<'a> Strategy<'a> {
    /// The rule that fits the forms of an indicator and the units that it does not cover.
    pub(super) fn of(indicator: &'a Indicator, graph: &Graph, uncovered: &[Slot]) -> Option<Self> {
        let every = |is: &dyn Fn(K) -> bool| uncovered.iter().all(|unit| is(graph.kind(*unit)));
        let single = || indicator.forms.iter().filter_map(single_relation);
        let by_branch = |mode| single().any(|related| accepts_branch(related, mode));
        if every(&|kind| kind.category() == OrganizationCategory::Unit) {
            let joint = by_branch(RelationMode::Joint);
            if joint || by_branch(RelationMode::Standalone) {
                return Some(Self::Branches { joint });
            }
        }
        if every(&|kind| kind == K::Grid) && single().any(accepts_station) {
            return Some(Self::Stations);
        }
        simplest(indicator).map(|(related, way)| Self::Relation(related, way))
    }
}

/// Makes up what closes a gap, as far as it is needed.
pub(super) fn draft(
    indicator: &Indicator,
    uncovered: &[Slot],
    needed: u64,
    limits: &Limits,
    draft: &mut Draft<'_>,
) -> Drafted {
    match Strategy::of(indicator, draft.graph, uncovered) {
        Some(Strategy::Branches { joint }) => branches(uncovered, joint, needed, limits, draft),
        Some(Strategy::Stations) => stations(uncovered, needed, limits, draft),
        Some(Strategy::Relation(related, way)) => relations((related, way), uncovered, needed, draft),
        None => Drafted {
            note: Some(Note::NoRule),
            unplanned: uncovered.iter().map(|unit| (*unit, Unplanned::NoRule)).collect(),
            ..Drafted::default()
        },
    }
}

fn accepts_branch(related: &Related, mode: RelationMode) -> bool {
    related.relation_type == T::Organizes
        && related.direction == Direction::In
        && (related.modes.is_empty() || related.modes.contains(&mode))
        && is_of_kind(&related.to, K::PartyBranch)
}

fn accepts_station(related: &Related) -> bool {
    related.relation_type == T::Serves
        && related.direction == Direction::In
        && related.modes.is_empty()
        && is_of_kind(&related.to, K::ServiceStation)
}

/// Whether a condition asks for a kind alone, and this one will do.
fn is_of_kind(condition: &Condition, kind: K) -> bool {
    matches!(condition, Condition::Kind(kinds) if kinds.contains(&kind))
}
