//! Cooperatives, social organisations, associations, chambers, public institutions, departments, joint bodies.

use crate::model::{AttributeValue, OperatingStatus, OrganizationKind as K, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::enterprises::members;
use super::ground::Site;
use super::places::managed_by_subdistrict;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    cooperatives(draft)?;
    social_organizations(draft)?;
    industry_associations(draft)?;
    chambers(draft)?;
    departments(draft)?;
    public_institutions(draft)?;
    joint_bodies(draft)
}

fn cooperatives(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const CROPS: [&str; 6] = ["大葱种植", "黑小米种植", "果蔬", "农机", "畜禽养殖", "粮食种植"];
    const MODELS: [&str; 4] =
        ["WORKING_COMMITTEE_UNION", "BRANCH_CHAIN", "BRANCH_COOPERATIVE", "BRANCH_COMPANY_FARMERS"];
    let villages = draft.ground.localities_of(K::Village);
    for number in 0..draft.plan.count(Sort::Cooperative) {
        let site = draft.dice.pick(&villages).map_or(Site::District, |village| Site::Locality(*village));
        let name = format!("{}{}专业合作社", draft.brands.next_name(), CROPS[number % CROPS.len()]);
        let cooperative = draft.add(K::Cooperative, &name, site)?;
        draft.register(cooperative, "93");
        members(draft, cooperative);
        draft.dissolve_some(cooperative, 2);
        if draft.dice.percent(60) {
            let model = AttributeValue::Code(draft.word(MODELS[number % MODELS.len()]));
            draft.set(cooperative, "cooperation_model", model)?;
        }
        if draft.dice.percent(30) {
            draft.designate(cooperative, "LAND_TRUST");
            let area = f64::from(draft.dice.between(60, 4000));
            draft.set(cooperative, "trusteeship_area_mu", AttributeValue::Number(area))?;
            for (attribute, share) in [("trusteeship_two_guarantees", 70), ("trusteeship_dividend", 60)] {
                let holds = draft.dice.percent(share);
                draft.set(cooperative, attribute, AttributeValue::Flag(holds))?;
            }
        }
    }
    Ok(())
}

fn social_organizations(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const SORTS: [&str; 6] =
        ["社会工作服务中心", "养老服务中心", "志愿服务协会", "培训学校", "文化促进会", "体育协会"];
    for number in 0..draft.plan.count(Sort::SocialOrganization) {
        let site = draft.busy_site();
        let name = format!("{}{}", draft.brands.next_name(), SORTS[number % SORTS.len()]);
        let social = draft.add(K::SocialOrganization, &name, site)?;
        draft.register(social, "52");
        draft.edit(social).industry = Some(draft.word("社会服务"));
        draft.designate(social, "TWO_NEW");
        members(draft, social);
        draft.dissolve_some(social, 2);
        if draft.dice.percent(4) {
            draft.edit(social).operating_status = OperatingStatus::Suspended;
        }
    }
    Ok(())
}

fn industry_associations(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const TRADES: [&str; 10] = [
        "高端装备",
        "新材料",
        "快递物流",
        "道路运输",
        "直播电商",
        "外卖",
        "大葱",
        "黑小米",
        "餐饮",
        "物业管理",
    ];
    let ground = draft.ground;
    for number in 0..draft.plan.count(Sort::IndustryAssociation) {
        let trade = TRADES[number % TRADES.len()];
        let site = if draft.dice.percent(40) { Site::District } else { draft.busy_site() };
        let name = match number / TRADES.len() {
            0 => format!("{trade}行业协会"),
            _ => format!("{}{trade}产业协会", draft.brands.next_name()),
        };
        let association = draft.add(K::IndustryAssociation, &name, site)?;
        draft.register(association, "51");
        draft.edit(association).industry = Some(draft.word(trade));
        draft.designate(association, "TWO_NEW");
        members(draft, association);
        for sector in [ground.industries.get(trade), ground.chains.get(trade)].into_iter().flatten() {
            draft.relate(association, T::Leads, sector, 7);
        }
    }
    Ok(())
}

fn chambers(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const SORTS: [&str; 4] = ["装备制造商会", "电商商会", "餐饮商会", "物流商会"];
    let ground = draft.ground;
    for number in 0..draft.plan.count(Sort::Chamber) {
        let Some(round) = number.checked_div(ground.subdistricts.len()) else { continue };
        let site = Site::Subdistrict(number % ground.subdistricts.len());
        let name = match round {
            0 => format!("{}商会", ground.name(site)),
            _ => format!("{}{}{}", ground.name(site), draft.brands.next_name(), SORTS[round % SORTS.len()]),
        };
        let chamber = draft.add(K::ChamberOfCommerce, &name, site)?;
        draft.register(chamber, "51");
        draft.designate(chamber, "TWO_NEW");
        members(draft, chamber);
        managed_by_subdistrict(draft, chamber);
    }
    Ok(())
}

fn departments(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const FIELDS: [&str; 8] = ["交通运输", "教育", "工业", "农业", "民政", "邮政管理", "商务", "卫生"];
    for number in 0..draft.plan.count(Sort::GovernmentDepartment) {
        let field = FIELDS[number % FIELDS.len()];
        let (name, site) = match number / FIELDS.len() {
            0 => (format!("区{field}局"), Site::District),
            round => (format!("区{field}局第{round}分局"), draft.busy_site()),
        };
        let department = draft.add(K::GovernmentDepartment, &name, site)?;
        draft.register(department, "11");
        draft.edit(department).industry = Some(draft.word(field));
        public_members(draft, department);
    }
    Ok(())
}

fn public_institutions(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const SORTS: [(&str, &str); 6] = [
        ("小学", "教育"),
        ("卫生服务中心", "卫生"),
        ("中学", "教育"),
        ("文化服务中心", "文化"),
        ("农业技术推广站", "农业"),
        ("幼儿园", "教育"),
    ];
    let departments = draft.of(K::GovernmentDepartment);
    for number in 0..draft.plan.count(Sort::PublicInstitution) {
        let (word, field) = SORTS[number % SORTS.len()];
        let site = draft.busy_site();
        let name = format!("{}{word}", draft.brands.next_name());
        let institution = draft.add(K::PublicInstitution, &name, site)?;
        draft.register(institution, "12");
        draft.edit(institution).industry = Some(draft.word(field));
        public_members(draft, institution);
        let head = departments.iter().find(|d| draft.get(**d).industry.as_deref() == Some(field)).copied();
        if let Some(head) = head {
            draft.relate(institution, T::GuidedBy, head, 14);
            draft.relate(institution, T::ManagedBy, head, 14);
        } else {
            managed_by_subdistrict(draft, institution);
        }
    }
    Ok(())
}

/// Party members of a public body: never none, and known of nearly all.
fn public_members(draft: &mut Draft<'_>, unit: Handle) {
    let full = if draft.dice.percent(8) { draft.dice.between(50, 160) } else { draft.dice.between(3, 49) };
    let known = !draft.dice.percent(3);
    let unit = draft.edit(unit);
    unit.full_members = known.then_some(full);
    unit.party_members = known.then_some(full + full / 20);
}

fn joint_bodies(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const SORTS: [(&str, &str); 3] = [
        ("资源融合体", "RESOURCE_FUSION"),
        ("产业聚合体", "INDUSTRY_AGGREGATION"),
        ("治理共同体", "SHARED_GOVERNANCE"),
    ];
    let mut members = draft.of(K::Cooperative);
    members.extend(draft.of(K::PublicInstitution));
    for number in 0..draft.plan.count(Sort::JointBody) {
        let (word, designation) = SORTS[number % SORTS.len()];
        let site = draft.any_site();
        let name = format!("{}{word}", draft.ground.name(site));
        let body = draft.add(K::JointBody, &name, site)?;
        draft.designate(body, designation);
        for unit in draft.dice.some(&members, 4) {
            join(draft, unit, body);
        }
        if let Some(territory) = draft.ground.id(site) {
            draft.relate(territory, T::MemberOf, body, 7);
        }
    }
    Ok(())
}

fn join(draft: &mut Draft<'_>, unit: Handle, body: Handle) {
    let validity = draft.validity(unit);
    draft.relate(unit, T::MemberOf, body, 7).validity = validity;
}
