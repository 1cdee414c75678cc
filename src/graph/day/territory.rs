use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::Ranges;
use crate::graph::shared::Column;
use crate::graph::{Graph, OrganizationSet, Slot, When};
use crate::model::{Date, RelationType};

/// What has no position, or stands nowhere; as the slot of a position, that nobody stands there any more.
const NONE: u32 = u32::MAX;

/// Everything that exists on a day in an order in which what stands within an organisation follows it.
///
/// Of several places in which one stands, the first that is met gives the position; the others are bridges,
/// which [`Territory::within`] follows, so that it is exact however many there are. What comes or moves later
/// goes to the end, with a bridge to it from where it stands.
#[derive(Clone)]
pub(super) struct Territory {
    positions: Column<u32>,
    slots: Column<u32>,
    len: u32,
    /// For each position of the first order, the first one behind all that follow by the places which gave the
    /// positions.
    ends: Arc<Vec<u32>>,
    /// Position of a place and of what also stands in it, in order.
    bridges: Arc<Vec<(u32, u32)>>,
    /// What stands in several places.
    several: Arc<OrganizationSet>,
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
        let mut bridges: Vec<_> = also.iter().map(|(a, b)| (position(*a), position(*b))).collect();
        bridges.sort_unstable();
        bridges.dedup();
        territory.bridges = Arc::new(bridges);
        territory.several = Arc::new(also.into_iter().map(|(_, slot)| slot.0).collect());
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
            slots.push(slot);
            let mut inner = first[slot as usize];
            while inner != NONE {
                open.push(inner);
                inner = next[inner as usize];
            }
        }
        let mut ends: Vec<u32> = (1..=slots.len() as u32).collect();
        for position in (0..slots.len()).rev() {
            let place = places[slots[position] as usize];
            if place != NONE {
                let place = positions[place as usize] as usize;
                ends[place] = ends[place].max(ends[position]);
            }
        }
        Self {
            positions: Column::filled(NONE, &positions),
            len: slots.len() as u32,
            slots: Column::filled(NONE, &slots),
            ends: Arc::new(ends),
            bridges: Arc::default(),
            several: Arc::default(),
        }
    }

    pub(super) fn within(&self, slot: Slot) -> Ranges {
        let Some(root) = self.position(slot) else { return Ranges::default() };
        if !self.has_bridges_from(root..self.end(root)) {
            return Ranges::from(root + 1..self.end(root));
        }
        let mut ranges: Vec<_> = std::iter::once(root + 1..self.end(root)).collect();
        let (mut open, mut seen) = (vec![root], HashSet::new());
        while let Some(position) = open.pop() {
            for (_, inner) in self.bridges_from(position..self.end(position)) {
                if seen.insert(*inner) {
                    ranges.push(*inner..self.end(*inner));
                    open.push(*inner);
                }
            }
        }
        Ranges::joined(ranges)
    }

    pub(super) fn standing_in(&self, slot: Slot) -> Ranges {
        let Some(own) = self.position(slot) else { return Ranges::default() };
        if !self.has_bridges_from(own..self.end(own)) {
            return Ranges::from(own..self.end(own));
        }
        let within = self.within(slot);
        Ranges::joined(within.iter().chain(std::iter::once(own..own + 1)).collect())
    }

    pub(super) fn is_forest(&self) -> bool {
        self.several.is_empty()
    }

    /// How many positions there are, those included at which nobody stands any more.
    pub(super) fn len(&self) -> u32 {
        self.len
    }

    /// Who stands at a position.
    pub(super) fn at(&self, position: u32) -> Option<Slot> {
        Some(self.slots[position as usize]).filter(|slot| *slot != NONE).map(Slot)
    }

    pub(super) fn position(&self, slot: Slot) -> Option<u32> {
        Some(self.positions[slot.0 as usize]).filter(|position| *position != NONE)
    }

    /// Gives an organisation that came, or moves, a position that says nothing of where it stands; a moved one
    /// leaves the position that is given back.
    ///
    /// # Errors
    /// [`NewOrderNeeded`] where something stands in it by its position.
    pub(super) fn unplace(&mut self, slot: Slot) -> Result<Option<u32>, NewOrderNeeded> {
        let former = self.position(slot);
        let is_free = |position| position >= self.ends.len() as u32;
        if let Some(position) = former.filter(|position| is_free(*position)) {
            self.cut(position, slot);
            return Ok(None);
        }
        let left = self.remove(slot)?;
        self.positions.set(slot.0 as usize, self.len);
        self.slots.set(self.len as usize, slot.0);
        self.len += 1;
        Ok(left)
    }

    /// Takes an organisation out; gives back the position that it leaves.
    ///
    /// # Errors
    /// [`NewOrderNeeded`] where something stands in it.
    pub(super) fn remove(&mut self, slot: Slot) -> Result<Option<u32>, NewOrderNeeded> {
        let Some(position) = self.position(slot) else { return Ok(None) };
        let mut inside = position + 1..self.end(position);
        if inside.any(|at| self.at(at).is_some()) || self.has_bridges_from(position..position + 1) {
            return Err(NewOrderNeeded);
        }
        self.cut(position, slot);
        self.positions.set(slot.0 as usize, NONE);
        self.slots.set(position as usize, NONE);
        Ok(Some(position))
    }

    /// Says in which places an organisation stands that was unplaced.
    pub(super) fn place(&mut self, slot: Slot, places: impl Iterator<Item = Slot>) {
        let Some(position) = self.position(slot) else { return };
        let bridges = Arc::make_mut(&mut self.bridges);
        let before = bridges.len();
        for place in places {
            let place = self.positions[place.0 as usize];
            let bridge = (place, position);
            if let Err(at) = bridges.binary_search(&bridge)
                && place != NONE
            {
                bridges.insert(at, bridge);
            }
        }
        if bridges.len() > before + 1 {
            Arc::make_mut(&mut self.several).insert(slot.0);
        }
    }

    /// Removes the bridges to an organisation.
    fn cut(&mut self, position: u32, slot: Slot) {
        if self.bridges.iter().any(|(_, inner)| *inner == position) {
            Arc::make_mut(&mut self.bridges).retain(|(_, inner)| *inner != position);
        }
        if self.several.contains(slot.0) {
            Arc::make_mut(&mut self.several).remove(slot.0);
        }
    }

    fn bridges_from(&self, places: Range<u32>) -> impl Iterator<Item = &(u32, u32)> {
        let from = self.bridges.partition_point(|(place, _)| *place < places.start);
        self.bridges[from..].iter().take_while(move |(place, _)| *place < places.end)
    }

    fn has_bridges_from(&self, places: Range<u32>) -> bool {
        self.bridges_from(places).next().is_some()
    }

    /// The first position behind all that stand in the one at a position by theirs.
    fn end(&self, position: u32) -> u32 {
        self.ends.get(position as usize).copied().unwrap_or(position + 1)
    }
}

/// Why an order cannot go on: too much hangs on what moves.
pub(super) struct NewOrderNeeded;
