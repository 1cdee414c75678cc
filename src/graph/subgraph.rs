use std::collections::BTreeSet;

use super::{Direction, Graph, RelationSlot, Slot, When};
use crate::model::RelationType;

/// What neighbourhood is asked for.
#[derive(Clone, Debug)]
pub struct SubgraphQuery<'a> {
    /// Its middle.
    pub root: Slot,
    /// How many relations its organisations may be away from the root.
    pub depth: u32,
    /// The relation types that count, in either direction; all where none are named.
    pub types: &'a [RelationType],
    /// The days on which its relations hold.
    pub when: When,
    /// How many organisations it may hold at the most, the root included.
    pub limit: usize,
}

/// An organisation, what is within some steps of it, and the relations among all of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subgraph {
    /// Nearest first, by id among the equally near.
    pub nodes: Vec<Slot>,
    /// All relations of the named types between these, in the order of ids.
    pub relations: Vec<RelationSlot>,
    /// Whether the limit cut some off.
    pub truncated: bool,
}

impl Graph {
    /// The neighbourhood of an organisation.
    pub fn subgraph(&self, query: &SubgraphQuery<'_>) -> Subgraph {
        let mut subgraph = Subgraph { nodes: Vec::new(), relations: Vec::new(), truncated: false };
        if !self.exists(query.root, query.when) {
            return subgraph;
        }
        subgraph.nodes.push(query.root);
        let mut seen = BTreeSet::from([query.root]);
        let mut level = vec![query.root];
        for _ in 0..query.depth {
            let next: BTreeSet<Slot> = level
                .iter()
                .flat_map(|here| self.neighbours(*here, query))
                .filter(|slot| !seen.contains(slot))
                .collect();
            level = self.sorted_by_id(next);
            let room = query.limit.saturating_sub(subgraph.nodes.len());
            if level.len() > room {
                level.truncate(room);
                subgraph.truncated = true;
            }
            seen.extend(&level);
            subgraph.nodes.extend(&level);
            if level.is_empty() {
                break;
            }
        }
        let relations = subgraph
            .nodes
            .iter()
            .flat_map(|slot| self.relations_of(*slot, Direction::Out, query.types, query.when))
            .filter(|relation| seen.contains(&relation.target))
            .map(|relation| relation.slot);
        subgraph.relations = self.sorted_relations(relations);
        subgraph
    }

    /// Relations in the order of source, type, target, mode and start; a stated one before an implied one.
    pub fn sorted_relations(&self, relations: impl IntoIterator<Item = RelationSlot>) -> Vec<RelationSlot> {
        let mut relations: Vec<_> = relations.into_iter().collect();
        relations.sort_by(|a, b| self.relation_order(*a).cmp(&self.relation_order(*b)));
        relations
    }

    /// What relations are ordered by.
    pub(super) fn relation_order(&self, relation: RelationSlot) -> impl Ord + use<'_> {
        self.relation_at(relation).map(|r| {
            let ids = (self.id(r.source), r.relation_type, self.id(r.target));
            (ids, r.mode, r.validity.from(), r.implied)
        })
    }

    fn neighbours<'a>(
        &'a self,
        here: Slot,
        query: &SubgraphQuery<'a>,
    ) -> impl Iterator<Item = Slot> + use<'a> {
        self.relations_of(here, Direction::Both, query.types, query.when)
            .map(move |r| if r.source == here { r.target } else { r.source })
    }
}
