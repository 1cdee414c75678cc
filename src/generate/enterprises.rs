//! Industrial enterprises, those of the emerging fields (F12), and others.

use crate::model::{AttributeValue, OperatingStatus, OrganizationKind as K, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::ground::Site;
use super::plan::Sort;

/// A trade: a word for names, its industry, and the industrial chain that it belongs to, if any.
pub(super) struct Trade(&'static str, pub(super) &'static str, &'static str);

pub(super) const INDUSTRIAL: [Trade; 16] = [
    Trade("精密机械", "通用设备制造", "高端装备"),
    Trade("重工装备", "专用设备制造", "高端装备"),
    Trade("新材料", "新材料", "新材料"),
    Trade("食品", "食品加工", ""),
    Trade("锻造", "锻造铸造", "高端装备"),
    Trade("汽车零部件", "汽车零部件制造", "高端装备"),
    Trade("特种陶瓷", "陶瓷材料", "新材料"),
    Trade("纺织服饰", "纺织服装", ""),
    Trade("智能装备", "智能装备制造", "高端装备"),
    Trade("耐火材料", "耐火材料制造", "新材料"),
    Trade("精细化工", "精细化工", ""),
    Trade("复合材料", "复合材料制造", "新材料"),
    Trade("电气设备", "电气机械", ""),
    Trade("建筑材料", "建筑材料", ""),
    Trade("生物医药", "医药制造", ""),
    Trade("包装制品", "包装印刷", ""),
];

/// The fields of F12; an industry of the same text is what they operate in.
const EMERGING: [(Sort, Trade); 4] = [
    (Sort::LiveStreamEnterprise, Trade("电子商务", "直播电商", "")),
    (Sort::RoadTransportEnterprise, Trade("运输", "道路运输", "")),
    (Sort::ExpressEnterprise, Trade("快递物流", "快递物流", "")),
    (Sort::FoodDeliveryEnterprise, Trade("外卖配送", "外卖", "")),
];

const OTHER: [Trade; 8] = [
    Trade("物业服务", "物业管理", ""),
    Trade("置业", "房地产租赁", ""),
    Trade("商贸", "批发零售", ""),
    Trade("餐饮管理", "餐饮", ""),
    Trade("信息技术", "软件信息", ""),
    Trade("农业科技", "农业", ""),
    Trade("建筑工程", "建筑", ""),
    Trade("文化传媒", "文化", ""),
];

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let parks = draft.of(K::IndustrialPark);
    for number in 0..draft.plan.count(Sort::IndustrialEnterprise) {
        let enterprise = enterprise(draft, &INDUSTRIAL[number % INDUSTRIAL.len()], &parks, 35)?;
        scale(draft, enterprise);
    }
    let mut shops = draft.of(K::OfficeBuilding);
    shops.extend(draft.of(K::BusinessDistrict));
    for (sort, trade) in &EMERGING {
        for number in 0..draft.plan.count(*sort) {
            let enterprise = enterprise(draft, trade, &shops, 25)?;
            emerging(draft, enterprise, trade, number == 0)?;
        }
    }
    shops.extend(draft.of(K::Market));
    for number in 0..draft.plan.count(Sort::OtherEnterprise) {
        let trade = &OTHER[number % OTHER.len()];
        let enterprise = enterprise(draft, trade, &shops, 40)?;
        match trade.0 {
            "物业服务" => draft.designate(enterprise, "PROPERTY_MANAGEMENT"),
            "置业" => draft.designate(enterprise, "PROPERTY_OWNER"),
            _ => {}
        }
    }
    Ok(())
}

/// An enterprise of a trade, so many of a hundred in one of the places given.
fn enterprise(
    draft: &mut Draft<'_>,
    trade: &Trade,
    places: &[Handle],
    in_places: u32,
) -> Result<Handle, GenerateError> {
    let ground = draft.ground;
    let roll = draft.dice.below(1000);
    let place = draft.dice.pick(places).copied().filter(|_| roll < in_places * 10);
    let busy = draft.busy_site();
    let site = match (place, roll) {
        (Some(place), _) => draft.site(place),
        (None, 994..) => Site::Nowhere,
        (None, 950..994) => ground.subdistrict(busy).map_or(busy, Site::Subdistrict),
        _ => busy,
    };
    let name = format!("{}{}有限公司", draft.brands.next_name(), trade.0);
    let enterprise = draft.add(K::Enterprise, &name, site)?;
    draft.edit(enterprise).industry = Some(trade.1.into());
    draft.register(enterprise, "91");
    if let Some(place) = place {
        draft.relate(enterprise, T::LocatedIn, place, 0);
    } else if let (900..950, Some(territory)) = (roll, ground.id(site)) {
        draft.relate(enterprise, T::LocatedIn, territory, 0);
    }
    // Nearly all are non-public.
    if !draft.dice.percent(4) {
        draft.designate(enterprise, "TWO_NEW");
    }
    draft.edit(enterprise).operating_status = match draft.dice.below(100) {
        0..93 => OperatingStatus::Operating,
        93..98 => OperatingStatus::Suspended,
        _ => OperatingStatus::Closed,
    };
    draft.dissolve_some(enterprise, 2);
    members(draft, enterprise);
    if let Some(chain) = ground.chains.get(trade.2).filter(|_| draft.dice.percent(90)) {
        let validity = draft.validity(enterprise);
        draft.relate(enterprise, T::InChain, chain, 9).validity = validity;
    }
    if let Some(industry) = ground.industries.get(trade.1) {
        draft.relate(enterprise, T::OperatesIn, industry, 12);
    }
    Ok(enterprise)
}

/// The industrial chain that an industry belongs to.
pub(super) fn chain_of(industry: &str) -> Option<&'static str> {
    INDUSTRIAL.iter().find(|trade| trade.1 == industry).map(|trade| trade.2)
}

/// Party members of a unit: many have none, few have many, of some nothing is known.
pub(super) fn members(draft: &mut Draft<'_>, unit: Handle) {
    let dice = &mut draft.dice;
    let full = match dice.below(100) {
        0..40 => 0,
        40..62 => dice.between(1, 2),
        62..90 => dice.between(3, 19),
        90..96 => dice.between(20, 49),
        96..99 => dice.between(50, 99),
        _ => dice.between(100, 180),
    };
    let probationary = dice.below(full / 10 + 2);
    let known = dice.below(100);
    let unit = draft.edit(unit);
    unit.full_members = (known >= 8).then_some(full);
    unit.party_members = (known >= 5).then_some(full + probationary);
}

/// Whether an industrial enterprise is above designated size, and its figures.
fn scale(draft: &mut Draft<'_>, enterprise: Handle) {
    let large = draft.dice.percent(18);
    if large {
        draft.designate(enterprise, "ABOVE_SCALE");
    }
    // Designated size begins at an income of 20 million yuan; the figures stay on the right side of it.
    let (employees, thousands) = if large { ((120, 2400), (200, 900)) } else { ((4, 160), (20, 110)) };
    let employees = draft.dice.between(employees.0, employees.1);
    let income = f64::from(employees) * f64::from(draft.dice.between(thousands.0, thousands.1)) * 1000.0;
    let known = draft.dice.below(100);
    let enterprise = draft.edit(enterprise);
    enterprise.employees = (known >= 4).then_some(employees);
    enterprise.annual_income_cny = (known >= 12).then_some(income);
}

/// What the emerging fields have of their own; the first of a field is sure to be due a branch.
fn emerging(
    draft: &mut Draft<'_>,
    enterprise: Handle,
    trade: &Trade,
    first: bool,
) -> Result<(), GenerateError> {
    draft.edit(enterprise).employees = Some(draft.dice.between(3, 220));
    if first {
        draft.designate(enterprise, "TWO_NEW");
        let enterprise = draft.edit(enterprise);
        enterprise.full_members = Some(5);
        enterprise.party_members = Some(6);
        enterprise.operating_status = OperatingStatus::Operating;
    }
    if matches!(trade.1, "快递物流" | "外卖") && !draft.dice.percent(10) {
        let couriers = i64::from(draft.dice.between(2, 120));
        draft.set(enterprise, "couriers", AttributeValue::Integer(couriers))?;
    }
    if let Some(committee) = draft.industry_committees.get(trade.1).cloned() {
        draft.relate(enterprise, T::GuidedBy, &committee, 12);
    }
    Ok(())
}
