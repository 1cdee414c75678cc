//! A graph as it stands on one day, laid out so that questions cost what their answers are long.
//!
//! What exists on the day gets a position in [`Territory`] order: whatever stands within an organisation has
//! positions that follow its own, so that "within" is a range, and counting a set within it is two look-ups in
//! an [`OrderedSet`]. The other ends of relations that hold stand side by side in [`Neighbours`].
//!
//! All of this follows from the records: it is made when it is first asked for, holds for every day until the
//! next one on which something begins or ends, and is shared by copies of the graph. A change marks the
//! organisations that it touches: their neighbours are then read from the records, and of sets that are kept
//! for rules only these organisations, and what hangs on them, are looked at again. What comes or moves gets a
//! position at the end ([`Territory`]). A layout is dropped when much has been touched since, or when something
//! moves or goes in which others stand.

mod cached_layout;
mod kept;
mod layout;
mod neighbours;
mod ordered_set;
mod parts;
mod ranges;
mod territory;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::sync::{Arc, PoisonError};

use super::{Direction, Graph, OrganizationSet, Slot, When};
use crate::model::{Date, Validity};
use crate::work::RecentlyMade;
use cached_layout::CachedLayout;
pub use kept::KeptSets;
pub use layout::Rank;
pub(super) use neighbours::Reached;
pub use ordered_set::OrderedSet;
pub use parts::Part;
pub use ranges::Ranges;

/// How many days are kept laid out: today, and one that somebody compares it with.
const KEPT_DAYS: usize = 2;

/// How many organisations may be touched before a layout is rather made anew.
const TOUCHED: usize = 10_000;

/// How many rooms for searches are kept with a layout; each takes a byte an organisation.
const ROOMS: usize = 8;

/// The days that are laid out, the one asked about last first; copies of a graph share them until one is changed.
#[derive(Clone, Default)]
pub(super) struct Days {
    layouts: Arc<Layouts>,
    /// What came or may stand elsewhere since [`Graph::settle_days`].
    moved: OrganizationSet,
    /// What of it is new.
    added: Vec<Slot>,
}

/// The layouts of a graph.
#[derive(Clone)]
struct Layouts(RecentlyMade<CachedLayout>);

/// A graph on one day.
#[derive(Clone)]
pub struct Day<'g> {
    graph: &'g Graph,
    date: Date,
    cached: Arc<CachedLayout>,
}

impl Default for Layouts {
    fn default() -> Self {
        Self(RecentlyMade::new(KEPT_DAYS))
    }
}

impl Days {
    /// Drops all layouts.
    pub(super) fn forget(&mut self) {
        self.layouts = Arc::default();
    }

    /// Notes that values of an organisation changed, but not its life.
    pub(super) fn touch(&mut self, slot: Slot) {
        self.few().for_each(|day| day.touch(slot));
    }

    /// Notes that an organisation came.
    pub(super) fn add(&mut self, slot: Slot, life: Validity) {
        self.move_on(slot, life);
        if !self.are_none() {
            self.added.push(slot);
        }
    }

    /// Notes that an organisation went, has another life, or may stand elsewhere from or to some day.
    pub(super) fn move_on(&mut self, slot: Slot, validity: Validity) {
        for day in self.few() {
            day.turn(validity);
            day.touch(slot);
        }
        if !self.are_none() {
            self.moved.insert(slot.0);
        }
    }

    /// Notes that a relation came, went or has other dates.
    pub(super) fn touch_relation(&mut self, ends: [Slot; 2], validity: Validity) {
        for day in self.few() {
            day.turn(validity);
            ends.iter().for_each(|slot| day.touch(*slot));
        }
    }

    /// Notes that a dated value of an organisation came, went or is another.
    pub(super) fn touch_value(&mut self, slot: Slot, validity: Validity) {
        for day in self.few() {
            day.turn(validity);
            day.touch(slot);
        }
    }

    fn are_none(&mut self) -> bool {
        self.own().is_empty()
    }

    /// The days of which few organisations are touched; others are dropped.
    fn few(&mut self) -> impl Iterator<Item = &mut CachedLayout> {
        let kept = self.own();
        kept.retain(|day| day.touched.slots.len() < TOUCHED);
        kept.iter_mut().map(Arc::make_mut)
    }

    /// The layouts, which no other graph sees any more.
    fn own(&mut self) -> &mut Vec<Arc<CachedLayout>> {
        Arc::make_mut(&mut self.layouts).0.recent_mut().values_mut()
    }
}

impl Graph {
    /// This graph on a day, laid out now if it is not yet.
    pub fn day(&self, date: Date) -> Day<'_> {
        let make = || Ok::<_, Infallible>(CachedLayout::of(self, date));
        let Ok(cached) = self.days.layouts.0.find_or_make(|cached| cached.is_like(date), make);
        Day { graph: self, date, cached }
    }

    /// Lays out the days that another graph has laid out, with the sets that it keeps, unless they could be kept: so
    /// a graph that takes its place makes nobody wait.
    pub fn lay_out_as(&self, other: &Self) {
        for cached in other.days.layouts.0.recent().all().into_iter().rev() {
            if self.kept_day(cached.date).is_some() {
                continue;
            }
            let day = self.day(cached.date);
            for rule in cached.rules.all().into_iter().rev() {
                day.kept(rule.name(), &day.everywhere(), || rule.rule());
            }
        }
    }

    /// This graph on a day that is laid out already.
    pub(super) fn kept_day(&self, date: Date) -> Option<Day<'_>> {
        let cached = self.days.layouts.0.recent().find(|cached| cached.is_like(date))?;
        Some(Day { graph: self, date, cached })
    }

    /// Brings the days that are laid out to what stands where now; every change must be in.
    pub(super) fn settle_days(&mut self) {
        let (moved, added) = (std::mem::take(&mut self.days.moved), std::mem::take(&mut self.days.added));
        if moved.is_empty() {
            return;
        }
        let mut days = std::mem::take(&mut self.days);
        days.own().retain_mut(|day| Arc::make_mut(day).settle(self, &moved, &added));
        self.days = days;
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
        &self.cached.layout.existing
    }

    /// The positions of all that stands within an organisation; its own not.
    pub fn within(&self, slot: Slot) -> Ranges {
        self.cached.layout.territory.within(slot)
    }

    /// The positions of all that stands within an organisation, and its own; none where it does not exist.
    pub fn standing_in(&self, slot: Slot) -> Ranges {
        self.cached.layout.territory.standing_in(slot)
    }

    /// Whether everything stands in one place at the most, so that two ranges are nested or apart.
    pub fn is_forest(&self) -> bool {
        self.cached.layout.territory.is_forest()
    }

    /// The positions of everything.
    pub fn everywhere(&self) -> Ranges {
        Ranges::from(0..self.cached.layout.territory.len())
    }

    /// Who stands at some positions.
    pub fn slots_in(&self, ranges: &Ranges) -> impl Iterator<Item = Slot> {
        self.cached.layout.slots_in(ranges)
    }

    /// Who stands at the positions of a set, within some ranges; it must be a set of this day.
    pub fn slots_of<'s>(
        &'s self,
        set: &'s OrderedSet,
        ranges: &'s Ranges,
    ) -> impl Iterator<Item = Slot> + 's {
        set.positions(ranges).filter_map(|position| self.cached.layout.territory.at(position))
    }

    /// The position of an organisation that exists.
    pub fn position(&self, slot: Slot) -> Option<u32> {
        self.cached.layout.territory.position(slot)
    }

    /// A set by positions; what does not exist on the day is left out.
    pub fn ordered(&self, set: &OrganizationSet) -> OrderedSet {
        let positions = set.iter().filter_map(|slot| self.position(Slot(slot)));
        OrderedSet::new(positions)
    }

    /// By what organisations are sorted as by their ids, and faster; of one that exists.
    pub fn rank(&self, slot: Slot) -> Rank<'_> {
        self.cached.layout.rank(self.graph, slot)
    }

    /// The first by id of those who stand at the positions of a set, within some ranges, each with its rank.
    pub fn first_of(&self, set: &OrderedSet, ranges: &Ranges, limit: usize) -> Vec<(Rank<'_>, Slot)> {
        self.cached.layout.first_by_id(self.graph, (set, ranges), limit)
    }

    /// Calls `take` with the other end of every relation of an organisation.
    pub(super) fn each_neighbour(&self, slot: Slot, mut take: impl FnMut(Slot)) {
        if !self.cached.touched.stale.contains(slot.0) {
            self.cached.layout.neighbours.of_slot(slot).iter().for_each(|other| take(Slot(*other)));
            return;
        }
        let relations = self.graph.relations_of(slot, Direction::Both, &[], When::On(self.date));
        relations.for_each(|r| take(if r.source == slot { r.target } else { r.source }));
    }

    /// About how many relations an organisation has.
    pub(super) fn degree(&self, slot: Slot) -> usize {
        self.cached.layout.neighbours.of_slot(slot).len()
    }

    /// Lends room for a search, empty.
    pub(super) fn with_room<T>(&self, search: impl FnOnce(&mut Reached) -> T) -> T {
        let pool = || self.cached.layout.pool.lock().unwrap_or_else(PoisonError::into_inner);
        let mut room = pool().pop().unwrap_or_default();
        room.reserve(self.graph.topology.node_bound());
        let found = search(&mut room);
        room.clear();
        let mut pool = pool();
        if pool.len() < ROOMS {
            pool.push(room);
        }
        found
    }
}
