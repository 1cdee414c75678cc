//! A graph as it stands on one day, laid out so that questions cost what their answers are long.
//!
//! What exists on the day gets a position in [`Territory`] order: whatever stands within an organisation has
//! positions that follow its own, so that "within" is a range, and counting a set within it is two look-ups in
//! an [`OrderedSet`]. The other ends of relations that hold stand side by side in [`Neighbours`].
//!
//! All of this follows from the records: it is made when it is first asked for, holds for every day until the
//! next one on which something begins or ends, and is shared by copies of the graph. A change that moves
//! nothing, one of a relation other than `PART_OF` and `LOCATED_IN` or of a value, leaves the layout as it is
//! and only marks the organisations that it touches: their neighbours are then read from the
//! records, and of sets that are kept for rules only these organisations, and what hangs on them, are looked
//! at again. A change that moves something, or begins or ends a life, drops the layout.

mod neighbours;
mod ordered_set;
mod ranges;
mod territory;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use petgraph::visit::EdgeRef;

use super::{Direction, Graph, OrganizationSet, RelationSlot, Slot, When};
use crate::model::{Date, Validity};
use neighbours::Neighbours;
pub(super) use neighbours::Reached;
pub use ordered_set::OrderedSet;
pub use ranges::Ranges;
use territory::Territory;

/// How many days are kept laid out: today, and one that somebody compares it with.
const KEPT_DAYS: usize = 2;

/// How many rules have their sets kept on a day.
const KEPT_RULES: usize = 64;

/// How many organisations may be touched before a layout is rather made anew.
const TOUCHED: usize = 10_000;

/// The days that are laid out, the one asked about last first.
#[derive(Default)]
pub(super) struct Days {
    kept: Mutex<Vec<KeptDay>>,
}

#[derive(Clone)]
struct KeptDay {
    /// The day that it was made for.
    date: Date,
    /// The first day of those that it holds for, and the first after them; `None` is open.
    alike: (Option<Date>, Option<Date>),
    layout: Arc<Layout>,
    /// Organisations touched since, in their order; some more than once.
    touched: Arc<Vec<Slot>>,
    /// The same as a set.
    stale: Arc<OrganizationSet>,
    rules: HashMap<String, KeptRule>,
}

#[derive(Clone)]
struct KeptRule {
    sets: Arc<Vec<OrderedSet>>,
    /// How many of the touched organisations the sets know of.
    seen: usize,
}

/// What follows from the records for one day.
struct Layout {
    existing: OrganizationSet,
    territory: Territory,
    neighbours: Neighbours,
    /// Where each organisation stands in the byte order of ids.
    ranks: Vec<u32>,
    /// Room for searches, so that none of them has to make its own.
    pool: Mutex<Vec<Reached>>,
}

/// A graph on one day.
#[derive(Clone)]
pub struct Day<'g> {
    graph: &'g Graph,
    date: Date,
    layout: Arc<Layout>,
    touched: Arc<Vec<Slot>>,
    stale: Arc<OrganizationSet>,
}

impl Clone for Days {
    fn clone(&self) -> Self {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { kept: Mutex::new(kept) }
    }
}

impl Days {
    /// Drops all layouts: something moved, or a life began or ended.
    pub(super) fn forget(&mut self) {
        self.kept.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Notes that values of an organisation changed, but not its life.
    pub(super) fn touch(&mut self, slot: Slot) {
        self.few().for_each(|day| day.touch(slot));
    }

    /// Notes that a relation came, went or has other dates, one that does not say where something stands.
    pub(super) fn touch_relation(&mut self, ends: [Slot; 2], validity: Validity) {
        for day in self.few() {
            day.turn(validity);
            ends.iter().for_each(|slot| day.touch(*slot));
        }
    }

    /// The days of which few organisations are touched; others are dropped.
    fn few(&mut self) -> impl Iterator<Item = &mut KeptDay> {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|day| day.touched.len() < TOUCHED);
        kept.iter_mut()
    }

    fn find<T>(&self, date: Date, take: impl FnOnce(&mut KeptDay) -> T) -> Option<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let position = kept.iter().position(|day| day.is_like(date))?;
        kept[..=position].rotate_right(1);
        kept.first_mut().map(take)
    }
}

impl Graph {
    /// This graph on a day, laid out now if it is not yet.
    pub fn day(&self, date: Date) -> Day<'_> {
        if let Some(day) = self.kept_day(date) {
            return day;
        }
        let day = KeptDay::of(self, date);
        let view = self.view_of(&day, date);
        let mut kept = self.days.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(0, day);
        kept.truncate(KEPT_DAYS);
        view
    }

    /// This graph on a day that is laid out already.
    pub(super) fn kept_day(&self, date: Date) -> Option<Day<'_>> {
        self.days.find(date, |day| self.view_of(day, date))
    }

    fn view_of(&self, day: &KeptDay, date: Date) -> Day<'_> {
        let KeptDay { layout, touched, stale, .. } = day;
        let (layout, touched, stale) = (Arc::clone(layout), Arc::clone(touched), Arc::clone(stale));
        Day { graph: self, date, layout, touched, stale }
    }
}

impl Layout {
    fn of(graph: &Graph, date: Date) -> Self {
        let when = When::On(date);
        let existing = graph.existing(when);
        let mut ranks = vec![0; graph.topology.node_bound()];
        for (rank, slot) in (0..).zip(graph.slots_by_id()) {
            ranks[slot.0 as usize] = rank;
        }
        Self {
            territory: Territory::of(graph, date, &existing),
            neighbours: Neighbours::of(graph, when),
            existing,
            ranks,
            pool: Mutex::default(),
        }
    }
}

impl KeptDay {
    fn of(graph: &Graph, date: Date) -> Self {
        let mut day = Self {
            date,
            alike: (None, None),
            layout: Arc::new(Layout::of(graph, date)),
            touched: Arc::default(),
            stale: Arc::default(),
            rules: HashMap::new(),
        };
        graph.everything().iter().for_each(|slot| day.turn(graph.columns.life(Slot(slot))));
        let relations = graph.topology.edge_references();
        relations.for_each(|edge| day.turn(graph.relations.validity(RelationSlot::of(edge.id()))));
        day
    }

    /// Narrows the days that it holds for to those before or after something begins or ends.
    fn turn(&mut self, validity: Validity) {
        for turn in [validity.from(), validity.to()].into_iter().flatten() {
            if turn <= self.date {
                self.alike.0 = self.alike.0.max(Some(turn));
            } else {
                self.alike.1 = Some(self.alike.1.map_or(turn, |end| end.min(turn)));
            }
        }
    }

    fn is_like(&self, date: Date) -> bool {
        self.alike.0.is_none_or(|first| first <= date) && self.alike.1.is_none_or(|end| date < end)
    }

    fn touch(&mut self, slot: Slot) {
        Arc::make_mut(&mut self.touched).push(slot);
        Arc::make_mut(&mut self.stale).insert(slot.0);
    }
}

impl Day<'_> {
    /// The graph.
    pub fn graph(&self) -> &Graph {
        self.graph
    }

    /// The day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// What exists.
    pub fn existing(&self) -> &OrganizationSet {
        &self.layout.existing
    }

    /// The positions of all that stands within an organisation; its own not.
    pub fn within(&self, slot: Slot) -> Ranges {
        self.layout.territory.within(slot)
    }

    /// The positions of all that stands within an organisation, and its own; none where it does not exist.
    pub fn standing_in(&self, slot: Slot) -> Ranges {
        self.layout.territory.standing_in(slot)
    }

    /// Whether everything stands in one place at the most, so that two ranges are nested or apart.
    pub fn is_forest(&self) -> bool {
        self.layout.territory.is_forest()
    }

    /// The positions of everything.
    pub fn everywhere(&self) -> Ranges {
        Ranges::from(0..self.layout.territory.len())
    }

    /// Who stands at a position.
    pub fn at(&self, position: u32) -> Slot {
        self.layout.territory.at(position)
    }

    /// The position of an organisation that exists.
    pub fn position(&self, slot: Slot) -> Option<u32> {
        self.layout.territory.position(slot)
    }

    /// A set by positions; what does not exist on the day is left out.
    pub fn ordered(&self, set: &OrganizationSet) -> OrderedSet {
        let positions = set.iter().filter_map(|slot| self.position(Slot(slot)));
        OrderedSet::new(self.layout.territory.len(), positions)
    }

    /// A number by which organisations of one graph are sorted as by their ids.
    pub fn rank(&self, slot: Slot) -> u32 {
        self.layout.ranks[slot.0 as usize]
    }

    /// Sets that are kept under a name, current; made by `fresh`, or of former ones by `renewed`, which is told
    /// what was touched since.
    pub fn kept(
        &self,
        name: &str,
        fresh: impl FnOnce() -> Vec<OrderedSet>,
        renewed: impl FnOnce(&[OrderedSet], &OrganizationSet) -> Vec<OrderedSet>,
    ) -> Arc<Vec<OrderedSet>> {
        let days = &self.graph.days;
        let former = days.find(self.date, |day| day.rules.get(name).cloned()).flatten();
        let sets = match former {
            Some(rule) if rule.seen == self.touched.len() => return rule.sets,
            Some(rule) if rule.seen < self.touched.len() => {
                let touched = self.touched[rule.seen..].iter().map(|slot| slot.0).collect();
                Arc::new(renewed(&rule.sets, &touched))
            }
            _ => Arc::new(fresh()),
        };
        let rule = KeptRule { sets: Arc::clone(&sets), seen: self.touched.len() };
        days.find(self.date, |day| {
            // The graph that a day belongs to does not change while it is asked, so the day is the same.
            if day.rules.len() >= KEPT_RULES {
                day.rules.clear();
            }
            day.rules.insert(name.to_owned(), rule);
        });
        sets
    }

    /// Calls `take` with the other end of every relation of an organisation.
    pub(super) fn each_neighbour(&self, slot: Slot, mut take: impl FnMut(Slot)) {
        if !self.stale.contains(slot.0) {
            self.layout.neighbours.of_slot(slot).iter().for_each(|other| take(Slot(*other)));
            return;
        }
        let relations = self.graph.relations_of(slot, Direction::Both, &[], When::On(self.date));
        relations.for_each(|r| take(if r.source == slot { r.target } else { r.source }));
    }

    /// About how many relations an organisation has.
    pub(super) fn degree(&self, slot: Slot) -> usize {
        self.layout.neighbours.of_slot(slot).len()
    }

    /// Lends room for a search, empty.
    pub(super) fn with_room<T>(&self, search: impl FnOnce(&mut Reached) -> T) -> T {
        let pool = || self.layout.pool.lock().unwrap_or_else(PoisonError::into_inner);
        let mut room = pool().pop().unwrap_or_else(|| Reached::new(self.graph.topology.node_bound()));
        let found = search(&mut room);
        room.clear();
        pool().push(room);
        found
    }
}
