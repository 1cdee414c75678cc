//! A small district, and random changes of it.

use proptest::prelude::*;

use crate::model::{
    Annex, Change, Date, Exemption, Organization, OrganizationId, OrganizationKind, Relation, RelationType,
    Validity,
};

const KINDS: [OrganizationKind; 12] = [
    OrganizationKind::District,
    OrganizationKind::Subdistrict,
    OrganizationKind::Subdistrict,
    OrganizationKind::IndustrialPark,
    OrganizationKind::OfficeBuilding,
    OrganizationKind::Enterprise,
    OrganizationKind::Enterprise,
    OrganizationKind::Enterprise,
    OrganizationKind::Enterprise,
    OrganizationKind::PartyBranch,
    OrganizationKind::PartyBranch,
    OrganizationKind::IndustryAssociation,
];

const TERRITORIES: [&str; 3] = ["cn-370114", "cn-370114001", "cn-370114002"];

pub(super) fn id(number: usize) -> OrganizationId {
    TERRITORIES.get(number).map_or_else(|| format!("o-{number}"), |id| (*id).to_owned()).parse().unwrap()
}

/// A day of 2023.
pub(super) fn day(month: i8) -> Date {
    Date::constant(2023, month, 1)
}

fn organization(number: usize, name: u8) -> Organization {
    let mut organization = Organization::new(id(number), KINDS[number], format!("名{name}"));
    organization.party_members = Some(u32::from(name % 5));
    organization.full_members = organization.party_members;
    organization
}

/// The changes that make the district.
pub(super) fn founding() -> Vec<Change> {
    let all = (0..KINDS.len()).map(|number| Change::PutOrganization(Box::new(organization(number, 0))));
    let parts = [1, 2].map(|part| Change::PutRelation(Relation::new(id(part), RelationType::PartOf, id(0))));
    let located = [(3, 1), (4, 2), (5, 1), (6, 3), (7, 2), (9, 1)];
    let located =
        located.map(|(a, b)| Change::PutRelation(Relation::new(id(a), RelationType::LocatedIn, id(b))));
    all.chain(parts).chain(located).collect()
}

fn validity() -> impl Strategy<Value = Validity> {
    (prop::option::weighted(0.3, 1i8..7), prop::option::weighted(0.3, 7i8..13))
        .prop_map(|(from, to)| Validity::new(from.map(day), to.map(day)).unwrap())
}

fn relation() -> impl Strategy<Value = Relation> {
    let types = prop::sample::select(vec![
        RelationType::PartOf,
        RelationType::LocatedIn,
        RelationType::LocatedIn,
        RelationType::MemberOf,
        RelationType::SubordinateTo,
        RelationType::PartnersWith,
        RelationType::Organizes,
        RelationType::Leads,
    ]);
    (0..KINDS.len(), types, 0..KINDS.len(), validity()).prop_map(
        |(source, relation_type, target, validity)| Relation {
            validity,
            ..Relation::new(id(source), relation_type, id(target))
        },
    )
}

/// A change, which the rules may refuse.
pub(super) fn change() -> impl Strategy<Value = Change> {
    let divisions = prop::option::of(prop::sample::select(vec!["370114001", "370114002"]));
    let organization =
        (0..KINDS.len(), any::<u8>(), divisions, validity()).prop_map(|(number, name, division, life)| {
            let mut organization = organization(number, name);
            organization.life = life;
            if number >= TERRITORIES.len() {
                organization.division = division.map(|code| code.parse().unwrap());
            }
            Change::PutOrganization(Box::new(organization))
        });
    let exemption = (5..9usize, 1i8..12).prop_map(|(unit, month)| {
        Change::PutAnnex(Box::new(Annex::Exemption(Exemption {
            unit: id(unit),
            indicator: "two-new-work".into(),
            granted_on: day(month),
            until: None,
            reason: "新设立".into(),
            granted_by: "区委组织部".into(),
        })))
    });
    prop_oneof![
        3 => organization,
        8 => relation().prop_map(Change::PutRelation),
        2 => relation().prop_map(|relation| Change::RemoveRelation(relation.key())),
        1 => (0..KINDS.len()).prop_map(|number| Change::RemoveOrganization(id(number))),
        1 => exemption,
    ]
}
