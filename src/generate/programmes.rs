//! Initiatives, projects and brands, and who answers for them.

use crate::model::{OrganizationKind as K, RelationType as T};

use super::GenerateError;
use super::blocks;
use super::draft::Draft;
use super::party;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let sorts = [
        (Sort::Initiative, K::Initiative, ["先锋领航行动", "暖心服务行动", "链上党建行动"]),
        // Not designated as breakthrough projects: of those there are 18, and the facts name them (F18).
        (Sort::Project, K::Project, ["强村富民项目", "便民服务项目", "网格提升项目"]),
        (Sort::Brand, K::Brand, ["红心惠企品牌", "清泉先锋品牌", "邻里红品牌"]),
    ];
    let ground = draft.ground;
    for (sort, kind, words) in sorts {
        for number in 0..draft.plan.count(sort) {
            let site = draft.any_site();
            let name = format!("{}{}", ground.name(site), words[number % words.len()]);
            let programme = draft.add(kind, &name, site)?;
            if let Some(territory) = ground.id(site).filter(|_| draft.dice.percent(95)) {
                draft.relate(programme, T::LocatedIn, territory, 0);
            }
            if let Some(body) = party::near(draft, site) {
                let validity = draft.validity(programme);
                draft.relate(&body, T::ResponsibleFor, programme, 0).validity = validity;
            }
        }
    }
    blocks::write(draft);
    Ok(())
}
