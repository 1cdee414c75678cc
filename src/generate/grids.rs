//! Base grids in communities and villages, and dedicated grids of buildings, parks and markets (F2).

use crate::model::{AttributeValue, OrganizationKind as K, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    base_grids(draft)?;
    dedicated_grids(draft)?;
    industrial_grids(draft)
}

fn base_grids(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let ground = draft.ground;
    // A community has as many grids as three villages; grids beyond that are spread in the same way.
    let mut slots = Vec::new();
    for (number, locality) in ground.localities.iter().enumerate() {
        let weight = if locality.kind == K::Community { 6 } else { 2 };
        slots.extend(std::iter::repeat_n(number, weight));
    }
    let count = draft.plan.count(Sort::BaseGrid);
    let (mut previous, mut serial) = (None, 0);
    for number in 0..count {
        let locality = slots[number * slots.len() / count];
        serial = if previous == Some(locality) { serial + 1 } else { 1 };
        previous = Some(locality);
        let site = Site::Locality(locality);
        let grid = draft.add(K::Grid, &format!("{}第{serial}网格", ground.name(site)), site)?;
        draft.designate(grid, "BASE_GRID");
        draft.relate(grid, T::PartOf, &ground.localities[locality].id, 2);
        networks(draft, grid)?;
    }
    Ok(())
}

/// A grid for three of four buildings, parks and markets.
fn dedicated_grids(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let mut places = Vec::new();
    for kind in [K::OfficeBuilding, K::IndustrialPark, K::Market] {
        places.extend(draft.of(kind));
    }
    let qualities: Vec<_> = places.into_iter().map(|place| (place, draft.quality(place))).collect();
    let places = draft.dice.ranked(qualities, |(_, quality)| *quality);
    for number in 0..draft.plan.count(Sort::DedicatedGrid) {
        let Some((place, _)) = places.get(number % places.len().max(1)) else {
            dedicated_grid(draft, None, false)?;
            continue;
        };
        // Both writings occur: the grid in the place, and every seventh time the place in the grid. Those
        // that stand in a part of the zone keep the first.
        let is_park = draft.get(*place).kind == K::IndustrialPark;
        dedicated_grid(draft, Some(*place), number % 7 == 1 && !is_park && number < places.len())?;
    }
    Ok(())
}

fn dedicated_grid(draft: &mut Draft<'_>, place: Option<Handle>, around: bool) -> Result<(), GenerateError> {
    let ground = draft.ground;
    let (name, site) = match place {
        Some(place) => (format!("{}专属网格", draft.stem(place)), draft.site(place)),
        None => (format!("{}专属网格", draft.brands.next_name()), Site::District),
    };
    let grid = draft.add(K::Grid, &name, site)?;
    draft.designate(grid, "DEDICATED_GRID");
    networks(draft, grid)?;
    match place {
        Some(place) if around => {
            draft.relate(place, T::LocatedIn, grid, 2);
            if let Some(territory) = ground.id(site) {
                draft.relate(grid, T::PartOf, territory, 2);
            }
        }
        Some(place) => {
            draft.relate(grid, T::LocatedIn, place, 2);
        }
        None => {}
    }
    Ok(())
}

/// The grids of industrial communities (F10), each with its own.
fn industrial_grids(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let communities = draft.of(K::IndustrialCommunity);
    for number in 0..draft.plan.count(Sort::IndustrialGrid) {
        let community = communities.get(number % communities.len().max(1)).copied();
        let (name, site) = match community {
            Some(community) => {
                let serial = number / communities.len() + 1;
                (format!("{}第{serial}网格", draft.stem(community)), draft.site(community))
            }
            None => (format!("{}工业网格", draft.brands.next_name()), Site::District),
        };
        let grid = draft.add(K::Grid, &name, site)?;
        draft.designate(grid, "DEDICATED_GRID");
        networks(draft, grid)?;
        if let Some(community) = community {
            draft.relate(grid, T::LocatedIn, community, 10);
        }
    }
    Ok(())
}

/// Which of the four networks run on a grid and whether its boundary is clear; a few are not known.
fn networks(draft: &mut Draft<'_>, grid: Handle) -> Result<(), GenerateError> {
    let flags = [
        ("network_party_building", 88),
        ("network_comprehensive_governance", 92),
        ("network_city_management", 74),
        ("network_public_services", 80),
        ("boundary_clear", 94),
    ];
    for (attribute, share) in flags {
        if !draft.dice.percent(4) {
            let holds = draft.dice.percent(share * draft.quality(grid).min(105) / 100);
            draft.set(grid, attribute, AttributeValue::Flag(holds))?;
        }
    }
    Ok(())
}
