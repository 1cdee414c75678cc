//! What all Party organisations have in common: a place, members, and one above them.

use crate::model::{OrganizationId, OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;

/// Adds a Party organisation or Party-building body; nearly all say where they stand.
pub(super) fn add(draft: &mut Draft<'_>, kind: K, name: &str, site: Site) -> Result<Handle, GenerateError> {
    let body = draft.add(kind, name, site)?;
    let territory = draft.ground.id(site);
    if let Some(territory) = territory.filter(|_| draft.dice.percent(96)) {
        draft.relate(body, T::LocatedIn, territory, 0);
    }
    Ok(body)
}

/// Counts the members by the kind of organisation (100 make a committee, 50 a general branch); a few are not known.
pub(super) fn muster(draft: &mut Draft<'_>, body: Handle) {
    let (least, most) = match draft.get(body).kind {
        K::PartyCommittee => (100, 240),
        K::PartyGeneralBranch => (50, 99),
        K::PartyGroup => (3, 9),
        _ => (3, 49),
    };
    let full = draft.dice.between(least, most);
    let probationary = draft.dice.below(full / 10 + 2);
    let known = draft.dice.below(100);
    let body = draft.edit(body);
    body.full_members = (known >= 7).then_some(full);
    body.party_members = (known >= 4).then_some(full + probationary);
}

/// Puts a Party organisation of a unit under the committee or general branch of its community or village, else under
/// the working committee; and under the committee of its industry where there is one (F12).
pub(super) fn subordinate(draft: &mut Draft<'_>, body: Handle, industry: Option<&str>) {
    let site = draft.site(body);
    let seat = match site {
        Site::Locality(number) => draft.seats.get(number).copied().flatten(),
        _ => None,
    };
    let greater = |seat: &Handle| matches!(draft.get(*seat).kind, K::PartyCommittee | K::PartyGeneralBranch);
    let above = seat.filter(greater).map(|seat| draft.id(seat)).or_else(|| working_committee(draft, site));
    if let Some(above) = above {
        draft.relate(body, T::SubordinateTo, &above, 0).mode = Some(M::Territorial);
    }
    let committee = industry.and_then(|industry| draft.industry_committees.get(industry)).cloned();
    if let Some(committee) = committee {
        draft.relate(body, T::SubordinateTo, &committee, 12).mode = Some(M::Industry);
        draft.relate(body, T::GuidedBy, &committee, 12);
    }
}

/// The Party organisation that answers for a site: the one of its community or village, else the working committee.
pub(super) fn near(draft: &Draft<'_>, site: Site) -> Option<OrganizationId> {
    let seat = match site {
        Site::Locality(number) => draft.seats.get(number).copied().flatten(),
        _ => None,
    };
    seat.map(|seat| draft.id(seat)).or_else(|| working_committee(draft, site))
}

/// The working committee of a site's subdistrict, else the committee of the district.
pub(super) fn working_committee(draft: &Draft<'_>, site: Site) -> Option<OrganizationId> {
    let ground = draft.ground;
    let subdistrict = ground.subdistrict(site).and_then(|number| ground.subdistricts.get(number));
    subdistrict.and_then(|s| s.committee.clone()).or_else(|| ground.district_committee.clone())
}
