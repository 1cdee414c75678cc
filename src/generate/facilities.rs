//! Service centres of communities, villages and industrial communities (F5, F10).

use crate::model::{OrganizationKind as K, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;
use super::plan::Sort;
use super::stations;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    community_centres(draft)?;
    village_centres(draft)?;
    industrial_centres(draft)?;
    stations::write(draft)
}

/// How large all the centres of a community are; a community has one answer however many centres there are.
#[derive(Clone, Copy)]
enum Size {
    Enough,
    Small,
    Unknown,
}

fn community_centres(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let ground = draft.ground;
    let communities = ground.communities.clone();
    let ranked = draft.dice.ranked(communities, |number| ground.quality(Site::Locality(*number)));
    // Of a hundred communities in the order of rank, 58 have enough, 22 too little, 8 something unknown, 12 none.
    let served: Vec<_> = (0..ranked.len() * 88 / 100)
        .map(|rank| match rank * 100 / ranked.len() {
            0..58 => (ranked[rank], Size::Enough),
            58..80 => (ranked[rank], Size::Small),
            _ => (ranked[rank], Size::Unknown),
        })
        .collect();
    for number in 0..draft.plan.count(Sort::CommunityCentre) {
        // Leaps through the ranks, so that a small district shows every answer too.
        let place = served.get(leap(number, served.len())).copied();
        let site = place.map_or(Site::District, |(community, _)| Site::Locality(community));
        let round = number.checked_div(served.len()).unwrap_or_default();
        let centre = centre(draft, site, round)?;
        let Some((_, size)) = place else { continue };
        let area = match size {
            Size::Enough if number % 10 == 0 => Some(600),
            Size::Enough => Some(draft.dice.between(601, 1500)),
            Size::Small => Some(draft.dice.between(160, 599)),
            Size::Unknown => None,
        };
        draft.edit(centre).floor_area_m2 = area.map(f64::from);
    }
    Ok(())
}

/// Visits each of a list once in so many steps, far apart from each other.
fn leap(number: usize, length: usize) -> usize {
    let is_common = |step: &usize| (2..=*step).any(|n| step.is_multiple_of(n) && length.is_multiple_of(n));
    let step = ((length * 3 / 8).max(1)..length).find(|step| !is_common(step)).unwrap_or(1);
    (number * step).checked_rem(length).unwrap_or_default()
}

fn village_centres(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let ground = draft.ground;
    let villages = ground.localities_of(K::Village);
    let ranked = draft.dice.ranked(villages, |number| ground.quality(Site::Locality(*number)));
    for number in 0..draft.plan.count(Sort::VillageCentre) {
        let village = ranked.get(number % ranked.len().max(1));
        let site = village.map_or(Site::District, |village| Site::Locality(*village));
        let centre = centre(draft, site, number.checked_div(ranked.len()).unwrap_or_default())?;
        if !draft.dice.percent(8) {
            draft.edit(centre).floor_area_m2 = Some(f64::from(draft.dice.between(120, 900)));
        }
    }
    Ok(())
}

fn centre(draft: &mut Draft<'_>, site: Site, round: usize) -> Result<Handle, GenerateError> {
    let name = match round {
        0 => format!("{}党群服务中心", draft.ground.name(site)),
        _ => format!("{}第{}党群服务中心", draft.ground.name(site), round + 1),
    };
    let centre = draft.add(K::ServiceCenter, &name, site)?;
    if let (Some(territory), Site::Locality(_)) = (draft.ground.id(site), site) {
        draft.relate(centre, T::Serves, territory, 5);
    }
    Ok(centre)
}

fn industrial_centres(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let communities = draft.of(K::IndustrialCommunity);
    for number in 0..draft.plan.count(Sort::IndustrialCentre) {
        let community = communities.get(number).copied();
        let (name, site) = match community {
            Some(community) => (draft.stem(community), draft.site(community)),
            None => (draft.brands.next_name(), Site::District),
        };
        let centre = draft.add(K::ServiceCenter, &format!("{name}党群服务中心"), site)?;
        draft.edit(centre).floor_area_m2 = Some(f64::from(draft.dice.between(400, 2000)));
        if let Some(community) = community {
            draft.relate(centre, T::LocatedIn, community, 10);
            draft.relate(centre, T::Serves, community, 10);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaps_visit_every_place_once() {
        for length in 1..200 {
            let places: std::collections::BTreeSet<_> = (0..length).map(|n| leap(n, length)).collect();
            assert_eq!(places.len(), length);
        }
        assert_eq!(leap(3, 0), 0);
    }
}
