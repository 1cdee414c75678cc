//! Party organisations that several units share, units that are attached to one, and instructors for the rest.

use std::collections::BTreeMap;

use crate::model::{OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;
use super::party;
use super::party_units::Waiting;
use super::plan::Sort;

/// How many units a joint branch is for, at most (default rule).
const JOINT_MOST: u32 = 5;

pub(super) fn write(draft: &mut Draft<'_>, waiting: Vec<Waiting>) -> Result<(), GenerateError> {
    let waiting = joint_branches(draft, waiting)?;
    let waiting = regional_branches(draft, waiting)?;
    let waiting = attach(draft, waiting);
    instruct(draft, &waiting);
    Ok(())
}

/// Branches of two to five units of a subdistrict with too few members for their own, by nearness and industry.
fn joint_branches(draft: &mut Draft<'_>, waiting: Vec<Waiting>) -> Result<Vec<Waiting>, GenerateError> {
    let few = |w: &Waiting| w.members.is_none_or(|members| (1..3).contains(&members));
    let (fit, mut rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(few);
    let mut near: BTreeMap<Option<usize>, Vec<Waiting>> = BTreeMap::new();
    for w in fit {
        near.entry(draft.ground.subdistrict(draft.site(w.unit))).or_default().push(w);
    }
    rest.extend(near.remove(&None).unwrap_or_default());
    let mut circles = Vec::new();
    for (_, mut units) in near {
        units.sort_by_cached_key(|w| (draft.site(w.unit), draft.get(w.unit).industry.clone()));
        while units.len() > 1 {
            let size = draft.dice.between(2, JOINT_MOST) as usize;
            let circle = units.split_off(units.len().saturating_sub(size));
            circles.push((draft.quality(circle[0].unit), circle));
        }
        rest.extend(units);
    }
    let mut circles = draft.dice.ranked(circles, |(quality, _)| *quality).into_iter();
    for number in 1..=draft.plan.count(Sort::JointBranch) {
        let circle = circles.next().map(|(_, circle)| circle).unwrap_or_default();
        let units: Vec<_> = circle.iter().map(|w| w.unit).collect();
        shared_branch(draft, &format!("第{number}联合党支部"), &units, M::Joint)?;
    }
    rest.extend(circles.flat_map(|(_, circle)| circle));
    Ok(rest)
}

/// Branches of a place and of units near it.
fn regional_branches(
    draft: &mut Draft<'_>,
    mut waiting: Vec<Waiting>,
) -> Result<Vec<Waiting>, GenerateError> {
    let mut places = Vec::new();
    for kind in [K::BusinessDistrict, K::Market, K::OfficeBuilding, K::IndustrialPark, K::StreetBlock] {
        places.extend(draft.of(kind));
    }
    let places = draft.dice.ranked(places, |_| 1);
    // In the order of subdistricts, so that those near a place are one stretch of the list.
    waiting.sort_by_key(|w| draft.ground.subdistrict(draft.site(w.unit)));
    let mut taken = vec![false; waiting.len()];
    for number in 0..draft.plan.count(Sort::RegionalBranch) {
        let place = places.get(number % places.len().max(1)).copied();
        let mut units: Vec<_> = place.into_iter().collect();
        if let Some(place) = place {
            let wanted = draft.ground.subdistrict(draft.site(place));
            let start = waiting.partition_point(|w| draft.ground.subdistrict(draft.site(w.unit)) < wanted);
            let size = draft.dice.between(3, 8) as usize;
            let near =
                |n: &usize| draft.ground.subdistrict(draft.site(waiting[*n].unit)) == wanted && !taken[*n];
            let found: Vec<_> = (start..waiting.len()).filter(near).take(size).collect();
            for n in found {
                taken[n] = true;
                units.push(waiting[n].unit);
            }
        }
        shared_branch(draft, &format!("第{}区域党支部", number + 1), &units, M::Regional)?;
    }
    let mut taken = taken.into_iter();
    waiting.retain(|_| !taken.next().unwrap_or_default());
    Ok(waiting)
}

fn shared_branch(draft: &mut Draft<'_>, word: &str, units: &[Handle], mode: M) -> Result<(), GenerateError> {
    let site = units.first().map_or(Site::District, |unit| draft.site(*unit));
    let subdistrict = draft.ground.subdistrict(site).map_or(site, Site::Subdistrict);
    let name = format!("{}{word}", draft.ground.name(subdistrict));
    let branch = party::add(draft, K::PartyBranch, &name, site)?;
    party::muster(draft, branch);
    for unit in units {
        let validity = draft.validity(branch);
        let relation = draft.relate(branch, T::Organizes, *unit, 0);
        relation.mode = Some(mode);
        relation.validity = validity;
    }
    party::subordinate(draft, branch, None);
    Ok(())
}

/// Attaches a few units to the organisation of their community or village.
fn attach(draft: &mut Draft<'_>, waiting: Vec<Waiting>) -> Vec<Waiting> {
    let mut rest = Vec::new();
    for w in waiting {
        let seat = match draft.site(w.unit) {
            Site::Locality(number) => draft.seats.get(number).copied().flatten(),
            _ => None,
        };
        match seat {
            Some(seat) if w.members != Some(0) && draft.dice.percent(12) => {
                draft.relate(seat, T::Organizes, w.unit, 0).mode = Some(M::Attached);
            }
            _ => rest.push(w),
        }
    }
    rest
}

/// Assigns an instructor to more than half of the others, more where things go well.
fn instruct(draft: &mut Draft<'_>, waiting: &[Waiting]) {
    for w in waiting {
        let site = draft.site(w.unit);
        let share = draft.quality(w.unit) * 55 / 100;
        let near = party::near(draft, site).filter(|_| draft.dice.percent(share));
        if let Some(near) = near {
            let validity = draft.validity(w.unit);
            draft.relate(&near, T::Instructs, w.unit, 0).validity = validity;
        }
    }
}
