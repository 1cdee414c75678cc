use std::collections::BTreeMap;

use super::day::Reached;
use super::{Day, Slot};
use crate::model::OrganizationKind;

impl Day<'_> {
    /// How many organisations of each kind stand within one.
    pub fn kinds_within(&self, slot: Slot) -> BTreeMap<OrganizationKind, u64> {
        let mut counts = vec![0; OrganizationKind::all().count()];
        for inner in self.slots_in(&self.within(slot)) {
            counts[self.graph().kind(inner) as usize] += 1;
        }
        OrganizationKind::all().map(|kind| (kind, counts[kind as usize])).filter(|(_, n)| *n > 0).collect()
    }

    /// How many other organisations are at most so many relations away from one, in either direction.
    pub fn count_around(&self, root: Slot, steps: u32) -> usize {
        if self.position(root).is_none() {
            return 0;
        }
        self.with_room(|reached| {
            reached.enter(root);
            let mut from = 0;
            for _ in 0..steps {
                let to = reached.slots().len();
                if from == to {
                    break;
                }
                (from..to).for_each(|at| self.widen(reached, at, |_| ()));
                from = to;
            }
            reached.slots().len() - 1
        })
    }

    /// How many relations a shortest path between two organisations has, walked in either direction; `None`
    /// where there is none, or every one is longer than `longest`.
    ///
    /// Both ends are searched from, always on the side that has fewer relations to look at.
    pub fn distance(&self, from: Slot, to: Slot, longest: u32) -> Option<u32> {
        if self.position(from).is_none() || self.position(to).is_none() {
            return None;
        }
        if from == to {
            return Some(0);
        }
        self.with_room(|near| {
            self.with_room(|far| {
                near.enter(from);
                far.enter(to);
                let mut sides = [Side::new(near, self.degree(from)), Side::new(far, self.degree(to))];
                for length in 1..=longest {
                    let [near, far] = &mut sides;
                    let (side, other) = if near.work <= far.work { (near, far) } else { (far, near) };
                    if self.meets(side, other.reached) {
                        return Some(length);
                    }
                    if side.from == side.reached.slots().len() {
                        return None;
                    }
                }
                None
            })
        })
    }

    /// Takes one side a step farther; whether it meets the other.
    fn meets(&self, side: &mut Side<'_>, other: &Reached) -> bool {
        let (from, to) = (side.from, side.reached.slots().len());
        side.from = to;
        side.work = 0;
        let mut is_met = false;
        for at in from..to {
            self.widen(side.reached, at, |slot| {
                side.work += self.degree(slot);
                is_met |= other.holds(slot);
            });
            if is_met {
                return true;
            }
        }
        false
    }

    /// Reaches the neighbours of what was reached at a place of the list; `found` is told which are new.
    fn widen(&self, reached: &mut Reached, at: usize, mut found: impl FnMut(Slot)) {
        let here = reached.slots()[at];
        self.each_neighbour(here, |slot| {
            if reached.enter(slot) {
                found(slot);
            }
        });
    }
}

/// One side of a search for a path.
struct Side<'r> {
    reached: &'r mut Reached,
    /// Where in the list of what is reached the farthest begin.
    from: usize,
    /// How many relations the farthest have.
    work: usize,
}

impl<'r> Side<'r> {
    fn new(reached: &'r mut Reached, work: usize) -> Self {
        Self { reached, from: 0, work }
    }
}
