use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::{Day, OrderedSet, Ranges};
use crate::graph::{OrganizationSet, Slot};
use crate::work::{UpdateLock, in_parallel};

/// How many rules have their sets cached with a layout: those that were asked last.
pub(super) const KEPT_RULES: usize = 64;

/// How many organisations at least a thread of its own is asked of: it is begun in a tenth of the time.
const WORTH_A_THREAD: u64 = 4_096;

/// How sets that a day keeps are made.
///
/// Whether an organisation belongs to a set must hang on nothing but the graph and the day.
pub trait KeptSets: Send + Sync {
    /// The part of each set that some existing organisations are; always as many sets.
    fn among(&self, day: &Day<'_>, domain: &OrganizationSet) -> Vec<OrganizationSet>;

    /// The organisations that may belong to other sets than before when some were touched.
    fn reached(&self, day: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet;
}

/// A rule whose sets are cached with a layout, as far as they were asked for.
pub(super) struct CachedRule {
    name: Box<str>,
    rule: Arc<dyn KeptSets>,
    known: Mutex<Option<Arc<Known>>>,
    /// Held by the thread that learns more of the rule; other rules are learned meanwhile.
    learning: UpdateLock,
}

/// What is known of a rule.
#[derive(Clone)]
struct Known {
    sets: Arc<Vec<OrderedSet>>,
    /// The positions at which the sets are right.
    at: Ranges,
    /// How many of the touched organisations the sets know of.
    seen: usize,
}

/// The copy knows the same, and learns on its own.
impl Clone for CachedRule {
    fn clone(&self) -> Self {
        let known = Mutex::new(self.known());
        Self { name: self.name.clone(), rule: self.rule(), known, learning: UpdateLock::default() }
    }
}

impl CachedRule {
    fn new(name: &str, rule: Arc<dyn KeptSets>) -> Self {
        Self { name: name.into(), rule, known: Mutex::default(), learning: UpdateLock::default() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn rule(&self) -> Arc<dyn KeptSets> {
        Arc::clone(&self.rule)
    }

    fn known(&self) -> Option<Arc<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learned(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
    }
}

impl Day<'_> {
    /// Sets that are kept under a name, right at the positions that are asked for; `rule` says how they are made.
    ///
    /// A rule is asked only of what is not known yet: the first question about a city costs what the city is large.
    pub fn kept(
        &self,
        name: &str,
        asked: &Ranges,
        rule: impl FnOnce() -> Arc<dyn KeptSets>,
    ) -> Arc<Vec<OrderedSet>> {
        let cached = self
            .cached
            .rules
            .find_or_insert(|cached| *cached.name == *name, || CachedRule::new(name, rule()));
        let now = self.cached.touched.slots.len();
        let is_enough = |known: &Known| known.seen == now && known.at.hold(asked);
        if let Some(known) = cached.known().filter(|known| is_enough(known)) {
            return Arc::clone(&known.sets);
        }
        let _learning = cached.learning.lock();
        let mut known = match cached.known() {
            Some(known) if known.seen == now => known.as_ref().clone(),
            Some(former) => self.renewed(&*cached.rule, &former),
            None => self.unknown(&*cached.rule),
        };
        if !known.at.hold(asked) {
            self.learn(&*cached.rule, &mut known, asked);
        }
        let sets = Arc::clone(&known.sets);
        cached.learned(known);
        sets
    }

    /// What is known of a rule of which nobody was asked yet.
    fn unknown(&self, rule: &dyn KeptSets) -> Known {
        let none = rule.among(self, &OrganizationSet::new());
        let sets = none.iter().map(|set| self.ordered(set)).collect();
        Known { sets: Arc::new(sets), at: Ranges::default(), seen: self.cached.touched.slots.len() }
    }

    /// Looks again at what was touched since, and at what hangs on it.
    fn renewed(&self, rule: &dyn KeptSets, former: &Known) -> Known {
        let touched = &self.cached.touched;
        let since = touched.slots[former.seen..].iter().map(|slot| slot.0).collect();
        let left = touched.left.iter().filter(|(seen, _)| *seen > former.seen);
        let left: Vec<u32> = left.map(|(_, position)| *position).collect();
        let again = rule.reached(self, &since) & self.existing();
        let now = rule.among(self, &again);
        let again: Vec<_> = self.positions(&again).collect();
        let altered = former.sets.iter().zip(&now).map(|(set, now)| {
            let without = left.iter().chain(&again).copied();
            set.altered(without, self.positions(now))
        });
        Known { sets: Arc::new(altered.collect()), at: former.at.clone(), seen: touched.slots.len() }
    }

    /// Asks the rule of those whom it was not asked of yet.
    fn learn(&self, rule: &dyn KeptSets, known: &mut Known, asked: &Ranges) {
        let missing = asked.difference(&known.at);
        let parts = parts(&self.existing_at(&missing));
        let sets = Arc::make_mut(&mut known.sets);
        in_parallel(
            &parts,
            || (),
            |(), part| rule.among(self, part),
            |now| {
                for (set, now) in sets.iter_mut().zip(&now) {
                    // What was touched meanwhile is in the sets already, and is as it is found now.
                    set.extend(self.positions(now));
                }
            },
        );
        known.at = Ranges::joined(known.at.iter().chain(missing.iter()).collect());
    }

    /// What exists at some positions.
    fn existing_at(&self, ranges: &Ranges) -> OrganizationSet {
        if *ranges == self.everywhere() {
            return self.existing().clone();
        }
        self.graph.set_of(self.slots_in(ranges))
    }

    fn positions<'s>(&'s self, set: &'s OrganizationSet) -> impl Iterator<Item = u32> + Clone + 's {
        set.iter().filter_map(|slot| self.position(Slot(slot)))
    }
}

/// A domain in as many parts as there are processors, if it is large enough that each is worth its thread.
fn parts(domain: &OrganizationSet) -> Vec<OrganizationSet> {
    let processors = thread::available_parallelism().map_or(1, usize::from) as u64;
    let count = processors.min(domain.len() / WORTH_A_THREAD).max(1);
    let start = |part: u64| domain.select((domain.len() * part / count) as u32);
    let part = |number| {
        let mut part = domain.clone();
        part.remove_range(..start(number).unwrap_or(0));
        if let Some(end) = start(number + 1) {
            part.remove_range(end..);
        }
        part
    };
    (0..count).map(part).collect()
}
