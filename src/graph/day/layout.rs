use std::sync::{Arc, Mutex};

use super::neighbours::{Neighbours, Reached};
use super::territory::{NewOrderNeeded, Territory};
use super::{OrderedSet, Ranges};
use crate::graph::shared::Column;
use crate::graph::{Direction, Graph, OrganizationSet, Slot, When};
use crate::model::{Date, RelationType};
use crate::work::go_on;

/// The relations that say where something stands.
const STANDING: [RelationType; 2] = [RelationType::PartOf, RelationType::LocatedIn];

/// What follows from the records for one day.
#[derive(Clone)]
pub(super) struct Layout {
    pub(super) existing: Arc<OrganizationSet>,
    pub(super) territory: Territory,
    pub(super) neighbours: Arc<Neighbours>,
    /// Where each organisation stands in the byte order of ids, counted from one; of those that came later, the
    /// rank of the last before them that was there already, and [`LATER`].
    ranks: Column<u32>,
    /// The same by position, so that the first by id of many that stand near each other are found in one pass.
    ranks_at: Column<u32>,
    /// Room for searches, so that none of them has to make its own.
    pub(super) pool: Arc<Mutex<Vec<Reached>>>,
}

const LATER: u32 = 1 << 31;

/// By what organisations of one graph are sorted as by their ids, and faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank<'g>(u32, &'g str);

impl Layout {
    pub(super) fn of(graph: &Graph, date: Date) -> Self {
        go_on();
        let when = When::On(date);
        let existing = graph.existing(when);
        let mut ranks = vec![0; graph.topology.node_bound()];
        for (rank, slot) in (1..).zip(graph.slots_by_id()) {
            ranks[slot.0 as usize] = rank;
        }
        let territory = Territory::of(graph, date, &existing);
        let positions = Ranges::from(0..territory.len());
        let ranks_at: Vec<_> = positions
            .iter()
            .flatten()
            .map(|p| territory.at(p).map_or(0, |slot| ranks[slot.0 as usize]))
            .collect();
        Self {
            territory,
            neighbours: Arc::new(Neighbours::of(graph, when)),
            existing: Arc::new(existing),
            ranks: Column::filled(0, &ranks),
            ranks_at: Column::filled(0, &ranks_at),
            pool: Arc::default(),
        }
    }

    pub(super) fn rank<'g>(&self, graph: &'g Graph, slot: Slot) -> Rank<'g> {
        let rank = self.ranks[slot.0 as usize];
        let id = if rank & LATER == 0 { "" } else { graph.id(slot).as_str() };
        Rank(rank & !LATER, id)
    }

    /// The first by id of those who stand at the positions of a set within some ranges, each with its rank.
    pub(super) fn first_by_id<'g>(
        &self,
        graph: &'g Graph,
        (set, ranges): (&OrderedSet, &Ranges),
        limit: usize,
    ) -> Vec<(Rank<'g>, Slot)> {
        if limit == 0 {
            return Vec::new();
        }
        // Ids are read only of those that may be among the first by the numbers alone; several may share one.
        let (mut near, mut last) = (Vec::new(), u32::MAX);
        let mut room = limit.saturating_mul(2);
        let mut meet = |number: u32, position: u32| {
            let number = number & !LATER;
            if number > last {
                return;
            }
            near.push((number, position));
            if near.len() >= room {
                last = near.select_nth_unstable(limit - 1).1.0;
                near.retain(|(number, _)| *number <= last);
                room = near.len().max(limit).saturating_mul(2);
            }
        };
        for range in ranges.iter() {
            for (first, ranks) in self.ranks_at.pieces(range.start as usize..range.end as usize) {
                let piece = first as u32..(first + ranks.len()) as u32;
                set.each_in(piece, |position| meet(ranks[position as usize - first], position));
            }
        }
        let slots = near.into_iter().filter_map(|(_, position)| self.territory.at(position));
        let mut first: Vec<_> = slots.map(|slot| (self.rank(graph, slot), slot)).collect();
        first.sort_unstable();
        first.truncate(limit);
        first
    }

    pub(super) fn slots_in(&self, ranges: &Ranges) -> impl Iterator<Item = Slot> {
        ranges.iter().flatten().filter_map(|position| self.territory.at(position))
    }

    /// Gives ranks to organisations that came.
    pub(super) fn rank_later(&mut self, graph: &Graph, added: &[Slot]) {
        let added = added.iter().copied().filter(|slot| graph.everything().contains(slot.0));
        // What comes just before is ranked then.
        for slot in graph.sorted_by_id(added) {
            let before = graph.indexes.before(slot, &graph.columns);
            let rank = before.map_or(0, |before| self.ranks[before.0 as usize]);
            self.ranks.set(slot.0 as usize, rank | LATER);
        }
    }

    /// Lets organisations stand where the records say now; gives back the positions that some of them left.
    ///
    /// # Errors
    /// [`NewOrderNeeded`] where too much hangs on one of them.
    pub(super) fn move_to_places(
        &mut self,
        graph: &Graph,
        date: Date,
        moved: &OrganizationSet,
    ) -> Result<Vec<u32>, NewOrderNeeded> {
        let when = When::On(date);
        let exists = |slot: &Slot| graph.everything().contains(slot.0) && graph.exists(*slot, when);
        let (staying, gone): (Vec<_>, Vec<_>) = moved.iter().map(Slot).partition(exists);
        let mut left = Vec::new();
        for slot in &gone {
            left.extend(self.territory.remove(*slot)?);
        }
        for slot in &staying {
            left.extend(self.territory.unplace(*slot)?);
        }
        for slot in &staying {
            let places = graph.relations_of(*slot, Direction::Out, &STANDING, when);
            self.territory.place(*slot, places.map(|relation| relation.target));
            if let Some(position) = self.territory.position(*slot) {
                self.ranks_at.set(position as usize, self.ranks[slot.0 as usize]);
            }
        }
        let existing = Arc::make_mut(&mut self.existing);
        for slot in gone {
            existing.remove(slot.0);
        }
        existing.extend(staying.iter().map(|slot| slot.0));
        Ok(left)
    }
}
