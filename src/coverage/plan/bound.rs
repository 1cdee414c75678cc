use std::collections::{BTreeSet, HashMap};

use crate::graph::Slot;

use super::area::Near;

/// What a bound counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// New branches, own and joint.
    Branches,
    /// New service stations.
    Stations,
    /// New relations of the type that covers.
    Relations,
}

/// How far a plan can be from the fewest: any plan that keeps the same rules and limits and covers the same
/// units (or, where it stops at a target, as many) needs `at_least`.
///
/// Proofs. *Own branches*: one serves one unit, and the rule gives each unit with enough members one; so their
/// number is fixed, and each counts in both. *Joint branches and stations*: those that one of them serves share
/// a neighbourhood, so they belong to one component of the graph that joins units which share any. In a
/// component with n units to be covered, joint branches that exist take at most their free places there, r in
/// all (each branch counted in every component that it touches, which only lowers the bound), and a new one
/// takes at most `limit`; so ⌈(n − r)⁺ / limit⌉ are needed, and no new one serves two components: the sum over
/// the components is a bound. *A target*: which units are covered is free, so what is left is
/// ⌈(needed − all free places)⁺ / limit⌉, for none new covers more than `limit`. *Relations*: one covers one
/// unit.
///
/// The bound is on what is made for the units that the plan covers. It does not prove that no plan covers more units: those
/// that have too few members, alone and with their neighbours, are left by a grouping that is the best of two heuristics
/// (`grouping.rs`, `regroup.rs`). Tests hold it to the most units that any grouping covers, on small areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// What is counted.
    pub counted: Counted,
    /// How many the plan makes.
    pub planned: u64,
    /// How many any such plan makes at the least.
    pub at_least: u64,
}

/// Free places of something that exists, and the neighbourhoods in which they can be taken.
pub(super) struct Room<'a> {
    pub(super) near: &'a [Near],
    pub(super) places: usize,
}

/// The fewest new ones that serve all these units, component by component.
pub(super) fn fewest<'a>(
    units: impl Iterator<Item = &'a Near>,
    rooms: impl Iterator<Item = Room<'a>>,
    limit: usize,
) -> u64 {
    let mut components = Components::default();
    let units: Vec<_> = units.filter_map(|near| components.join(near.all())).collect();
    let mut load: HashMap<Slot, (usize, usize)> = HashMap::new();
    for unit in units {
        load.entry(components.root(unit)).or_default().0 += 1;
    }
    for room in rooms {
        let near = room.near.iter().flat_map(Near::all).filter(|slot| components.known(*slot));
        let touched: BTreeSet<_> = near.collect();
        let touched: BTreeSet<_> = touched.into_iter().map(|slot| components.root(slot)).collect();
        for root in touched {
            load.entry(root).or_default().1 += room.places;
        }
    }
    load.values().map(|(units, places)| units.saturating_sub(*places).div_ceil(limit) as u64).sum()
}

/// Neighbourhoods that units join into components.
#[derive(Default)]
pub(super) struct Components {
    above: HashMap<Slot, Slot>,
}

impl Components {
    /// Joins neighbourhoods; gives back one of them.
    pub(super) fn join(&mut self, mut slots: impl Iterator<Item = Slot>) -> Option<Slot> {
        let first = slots.next()?;
        self.above.entry(first).or_insert(first);
        for slot in slots {
            self.above.entry(slot).or_insert(slot);
            let (a, b) = (self.root(first), self.root(slot));
            self.above.insert(b, a);
        }
        Some(first)
    }

    fn known(&self, slot: Slot) -> bool {
        self.above.contains_key(&slot)
    }

    pub(super) fn root(&mut self, slot: Slot) -> Slot {
        let mut here = slot;
        while let Some(above) = self.above.get(&here).copied().filter(|above| *above != here) {
            let next = self.above.get(&above).copied().unwrap_or(above);
            self.above.insert(here, next);
            here = next;
        }
        here
    }
}
