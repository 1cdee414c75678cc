use crate::model::{
    KindSet, OperatingStatus, Organization, OrganizationKind as K, RelationMode as M, RelationType as T,
};

use super::world::{World, base, generated};

const COVERING: KindSet = KindSet::of(&[K::PartyCommittee, K::PartyGeneralBranch, K::PartyBranch]);
const PARTY_ORGANIZATION: KindSet = KindSet::range(K::PartyWorkingCommittee, K::PartyBranch);
const STATION: KindSet = KindSet::of(&[K::ServiceCenter, K::ServiceStation]);
const TWO_NEW: KindSet =
    KindSet::of(&[K::Enterprise, K::SocialOrganization, K::IndustryAssociation, K::ChamberOfCommerce]);

/// Whether a unit belongs to a population and is covered; `None` is unknown.
type Judge = fn(&World, &Organization) -> Option<Option<bool>>;

/// The share indicators of the contract, each in the plainest words; `Some(Some(true))` is covered.
const INDICATORS: [(&str, Judge); 14] = [
    ("two-new-own-branch", |world, unit| {
        let due = is_two_new(unit).then(|| unit.members().map(|members| members >= 3))?;
        let own = organized(world, unit, COVERING, Some(M::Standalone));
        if due == Some(false) { None } else { Some(due.map(|_| own)) }
    }),
    ("two-new-organisation", |world, unit| {
        is_two_new(unit).then(|| Some(organized(world, unit, COVERING, None)))
    }),
    ("two-new-work", |world, unit| {
        let rest = is_two_new(unit) && !organized(world, unit, COVERING, None);
        rest.then(|| Some(instructed(world, unit)))
    }),
    ("two-new-either", |world, unit| {
        is_two_new(unit).then(|| Some(organized(world, unit, COVERING, None) || instructed(world, unit)))
    }),
    ("community-centre-area", |world, unit| {
        let right = unit.kind == K::Community && !unit.designations.contains("QUASI_COMMUNITY");
        let centres = || world.sources(unit, T::Serves).filter(|(_, s)| s.kind == K::ServiceCenter);
        let enough = || centres().any(|(_, centre)| centre.floor_area_m2.is_some_and(|area| area >= 600.0));
        let unknown = || centres().any(|(_, centre)| centre.floor_area_m2.is_none());
        right.then(|| if enough() { Some(true) } else { (!unknown()).then_some(false) })
    }),
    ("place-service", |world, unit| {
        let right = match unit.kind {
            K::IndustrialPark | K::ScenicArea | K::Park => true,
            K::BusinessDistrict | K::Market => unit.designations.contains("LARGE"),
            _ => false,
        };
        right.then(|| Some(served(world, unit)))
    }),
    ("grid-station", |world, unit| {
        unit.designations.contains("BASE_GRID").then(|| Some(served(world, unit)))
    }),
    ("grid-party-organisation", |world, unit| {
        let kinds = PARTY_ORGANIZATION.or(KindSet::of(&[K::PartyGroup]));
        (unit.kind == K::Grid).then(|| Some(organized(world, unit, kinds, None)))
    }),
    ("dedicated-grid", |world, unit| {
        let right = matches!(unit.kind, K::OfficeBuilding | K::IndustrialPark | K::Market);
        let mut grids = world.sources(unit, T::LocatedIn).chain(world.targets(unit, T::LocatedIn));
        right.then(|| Some(grids.any(|(_, grid)| grid.designations.contains("DEDICATED_GRID"))))
    }),
    ("village-consortium", |world, unit| {
        let mut bodies = world.targets(unit, T::MemberOf);
        (unit.kind == K::Village).then(|| Some(bodies.any(|(_, b)| b.kind == K::PartyBuildingConsortium)))
    }),
    ("village-income", |_, unit| {
        (unit.kind == K::Village).then(|| unit.annual_income_cny.map(|income| income >= 500_000.0))
    }),
    ("chamber-party-organisation", |world, unit| {
        let mut chambers = world.sources(unit, T::ManagedBy).filter(|(_, c)| c.kind == K::ChamberOfCommerce);
        let covered = chambers.any(|(_, chamber)| organized(world, chamber, PARTY_ORGANIZATION, None));
        (unit.kind == K::Subdistrict).then_some(Some(covered))
    }),
    ("red-workshop-levels", |world, unit| {
        let right = unit.kind == K::Workshop && unit.designations.contains("RED_WORKSHOP");
        let teams: Vec<_> = world.sources(unit, T::PartOf).map(|(_, team)| team).collect();
        let group = KindSet::of(&[K::PartyGroup]);
        let covered = is_of_organized(world, unit)
            && organized(world, unit, KindSet::of(&[K::PartyBranch]), None)
            && !teams.is_empty()
            && teams.iter().all(|team| organized(world, team, group, None));
        right.then_some(Some(covered))
    }),
    ("red-workshop-created", |world, unit| {
        let right = unit.kind == K::Workshop && is_of_organized(world, unit);
        right.then(|| Some(unit.designations.contains("RED_WORKSHOP")))
    }),
];

fn is_two_new(unit: &Organization) -> bool {
    let operating = unit.operating_status == OperatingStatus::Operating;
    TWO_NEW.contains(unit.kind) && unit.designations.contains("TWO_NEW") && operating
}

fn organized(world: &World, unit: &Organization, kinds: KindSet, mode: Option<M>) -> bool {
    let right = |(relation, body): (&crate::model::Relation, &Organization)| {
        kinds.contains(body.kind) && (mode.is_none() || relation.mode == mode)
    };
    world.sources(unit, T::Organizes).any(right)
}

fn instructed(world: &World, unit: &Organization) -> bool {
    world.sources(unit, T::Instructs).any(|(_, body)| PARTY_ORGANIZATION.contains(body.kind))
}

fn served(world: &World, unit: &Organization) -> bool {
    world.sources(unit, T::Serves).any(|(_, facility)| STATION.contains(facility.kind))
}

fn is_of_organized(world: &World, workshop: &Organization) -> bool {
    world.targets(workshop, T::PartOf).any(|(_, host)| organized(world, host, PARTY_ORGANIZATION, None))
}

/// Covered, uncovered and unknown units of every share indicator.
fn table(organizations: u64, seed: u64) -> Vec<(&'static str, [usize; 3])> {
    let world = World::new(base(), generated(organizations, seed));
    let count = |judge: Judge| {
        let mut counts = [0; 3];
        for unit in world.organizations.values() {
            if let Some(covered) = judge(&world, unit) {
                counts[covered.map_or(2, |covered| usize::from(!covered))] += 1;
            }
        }
        counts
    };
    INDICATORS.iter().map(|(id, judge)| (*id, count(*judge))).collect()
}

fn assert_gaps(table: &[(&str, [usize; 3])], of: &str) {
    for (id, [covered, uncovered, _]) in table {
        assert!(*covered > 0 && *uncovered > 0, "{id} of {of}: {covered}, {uncovered}");
    }
}

#[test]
fn no_share_is_nothing_or_all() {
    for seed in 1..=3 {
        assert_gaps(&table(1000, seed), &format!("1000 by seed {seed}"));
    }
    let table = table(12_000, 1226);
    assert_gaps(&table, "12000");
    let unknown: Vec<_> = table.iter().filter(|(_, counts)| counts[2] > 0).map(|(id, _)| *id).collect();
    assert_eq!(unknown, ["two-new-own-branch", "community-centre-area", "village-income"]);
    let lines: Vec<_> = table.iter().map(|(id, counts)| format!("{id} {counts:?}")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
