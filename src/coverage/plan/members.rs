use crate::graph::{Operand, Slot};
use crate::model::AttributeValue;

use super::draft::Draft;

/// Between which numbers a unit's members are, as far as the reader of the plan is told.
///
/// A suppressed count is any from 1 up to below the bound, so a plan never depends on which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Members {
    pub(super) at_least: u32,
    pub(super) at_most: u32,
}

impl Members {
    /// The members of a unit on the day of the plan; `None` where they are unknown.
    pub(super) fn of(draft: &Draft<'_>, unit: Slot) -> Option<Self> {
        let value = draft.graph.value(unit, &Operand::Members, draft.when())?;
        if Operand::Members.is_kept_back(&value, draft.suppress_below) {
            return Some(Self { at_least: 1, at_most: draft.suppress_below.saturating_sub(1) });
        }
        match value {
            AttributeValue::Integer(members) => {
                let members = u32::try_from(members).ok()?;
                Some(Self { at_least: members, at_most: members })
            }
            _ => None,
        }
    }

    /// Whether one number is known.
    pub(super) fn is_exact(self) -> bool {
        self.at_least == self.at_most
    }

    /// Whether there are surely fewer than a number.
    pub(super) fn are_fewer_than(self, enough: u32) -> bool {
        self.at_most < enough
    }
}
