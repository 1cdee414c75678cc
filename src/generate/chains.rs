//! Bodies of whole industries and chains: industry and joint Party committees, alliances.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{OrganizationKind as K, RelationType as T, Validity};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::enterprises::chain_of;
use super::ground::Site;
use super::party;
use super::plan::Sort;

/// Industry Party committees for the emerging fields that the facts name none for (F12).
pub(super) fn write_industry_committees(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let ground = draft.ground;
    let lacks = |industry: &&Arc<str>| !ground.industry_committees.contains_key(*industry);
    let without: Vec<_> = ground.industries.keys().filter(lacks).collect();
    for number in 0..draft.plan.count(Sort::IndustryCommittee) {
        let industry = without.get(number).copied();
        let name = match industry {
            Some(industry) => format!("区{industry}行业党委"),
            None => format!("{}行业党委", draft.brands.next_name()),
        };
        let committee = party::add(draft, K::IndustryPartyCommittee, &name, Site::District)?;
        if let Some(above) = &ground.district_committee {
            draft.relate(committee, T::SubordinateTo, above, 12);
        }
        let Some(industry) = industry else { continue };
        draft.edit(committee).industry = Some(industry.clone());
        if let Some(led) = ground.industries.get(industry) {
            draft.relate(committee, T::Leads, led, 12);
        }
        let id = draft.id(committee);
        draft.industry_committees.insert(industry.clone(), id);
    }
    Ok(())
}

/// Joint Party committees and alliances of industrial chains, across areas, with a chair that rotates (F9).
pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    const MECHANISMS: [&str; 3] = ["JOINT_MEETING", "FOUR_LISTS", "ASSESSMENT"];
    let ground = draft.ground;
    let chains: Vec<_> = ground.chains.iter().collect();
    let mut leading: BTreeMap<&str, Vec<Handle>> = BTreeMap::new();
    for enterprise in draft.own.keys().copied() {
        let chain = draft.get(enterprise).industry.as_deref().and_then(chain_of);
        leading.entry(chain.unwrap_or_default()).or_default().push(enterprise);
    }
    let kinds = [
        (Sort::JointCommittee, K::JointPartyCommittee, "联合党委"),
        (Sort::Alliance, K::PartyBuildingAlliance, "党建联盟"),
    ];
    for (sort, kind, word) in kinds {
        for number in 0..draft.plan.count(sort) {
            let chain = chains.get(number % chains.len().max(1));
            let industry = chain.map_or("", |(industry, _)| industry.as_ref());
            let serial = number / chains.len().max(1) + 1;
            let name = format!("{industry}产业链第{serial}{word}");
            let body = party::add(draft, kind, &name, Site::District)?;
            for (place, mechanism) in MECHANISMS.into_iter().enumerate() {
                // Nearly all meet; the others are less usual.
                let has = if place == 0 { number % 8 != 7 } else { draft.dice.percent(60) };
                if has {
                    draft.designate(body, mechanism);
                }
            }
            if let Some((_, chain)) = chain {
                draft.relate(body, T::Leads, *chain, 9);
            }
            let near = leading.get(industry).map(Vec::as_slice).unwrap_or_default();
            let chairs = draft.dice.some(near, 6);
            if number % 10 != 9 {
                rotate(draft, &chairs, body, 9);
            }
            if kind == K::JointPartyCommittee {
                under_district(draft, body);
                continue;
            }
            for enterprise in &chairs {
                let validity = draft.validity(*enterprise);
                draft.relate(*enterprise, T::MemberOf, body, 9).validity = validity;
            }
        }
    }
    Ok(())
}

fn under_district(draft: &mut Draft<'_>, body: Handle) {
    if let Some(above) = &draft.ground.district_committee {
        draft.relate(body, T::SubordinateTo, above, 9);
    }
}

/// A chair for a year each, from 2021 on, so that past and coming ones occur.
pub(super) fn rotate(draft: &mut Draft<'_>, chairs: &[Handle], body: Handle, fact: usize) {
    for (year, chair) in (2021..2029).zip(chairs.iter().cycle()) {
        let term = (draft.calendar.new_year(year), draft.calendar.new_year(year + 1));
        if let Ok(term) = Validity::new(term.0, term.1) {
            draft.relate(*chair, T::Chairs, body, fact).validity = term;
        }
    }
}
