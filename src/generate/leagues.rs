//! Rural consortia (F7) and complexes along the Yellow River (F16).

use crate::model::{OrganizationId, OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::chains::rotate;
use super::draft::{Draft, Handle};
use super::ground::{Locality, Site};
use super::party;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    consortia(draft)?;
    complexes(draft)
}

/// Consortia of about half of the villages, of neighbours (F7).
fn consortia(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const SIZE: usize = 5;
    let ground = draft.ground;
    let villages = ground.localities_of(K::Village);
    let mut joined = draft.dice.ranked(villages, |number| ground.quality(Site::Locality(*number)));
    joined.truncate(joined.len() * 54 / 100);
    joined.sort_unstable();
    let count = draft.plan.count(Sort::Consortium);
    for number in 0..count {
        let start = number * joined.len() / count;
        let members: Vec<_> = joined.iter().skip(start).take(SIZE).copied().collect();
        let site = members.first().map_or(Site::District, |village| Site::Locality(*village));
        let name = format!("{}党建联合体", ground.name(site));
        let body = party::add(draft, K::PartyBuildingConsortium, &name, site)?;
        for village in &members {
            let validity = draft.validity(body);
            let id = &ground.localities[*village].id;
            draft.relate(id, T::MemberOf, body, 7).validity = validity;
        }
        let seats: Vec<_> = members.iter().filter_map(|village| draft.seats[*village]).collect();
        rotate(draft, &seats, body, 7);
        if let Some(seat) = seats.first() {
            draft.relate(*seat, T::MemberOf, body, 7);
        }
    }
    Ok(())
}

/// Complexes of units along the Yellow River (F16), beside those that the facts name.
fn complexes(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let ground = draft.ground;
    let mut units = draft.of(K::PublicInstitution);
    units.extend(draft.of(K::Enterprise));
    units.extend(draft.of(K::IndustrialPark));
    for (complex, subdistrict) in &ground.complexes {
        let near: Vec<_> = units
            .iter()
            .copied()
            .filter(|u| ground.subdistrict(draft.site(*u)) == Some(*subdistrict))
            .collect();
        let joined = draft.dice.some(&near, 8);
        for unit in &joined {
            draft.relate(*unit, T::MemberOf, complex, 16);
        }
        let rest: Vec<_> = near.into_iter().filter(|unit| !joined.contains(unit)).collect();
        join_one_of_each(draft, &rest, complex);
    }
    for number in 0..draft.plan.count(Sort::Complex) {
        let subdistrict = ground.complexes.get(number % ground.complexes.len().max(1)).map(|(_, s)| *s);
        let site = subdistrict.map_or(Site::District, Site::Subdistrict);
        let name = format!("{}{}党建综合体", ground.name(site), draft.brands.next_name());
        let body = party::add(draft, K::PartyBuildingComplex, &name, site)?;
        draft.designate(body, "YELLOW_RIVER_SIDE");
        let here = |l: &&Locality| Some(l.subdistrict) == subdistrict;
        for locality in ground.localities.iter().filter(here).take(4 + number % 5) {
            draft.relate(&locality.id, T::MemberOf, body, 16);
        }
        if let Some(seat) = party::near(draft, site) {
            draft.relate(&seat, T::Chairs, body, 16);
        }
        // Every third complex is of villages alone.
        if number % 3 != 2 {
            let here = |unit: &Handle| ground.subdistrict(draft.site(*unit)) == subdistrict;
            let near: Vec<_> = units.iter().copied().filter(here).collect();
            let body = draft.id(body);
            join_one_of_each(draft, &near, &body);
        }
        let partners = draft.dice.some(&units, 2);
        for partner in partners {
            draft.relate(partner, T::PartnersWith, body, 16).mode = Some(M::CoBuilding);
        }
    }
    Ok(())
}

/// The first institution, enterprise and park of a list join a complex.
fn join_one_of_each(draft: &mut Draft<'_>, units: &[Handle], complex: &OrganizationId) {
    for kind in [K::PublicInstitution, K::Enterprise, K::IndustrialPark] {
        let first = units.iter().copied().find(|unit| draft.get(*unit).kind == kind);
        if let Some(unit) = first {
            draft.relate(unit, T::MemberOf, complex, 16);
        }
    }
}
