//! The rule of implied locations.
//!
//! A unit that is `PART_OF` nothing, a place, a facility or a grid, with a division code and no stated
//! `LOCATED_IN` at any date, is located in the territory of that code, until a stated one arrives.

use petgraph::visit::EdgeRef;

use super::relations::{RelationSlot, RelationWeight};
use super::{Graph, Slot};
use crate::model::{OrganizationCategory as C, OrganizationId, OrganizationKind, RelationType, Validity};

impl Graph {
    /// Where the rule wants an organisation to be located; `None` where it asks for nothing.
    pub(super) fn implied_location(&self, slot: Slot) -> Option<Slot> {
        let kind = self.kind(slot);
        let is_unit = kind.category() == C::Unit;
        let may =
            is_unit || matches!(kind.category(), C::Place | C::Facility) || kind == OrganizationKind::Grid;
        let division = self.columns.division(slot).filter(|_| may)?;
        let stated = self.topology.edges(slot.node()).map(|edge| *edge.weight()).any(|w| {
            !w.implied
                && (w.relation_type == RelationType::LocatedIn
                    || is_unit && w.relation_type == RelationType::PartOf)
        });
        if stated {
            return None;
        }
        let territory = self.slot(OrganizationId::of_division(division).as_str())?;
        (territory != slot && self.kind(territory).level().is_some()).then_some(territory)
    }

    /// The relation that stands for an implied location now, and where it leads.
    pub(super) fn implied_relation(&self, slot: Slot) -> Option<(RelationSlot, Slot)> {
        self.topology
            .edges(slot.node())
            .find(|edge| edge.weight().implied)
            .map(|edge| (RelationSlot::of(edge.id()), Slot::of(edge.target())))
    }

    /// Brings an organisation's implied location to what the rule asks for.
    pub(super) fn refresh_implied(&mut self, slot: Slot) {
        let wanted = self.implied_location(slot);
        let standing = self.implied_relation(slot);
        if wanted == standing.map(|(_, target)| target) {
            return;
        }
        if let Some((relation, _)) = standing {
            self.unset_edge(relation);
        }
        if let Some(target) = wanted {
            let weight = RelationWeight { relation_type: RelationType::LocatedIn, mode: None, implied: true };
            self.set_edge(slot, target, weight, Validity::ALWAYS, None);
        }
    }
}
