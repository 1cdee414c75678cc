use std::sync::{Arc, Mutex, PoisonError};

use petgraph::visit::EdgeRef;

use super::TOUCHED;
use super::kept::{CachedRule, KEPT_RULES};
use super::layout::Layout;
use super::parts::KeptParts;
use crate::graph::{Graph, OrganizationSet, RelationSlot, Slot, slots};
use crate::model::{Annex, Date, Validity};
use crate::work::Recent;

/// A layout with everything that is cached in terms of its positions.
///
/// A [`Day`](super::Day) holds it, so results are never stored with, or taken from, another layout of the same date.
/// It changes only while one graph holds it and nobody asks: copies of a graph share it until one of them is changed.
pub(super) struct CachedLayout {
    /// The day that it was made for.
    pub(super) date: Date,
    /// The first day of those that it holds for, and the first after them; `None` is open.
    alike: (Option<Date>, Option<Date>),
    pub(super) layout: Arc<Layout>,
    pub(super) touched: Arc<Touched>,
    pub(super) rules: Recent<CachedRule>,
    pub(super) parts: Mutex<KeptParts>,
}

/// What was touched since a layout was made.
#[derive(Clone, Default)]
pub(super) struct Touched {
    /// Organisations in the order in which they were; some more than once.
    pub(super) slots: Vec<Slot>,
    /// The same as a set.
    pub(super) stale: OrganizationSet,
    /// The positions that were left, with the number of organisations that had been touched by then.
    pub(super) left: Vec<(usize, u32)>,
}

/// The copy of a graph that is about to be changed: rules are renewed there on their own, parts are divided anew.
impl Clone for CachedLayout {
    fn clone(&self) -> Self {
        let mut rules = self.rules.clone();
        rules.values_mut().iter_mut().for_each(|rule| *rule = Arc::new(rule.as_ref().clone()));
        Self {
            date: self.date,
            alike: self.alike,
            layout: Arc::clone(&self.layout),
            touched: Arc::clone(&self.touched),
            rules,
            parts: Mutex::default(),
        }
    }
}

impl CachedLayout {
    pub(super) fn of(graph: &Graph, date: Date) -> Self {
        let mut day = Self {
            date,
            alike: (None, None),
            layout: Arc::new(Layout::of(graph, date)),
            touched: Arc::default(),
            rules: Recent::new(KEPT_RULES),
            parts: Mutex::default(),
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
    pub(super) fn turn(&mut self, validity: Validity) {
        for turn in [validity.from(), validity.to()].into_iter().flatten() {
            if turn <= self.date {
                self.alike.0 = self.alike.0.max(Some(turn));
            } else {
                self.alike.1 = Some(self.alike.1.map_or(turn, |end| end.min(turn)));
            }
        }
    }

    /// Whether it holds for a day.
    pub(super) fn is_like(&self, date: Date) -> bool {
        self.alike.0.is_none_or(|first| first <= date) && self.alike.1.is_none_or(|end| date < end)
    }

    pub(super) fn touch(&mut self, slot: Slot) {
        self.forget_parts();
        let touched = Arc::make_mut(&mut self.touched);
        touched.slots.push(slot);
        touched.stale.insert(slot.0);
    }

    /// Lets what moved stand where it does now; `false` where the day is rather laid out anew.
    pub(super) fn settle(&mut self, graph: &Graph, moved: &OrganizationSet, added: &[Slot]) -> bool {
        self.forget_parts();
        let layout = Arc::make_mut(&mut self.layout);
        layout.rank_later(graph, added);
        let Ok(left) = layout.move_to_places(graph, self.date, moved) else { return false };
        // Whatever stands in what moved stands in other places too.
        let layout = Arc::clone(&self.layout);
        for slot in slots(moved) {
            layout.slots_in(&layout.territory.within(slot)).for_each(|inner| self.touch(inner));
        }
        let touched = Arc::make_mut(&mut self.touched);
        touched.left.extend(left.into_iter().map(|position| (touched.slots.len(), position)));
        touched.slots.len() < TOUCHED
    }

    fn forget_parts(&mut self) {
        self.parts.get_mut().unwrap_or_else(PoisonError::into_inner).forget();
    }
}
