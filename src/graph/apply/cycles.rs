//! The rule of hierarchies: they have no cycle on any day.
//!
//! A relation holds on a day if its dates and the lives of both its ends say so. Two organisations may therefore change
//! places from one period to the next; what is refused is a day on which an organisation is above itself.

use std::collections::{HashMap, HashSet};

use petgraph::stable_graph::NodeIndex;
use petgraph::visit::{EdgeFiltered, EdgeRef, NodeFiltered};

use crate::graph::relations::{RelationSlot, RelationWeight};
use crate::graph::{Graph, Slot};
use crate::model::{RelationType, Validity};

/// Relation types that together have no cycle on any day.
#[derive(Debug)]
pub(in crate::graph) struct Hierarchy {
    /// How messages name it.
    pub(in crate::graph) name: &'static str,
    types: &'static [RelationType],
}

pub(in crate::graph) const HIERARCHIES: [Hierarchy; 2] = [
    Hierarchy { name: "PART_OF with LOCATED_IN", types: &[RelationType::PartOf, RelationType::LocatedIn] },
    Hierarchy { name: "SUBORDINATE_TO", types: &[RelationType::SubordinateTo] },
];

impl Hierarchy {
    /// The hierarchy that relations of a type belong to.
    pub(super) fn of(relation_type: RelationType) -> Option<&'static Self> {
        HIERARCHIES.iter().find(|hierarchy| hierarchy.types.contains(&relation_type))
    }

    fn has(&self, weight: &RelationWeight) -> bool {
        self.types.contains(&weight.relation_type)
    }
}

impl Graph {
    /// Days on which a relation stands on a cycle of its hierarchy; `None` where it stands on none.
    ///
    /// Walks up from the target with the days that are left. A place is left out where an earlier walk had all those
    /// days, so that an organisation is met at most once for each first day of a relation.
    pub(in crate::graph) fn cycle_through(
        &self,
        relation: RelationSlot,
        hierarchy: &Hierarchy,
        without: &HashSet<RelationSlot>,
    ) -> Option<Validity> {
        let (source, target) = self.topology.edge_endpoints(relation.edge())?;
        let held = self.relations.validity(relation).intersection(self.columns.life(Slot::of(source)))?;
        let held = held.intersection(self.columns.life(Slot::of(target)))?;
        if source == target {
            return Some(held);
        }
        // What nothing leads to cannot stand on a cycle, and most of what is recorded are such leaves.
        let mut below = self.topology.edges_directed(source, petgraph::Direction::Incoming);
        if !below.any(|edge| hierarchy.has(edge.weight())) {
            return None;
        }
        let mut seen = HashMap::from([(target, vec![held])]);
        let mut open = vec![(target, held)];
        while let Some((node, days)) = open.pop() {
            for edge in self.topology.edges(node).filter(|edge| hierarchy.has(edge.weight())) {
                let slot = RelationSlot::of(edge.id());
                let above = edge.target();
                let left = days.intersection(self.relations.validity(slot));
                let left = left.and_then(|left| left.intersection(self.columns.life(Slot::of(above))));
                let Some(left) = left.filter(|_| !without.contains(&slot)) else { continue };
                if above == source {
                    return Some(left);
                }
                let known = seen.entry(above).or_default();
                if !known.iter().any(|known| known.covers(left)) {
                    known.retain(|known| !left.covers(*known));
                    known.push(left);
                    open.push((above, left));
                }
            }
        }
        None
    }

    /// An organisation that stands above itself on some day.
    pub(in crate::graph) fn on_a_cycle(&self, hierarchy: &Hierarchy) -> Option<Slot> {
        let mut led_to = vec![false; self.topology.node_bound()];
        let edges = || self.topology.edge_references().filter(|edge| hierarchy.has(edge.weight()));
        for edge in edges() {
            led_to[edge.target().index()] = true;
        }
        let chosen = EdgeFiltered::from_fn(&self.topology, |edge| hierarchy.has(edge.weight()));
        let inner = NodeFiltered::from_fn(&chosen, |node| led_to[NodeIndex::index(node)]);
        if petgraph::algo::toposort(&inner, None).is_ok() {
            return None;
        }
        // There is a cycle where dates are left out of account; each of its relations tells whether one day has it.
        let none = HashSet::new();
        let closes = |slot: RelationSlot| self.cycle_through(slot, hierarchy, &none).is_some();
        edges().find(|edge| closes(RelationSlot::of(edge.id()))).map(|edge| Slot::of(edge.source()))
    }
}
