use std::collections::{BTreeMap, BTreeSet};

use super::relations::RelationWeight;
use super::{Graph, OrganizationSet, RelationSlot, RelationView, Slot, slots};
use crate::model::{Annex, AnnexKey, Organization};

/// What of a graph becomes a graph of its own.
pub struct PartQuery<'a> {
    /// Its organisations.
    pub organizations: &'a OrganizationSet,
    /// Its relations; those of which an end is not among its organisations are left out.
    pub relations: &'a BTreeSet<RelationSlot>,
    /// What is recorded of an organisation there, under an id that no other has.
    pub record: &'a dyn Fn(Slot) -> Option<Organization>,
    /// The annexes of an organisation there.
    pub annexes: &'a dyn Fn(Slot) -> Vec<Annex>,
    /// Whether it says of a relation where the record comes from.
    pub is_cited: &'a dyn Fn(&RelationView<'_>) -> bool,
}

impl Graph {
    /// This graph with other counts of some organisations, and without some annexes.
    ///
    /// No rule is asked, so that a [part](Self::part) can be blanked too. Of a record nothing but counts may be another
    /// than here.
    #[must_use]
    pub fn with_counts_of(mut self, records: &[Organization], without: &[AnnexKey]) -> Self {
        for record in records {
            if let Some(slot) = self.slot(record.id.as_str()) {
                self.columns.set(slot, record);
                self.days.touch(slot);
            }
        }
        for key in without {
            if let Some(slot) = self.slot(key.organization().as_str()) {
                self.unset_annex(slot, key);
            }
        }
        self
    }

    /// A part of this graph as a graph of its own.
    ///
    /// Implied relations are as they were chosen, so that it need not keep the rule of them, nor what division codes
    /// and ids of territories must be: it is there to be asked, and to be changed by way of trial.
    pub fn part(&self, query: &PartQuery<'_>) -> Self {
        let mut part = Self { definitions: self.definitions.clone(), ..Self::new() };
        let mut placed = BTreeMap::new();
        for slot in slots(query.organizations) {
            let Some(record) = (query.record)(slot) else { continue };
            let place = part.set_organization(&record);
            if let Some(code) = record.uscc {
                part.indexes.enter_credit_code(code, place, &part.columns);
            }
            (query.annexes)(slot).into_iter().for_each(|annex| part.set_annex(place, annex));
            placed.insert(slot, place);
        }
        part.indexes.settle(&part.columns);
        for relation in query.relations.iter().filter_map(|relation| self.relation_at(*relation)) {
            let ends = (placed.get(&relation.source), placed.get(&relation.target));
            let (Some(source), Some(target)) = ends else { continue };
            let RelationView { relation_type, mode, implied, validity, .. } = relation;
            let citation = relation.citation.filter(|_| (query.is_cited)(&relation));
            let weight = RelationWeight { relation_type, mode, implied };
            part.set_edge(*source, *target, weight, validity, citation);
        }
        part
    }
}
