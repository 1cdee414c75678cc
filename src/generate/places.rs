//! Parts of the development zone, parks, buildings, markets and other places.

use crate::model::{AttributeValue, OrganizationKind as K, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    zone_parts(draft)?;
    industrial_parks(draft)?;
    industrial_communities(draft)?;
    urban(draft)?;
    green(draft)
}

fn zone_parts(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const SIDES: [&str; 4] = ["东", "南", "西", "北"];
    let ground = draft.ground;
    for number in 0..draft.plan.count(Sort::ZonePart) {
        let name = match number / SIDES.len() {
            0 => format!("开发区{}片区", SIDES[number % 4]),
            round => format!("开发区{}片区{}期", SIDES[number % 4], round + 1),
        };
        let part = draft.add(K::DevelopmentZone, &name, Site::District)?;
        if let Some(zone) = &ground.zone {
            draft.relate(part, T::PartOf, zone, 10);
        }
    }
    Ok(())
}

fn industrial_parks(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const TRADES: [&str; 6] = ["装备制造", "新材料", "食品", "物流", "电商", "科技"];
    let parts = draft.of(K::DevelopmentZone);
    for number in 0..draft.plan.count(Sort::IndustrialPark) {
        let site = draft.busy_site();
        let name = format!("{}{}产业园", draft.brands.next_name(), TRADES[number % TRADES.len()]);
        let park = draft.add(K::IndustrialPark, &name, site)?;
        area(draft, park, 20_000, 400_000);
        // The zone holds every second park; the others answer to their subdistricts.
        match parts.get(number / 2 % parts.len().max(1)).filter(|_| number % 2 == 0) {
            Some(part) => {
                draft.relate(park, T::PartOf, *part, 10);
                draft.relate(park, T::ManagedBy, *part, 10);
                let qualified = draft.dice.percent(60);
                draft.set(park, "industrial_community_qualified", AttributeValue::Flag(qualified))?;
            }
            None => managed_by_subdistrict(draft, park),
        }
    }
    Ok(())
}

fn industrial_communities(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let parks = draft.of(K::IndustrialPark);
    for number in 0..draft.plan.count(Sort::IndustrialCommunity) {
        let park = parks.get(number * 2 % parks.len().max(1)).copied();
        let site = park.map_or(Site::District, |park| draft.site(park));
        let name = match park {
            Some(park) => format!("{}工业社区", draft.stem(park)),
            None => format!("{}工业社区", draft.brands.next_name()),
        };
        let community = draft.add(K::IndustrialCommunity, &name, site)?;
        if let Some(park) = park {
            draft.relate(community, T::PartOf, park, 10);
            draft.set(park, "industrial_community_qualified", AttributeValue::Flag(true))?;
        }
        for attribute in ["social_workers", "grid_workers"] {
            // A sixth of them have nobody yet.
            let workers = i64::from(draft.dice.between(2, 14)) * i64::from(number % 6 != 5);
            draft.set(community, attribute, AttributeValue::Integer(workers))?;
        }
    }
    Ok(())
}

/// Buildings, business districts, markets, compounds and blocks.
fn urban(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let sorts: [(Sort, K, &str, u32, u32); 5] = [
        (Sort::OfficeBuilding, K::OfficeBuilding, "商务大厦", 4_000, 60_000),
        (Sort::BusinessDistrict, K::BusinessDistrict, "商业广场", 10_000, 150_000),
        (Sort::Market, K::Market, "市场", 1_000, 80_000),
        (Sort::ResidentialCompound, K::ResidentialCompound, "花园小区", 10_000, 200_000),
        (Sort::StreetBlock, K::StreetBlock, "特色街区", 2_000, 30_000),
    ];
    const GOODS: [&str; 5] = ["农贸", "建材", "小商品", "果蔬批发", "汽配"];
    for (sort, kind, word, least, most) in sorts {
        for number in 0..draft.plan.count(sort) {
            let site = draft.urban_site();
            let goods = if kind == K::Market { GOODS[number % GOODS.len()] } else { "" };
            let name = format!("{}{goods}{word}", draft.brands.next_name());
            let place = draft.add(kind, &name, site)?;
            area(draft, place, least, most);
            managed_by_subdistrict(draft, place);
            // Three of five, and of the first three two: both sizes occur in the smallest district too.
            if matches!(kind, K::BusinessDistrict | K::Market) && number % 5 != 1 && number % 5 != 3 {
                draft.designate(place, "LARGE");
            }
        }
    }
    Ok(())
}

fn green(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let sorts = [(Sort::ScenicArea, K::ScenicArea, "风景区"), (Sort::Park, K::Park, "公园")];
    for (sort, kind, word) in sorts {
        for _ in 0..draft.plan.count(sort) {
            let site = draft.any_site();
            let name = format!("{}{word}", draft.brands.next_name());
            let place = draft.add(kind, &name, site)?;
            managed_by_subdistrict(draft, place);
        }
    }
    Ok(())
}

/// A floor area; one in twenty is not known.
fn area(draft: &mut Draft<'_>, place: Handle, least: u32, most: u32) {
    if !draft.dice.percent(5) {
        draft.edit(place).floor_area_m2 = Some(f64::from(draft.dice.between(least, most)));
    }
}

/// Leaves a place or a unit to its subdistrict.
pub(super) fn managed_by_subdistrict(draft: &mut Draft<'_>, place: Handle) {
    let ground = draft.ground;
    let subdistrict =
        ground.subdistrict(draft.site(place)).and_then(|number| ground.subdistricts.get(number));
    if let Some(subdistrict) = subdistrict {
        draft.relate(place, T::ManagedBy, &subdistrict.id, 0);
    }
}
