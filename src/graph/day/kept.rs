use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::thread;

use super::{Day, OrderedSet, Ranges};
use crate::graph::{OrganizationSet, Slot};
use crate::work::in_parallel;

/// How many rules have their sets kept on a day.
const KEPT_RULES: usize = 64;

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

/// The sets of a rule, as far as they were asked for.
#[derive(Clone)]
struct KeptRule {
    rule: Arc<dyn KeptSets>,
    sets: Arc<Vec<OrderedSet>>,
    /// The positions at which the sets are right.
    known: Ranges,
    /// How many of the touched organisations the sets know of.
    seen: usize,
    /// When it was last asked, counted in questions about the day.
    asked: u64,
}

/// The rules of which a day keeps sets: those that were asked last.
#[derive(Clone, Default)]
pub(super) struct KeptRules {
    by_name: HashMap<String, KeptRule>,
    questions: u64,
}

impl KeptRules {
    /// A rule, which is asked now.
    fn get(&mut self, name: &str) -> Option<KeptRule> {
        self.questions += 1;
        let kept = self.by_name.get_mut(name)?;
        kept.asked = self.questions;
        Some(kept.clone())
    }

    fn keep(&mut self, name: &str, rule: KeptRule) {
        if self.by_name.len() >= KEPT_RULES && !self.by_name.contains_key(name) {
            let longest_ago = self.by_name.iter().min_by_key(|(_, kept)| kept.asked);
            let name = longest_ago.map(|(name, _)| name.clone()).unwrap_or_default();
            self.by_name.remove(&name);
        }
        self.by_name.insert(name.to_owned(), KeptRule { asked: self.questions, ..rule });
    }

    pub(super) fn into_rules(self) -> impl Iterator<Item = (String, Arc<dyn KeptSets>)> {
        self.by_name.into_iter().map(|(name, kept)| (name, kept.rule))
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
        let known = |former: &KeptRule| former.seen == self.touched.slots.len() && former.knows(asked);
        if let Some(kept) = self.former(name).filter(known) {
            return kept.sets;
        }
        let days = &self.graph.days;
        let _alone = days.learning.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.touched.slots.len();
        let mut kept = match self.former(name) {
            Some(former) if known(&former) => return former.sets,
            Some(former) if former.seen == now => former,
            Some(former) if former.seen < now => self.renewed(former),
            Some(KeptRule { rule, .. }) => self.unknown(rule),
            None => self.unknown(rule()),
        };
        if !kept.knows(asked) {
            self.learn(&mut kept, asked);
        }
        let sets = Arc::clone(&kept.sets);
        // The graph that a day belongs to does not change while it is asked, so the day is the same.
        days.find(self.date, |day| day.rules.keep(name, kept));
        sets
    }

    fn former(&self, name: &str) -> Option<KeptRule> {
        self.graph.days.find(self.date, |day| day.rules.get(name)).flatten()
    }

    /// A rule of which nothing is known yet.
    fn unknown(&self, rule: Arc<dyn KeptSets>) -> KeptRule {
        let none = rule.among(self, &OrganizationSet::new());
        let sets = none.iter().map(|set| self.ordered(set)).collect();
        KeptRule {
            rule,
            sets: Arc::new(sets),
            known: Ranges::default(),
            seen: self.touched.slots.len(),
            asked: 0,
        }
    }

    /// Looks again at what was touched since, and at what hangs on it.
    fn renewed(&self, former: KeptRule) -> KeptRule {
        let touched = self.touched.slots[former.seen..].iter().map(|slot| slot.0).collect();
        let left = self.touched.left.iter().filter(|(seen, _)| *seen > former.seen);
        let left: Vec<u32> = left.map(|(_, position)| *position).collect();
        let again = former.rule.reached(self, &touched) & self.existing();
        let now = former.rule.among(self, &again);
        let again: Vec<_> = self.positions(&again).collect();
        let altered = former.sets.iter().zip(&now).map(|(set, now)| {
            let without = left.iter().chain(&again).copied();
            set.altered(without, self.positions(now))
        });
        let sets = Arc::new(altered.collect());
        KeptRule { sets, seen: self.touched.slots.len(), ..former }
    }

    /// Asks the rule of those whom it was not asked of yet.
    fn learn(&self, kept: &mut KeptRule, asked: &Ranges) {
        let missing = asked.difference(&kept.known);
        let parts = parts(&self.existing_at(&missing));
        let sets = Arc::make_mut(&mut kept.sets);
        let rule = &kept.rule;
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
        kept.known = Ranges::joined(kept.known.iter().chain(missing.iter()).collect());
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

impl KeptRule {
    fn knows(&self, asked: &Ranges) -> bool {
        self.known.hold(asked)
    }
}
