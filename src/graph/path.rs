use std::collections::HashMap;

use super::{Direction, Graph, RelationSlot, Slot, When};
use crate::model::RelationType;

/// What path is asked for.
#[derive(Clone, Debug)]
pub struct PathQuery<'a> {
    /// Where it starts.
    pub from: Slot,
    /// Where it ends.
    pub to: Slot,
    /// The relation types that it may take, in either direction; all where none are named.
    pub types: &'a [RelationType],
    /// How many relations it may have at the most.
    pub max_length: u32,
    /// The days on which its relations hold.
    pub when: When,
}

/// A shortest path: one organisation more than relations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The organisations on the way, both ends included.
    pub nodes: Vec<Slot>,
    /// The relations between them; each may be walked against its direction.
    pub relations: Vec<RelationSlot>,
}

/// One side of the search: how far each organisation met is from that side's end.
struct Side {
    distances: HashMap<Slot, u32>,
    frontier: Vec<Slot>,
    depth: u32,
}

impl Side {
    fn new(end: Slot) -> Self {
        Self { distances: HashMap::from([(end, 0)]), frontier: vec![end], depth: 0 }
    }
}

impl Graph {
    /// A shortest path between two organisations, relations walked in either direction.
    ///
    /// Both ends are searched from in turns, the smaller frontier first. Of several shortest paths the
    /// answer is always the same one: the meeting point, and from there each step, is the lowest id.
    pub fn path(&self, query: &PathQuery<'_>) -> Option<Path> {
        if !self.exists(query.from, query.when) || !self.exists(query.to, query.when) {
            return None;
        }
        let (mut near, mut far) = (Side::new(query.from), Side::new(query.to));
        let meeting = loop {
            let met = near.frontier.iter().chain(&far.frontier);
            let met = met.filter(|s| near.distances.contains_key(s) && far.distances.contains_key(s));
            if let Some(slot) = met.min_by_key(|slot| self.id(**slot)) {
                break *slot;
            }
            if near.depth + far.depth >= query.max_length {
                return None;
            }
            let side = if near.frontier.len() <= far.frontier.len() { &mut near } else { &mut far };
            self.widen(side, query);
            if side.frontier.is_empty() {
                return None;
            }
        };
        let mut path = Path { nodes: vec![meeting], relations: Vec::new() };
        self.walk_back(&near, query, &mut path);
        path.nodes.reverse();
        path.relations.reverse();
        self.walk_back(&far, query, &mut path);
        Some(path)
    }

    /// Takes in all organisations one step farther.
    fn widen(&self, side: &mut Side, query: &PathQuery<'_>) {
        side.depth += 1;
        let mut next = Vec::new();
        for here in std::mem::take(&mut side.frontier) {
            for (_, other) in self.steps(here, query) {
                side.distances.entry(other).or_insert_with(|| {
                    next.push(other);
                    side.depth
                });
            }
        }
        side.frontier = next;
    }

    /// Extends a path from its last organisation to the end of a side.
    fn walk_back(&self, side: &Side, query: &PathQuery<'_>, path: &mut Path) {
        let mut here = path.nodes[path.nodes.len() - 1];
        let mut distance = side.distances.get(&here).copied().unwrap_or_default();
        while distance > 0 {
            distance -= 1;
            let nearer = self
                .steps(here, query)
                .filter(|(_, other)| side.distances.get(other) == Some(&distance))
                .min_by_key(|(relation, other)| (self.id(*other), self.relation_order(*relation)));
            let Some((relation, other)) = nearer else { return };
            path.nodes.push(other);
            path.relations.push(relation);
            here = other;
        }
    }

    fn steps<'a>(
        &'a self,
        here: Slot,
        query: &PathQuery<'a>,
    ) -> impl Iterator<Item = (RelationSlot, Slot)> + use<'a> {
        self.relations_of(here, Direction::Both, query.types, query.when)
            .map(move |r| (r.slot, if r.source == here { r.target } else { r.source }))
    }
}
