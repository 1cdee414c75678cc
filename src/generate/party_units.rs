//! Party organisations of enterprises, social organisations and associations, one unit each.

use crate::model::{OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;
use super::plan::Sort;
use super::{party, party_shared};

/// A unit without a Party organisation so far.
pub(super) struct Waiting {
    pub(super) unit: Handle,
    /// Members as the rules count them; `None` where not known.
    pub(super) members: Option<u32>,
}

impl Waiting {
    fn has_members(&self, least: u32) -> bool {
        self.members.is_some_and(|members| members >= least)
    }
}

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let mut waiting = Vec::new();
    for kind in [K::Enterprise, K::SocialOrganization, K::IndustryAssociation] {
        for unit in draft.of(kind) {
            waiting.push((Waiting { unit, members: draft.get(unit).members() }, draft.quality(unit)));
        }
    }
    // Where things go well, units tend to come first.
    let ranked = draft.dice.ranked(waiting, |(_, quality)| *quality);
    let waiting = own_organizations(draft, ranked.into_iter().map(|(waiting, _)| waiting).collect())?;
    let waiting = unspecified_branches(draft, waiting)?;
    party_shared::write(draft, waiting)
}

/// Committees, general branches and branches of their own, by the number of members.
fn own_organizations(
    draft: &mut Draft<'_>,
    mut waiting: Vec<Waiting>,
) -> Result<Vec<Waiting>, GenerateError> {
    let kinds = [
        (Sort::UnitCommittee, K::PartyCommittee, "党委", 100),
        (Sort::UnitGeneralBranch, K::PartyGeneralBranch, "党总支", 50),
        (Sort::UnitBranch, K::PartyBranch, "党支部", 3),
    ];
    // A food-delivery enterprise leads, so that a branch with both affiliations occurs at any size.
    let delivers = |w: &Waiting| draft.get(w.unit).industry.as_deref() == Some("外卖") && w.has_members(3);
    if let Some(place) = waiting.iter().position(delivers) {
        waiting[..=place].rotate_right(1);
    }
    for (sort, kind, word, least) in kinds {
        let (fit, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|w| w.has_members(least));
        let mut hosts = fit.into_iter().chain(rest);
        for _ in 0..draft.plan.count(sort) {
            let unit = hosts.next().map(|w| w.unit);
            organization_of(draft, kind, word, unit, Some(M::Standalone))?;
        }
        waiting = hosts.collect();
    }
    Ok(waiting)
}

/// Branches of which no record says how they were set up.
fn unspecified_branches(draft: &mut Draft<'_>, waiting: Vec<Waiting>) -> Result<Vec<Waiting>, GenerateError> {
    let (fit, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|w| w.has_members(1));
    let mut hosts = fit.into_iter();
    for _ in 0..draft.plan.count(Sort::UnspecifiedBranch) {
        let unit = hosts.next().map(|w| w.unit);
        organization_of(draft, K::PartyBranch, "党支部", unit, None)?;
    }
    Ok(hosts.chain(rest).collect())
}

/// A Party organisation of one unit, with the members of that unit.
pub(super) fn organization_of(
    draft: &mut Draft<'_>,
    kind: K,
    word: &str,
    unit: Option<Handle>,
    mode: Option<M>,
) -> Result<(), GenerateError> {
    let Some(unit) = unit else {
        let name = format!("{}{word}", draft.brands.next_name());
        let body = party::add(draft, kind, &name, Site::District)?;
        party::muster(draft, body);
        return Ok(());
    };
    let body = party::add(draft, kind, &format!("{}{word}", draft.stem(unit)), draft.site(unit))?;
    let host = draft.get(unit);
    let (party_members, full_members, industry) =
        (host.party_members, host.full_members, host.industry.clone());
    let organization = draft.edit(body);
    organization.party_members = party_members;
    organization.full_members = full_members;
    let fact =
        if draft.industry_committees.contains_key(industry.as_deref().unwrap_or_default()) { 12 } else { 0 };
    let validity = draft.validity(body);
    let relation = draft.relate(body, T::Organizes, unit, fact);
    relation.mode = mode;
    relation.validity = validity;
    draft.dissolve_some(body, 1);
    draft.own.insert(unit, body);
    party::subordinate(draft, body, industry.as_deref());
    Ok(())
}
