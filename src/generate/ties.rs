//! Ties between units: memberships, joining the locality, property, partners.

use std::collections::BTreeMap;

use crate::model::{OrganizationKind as K, RelationMode as M, RelationType as T};

use super::GenerateError;
use super::draft::{Draft, Handle};
use super::party;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    chamber_members(draft);
    association_members(draft);
    leading_enterprises(draft);
    joining_units(draft);
    property(draft);
    place_instructors(draft);
    partners(draft);
    Ok(())
}

/// One enterprise of eight is a member of a chamber of its subdistrict.
fn chamber_members(draft: &mut Draft<'_>) {
    let mut chambers: BTreeMap<usize, Vec<Handle>> = BTreeMap::new();
    for chamber in draft.of(K::ChamberOfCommerce) {
        if let Some(subdistrict) = draft.ground.subdistrict(draft.site(chamber)) {
            chambers.entry(subdistrict).or_default().push(chamber);
        }
    }
    for enterprise in draft.of(K::Enterprise) {
        let near = draft.ground.subdistrict(draft.site(enterprise)).and_then(|s| chambers.get(&s));
        let chamber = near.and_then(|near| draft.dice.pick(near)).copied();
        if let Some(chamber) = chamber.filter(|_| draft.dice.percent(12)) {
            let validity = draft.validity(enterprise);
            draft.relate(enterprise, T::MemberOf, chamber, 15).validity = validity;
        }
    }
}

/// A third of the enterprises of a trade that has an association are members of it.
fn association_members(draft: &mut Draft<'_>) {
    let mut associations: BTreeMap<_, Vec<Handle>> = BTreeMap::new();
    for association in draft.of(K::IndustryAssociation) {
        associations.entry(draft.get(association).industry.clone()).or_default().push(association);
    }
    for enterprise in draft.of(K::Enterprise) {
        let same = associations.get(&draft.get(enterprise).industry);
        let association = same.and_then(|same| draft.dice.pick(same)).copied();
        if let Some(association) = association.filter(|_| draft.dice.percent(33)) {
            let validity = draft.validity(enterprise);
            draft.relate(enterprise, T::MemberOf, association, 7).validity = validity;
        }
    }
}

/// Leading enterprises draw their chain together (F7): a few of those above designated size.
fn leading_enterprises(draft: &mut Draft<'_>) {
    let chains: Vec<_> = draft.ground.chains.values().collect();
    for enterprise in draft.of(K::Enterprise) {
        if draft.is_designated(enterprise, "ABOVE_SCALE")
            && draft.dice.percent(3)
            && let Some(chain) = draft.dice.pick(&chains)
        {
            draft.relate(enterprise, T::Leads, *chain, 7);
        }
    }
}

/// Units of industry systems join in their locality, with mechanisms in two ways (F14).
fn joining_units(draft: &mut Draft<'_>) {
    const MECHANISMS: [&str; 3] = ["TWO_WAY_CONSULTATION", "TWO_WAY_ASSESSMENT", "TWO_WAY_CADRE_EVALUATION"];
    let ground = draft.ground;
    let mut units = draft.of(K::PublicInstitution);
    units.extend(draft.of(K::GovernmentDepartment));
    for (number, unit) in units.into_iter().enumerate() {
        let site = draft.site(unit);
        let territory = ground.subdistrict(site).and_then(|s| ground.subdistricts.get(s));
        let Some(territory) = territory.filter(|_| number % 4 != 3) else { continue };
        let validity = draft.validity(unit);
        draft.relate(unit, T::JoinsLocality, &territory.id, 14).validity = validity;
        for (place, mechanism) in MECHANISMS.into_iter().enumerate() {
            // Two of the three, and all of them in one unit of eight.
            if (number + place) % 3 != 2 || number % 8 == 0 {
                draft.designate(unit, mechanism);
            }
        }
    }
}

/// Property managers and owners answer for compounds and buildings.
fn property(draft: &mut Draft<'_>) {
    let units = draft.of(K::Enterprise);
    let of = |designation: &str| -> Vec<Handle> {
        units.iter().copied().filter(|unit| draft.is_designated(*unit, designation)).collect()
    };
    let pairs =
        [(of("PROPERTY_MANAGEMENT"), K::ResidentialCompound), (of("PROPERTY_OWNER"), K::OfficeBuilding)];
    for (firms, kind) in pairs {
        for place in draft.of(kind) {
            let firm = draft.dice.pick(&firms).copied();
            if let Some(firm) = firm.filter(|_| draft.dice.percent(80)) {
                draft.relate(firm, T::ResponsibleFor, place, 0);
            }
        }
    }
}

/// One building of five has an instructor.
fn place_instructors(draft: &mut Draft<'_>) {
    for building in draft.of(K::OfficeBuilding) {
        let near = party::near(draft, draft.site(building)).filter(|_| draft.dice.percent(20));
        if let Some(near) = near {
            draft.relate(&near, T::Instructs, building, 2);
        }
    }
}

/// Party organisations of units that build together, mostly so recorded.
fn partners(draft: &mut Draft<'_>) {
    let bodies: Vec<_> = draft.own.values().copied().collect();
    for (number, pair) in bodies.chunks_exact(2).enumerate() {
        let [one, other] = pair else { continue };
        if number % 6 == 0 {
            let mode = (number % 5 != 4).then_some(M::CoBuilding);
            draft.relate(*one, T::PartnersWith, *other, 0).mode = mode;
        }
    }
}
