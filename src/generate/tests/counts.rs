use std::collections::BTreeMap;

use super::world::generated;
use crate::generate::Generated;
use crate::generate::enterprises::INDUSTRIAL;
use crate::model::{Date, OperatingStatus, OrganizationKind as K, RelationType as T};

fn by_kind(generated: &Generated) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for organization in &generated.organizations {
        *counts.entry(organization.kind).or_default() += 1;
    }
    counts
}

#[test]
fn counts_follow_the_number_asked_for() {
    let demonstration = by_kind(&generated(12_000, 1226));
    let listed: Vec<_> = demonstration.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    insta::assert_snapshot!(listed.join("\n"));
    let large = by_kind(&generated(50_000, 1226));
    assert_eq!(large.values().sum::<usize>(), 50_000);
    for (kind, count) in &demonstration {
        let expected = count * 50 / 12;
        assert!(large[kind].abs_diff(expected) <= expected / 10 + 3, "{kind}: {} of {expected}", large[kind]);
    }
    let small = by_kind(&generated(1000, 1226));
    assert!(demonstration.keys().all(|kind| small[kind] > 0));
}

#[test]
fn the_demonstration_has_the_numbers_of_the_facts() {
    let generated = generated(12_000, 1226);
    let in_industry = |industries: &[&str]| {
        let enterprises = generated.organizations.iter().filter(|o| o.kind == K::Enterprise);
        enterprises.filter(|o| o.industry.as_deref().is_some_and(|i| industries.contains(&i))).count()
    };
    let industries: Vec<_> = INDUSTRIAL.iter().map(|trade| trade.1).collect();
    assert_eq!(in_industry(&industries), 2208);
    for field in ["直播电商", "道路运输", "快递物流", "外卖"] {
        assert!(in_industry(&[field]) > 50, "{field}");
    }
    let couriers: Vec<_> = generated.organizations.iter().filter(|o| o.kind == K::CourierStation).collect();
    let operating = couriers.iter().filter(|o| o.operating_status == OperatingStatus::Operating).count();
    assert_eq!((couriers.len(), operating), (52, 48));
}

#[test]
fn there_is_history_and_there_are_plans_and_blanks() {
    let generated = generated(12_000, 1226);
    let day = Date::constant(2024, 12, 31);
    let dissolved = generated.organizations.iter().filter(|o| o.life.to().is_some()).count();
    let over = generated.relations.iter().filter(|r| r.validity.to().is_some_and(|to| to <= day)).count();
    let planned = generated.relations.iter().filter(|r| r.validity.from().is_some_and(|f| f > day)).count();
    assert!(dissolved > 20 && over > 100 && planned > 50, "{dissolved} {over} {planned}");
    let enterprises = || generated.organizations.iter().filter(|o| o.kind == K::Enterprise);
    let nowhere = enterprises().filter(|o| o.division.is_none()).count();
    let unknown = enterprises().filter(|o| o.members().is_none()).count();
    let stated = generated.relations.iter().filter(|r| r.relation_type == T::LocatedIn).count();
    assert!(nowhere > 0 && unknown > 50 && stated > 500, "{nowhere} {unknown} {stated}");
}
