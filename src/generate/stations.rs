//! Service stations (F6), courier stations and rest stops (F13).

use crate::model::{
    AttributeValue, OperatingStatus, OrganizationId, OrganizationKind as K, RelationType as T,
};

use super::GenerateError;
use super::draft::Draft;
use super::ground::Site;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    place_stations(draft)?;
    grid_stations(draft)?;
    courier_stations(draft)?;
    rest_stops(draft)
}

/// A place that may be served: a generated or a named one.
#[derive(Clone)]
struct Spot {
    id: OrganizationId,
    site: Site,
    name: String,
    quality: u32,
}

fn spots(draft: &Draft<'_>, kinds: &[K]) -> Vec<Spot> {
    let mut spots = Vec::new();
    for kind in kinds {
        for place in draft.of(*kind) {
            let quality = draft.quality(place);
            spots.push(Spot {
                id: draft.id(place),
                site: draft.site(place),
                name: draft.stem(place),
                quality,
            });
        }
    }
    for (place, site) in draft.ground.places.iter().filter(|(place, _)| kinds.contains(&place.kind)) {
        let quality = draft.ground.quality(*site);
        spots.push(Spot { id: place.id.clone(), site: *site, name: place.name.to_string(), quality });
    }
    spots
}

/// A station for most parks, scenic areas, business districts and markets; a quarter of them have none.
fn place_stations(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let kinds = [K::IndustrialPark, K::ScenicArea, K::Park, K::BusinessDistrict, K::Market];
    let spots = spots(draft, &kinds);
    let mut ranked = draft.dice.ranked(spots, |spot| spot.quality);
    ranked.truncate(ranked.len() * 3 / 4);
    for number in 0..draft.plan.count(Sort::PlaceStation) {
        let spot = ranked.get(number % ranked.len().max(1)).cloned();
        let (name, site) = match &spot {
            Some(spot) => (spot.name.clone(), spot.site),
            None => (draft.brands.next_name(), Site::District),
        };
        let station = draft.add(K::ServiceStation, &format!("{name}党群服务站"), site)?;
        if !draft.dice.percent(12) {
            draft.edit(station).floor_area_m2 = Some(f64::from(draft.dice.between(30, 400)));
        }
        if let Some(spot) = spot {
            let validity = draft.validity(station);
            draft.relate(station, T::Serves, &spot.id, 6).validity = validity;
            if draft.dice.percent(40) {
                draft.relate(station, T::LocatedIn, &spot.id, 6);
            }
        }
    }
    Ok(())
}

/// Stations for about three quarters of the base grids, each for one or two neighbouring ones.
fn grid_stations(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let mut grids = draft.of(K::Grid);
    grids.retain(|grid| draft.is_designated(*grid, "BASE_GRID"));
    let qualities: Vec<_> = grids.into_iter().map(|grid| (grid, draft.quality(grid))).collect();
    let mut served = draft.dice.ranked(qualities, |(_, quality)| *quality);
    served.truncate(served.len() * 78 / 100);
    served.sort_unstable();
    let count = draft.plan.count(Sort::GridStation);
    for number in 0..count {
        let stretch = number * served.len() / count..(number + 1) * served.len() / count;
        let first = served.get(stretch.start).map(|(grid, _)| *grid);
        let (name, site) = match first {
            Some(grid) => (draft.stem(grid), draft.site(grid)),
            None => (draft.brands.next_name(), Site::District),
        };
        let station = draft.add(K::ServiceStation, &format!("{name}党群服务站"), site)?;
        let subdistrict = draft.ground.subdistrict(site);
        for (grid, _) in served.get(stretch).unwrap_or_default() {
            if draft.ground.subdistrict(draft.site(*grid)) == subdistrict {
                let validity = draft.validity(station);
                draft.relate(station, T::Serves, *grid, 6).validity = validity;
            }
        }
    }
    Ok(())
}

/// Courier stations, one of thirteen out of service: 48 of 52, two fewer than F13 asks for.
fn courier_stations(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let spots = spots(draft, &[K::BusinessDistrict, K::Market, K::OfficeBuilding]);
    for number in 0..draft.plan.count(Sort::CourierStation) {
        let spot = draft.dice.pick(&spots).cloned();
        let site = match &spot {
            Some(spot) => spot.site,
            None => draft.busy_site(),
        };
        let name = format!("{}第{}红蜂加油站", draft.ground.name(site), number + 1);
        let station = draft.add(K::CourierStation, &name, site)?;
        if number % 13 == 12 {
            let status = if number % 2 == 0 { OperatingStatus::Suspended } else { OperatingStatus::Closed };
            draft.edit(station).operating_status = status;
        }
        if !draft.dice.percent(10) {
            let couriers = i64::from(draft.dice.between(10, 160));
            draft.set(station, "couriers", AttributeValue::Integer(couriers))?;
        }
        if let Some(spot) = spot.filter(|_| draft.dice.percent(70)) {
            draft.relate(station, T::LocatedIn, &spot.id, 13);
            draft.relate(station, T::Serves, &spot.id, 13);
        } else if let Some(territory) = draft.ground.id(site) {
            draft.relate(station, T::Serves, territory, 13);
        }
    }
    Ok(())
}

fn rest_stops(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let spots = spots(draft, &[K::BusinessDistrict, K::StreetBlock, K::Market]);
    let committees: Vec<_> = ["外卖", "快递物流"]
        .into_iter()
        .filter_map(|industry| draft.industry_committees.get(industry).cloned())
        .collect();
    for number in 0..draft.plan.count(Sort::RestStop) {
        let spot = draft.dice.pick(&spots).cloned();
        let site = match &spot {
            Some(spot) => spot.site,
            None => draft.busy_site(),
        };
        let name = format!("{}第{}暖蜂驿站", draft.ground.name(site), number + 1);
        let stop = draft.add(K::RestStop, &name, site)?;
        if let Some(spot) = spot.filter(|_| draft.dice.percent(60)) {
            draft.relate(stop, T::Serves, &spot.id, 13);
        }
        let committee = committees.get(number % committees.len().max(1)).cloned();
        if let Some(committee) = committee.filter(|_| draft.dice.percent(20)) {
            draft.relate(stop, T::PartnersWith, &committee, 13);
        }
    }
    Ok(())
}
