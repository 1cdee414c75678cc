//! Blocks, scenic areas and business districts with a brand and with partners to build with (F17).

use crate::model::{
    Organization, OrganizationId, OrganizationKind as K, RelationMode as M, RelationType as T,
};

use super::draft::{Draft, Handle};
use super::ground::Site;

pub(super) fn write(draft: &mut Draft<'_>) {
    let brands = draft.of(K::Brand);
    let institutions = draft.of(K::PublicInstitution);
    for kind in [K::StreetBlock, K::ScenicArea, K::BusinessDistrict, K::Market] {
        for (place, site) in places(draft, kind) {
            brand(draft, &brands, &place, site);
            partner(draft, &institutions, &place, site);
        }
    }
}

/// Generated places of a kind and those that the facts name; of markets only large ones.
fn places(draft: &Draft<'_>, kind: K) -> Vec<(OrganizationId, Site)> {
    let named = draft.ground.places.iter().map(|(place, site)| (place, *site));
    let drafted = draft.of(kind).into_iter().map(|place| (draft.get(place), draft.site(place)));
    let right = |(place, _): &(&Organization, Site)| {
        place.kind == kind && (kind != K::Market || place.designations.contains("LARGE"))
    };
    named.chain(drafted).filter(right).map(|(place, site)| (place.id.clone(), site)).collect()
}

/// A brand for half of the places, more where things go well: most stand there, some are partners.
fn brand(draft: &mut Draft<'_>, brands: &[Handle], place: &OrganizationId, site: Site) {
    let share = draft.ground.quality(site) / 2;
    let stands = draft.dice.percent(75);
    let Some(brand) = draft.dice.pick(brands).copied().filter(|_| draft.dice.percent(share)) else { return };
    let validity = draft.validity(brand);
    if stands {
        draft.relate(brand, T::LocatedIn, place, 17).validity = validity;
    } else {
        draft.relate(place, T::PartnersWith, brand, 17).validity = validity;
    }
}

/// Co-building for two of five: with an institution, or with the first Party organisation of the locality.
fn partner(draft: &mut Draft<'_>, institutions: &[Handle], place: &OrganizationId, site: Site) {
    if !draft.dice.percent(40) {
        return;
    }
    let institution = draft.dice.pick(institutions).copied().filter(|_| draft.dice.percent(60));
    let seat = match site {
        Site::Locality(number) => draft.seats.get(number).copied().flatten(),
        _ => None,
    };
    if let Some(partner) = institution.or(seat) {
        draft.relate(place, T::PartnersWith, partner, 17).mode = Some(M::CoBuilding);
    }
}
