use std::collections::HashSet;

use super::Ranges;
use crate::graph::{Graph, OrganizationSet, Slot, When};
use crate::model::{Date, RelationType};

/// What has no position, or stands nowhere.
const NONE: u32 = u32::MAX;

/// Everything that exists on a day in an order in which what stands within an organisation follows it.
///
/// Of several places in which one stands, the first that is met gives the position; the others are bridges,
/// which [`Territory::within`] follows, so that it is exact however many there are.
pub(super) struct Territory {
    positions: Vec<u32>,
    slots: Vec<Slot>,
    /// For each position, the first one behind all that follow by the places which gave the positions.
    ends: Vec<u32>,
    /// Position of a place and of what also stands in it, in order.
    bridges: Vec<(u32, u32)>,
}

impl Territory {
    pub(super) fn of(graph: &Graph, date: Date, existing: &OrganizationSet) -> Self {
        let mut places = vec![NONE; graph.topology.node_bound()];
        let mut also = Vec::new();
        for relation_type in [RelationType::PartOf, RelationType::LocatedIn] {
            for relation in graph.relations_of_type(relation_type) {
                if !graph.holds(&relation, When::On(date)) {
                    continue;
                }
                let place = &mut places[relation.source.0 as usize];
                match *place {
                    NONE => *place = relation.target.0,
                    first if first == relation.target.0 => {}
                    _ => also.push((relation.target, relation.source)),
                }
            }
        }
        let mut territory = Self::in_order(&places, existing);
        let position = |slot: Slot| territory.positions[slot.0 as usize];
        let mut bridges: Vec<_> = also.into_iter().map(|(a, b)| (position(a), position(b))).collect();
        bridges.sort_unstable();
        territory.bridges = bridges;
        territory
    }

    /// The order that the first places give; these have no cycle (invariant 4).
    fn in_order(places: &[u32], existing: &OrganizationSet) -> Self {
        // What stands in a place is a list of links through two columns, so that no place has a list of its own.
        let (mut first, mut next) = (vec![NONE; places.len()], vec![NONE; places.len()]);
        let mut roots = Vec::new();
        for slot in existing.iter().rev() {
            match places[slot as usize] {
                NONE => roots.push(slot),
                place => next[slot as usize] = std::mem::replace(&mut first[place as usize], slot),
            }
        }
        let mut positions = vec![NONE; places.len()];
        let mut slots = Vec::with_capacity(existing.len() as usize);
        let mut open = roots;
        while let Some(slot) = open.pop() {
            positions[slot as usize] = slots.len() as u32;
            slots.push(Slot(slot));
            let mut inner = first[slot as usize];
            while inner != NONE {
                open.push(inner);
                inner = next[inner as usize];
            }
        }
        let mut ends: Vec<u32> = (1..=slots.len() as u32).collect();
        for position in (0..slots.len()).rev() {
            let place = places[slots[position].0 as usize];
            if place != NONE {
                let place = positions[place as usize] as usize;
                ends[place] = ends[place].max(ends[position]);
            }
        }
        Self { positions, slots, ends, bridges: Vec::new() }
    }

    pub(super) fn within(&self, slot: Slot) -> Ranges {
        let Some(root) = self.position(slot) else { return Ranges::default() };
        let mut ranges: Vec<_> = std::iter::once(root + 1..self.ends[root as usize]).collect();
        let (mut open, mut seen) = (vec![root], HashSet::new());
        while let Some(position) = open.pop().filter(|_| !self.bridges.is_empty()) {
            let end = self.ends[position as usize];
            let from = self.bridges.partition_point(|(place, _)| *place < position);
            for (_, inner) in self.bridges[from..].iter().take_while(|(place, _)| *place < end) {
                if seen.insert(*inner) {
                    ranges.push(*inner..self.ends[*inner as usize]);
                    open.push(*inner);
                }
            }
        }
        Ranges::joined(ranges)
    }

    pub(super) fn standing_in(&self, slot: Slot) -> Ranges {
        let Some(own) = self.position(slot) else { return Ranges::default() };
        if self.is_forest() {
            return Ranges::from(own..self.ends[own as usize]);
        }
        let within = self.within(slot);
        Ranges::joined(within.iter().chain(std::iter::once(own..own + 1)).collect())
    }

    pub(super) fn is_forest(&self) -> bool {
        self.bridges.is_empty()
    }

    pub(super) fn len(&self) -> u32 {
        self.slots.len() as u32
    }

    pub(super) fn at(&self, position: u32) -> Slot {
        self.slots[position as usize]
    }

    pub(super) fn position(&self, slot: Slot) -> Option<u32> {
        self.positions.get(slot.0 as usize).copied().filter(|position| *position != NONE)
    }
}
