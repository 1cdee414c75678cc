use std::sync::{Arc, Mutex};

use super::Ranges;
use super::neighbours::{Neighbours, Reached};
use super::territory::{NewOrderNeeded, Territory};
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
        Self {
            territory: Territory::of(graph, date, &existing),
            neighbours: Arc::new(Neighbours::of(graph, when)),
            existing: Arc::new(existing),
            ranks: Column::filled(0, &ranks),
            pool: Arc::default(),
        }
    }

    pub(super) fn rank<'g>(&self, graph: &'g Graph, slot: Slot) -> Rank<'g> {
        let rank = self.ranks[slot.0 as usize];
        let id = if rank & LATER == 0 { "" } else { graph.id(slot).as_str() };
        Rank(rank & !LATER, id)
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
        }
        let existing = Arc::make_mut(&mut self.existing);
        for slot in gone {
            existing.remove(slot.0);
        }
        existing.extend(staying.iter().map(|slot| slot.0));
        Ok(left)
    }
}
