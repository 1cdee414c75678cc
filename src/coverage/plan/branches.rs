use std::cmp::Reverse;

use crate::graph::Slot;
use crate::model::{Change, OrganizationKind as K, RelationMode, RelationType as T};

use super::area::{Near, shared};
use super::bound::{Room, fewest};
use super::draft::Draft;
use super::existing::{Existing, existing, industry};
use super::grouping::{Grouping, Small, group};
use super::members::Members;
use super::sentence::Action;
use super::{Bound, Counted, Drafted, Limits, Remedy, RemedyKind, Unplanned};

/// What names of joint branches end with.
const JOINT_BRANCH: &str = "联合党支部";

/// What names of branches of one unit end with.
const BRANCH: &str = "党支部";

/// Plans branches of units: own ones, and joint ones where these count too.
pub(super) fn branches(
    uncovered: &[Slot],
    joint: bool,
    needed: u64,
    limits: &Limits,
    draft: &mut Draft<'_>,
) -> Drafted {
    let mut unplanned = Vec::new();
    let mut own = Vec::new();
    let mut small = Vec::new();
    for unit in uncovered {
        match Members::of(draft, *unit) {
            None => unplanned.push((*unit, Unplanned::UnknownMembers)),
            Some(members) if members.at_least >= limits.members_per_branch => own.push(*unit),
            Some(members) if !members.are_fewer_than(limits.members_per_branch) => {
                unplanned.push((*unit, Unplanned::SuppressedMembers));
            }
            Some(_) if !joint => unplanned.push((*unit, Unplanned::TooFewMembers)),
            Some(members) => match small_unit(draft, *unit, members) {
                Some(unit) => small.push(unit),
                None => unplanned.push((*unit, Unplanned::UnknownPlace)),
            },
        }
    }
    let rooms = if small.is_empty() {
        Vec::new()
    } else {
        existing(draft.graph, draft.when(), limits.units_per_branch)
    };
    let grouping = group(&small, &rooms, limits);
    unplanned.extend(grouping.left.iter().map(|at| (small[*at].unit, Unplanned::TooFewMembers)));
    let plannable = (uncovered.len() - unplanned.len()) as u64;
    let chosen = Chosen::of(grouping, own, (plannable > needed).then_some(needed));
    let bound = match plannable > needed {
        true => {
            let room: usize = rooms.iter().map(|room| room.room).sum();
            needed.saturating_sub(room as u64).div_ceil(limits.units_per_branch as u64)
        }
        false => {
            let taken = chosen.joined.iter().map(|(_, units)| units).chain(&chosen.groups).flatten();
            let near = taken.map(|at| &small[*at].near);
            let places = rooms.iter().map(|room| Room { near: &room.near, places: room.room });
            chosen.own.len() as u64 + fewest(near, places, limits.units_per_branch)
        }
    };
    let planned = (chosen.own.len() + chosen.groups.len()) as u64;
    let mut remedies: Vec<_> = chosen
        .joined
        .iter()
        .map(|(branch, units)| join(draft, &rooms[*branch], &of(&small, units)))
        .collect();
    remedies.extend(chosen.own.iter().map(|unit| own_branch(draft, *unit)));
    remedies.extend(chosen.groups.iter().map(|units| joint_branch(draft, &of(&small, units))));
    let bound = Some(Bound { counted: Counted::Branches, planned, at_least: bound });
    Drafted { remedies, bound, unplanned, note: None }
}

/// Which of all possible branches a plan makes.
struct Chosen {
    /// Units that join a branch that exists, by its position.
    joined: Vec<(usize, Vec<usize>)>,
    own: Vec<Slot>,
    groups: Vec<Vec<usize>>,
}

impl Chosen {
    /// All, or as many as cover some units: what needs no new branch first, then the greatest.
    fn of(grouping: Grouping, own: Vec<Slot>, needed: Option<u64>) -> Self {
        let joined = grouping.joined.into_iter().enumerate().filter(|(_, units)| !units.is_empty());
        let mut chosen = Self { joined: joined.collect(), own, groups: grouping.groups };
        let Some(mut open) = needed.map(|needed| needed as usize) else { return chosen };
        let mut take = |units: usize| {
            let wanted = open > 0;
            open = open.saturating_sub(units);
            wanted
        };
        chosen.joined.sort_by_key(|(branch, units)| (Reverse(units.len()), *branch));
        chosen.joined.retain(|(_, units)| take(units.len()));
        chosen.groups.sort_by_key(|units| Reverse(units.len()));
        chosen.groups.retain(|units| take(units.len()));
        chosen.own.retain(|_| take(1));
        chosen
    }
}

fn of<'a>(small: &'a [Small], units: &[usize]) -> Vec<&'a Small> {
    units.iter().map(|at| &small[*at]).collect()
}

/// A unit as groups are made of; `None` where nobody knows where it stands.
pub(super) fn small_unit(draft: &Draft<'_>, unit: Slot, members: Members) -> Option<Small> {
    let near = Near::of(draft.graph, unit, draft.when());
    near.area()?;
    let (members, exact) = (members.at_least, members.is_exact());
    Some(Small { unit, members, exact, near, industry: industry(draft.graph, unit) })
}

/// A new branch of a unit's own.
pub(super) fn own_branch(draft: &mut Draft<'_>, unit: Slot) -> Remedy {
    let name = format!("{}{BRANCH}", draft.graph.name(unit));
    let text = Action::OwnBranch { branch: name.clone() }.into();
    let branch = draft.found(K::PartyBranch, name, &[unit]);
    let id = branch.id.clone();
    let mut changes = vec![Change::PutOrganization(Box::new(branch))];
    changes.extend(draft.seat(unit).map(|seat| draft.locate(&id, seat)));
    changes.push(draft.relate(&id, T::Organizes, draft.graph.id(unit), Some(RelationMode::Standalone)));
    Remedy { kind: RemedyKind::OwnBranch, text, units: vec![unit], changes }
}

/// Units that join a joint branch that exists.
pub(super) fn join(draft: &Draft<'_>, branch: &Existing, units: &[&Small]) -> Remedy {
    let (id, name) = (draft.graph.id(branch.branch), draft.graph.name(branch.branch));
    let mode = Some(RelationMode::Joint);
    Remedy {
        kind: RemedyKind::ExistingJointBranch,
        text: Action::Join { units: units.len(), branch: name.to_string(), room: branch.room }.into(),
        units: units.iter().map(|small| small.unit).collect(),
        changes: units
            .iter()
            .map(|small| draft.relate(id, T::Organizes, draft.graph.id(small.unit), mode))
            .collect(),
    }
}

/// A new joint branch of units that are near each other.
pub(super) fn joint_branch(draft: &mut Draft<'_>, units: &[&Small]) -> Remedy {
    let slots: Vec<_> = units.iter().map(|small| small.unit).collect();
    let place = shared(&units.iter().map(|small| &small.near).collect::<Vec<_>>());
    let name = match place {
        Some(place) => draft.numbered(place, JOINT_BRANCH),
        None => JOINT_BRANCH.to_owned(),
    };
    let together: u32 = units.iter().map(|small| small.members).sum();
    let exact = units.iter().all(|small| small.exact);
    let text =
        Action::JointBranch { branch: name.clone(), units: slots.len(), members: together, exact }.into();
    let branch = draft.found(K::PartyBranch, name, &slots);
    let id = branch.id.clone();
    let mut changes = vec![Change::PutOrganization(Box::new(branch))];
    changes.extend(place.map(|place| draft.locate(&id, place)));
    let mode = Some(RelationMode::Joint);
    changes.extend(slots.iter().map(|unit| draft.relate(&id, T::Organizes, draft.graph.id(*unit), mode)));
    Remedy { kind: RemedyKind::NewJointBranch, text, units: slots, changes }
}
