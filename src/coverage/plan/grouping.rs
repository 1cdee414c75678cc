use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::graph::Slot;

use super::Limits;
use super::area::{Level, Near, pools};
use super::existing::Existing;
use super::regroup::regrouped;

/// A unit with too few members for a branch of its own.
#[derive(Clone, Debug)]
pub(super) struct Small {
    pub(super) unit: Slot,
    /// How many members it has, at the least.
    pub(super) members: u32,
    /// Whether it has no more than that.
    pub(super) exact: bool,
    pub(super) near: Near,
    pub(super) industry: Option<Arc<str>>,
}

/// Which units go together; all are positions in the list of units.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Grouping {
    /// Those that join a joint branch that exists, one entry a position in the list of branches.
    pub(super) joined: Vec<Vec<usize>>,
    /// Those that make a new joint branch.
    pub(super) groups: Vec<Vec<usize>>,
    /// Those that find nobody to go with.
    pub(super) left: Vec<usize>,
}

/// Groups units, which are in the order of ids and all stand somewhere.
///
/// Branches with room are filled first, the nearest first, with units of few members, for these are the hardest
/// to place. Then whole groups are made in each community, of the rest in each place, of the rest in each
/// subdistrict; so of n units of a subdistrict come about ⌈n / limit⌉ groups. Units that are left without
/// members enough get some of the units of groups near by that can spare them. Where units are still left, the
/// neighbourhood is grouped anew for the most units (`regroup`), and the better of the two groupings is taken.
pub(super) fn group(units: &[Small], existing: &[Existing], limits: &Limits) -> Grouping {
    let nearest = nearest_first(units, existing, limits);
    if nearest.left.is_empty() { nearest } else { regrouped(units, existing, limits, nearest) }
}

/// The grouping that takes the nearest first.
pub(super) fn nearest_first(units: &[Small], existing: &[Existing], limits: &Limits) -> Grouping {
    let grouper = Grouper { units, limits };
    let mut open: BTreeSet<usize> = (0..units.len()).collect();
    let joined = grouper.fill(existing, &mut open);
    let mut groups = Vec::new();
    for level in [Level::Community, Level::Place] {
        let key = |unit: usize| units[unit].near.at(level).first().copied();
        for (_, mut pool) in pools(open.iter().copied(), key) {
            pool.sort_by_key(|unit| grouper.by_industry(*unit));
            for whole in grouper.whole_groups(&mut pool) {
                whole.iter().for_each(|unit| _ = open.remove(unit));
                groups.push(whole);
            }
        }
    }
    let mut left = Vec::new();
    let communities = grouper.order_of_communities();
    let area = |unit: usize| units[unit].near.area();
    for (area, mut pool) in pools(open.iter().copied(), area) {
        pool.sort_by_key(|unit| (communities.get(unit), grouper.by_industry(*unit)));
        groups.extend(grouper.whole_groups(&mut pool));
        let (mut here, elsewhere): (Vec<_>, Vec<_>) = std::mem::take(&mut groups)
            .into_iter()
            .partition(|group| group.iter().all(|unit| units[*unit].near.area() == Some(area)));
        left.extend(grouper.place_rest(pool, &mut here));
        groups = elsewhere;
        groups.extend(here);
    }
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    left.sort_unstable();
    Grouping { joined, groups, left }
}

struct Grouper<'a> {
    units: &'a [Small],
    limits: &'a Limits,
}

impl Grouper<'_> {
    /// Fills branches that exist, the nearest units first.
    fn fill(&self, existing: &[Existing], open: &mut BTreeSet<usize>) -> Vec<Vec<usize>> {
        let mut joined = vec![Vec::new(); existing.len()];
        for level in Level::ALL {
            let mut at: HashMap<Slot, Vec<usize>> = HashMap::new();
            for unit in open.iter() {
                for key in self.units[*unit].near.at(level) {
                    at.entry(*key).or_default().push(*unit);
                }
            }
            for (branch, joined) in existing.iter().zip(&mut joined) {
                let room = branch.room - joined.len();
                if room == 0 {
                    continue;
                }
                let keys: BTreeSet<_> = branch.near.iter().flat_map(|near| near.at(level)).collect();
                let near: BTreeSet<_> =
                    keys.into_iter().filter_map(|key| at.get(key)).flatten().copied().collect();
                let mut near: Vec<_> = near.into_iter().filter(|unit| open.contains(unit)).collect();
                near.sort_by_key(|unit| {
                    let same =
                        self.units[*unit].industry.as_ref().is_some_and(|i| branch.industries.contains(i));
                    (!same, self.units[*unit].members, *unit)
                });
                for unit in near.into_iter().take(room) {
                    open.remove(&unit);
                    joined.push(unit);
                }
            }
        }
        joined.iter_mut().for_each(|units| units.sort_unstable());
        joined
    }

    /// Takes groups of the greatest size from the front of a pool, as long as it has members enough for them.
    fn whole_groups(&self, pool: &mut Vec<usize>) -> Vec<Vec<usize>> {
        let mut groups = Vec::new();
        let mut rest = pool.split_off(0);
        while rest.len() >= self.limits.units_per_branch {
            let mut group: Vec<_> = rest.drain(..self.limits.units_per_branch).collect();
            while self.members(&group) < self.limits.members_per_branch {
                let least = (0..group.len()).min_by_key(|at| (self.units[group[*at]].members, Reverse(*at)));
                let Some(least) = least else { break };
                let members = self.units[group[least]].members;
                let Some(better) = rest.iter().position(|unit| self.units[*unit].members > members) else {
                    break;
                };
                std::mem::swap(&mut group[least], &mut rest[better]);
            }
            if self.members(&group) < self.limits.members_per_branch {
                group.append(&mut rest);
                *pool = group;
                return groups;
            }
            groups.push(group);
        }
        *pool = rest;
        groups
    }

    /// Makes groups of what is left of an area, with the help of its other groups; gives back what finds none.
    fn place_rest(&self, mut rest: Vec<usize>, groups: &mut Vec<Vec<usize>>) -> Vec<usize> {
        while !rest.is_empty() {
            // Those with most members first, so that a group is made wherever one can be.
            rest.sort_by_key(|unit| Reverse(self.units[*unit].members));
            let size = rest.len().min(self.limits.units_per_branch);
            let mut trial = groups.clone();
            let mut group: Vec<_> = rest[..size].to_vec();
            if !self.borrow(&mut group, &mut trial) {
                break;
            }
            rest.drain(..size);
            *groups = trial;
            groups.push(group);
        }
        // Whoever is left has too few members to make a group, and can only fill one that is not whole.
        rest.sort_unstable();
        rest.retain(|unit| {
            let room = groups.iter_mut().find(|group| group.len() < self.limits.units_per_branch);
            room.map(|group| group.push(*unit)).is_none()
        });
        rest
    }

    /// Brings a group to members enough by units of other groups that can spare them, the latest groups first.
    fn borrow(&self, group: &mut Vec<usize>, others: &mut [Vec<usize>]) -> bool {
        let enough = self.limits.members_per_branch;
        while self.members(group) < enough {
            let lender = others.iter().enumerate().rev().find_map(|(position, other)| {
                let spare = self.members(other).saturating_sub(enough);
                let lent =
                    other.iter().copied().filter(|unit| (1..=spare).contains(&self.units[*unit].members));
                let lent = lent.max_by_key(|unit| (self.units[*unit].members, Reverse(*unit)))?;
                Some((position, lent))
            });
            let Some((position, lent)) = lender else { return false };
            others[position].retain(|unit| *unit != lent);
            if group.len() == self.limits.units_per_branch {
                // A whole group gives back the one with the fewest members, always fewer than it receives.
                let least = group.iter().copied().min_by_key(|unit| (self.units[*unit].members, *unit));
                let Some(least) = least.filter(|u| self.units[*u].members < self.units[lent].members) else {
                    return false;
                };
                group.retain(|unit| *unit != least);
                others[position].push(least);
            }
            group.push(lent);
        }
        true
    }

    fn members(&self, group: &[usize]) -> u32 {
        group.iter().map(|unit| self.units[*unit].members).sum()
    }

    /// Units of an industry side by side, those of none last.
    fn by_industry(&self, unit: usize) -> (bool, Option<&Arc<str>>, usize) {
        let industry = self.units[unit].industry.as_ref();
        (industry.is_none(), industry, unit)
    }

    /// The order in which the communities of units are first met.
    fn order_of_communities(&self) -> HashMap<usize, usize> {
        let of = |unit: usize| self.units[unit].near.community;
        let pools = pools(0..self.units.len(), of);
        let placed = pools.into_iter().enumerate();
        placed.flat_map(|(order, (_, units))| units.into_iter().map(move |unit| (unit, order))).collect()
    }
}
