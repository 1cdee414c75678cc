//! The rule of implied locations.
//!
//! A unit, a place, a facility or a grid with a division code is located in the territory of that code on every day on
//! which no stated `LOCATED_IN` of it holds; a unit only where no stated `PART_OF` holds either.

use std::collections::HashMap;

use petgraph::visit::EdgeRef;

use super::relations::{RelationSlot, RelationWeight};
use super::{Graph, Slot};
use crate::model::{
    DivisionCode, OrganizationCategory as C, OrganizationId, OrganizationKind, Relation, RelationType,
    Validity,
};

/// Where a division code locates an organisation, and on which days.
pub(super) struct ImpliedLocation {
    pub(super) territory: Slot,
    /// In order, without overlaps; one open interval where nothing is stated.
    pub(super) days: Vec<Validity>,
}

impl Graph {
    /// The location that the rule gives to an organisation; `None` where it gives none.
    fn implied_location(
        &self,
        slot: Slot,
        territory: impl FnOnce(DivisionCode) -> Option<Slot>,
    ) -> Option<ImpliedLocation> {
        let division = self.columns.division(slot)?;
        let kind = self.kind(slot);
        if !Self::may_imply(kind) {
            return None;
        }
        let life = self.columns.life(slot);
        let mut stated = Vec::new();
        for edge in self.topology.edges(slot.node()) {
            let weight = edge.weight();
            if weight.implied || !Self::replaces_implied(kind, weight.relation_type) {
                continue;
            }
            let validity = self.relations.validity(RelationSlot::of(edge.id()));
            let place = Slot::of(edge.target());
            let held = validity.intersection(self.columns.life(place));
            if held.is_some_and(|held| held.covers(life)) {
                return None;
            }
            stated.push((place, held));
        }
        let territory = territory(division).filter(|territory| *territory != slot)?;
        let days = Self::implied_days(&stated, life, (territory, self.columns.life(territory)));
        (!days.is_empty()).then_some(ImpliedLocation { territory, days })
    }

    /// On which days an organisation is where its division code says, given its stated places and the days on which it
    /// is there.
    pub(super) fn implied_days(
        stated: &[(Slot, Option<Validity>)],
        life: Validity,
        (territory, territory_life): (Slot, Validity),
    ) -> Vec<Validity> {
        if stated.is_empty() {
            return vec![Validity::ALWAYS];
        }
        let mut held: Vec<_> = stated.iter().filter_map(|(_, held)| *held).collect();
        let mut days = Validity::gaps_between(&mut held);
        // Where the organisation does not exist nothing holds anyway.
        days.retain(|gap| gap.overlaps(life));
        if stated.iter().any(|(place, _)| *place == territory) {
            // Only before and after the territory could an implied relation begin on the same day as a stated one to it.
            days.retain(|gap| gap.overlaps(territory_life));
        }
        days
    }

    /// The territory with a division code.
    pub fn territory(&self, division: DivisionCode) -> Option<Slot> {
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
            let wanted = self.implied_location(slot, territory);
            self.imply(slot, wanted);
        }
    }

    /// Whether organisations of a kind are located by their division codes.
    pub fn may_imply(kind: OrganizationKind) -> bool {
        matches!(kind.category(), C::Unit | C::Place | C::Facility) || kind == OrganizationKind::Grid
    }

    /// Whether a stated relation of a type takes the place of the implied location of an organisation of a kind.
    pub fn replaces_implied(kind: OrganizationKind, relation_type: RelationType) -> bool {
        match relation_type {
            RelationType::LocatedIn => true,
            RelationType::PartOf => kind.category() == C::Unit,
            _ => false,
        }
    }

    /// The relations that stand for an implied location now, where each leads, and its days.
    pub(super) fn implied_relations(
        &self,
        slot: Slot,
    ) -> impl Iterator<Item = (RelationSlot, Slot, Validity)> + '_ {
        self.topology.edges(slot.node()).filter(|edge| edge.weight().implied).map(|edge| {
            let relation = RelationSlot::of(edge.id());
            (relation, Slot::of(edge.target()), self.relations.validity(relation))
        })
    }

    /// Whether the division code of an organisation implies exactly this relation.
    pub fn implies(&self, relation: &Relation) -> bool {
        let ends = [&relation.source, &relation.target].map(|id| self.slot(id.as_str()));
        let [Some(source), Some(target)] = ends else { return false };
        self.implied_relations(source).any(|(_, to, days)| to == target && days == relation.validity)
    }

    /// The organisations that are located in a territory by their division codes.
    pub fn implied_in(&self, territory: Slot) -> impl Iterator<Item = Slot> + '_ {
        let edges = self.topology.edges_directed(territory.node(), petgraph::Direction::Incoming);
        edges.filter(|edge| edge.weight().implied).map(|edge| Slot::of(edge.source()))
    }

    /// Whether a stated relation says on some days where an organisation is, in place of its division code.
    pub fn has_stated_place(&self, slot: Slot) -> bool {
        let kind = self.kind(slot);
        let mut edges = self.topology.edges(slot.node()).map(|edge| *edge.weight());
        edges.any(|weight| !weight.implied && Self::replaces_implied(kind, weight.relation_type))
    }

    /// Whether the implied location of an organisation is what the rule asks for.
    pub(super) fn is_implied_right(&self, slot: Slot) -> bool {
        let mut standing: Vec<_> = self.implied_relations(slot).map(|(_, to, days)| (to, days)).collect();
        standing.sort_unstable();
        let wanted = self.implied_location(slot, |division| self.territory(division));
        let wanted =
            wanted.iter().flat_map(|wanted| wanted.days.iter().map(|days| (wanted.territory, *days)));
        standing.into_iter().eq(wanted)
    }

    /// Brings an organisation's implied location to what the rule asks for.
    pub(super) fn refresh_implied(&mut self, slot: Slot) {
        self.imply(slot, self.implied_location(slot, |division| self.territory(division)));
    }

    fn imply(&mut self, slot: Slot, wanted: Option<ImpliedLocation>) {
        let standing: Vec<_> = self.implied_relations(slot).collect();
        let is_wanted = |territory: Slot, days: &Validity| {
            wanted.as_ref().is_some_and(|wanted| wanted.territory == territory && wanted.days.contains(days))
        };
        for (relation, _, _) in standing.iter().filter(|(_, territory, days)| !is_wanted(*territory, days)) {
            self.unset_edge(*relation);
        }
        let Some(ImpliedLocation { territory, days }) = wanted else { return };
        for days in
            days.into_iter().filter(|days| !standing.iter().any(|(_, t, d)| (t, d) == (&territory, days)))
        {
            let weight = RelationWeight { relation_type: RelationType::LocatedIn, mode: None, implied: true };
            self.set_edge(slot, territory, weight, days, None);
        }
    }
}
