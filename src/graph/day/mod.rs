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

mod kept;
mod layout;
mod neighbours;
mod ordered_set;
mod parts;
mod ranges;
mod territory;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use petgraph::visit::EdgeRef;

use super::{Direction, Graph, OrganizationSet, RelationSlot, Slot, When};
use crate::model::{Annex, Date, Validity};
use kept::KeptRules;
pub use kept::KeptSets;
use layout::Layout;
pub use layout::Rank;
pub(super) use neighbours::Reached;
pub use ordered_set::OrderedSet;
use parts::KeptParts;
pub use parts::Part;
pub use ranges::Ranges;

/// How many days are kept laid out: today, and one that somebody compares it with.
const KEPT_DAYS: usize = 2;

/// How many organisations may be touched before a layout is rather made anew.
const TOUCHED: usize = 10_000;

/// The days that are laid out, the one asked about last first.
#[derive(Default)]
pub(super) struct Days {
    kept: Mutex<Vec<KeptDay>>,
    /// Held by whoever lays a day out, and by whoever asks a rule: of many who need the same at once one makes it.
    laying: Mutex<()>,
    learning: Mutex<()>,
    /// What came or may stand elsewhere since [`Graph::settle_days`].
    moved: OrganizationSet,
    /// What of it is new.
    added: Vec<Slot>,
}

#[derive(Clone)]
struct KeptDay {
    /// The day that it was made for.
    date: Date,
    /// The first day of those that it holds for, and the first after them; `None` is open.
    alike: (Option<Date>, Option<Date>),
    layout: Arc<Layout>,
    touched: Arc<Touched>,
    rules: KeptRules,
    parts: KeptParts,
}

/// What was touched since a layout was made.
#[derive(Clone, Default)]
struct Touched {
    /// Organisations in the order in which they were; some more than once.
    slots: Vec<Slot>,
    /// The same as a set.
    stale: OrganizationSet,
    /// The positions that were left, with the number of organisations that had been touched by then.
    left: Vec<(usize, u32)>,
}

/// A graph on one day.
#[derive(Clone)]
pub struct Day<'g> {
    graph: &'g Graph,
    date: Date,
    layout: Arc<Layout>,
    touched: Arc<Touched>,
}

impl Clone for Days {
    fn clone(&self) -> Self {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (moved, added) = (self.moved.clone(), self.added.clone());
        Self { kept: Mutex::new(kept), moved, added, ..Self::default() }
    }
}

impl Days {
    /// Drops all layouts.
    pub(super) fn forget(&mut self) {
        self.kept.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
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

    fn are_none(&mut self) -> bool {
        self.kept.get_mut().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Notes that a dated value of an organisation came, went or is another.
    pub(super) fn touch_value(&mut self, slot: Slot, validity: Validity) {
        for day in self.few() {
            day.turn(validity);
            day.touch(slot);
        }
    }

    /// The days of which few organisations are touched; others are dropped.
    fn few(&mut self) -> impl Iterator<Item = &mut KeptDay> {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|day| day.touched.slots.len() < TOUCHED);
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
        let _alone = self.days.laying.lock().unwrap_or_else(PoisonError::into_inner);
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

    /// Lays out the days that another graph has laid out, with the sets that it keeps, unless they could be kept: so
    /// a graph that takes its place makes nobody wait.
    pub fn lay_out_as(&self, other: &Self) {
        let others = other.days.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for KeptDay { date, rules, .. } in others.into_iter().rev() {
            if self.kept_day(date).is_some() {
                continue;
            }
            let day = self.day(date);
            for (name, rule) in rules.into_rules() {
                day.kept(&name, &day.everywhere(), || rule);
            }
        }
    }

    /// This graph on a day that is laid out already.
    pub(super) fn kept_day(&self, date: Date) -> Option<Day<'_>> {
        self.days.find(date, |day| self.view_of(day, date))
    }

    fn view_of(&self, day: &KeptDay, date: Date) -> Day<'_> {
        let (layout, touched) = (Arc::clone(&day.layout), Arc::clone(&day.touched));
        Day { graph: self, date, layout, touched }
    }

    /// Brings the days that are laid out to what stands where now; every change must be in.
    pub(super) fn settle_days(&mut self) {
        let (moved, added) = (std::mem::take(&mut self.days.moved), std::mem::take(&mut self.days.added));
        let mut kept = std::mem::take(self.days.kept.get_mut().unwrap_or_else(PoisonError::into_inner));
        kept.retain_mut(|day| moved.is_empty() || day.settle(self, &moved, &added));
        self.days.kept = Mutex::new(kept);
    }
}

impl KeptDay {
    fn of(graph: &Graph, date: Date) -> Self {
        let mut day = Self {
            date,
            alike: (None, None),
            layout: Arc::new(Layout::of(graph, date)),
            touched: Arc::default(),
            rules: KeptRules::default(),
            parts: KeptParts::default(),
        };
        graph.everything().iter().for_each(|slot| day.turn(graph.columns.life(Slot(slot))));
        let relations = graph.topology.edge_references();
        relations.for_each(|edge| day.turn(graph.relations.validity(RelationSlot::of(edge.id()))));
        graph.annexes.all().for_each(|annex| match annex {
            Annex::Value(value) => day.turn(value.validity),
            Annex::Exemption(_) | Annex::Task(_) => {}
        });
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
        self.parts.forget();
        let touched = Arc::make_mut(&mut self.touched);
        touched.slots.push(slot);
        touched.stale.insert(slot.0);
    }

    /// Lets what moved stand where it does now; `false` where the day is rather laid out anew.
    fn settle(&mut self, graph: &Graph, moved: &OrganizationSet, added: &[Slot]) -> bool {
        self.parts.forget();
        let layout = Arc::make_mut(&mut self.layout);
        layout.rank_later(graph, added);
        let Ok(left) = layout.move_to_places(graph, self.date, moved) else { return false };
        // Whatever stands in what moved stands in other places too.
        let layout = Arc::clone(&self.layout);
        for slot in super::slots(moved) {
            layout.slots_in(&layout.territory.within(slot)).for_each(|inner| self.touch(inner));
        }
        let touched = Arc::make_mut(&mut self.touched);
        touched.left.extend(left.into_iter().map(|position| (touched.slots.len(), position)));
        touched.slots.len() < TOUCHED
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

    /// Who stands at some positions.
    pub fn slots_in(&self, ranges: &Ranges) -> impl Iterator<Item = Slot> {
        self.layout.slots_in(ranges)
    }

    /// Who stands at the positions of a set, within some ranges; it must be a set of this day.
    pub fn slots_of<'s>(
        &'s self,
        set: &'s OrderedSet,
        ranges: &'s Ranges,
    ) -> impl Iterator<Item = Slot> + 's {
        set.positions(ranges).filter_map(|position| self.layout.territory.at(position))
    }

    /// The position of an organisation that exists.
    pub fn position(&self, slot: Slot) -> Option<u32> {
        self.layout.territory.position(slot)
    }

    /// A set by positions; what does not exist on the day is left out.
    pub fn ordered(&self, set: &OrganizationSet) -> OrderedSet {
        let positions = set.iter().filter_map(|slot| self.position(Slot(slot)));
        OrderedSet::new(positions)
    }

    /// By what organisations are sorted as by their ids, and faster; of one that exists.
    pub fn rank(&self, slot: Slot) -> Rank<'_> {
        self.layout.rank(self.graph, slot)
    }

    /// The first by id of those who stand at the positions of a set, within some ranges, each with its rank.
    pub fn first_of(&self, set: &OrderedSet, ranges: &Ranges, limit: usize) -> Vec<(Rank<'_>, Slot)> {
        self.layout.first_by_id(self.graph, (set, ranges), limit)
    }

    /// Calls `take` with the other end of every relation of an organisation.
    pub(super) fn each_neighbour(&self, slot: Slot, mut take: impl FnMut(Slot)) {
        if !self.touched.stale.contains(slot.0) {
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
        let mut room = pool().pop().unwrap_or_default();
        room.reserve(self.graph.topology.node_bound());
        let found = search(&mut room);
        room.clear();
        pool().push(room);
        found
    }
}
