use std::sync::Arc;

use petgraph::stable_graph::EdgeIndex;
use petgraph::visit::EdgeRef;
use serde::{Deserialize, Serialize};

use super::interner::{Interner, Renumbering};
use super::shared::{Column, ColumnFiller};
use super::{Graph, Slot, When};
use crate::model::{Relation, RelationKey, RelationMode, RelationType, Validity};

/// The position of a relation in one graph; it means nothing in another graph, or after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelationSlot(pub(super) u32);

impl RelationSlot {
    pub(super) fn of(edge: EdgeIndex) -> Self {
        Self(edge.index() as u32)
    }

    pub(super) fn edge(self) -> EdgeIndex {
        EdgeIndex::new(self.0 as usize)
    }
}

/// What traversal asks of every relation that it meets, in the edge itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RelationWeight {
    pub(super) relation_type: RelationType,
    pub(super) mode: Option<RelationMode>,
    /// Derived from a division code, not recorded.
    pub(super) implied: bool,
}

/// What is recorded of relations beside their ends, type and mode.
#[derive(Clone)]
pub(super) struct RelationColumns {
    details: Column<Details>,
    texts: Interner<str>,
}

#[derive(Clone, Copy, PartialEq)]
struct Details {
    validity: Validity,
    citation: u32,
}

/// Symbol of a citation that is not there.
const NOTHING: u32 = u32::MAX;

impl Default for RelationColumns {
    fn default() -> Self {
        let details = Column::of(Details { validity: Validity::ALWAYS, citation: NOTHING });
        Self { details, texts: Interner::default() }
    }
}

impl RelationColumns {
    pub(super) fn set(&mut self, slot: RelationSlot, validity: Validity, citation: Option<&Arc<str>>) {
        let citation = citation.map_or(NOTHING, |text| self.texts.symbol(text));
        self.details.set(slot.0 as usize, Details { validity, citation });
    }

    pub(super) fn validity(&self, slot: RelationSlot) -> Validity {
        self.details[slot.0 as usize].validity
    }

    /// The symbol of a citation, or what is none.
    pub(super) fn citation_symbol(&self, slot: RelationSlot) -> u32 {
        self.details[slot.0 as usize].citation
    }

    /// New symbols for citations, none of them met yet.
    pub(super) fn citations(&self) -> Renumbering {
        Renumbering::of(self.texts.len())
    }

    /// The citations that were met, by their new symbols.
    pub(super) fn cited(&self, citations: &Renumbering) -> impl Iterator<Item = &Arc<str>> {
        citations.former().map(|symbol| self.texts.value(symbol))
    }

    fn citation(&self, slot: RelationSlot) -> Option<&Arc<str>> {
        let symbol = self.details[slot.0 as usize].citation;
        (symbol != NOTHING).then(|| self.texts.value(symbol))
    }
}

/// Writes what is recorded of relations, from the first on.
pub(super) struct RelationFiller {
    details: ColumnFiller<Details>,
    /// How many citations there must be at least.
    citations: u32,
}

impl Default for RelationFiller {
    fn default() -> Self {
        let details = ColumnFiller::of(Details { validity: Validity::ALWAYS, citation: NOTHING });
        Self { details, citations: 0 }
    }
}

impl RelationFiller {
    /// Writes the next; `citation` is one more than its symbol, 0 for none.
    pub(super) fn add(&mut self, validity: Validity, citation: u32) {
        self.citations = self.citations.max(citation);
        let citation = citation.checked_sub(1).unwrap_or(NOTHING);
        self.details.push(Details { validity, citation });
    }

    /// The columns; `None` where a relation names a citation that is not there.
    pub(super) fn finish(self, texts: Interner<str>) -> Option<RelationColumns> {
        let are_all_there = self.citations as usize <= texts.len();
        are_all_there.then(|| RelationColumns { details: self.details.finish(), texts })
    }
}

/// Which relations of an organisation are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// Those that start at it.
    Out,
    /// Those that end at it.
    In,
    /// All of them.
    Both,
}

/// One relation as it stands in a graph.
#[derive(Clone, Copy, Debug)]
pub struct RelationView<'a> {
    /// Where it stands.
    pub slot: RelationSlot,
    /// Where it starts.
    pub source: Slot,
    /// What it says.
    pub relation_type: RelationType,
    /// Where it ends.
    pub target: Slot,
    /// Its manner; `None` is unspecified.
    pub mode: Option<RelationMode>,
    /// The days on which it holds, if both ends exist.
    pub validity: Validity,
    /// Where the record comes from.
    pub citation: Option<&'a Arc<str>>,
    /// Whether it follows from a division code and was never stated.
    pub implied: bool,
}

impl Graph {
    /// One relation of this graph; `None` when there is none at the slot.
    pub fn relation_at(&self, slot: RelationSlot) -> Option<RelationView<'_>> {
        let (source, target) = self.topology.edge_endpoints(slot.edge())?;
        let weight = *self.topology.edge_weight(slot.edge())?;
        Some(self.view(slot, Slot::of(source), Slot::of(target), weight))
    }

    /// The relations of an organisation, of some types (all where none are named), in no order worth relying on.
    pub fn relations_of<'a>(
        &'a self,
        slot: Slot,
        direction: Direction,
        types: &'a [RelationType],
        when: When,
    ) -> impl Iterator<Item = RelationView<'a>> {
        let out = matches!(direction, Direction::Out | Direction::Both);
        let inward = matches!(direction, Direction::In | Direction::Both);
        // A relation of an organisation to itself is met from both sides; with both asked for, it counts once.
        let outgoing = out.then(|| self.topology.edges(slot.node())).into_iter().flatten();
        let incoming = inward
            .then(|| self.topology.edges_directed(slot.node(), petgraph::Direction::Incoming))
            .into_iter()
            .flatten()
            .filter(move |edge| !(out && edge.source() == edge.target()));
        outgoing
            .chain(incoming)
            .filter(move |edge| types.is_empty() || types.contains(&edge.weight().relation_type))
            .map(|edge| {
                let (source, target) = (Slot::of(edge.source()), Slot::of(edge.target()));
                self.view(RelationSlot::of(edge.id()), source, target, *edge.weight())
            })
            .filter(move |relation| self.holds(relation, when))
    }

    /// Calls `take` with the other end of each relation of an organisation that is of one of some types, in one of some modes
    /// (any where none are named) and holds.
    ///
    /// The same as [`Self::relations_of`] gives, but what is recorded of a relation is read only where the rest fits:
    /// rules ask this of every unit of a city.
    pub fn each_other_end(
        &self,
        slot: Slot,
        direction: Direction,
        (types, modes): (&[RelationType], &[RelationMode]),
        when: When,
        mut take: impl FnMut(Slot),
    ) {
        let out = matches!(direction, Direction::Out | Direction::Both);
        let inward = matches!(direction, Direction::In | Direction::Both);
        let fits = |weight: &RelationWeight| {
            types.contains(&weight.relation_type)
                && (modes.is_empty() || weight.mode.is_some_and(|mode| modes.contains(&mode)))
        };
        let holds = |edge: EdgeIndex, other: Slot| match when {
            When::Ever => true,
            When::On(date) => {
                self.relations.validity(RelationSlot::of(edge)).contains(date) && self.exists(other, when)
            }
        };
        if !self.exists(slot, when) {
            return;
        }
        if out {
            for edge in self.topology.edges(slot.node()) {
                let other = Slot::of(edge.target());
                if fits(edge.weight()) && holds(edge.id(), other) {
                    take(other);
                }
            }
        }
        if inward {
            for edge in self.topology.edges_directed(slot.node(), petgraph::Direction::Incoming) {
                let other = Slot::of(edge.source());
                // One to itself was met from its source.
                if fits(edge.weight()) && !(out && other == slot) && holds(edge.id(), other) {
                    take(other);
                }
            }
        }
    }

    /// Whether a relation holds: its days, and the lives of both its ends.
    pub fn holds(&self, relation: &RelationView<'_>, when: When) -> bool {
        match when {
            When::Ever => true,
            When::On(date) => {
                relation.validity.contains(date)
                    && self.exists(relation.source, when)
                    && self.exists(relation.target, when)
            }
        }
    }

    /// Every relation of a type.
    pub fn relations_of_type(&self, relation_type: RelationType) -> impl Iterator<Item = RelationView<'_>> {
        self.indexes.of_type(relation_type).iter().filter_map(|edge| self.relation_at(RelationSlot(edge)))
    }

    /// How many relations of a type there are.
    pub fn count_of_type(&self, relation_type: RelationType) -> u64 {
        self.indexes.of_type(relation_type).len()
    }

    /// The stated relation with a key, if it is recorded; implied ones are not returned.
    pub fn relation(&self, key: &RelationKey) -> Option<Relation> {
        let slot = self.stated_slot(key)?;
        self.relation_at(slot).map(|view| self.relation_record(&view))
    }

    /// All relations, implied ones included, in the order of source, type, target, mode and start.
    pub fn relations(&self) -> impl Iterator<Item = Relation> {
        self.marked_relations().map(|(relation, _)| relation)
    }

    /// The same, each with whether it is implied by a division code.
    pub fn marked_relations(&self) -> impl Iterator<Item = (Relation, bool)> {
        self.slots_by_id().flat_map(|slot| {
            let mut relations: Vec<_> = self
                .relations_of(slot, Direction::Out, &[], When::Ever)
                .map(|view| (self.relation_record(&view), view.implied))
                .collect();
            relations.sort_by_cached_key(|(relation, implied)| (relation.key(), *implied));
            relations
        })
    }

    /// All relations that were stated, in the order of [`Self::relations`].
    pub fn stated_relations(&self) -> impl Iterator<Item = Relation> {
        self.marked_relations().filter(|(_, implied)| !implied).map(|(relation, _)| relation)
    }

    /// The record of a relation.
    pub fn relation_record(&self, view: &RelationView<'_>) -> Relation {
        Relation {
            source: self.id(view.source).clone(),
            relation_type: view.relation_type,
            target: self.id(view.target).clone(),
            mode: view.mode,
            validity: view.validity,
            citation: view.citation.cloned(),
        }
    }

    /// The stated relation with a key.
    pub(super) fn stated_slot(&self, key: &RelationKey) -> Option<RelationSlot> {
        self.stated_between(self.slot(key.source.as_str())?, self.slot(key.target.as_str())?, key)
    }

    /// The same, of ends that were looked up already.
    ///
    /// Walks the relations of both ends in step, so that the shorter list decides.
    pub(super) fn stated_between(
        &self,
        source: Slot,
        target: Slot,
        key: &RelationKey,
    ) -> Option<RelationSlot> {
        let mut outgoing = self.topology.edges(source.node());
        let mut incoming = self.topology.edges_directed(target.node(), petgraph::Direction::Incoming);
        loop {
            for edge in [outgoing.next()?, incoming.next()?] {
                let weight = edge.weight();
                let slot = RelationSlot::of(edge.id());
                if !weight.implied
                    && weight.relation_type == key.relation_type
                    && weight.mode == key.mode
                    && edge.source() == source.node()
                    && edge.target() == target.node()
                    && self.relations.validity(slot).from() == key.valid_from
                {
                    return Some(slot);
                }
            }
        }
    }

    fn view(
        &self,
        slot: RelationSlot,
        source: Slot,
        target: Slot,
        weight: RelationWeight,
    ) -> RelationView<'_> {
        RelationView {
            slot,
            source,
            relation_type: weight.relation_type,
            target,
            mode: weight.mode,
            validity: self.relations.validity(slot),
            citation: self.relations.citation(slot),
            implied: weight.implied,
        }
    }
}
