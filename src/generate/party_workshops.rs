//! Branches of workshops and groups of work teams: the lower levels of red workshops (F11).

use std::collections::BTreeMap;

use crate::model::{OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;
use super::party;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let order = order(draft);
    let branches = branches(draft, &order)?;
    groups(draft, &order, &branches)
}

/// Workshops in the order in which they get organisations: red ones of enterprises with a Party organisation, then other
/// red ones and plain ones. One red workshop of six comes last, and so lacks a level.
fn order(draft: &mut Draft<'_>) -> Vec<Handle> {
    let workshops = draft.of(K::Workshop);
    let mut keyed = Vec::new();
    let mut reds = 0;
    for workshop in workshops {
        let red = draft.is_designated(workshop, "RED_WORKSHOP");
        reds += usize::from(red);
        let rank = match (red, reds % 6) {
            (true, 5) => 2,
            (true, _) => 0,
            (false, _) => 1,
        };
        keyed.push((rank, workshop));
    }
    keyed.sort();
    keyed.into_iter().map(|(_, workshop)| workshop).collect()
}

/// A branch for about half of the workshops, under the organisation of the enterprise.
fn branches(draft: &mut Draft<'_>, order: &[Handle]) -> Result<BTreeMap<Handle, Handle>, GenerateError> {
    let mut branches = BTreeMap::new();
    for number in 0..draft.plan.count(Sort::WorkshopBranch) {
        let workshop = order.get(number).copied();
        let branch = organize(draft, workshop, K::PartyBranch, "党支部")?;
        let Some(workshop) = workshop else { continue };
        branches.insert(workshop, branch);
        let enterprise = draft.part_of.get(&workshop).copied();
        if let Some(own) = enterprise.and_then(|enterprise| draft.own.get(&enterprise)).copied() {
            draft.relate(branch, T::SubordinateTo, own, 11);
        } else {
            party::subordinate(draft, branch, None);
        }
    }
    Ok(branches)
}

/// Groups of teams, those of the first workshops first; one team of seven there is passed over.
fn groups(
    draft: &mut Draft<'_>,
    order: &[Handle],
    branches: &BTreeMap<Handle, Handle>,
) -> Result<(), GenerateError> {
    let ranks: BTreeMap<_, _> = order.iter().enumerate().map(|(rank, workshop)| (*workshop, rank)).collect();
    let mut keyed = Vec::new();
    for (number, team) in draft.of(K::WorkTeam).into_iter().enumerate() {
        let workshop = draft.part_of.get(&team).copied();
        let rank = workshop.and_then(|workshop| ranks.get(&workshop));
        keyed.push((number % 7 == 3, rank, team, workshop));
    }
    keyed.sort();
    for number in 0..draft.plan.count(Sort::TeamGroup) {
        let (team, workshop) = keyed.get(number).map_or((None, None), |(.., team, w)| (Some(*team), *w));
        let group = organize(draft, team, K::PartyGroup, "党小组")?;
        if let Some(branch) = workshop.and_then(|workshop| branches.get(&workshop)) {
            draft.relate(group, T::SubordinateTo, *branch, 11);
        }
    }
    Ok(())
}

fn organize(
    draft: &mut Draft<'_>,
    unit: Option<Handle>,
    kind: K,
    word: &str,
) -> Result<Handle, GenerateError> {
    let (stem, site) = match unit {
        Some(unit) => (draft.stem(unit), draft.site(unit)),
        None => (draft.brands.next_name(), Site::District),
    };
    let body = party::add(draft, kind, &format!("{stem}{word}"), site)?;
    party::muster(draft, body);
    if let Some(unit) = unit {
        draft.relate(body, T::Organizes, unit, 11).mode = Some(M::Standalone);
    }
    Ok(body)
}
