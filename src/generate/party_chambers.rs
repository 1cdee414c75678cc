//! Party organisations of chambers of commerce (F15).

use crate::model::{OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::draft::Draft;
use super::ground::Site;
use super::party;
use super::plan::Sort;

/// In most subdistricts, those where things go well before the others; the rest have none at any size.
pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let ground = draft.ground;
    let subdistricts: Vec<_> = (0..ground.subdistricts.len()).collect();
    let mut order = draft.dice.ranked(subdistricts, |number| ground.quality(Site::Subdistrict(*number)));
    order.truncate(ground.subdistricts.len() * 7 / 9);
    let in_most = |site: Site| ground.subdistrict(site).is_some_and(|number| order.contains(&number));
    let chambers: Vec<_> =
        draft.of(K::ChamberOfCommerce).into_iter().filter(|chamber| in_most(draft.site(*chamber))).collect();
    for number in 0..draft.plan.count(Sort::ChamberOrganization) {
        let chamber = chambers.get(number).copied();
        let (name, site) = match chamber {
            Some(chamber) => (draft.stem(chamber), draft.site(chamber)),
            None => (format!("{}商会", draft.brands.next_name()), Site::District),
        };
        let (kind, word) = if number % 6 == 5 {
            (K::PartyGeneralBranch, "党总支")
        } else {
            (K::PartyBranch, "党支部")
        };
        let body = party::add(draft, kind, &format!("{name}{word}"), site)?;
        party::muster(draft, body);
        if let Some(chamber) = chamber {
            let mode = if number % 3 == 2 { M::Joint } else { M::Standalone };
            draft.relate(body, T::Organizes, chamber, 15).mode = Some(mode);
        }
        if let Some(above) = party::working_committee(draft, site) {
            draft.relate(body, T::SubordinateTo, &above, 15).mode = Some(M::Territorial);
        }
        if let Some(above) = &ground.chamber_committee {
            draft.relate(body, T::SubordinateTo, above, 15).mode = Some(M::Industry);
        }
    }
    Ok(())
}
