//! Party organisations of communities and villages, and the grand committees of communities.

use crate::model::{OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::draft::Draft;
use super::ground::Site;
use super::party;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    organizations(draft)?;
    grand_committees(draft)
}

/// Nearly every community and village has one, the greater kinds first in communities; further ones are its branches.
fn organizations(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let ground = draft.ground;
    let localities: Vec<_> = (0..ground.localities.len()).collect();
    let weight = |number: &usize| match ground.localities[*number].kind {
        K::Community => 1000 * ground.quality(Site::Locality(*number)),
        _ => ground.quality(Site::Locality(*number)),
    };
    let order = draft.dice.ranked(localities, weight);
    let kinds = [
        (Sort::TerritoryCommittee, K::PartyCommittee, "党委"),
        (Sort::TerritoryGeneralBranch, K::PartyGeneralBranch, "党总支"),
        (Sort::TerritoryBranch, K::PartyBranch, "党支部"),
    ];
    let mut number = 0;
    for (sort, kind, word) in kinds {
        for _ in 0..draft.plan.count(sort) {
            let (round, locality) = (number / order.len(), order[number % order.len()]);
            number += 1;
            let site = Site::Locality(locality);
            let name = match round {
                0 => format!("{}{word}", ground.name(site)),
                _ => format!("{}第{round}{word}", ground.name(site)),
            };
            let body = party::add(draft, kind, &name, site)?;
            party::muster(draft, body);
            draft.relate(body, T::Organizes, &ground.localities[locality].id, 4);
            let above = match draft.seats[locality] {
                Some(seat) => Some(draft.id(seat)),
                None => party::working_committee(draft, site),
            };
            if let Some(above) = above {
                draft.relate(body, T::SubordinateTo, &above, 0).mode = Some(M::Territorial);
            }
            draft.seats[locality].get_or_insert(body);
        }
    }
    Ok(())
}

/// One for each industrial community (F10); the others for communities.
fn grand_committees(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let ground = draft.ground;
    let industrial = draft.of(K::IndustrialCommunity);
    let communities = ground.communities.clone();
    for number in 0..draft.plan.count(Sort::GrandCommittee) {
        let (name, site) = match (industrial.get(number), communities.get(number % communities.len().max(1)))
        {
            (Some(place), _) => (format!("{}大党委", draft.stem(*place)), draft.site(*place)),
            (None, Some(community)) => {
                let site = Site::Locality(*community);
                (format!("{}大党委", ground.name(site)), site)
            }
            (None, None) => (format!("{}大党委", draft.brands.next_name()), Site::District),
        };
        let body = party::add(draft, K::GrandPartyCommittee, &name, site)?;
        draft.designate(body, "JOINT_MEETING");
        if let Some(place) = industrial.get(number) {
            draft.relate(body, T::Organizes, *place, 10);
        } else if let Some(territory) = ground.id(site) {
            draft.relate(body, T::Organizes, territory, 0);
        }
        if let Some(above) = party::working_committee(draft, site) {
            draft.relate(body, T::SubordinateTo, &above, 0).mode = Some(M::Territorial);
        }
    }
    Ok(())
}
