//! Grouping for the most units, where taking the nearest first leaves some.
//!
//! Members are what is scarce: a group needs some, and then has room for units without any. So branches that exist take the
//! units with the fewest members, as far as that costs no group, and of the rest of an area as many groups as can be are
//! made of as few members each as will do. With three members to a branch and units of none, one or two, no other way makes
//! more groups of an area; across areas, and with other limits, it is a heuristic.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::graph::Slot;
use crate::work::go_on;

use super::Limits;
use super::bound::Components;
use super::existing::Existing;
use super::grouping::{Grouping, Small};

/// The better of a grouping and one for the most units, in each part of the world that has nothing to do with the others.
pub(super) fn regrouped(
    units: &[Small],
    existing: &[Existing],
    limits: &Limits,
    mut nearest: Grouping,
) -> Grouping {
    for part in parts(units, existing, &nearest) {
        go_on();
        let known = covered_and_made(&nearest, &part);
        let mut regroup = Regroup { units, existing, limits, taken: BTreeMap::new() };
        let (joined, groups) = regroup.group(&part);
        let covered = joined.len() + groups.iter().map(Vec::len).sum::<usize>();
        if (covered, Reverse(groups.len())) > (known.0, Reverse(known.1)) {
            let inside = |unit: &usize| part.units.contains(unit);
            nearest.joined.iter_mut().for_each(|of_branch| of_branch.retain(|unit| !inside(unit)));
            joined.iter().for_each(|(unit, branch)| nearest.joined[*branch].push(*unit));
            nearest.groups.retain(|group| !group.iter().any(inside));
            let placed: BTreeSet<usize> = joined.keys().chain(groups.iter().flatten()).copied().collect();
            nearest.left.retain(|unit| !inside(unit));
            nearest.left.extend(part.units.iter().filter(|unit| !placed.contains(unit)));
            nearest.groups.extend(groups);
        }
    }
    nearest.joined.iter_mut().chain(&mut nearest.groups).for_each(|units| units.sort_unstable());
    nearest.groups.sort_unstable();
    nearest.left.sort_unstable();
    nearest
}

/// Units that share neighbourhoods with each other, directly or by way of others or of branches, and with no other unit.
struct Part {
    units: BTreeSet<usize>,
    /// The branches that any of them can join.
    branches: Vec<usize>,
}

/// The parts in which a grouping leaves units, in the order of their first units.
fn parts(units: &[Small], existing: &[Existing], grouping: &Grouping) -> Vec<Part> {
    let mut components = Components::default();
    for unit in units {
        components.join(unit.near.all());
    }
    let of_branch = |branch: &Existing| branch.near.iter().flat_map(|near| near.all()).collect::<Vec<_>>();
    for branch in existing {
        components.join(of_branch(branch).into_iter());
    }
    let mut root_of = |mut slots: Vec<Slot>| slots.pop().map(|slot| components.root(slot));
    let roots: Vec<_> = units.iter().map(|unit| root_of(unit.near.all().collect())).collect();
    let branches: Vec<_> = existing.iter().map(|branch| root_of(of_branch(branch))).collect();
    let mut wanted: Vec<Slot> = Vec::new();
    for root in grouping.left.iter().filter_map(|unit| roots[*unit]) {
        if !wanted.contains(&root) {
            wanted.push(root);
        }
    }
    let at = |all: &[Option<Slot>], root: Slot| -> Vec<usize> {
        (0..all.len()).filter(|position| all[*position] == Some(root)).collect()
    };
    let part = |root| Part { units: at(&roots, root).into_iter().collect(), branches: at(&branches, root) };
    wanted.into_iter().map(part).collect()
}

/// How many units of a part a grouping covers, and how many groups it makes for them.
fn covered_and_made(grouping: &Grouping, part: &Part) -> (usize, usize) {
    let left = grouping.left.iter().filter(|unit| part.units.contains(unit)).count();
    let made =
        grouping.groups.iter().filter(|group| group.iter().any(|unit| part.units.contains(unit))).count();
    (part.units.len() - left, made)
}

struct Regroup<'a> {
    units: &'a [Small],
    existing: &'a [Existing],
    limits: &'a Limits,
    /// Which branch each unit joins.
    taken: BTreeMap<usize, usize>,
}

impl Regroup<'_> {
    /// Which units join which branches, and the groups of the others.
    fn group(&mut self, part: &Part) -> (BTreeMap<usize, usize>, Vec<Vec<usize>>) {
        let mut areas: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut first_of: HashMap<Option<Slot>, usize> = HashMap::new();
        for unit in &part.units {
            // Areas by their first units: the order of slots is that of history.
            let area = *first_of.entry(self.units[*unit].near.area()).or_insert(*unit);
            areas.entry(area).or_default().push(*unit);
        }
        self.fill(part, &mut areas);
        let mut groups: Vec<_> = areas.values().flat_map(|pool| self.groups_of(pool)).collect();
        self.place_left(part, &mut groups);
        (std::mem::take(&mut self.taken), groups)
    }

    /// Lets units join branches, those with the fewest members first: where that covers one more, and then also where it
    /// covers no fewer, for it may save a new branch.
    fn fill(&mut self, part: &Part, areas: &mut BTreeMap<usize, Vec<usize>>) {
        let area_of: HashMap<usize, usize> =
            areas.iter().flat_map(|(area, units)| units.iter().map(|unit| (*unit, *area))).collect();
        let mut order: Vec<usize> = part.units.iter().copied().collect();
        order.sort_by_key(|unit| (self.units[*unit].members, *unit));
        // What an area loses with a unit hangs on its members alone, until the area changes.
        let mut losses: HashMap<(usize, u32), usize> = HashMap::new();
        for may_lose in [0, 1] {
            for unit in &order {
                let (area, members) = (area_of[unit], self.units[*unit].members);
                let Some(pool) = areas.get_mut(&area).filter(|_| !self.taken.contains_key(unit)) else {
                    continue;
                };
                let without = || pool.iter().copied().filter(|other| other != unit).collect::<Vec<usize>>();
                let loses = losses
                    .entry((area, members))
                    .or_insert_with(|| self.covers(pool).saturating_sub(self.covers(&without())));
                if *loses <= may_lose && self.find_place(*unit, part, &mut BTreeSet::new()) {
                    *pool = without();
                    losses.retain(|(other, _), _| *other != area);
                }
            }
        }
    }

    /// Finds a place in a branch for a unit, if need be by moving those that joined before to others.
    fn find_place(&mut self, unit: usize, part: &Part, tried: &mut BTreeSet<usize>) -> bool {
        for branch in &part.branches {
            if !self.can_join(unit, *branch) || !tried.insert(*branch) {
                continue;
            }
            let members: Vec<usize> =
                self.taken.iter().filter(|(_, taken)| *taken == branch).map(|(unit, _)| *unit).collect();
            let free = members.len() < self.existing[*branch].room;
            if free || members.into_iter().any(|other| self.find_place(other, part, tried)) {
                self.taken.insert(unit, *branch);
                return true;
            }
        }
        false
    }

    fn can_join(&self, unit: usize, branch: usize) -> bool {
        let near: BTreeSet<Slot> = self.units[unit].near.all().collect();
        self.existing[branch].near.iter().flat_map(|near| near.all()).any(|slot| near.contains(&slot))
    }

    /// How many units of one area groups cover.
    fn covers(&self, pool: &[usize]) -> usize {
        pool.len().min(self.limits.units_per_branch * self.cores(pool).0.len())
    }

    /// As many groups as the members of a pool make, each with as few as will do, and the units that are in none.
    fn cores(&self, pool: &[usize]) -> (Vec<Vec<usize>>, Vec<usize>) {
        let (enough, size) = (self.limits.members_per_branch, self.limits.units_per_branch);
        // Those with most members last.
        let mut open: Vec<usize> = pool.to_vec();
        open.sort_by_key(|unit| (self.units[*unit].members, Reverse(*unit)));
        let without = open.partition_point(|unit| self.units[*unit].members == 0);
        let mut with = open.split_off(without);
        let mut cores = Vec::new();
        while let Some(first) = with.pop() {
            let (mut core, mut members) = (vec![first], self.units[first].members);
            while members < enough && core.len() < size && !with.is_empty() {
                // The fewest members with which it has enough, else the most.
                let fits = with.partition_point(|unit| members + self.units[*unit].members < enough);
                let next = with.remove(fits.min(with.len() - 1));
                members += self.units[next].members;
                core.push(next);
            }
            if members < enough {
                open.extend(core);
                break;
            }
            cores.push(core);
        }
        open.extend(with);
        (cores, open)
    }

    /// The groups of one area: no more than its units fill, each unit with those of its community where there is room.
    fn groups_of(&self, pool: &[usize]) -> Vec<Vec<usize>> {
        let (mut groups, mut open) = self.cores(pool);
        let needed = pool.len().div_ceil(self.limits.units_per_branch);
        if groups.len() > needed {
            open.extend(groups.split_off(needed).into_iter().flatten());
        }
        // Those with members first, so that these are not left for those without.
        open.sort_by_key(|unit| (Reverse(self.units[*unit].members), *unit));
        for unit in open {
            let community = self.units[unit].near.community;
            let same = |group: &[usize]| {
                group.iter().filter(|other| self.units[**other].near.community == community).count()
            };
            let room = groups.iter_mut().filter(|group| group.len() < self.limits.units_per_branch);
            if let Some(group) = room.max_by_key(|group| same(group)) {
                group.push(unit);
            }
        }
        groups
    }

    /// Puts units that are in no group into one of another area that has room, where all of it are their neighbours.
    fn place_left(&self, part: &Part, groups: &mut [Vec<usize>]) {
        let placed: BTreeSet<usize> = groups.iter().flatten().chain(self.taken.keys()).copied().collect();
        for unit in part.units.iter().filter(|unit| !placed.contains(unit)) {
            let fits = |group: &&mut Vec<usize>| {
                group.len() < self.limits.units_per_branch && self.share_all(*unit, group)
            };
            if let Some(group) = groups.iter_mut().find(fits) {
                group.push(*unit);
            }
        }
    }

    /// Whether there is one neighbourhood that a unit and all of a group share.
    fn share_all(&self, unit: usize, group: &[usize]) -> bool {
        let in_all = |slot: Slot| group.iter().all(|other| self.units[*other].near.all().any(|s| s == slot));
        self.units[unit].near.all().any(in_all)
    }
}
