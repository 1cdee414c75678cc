//! The rule of implied locations.
//!
//! A unit that is `PART_OF` nothing, a place, a facility or a grid, with a division code and no stated
//! `LOCATED_IN` at any date, is located in the territory of that code, until a stated one arrives.

use std::collections::HashMap;

use petgraph::visit::EdgeRef;

use super::relations::{RelationSlot, RelationWeight};
use super::{Graph, Slot};
use crate::model::{
    DivisionCode, OrganizationCategory as C, OrganizationId, OrganizationKind, RelationType, Validity,
};

impl Graph {
    /// Where the rule wants an organisation to be located; `None` where it asks for nothing.
    pub(super) fn implied_location(&self, slot: Slot) -> Option<Slot> {
        self.implied_location_by(slot, |division| self.territory(division))
    }

    /// The same, by what says which territory has a division code.
    fn implied_location_by(
        &self,
        slot: Slot,
        territory: impl FnOnce(DivisionCode) -> Option<Slot>,
    ) -> Option<Slot> {
        let division = self.columns.division(slot)?;
        let stated = |relation_type| {
            let mut edges = self.topology.edges(slot.node()).map(|edge| *edge.weight());
            edges.any(|weight| !weight.implied && weight.relation_type == relation_type)
        };
        let [located_in, part_of] = [RelationType::LocatedIn, RelationType::PartOf].map(stated);
        if !Self::may_imply(self.kind(slot), located_in, part_of) {
            return None;
        }
        territory(division).filter(|territory| *territory != slot)
    }

    /// The territory with a division code.
    fn territory(&self, division: DivisionCode) -> Option<Slot> {
        let territory = self.slot(OrganizationId::of_division(division).as_str())?;
        self.kind(territory).level().is_some().then_some(territory)
    }

    /// Brings the implied locations of all organisations to what the rule asks for.
    pub(super) fn refresh_all_implied(&mut self) {
        let slots: Vec<Slot> = self.indexes.in_order().collect();
        let mut territories = HashMap::new();
        for slot in slots {
            let territory =
                |division| *territories.entry(division).or_insert_with(|| self.territory(division));
            let wanted = self.implied_location_by(slot, territory);
            self.imply(slot, wanted);
        }
    }

    /// Whether an organisation of a kind is located by its division code, where relations say that it is located
    /// somewhere, or part of something.
    pub(super) fn may_imply(kind: OrganizationKind, located_in: bool, part_of: bool) -> bool {
        let may = match kind.category() {
            C::Unit => !part_of,
            C::Place | C::Facility => true,
            _ => kind == OrganizationKind::Grid,
        };
        may && !located_in
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
        self.imply(slot, self.implied_location(slot));
    }

    fn imply(&mut self, slot: Slot, wanted: Option<Slot>) {
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
