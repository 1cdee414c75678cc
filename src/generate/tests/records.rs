use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::world::{base, generated};
use crate::generate::{Base, GenerateError, Generated, Options, generate};
use crate::model::{
    AttributeCatalog, OrganizationId, OrganizationKind as K, RelationMode, RelationType as T,
    check_organization, check_relation, personal_data_in,
};

#[test]
fn the_same_seed_gives_the_same_data_and_another_gives_other_data() {
    assert_eq!(generated(1500, 5), generated(1500, 5));
    assert_ne!(generated(1500, 5), generated(1500, 6));
}

/// A fingerprint of what a seed gives: it must be the same on every machine.
#[test]
fn what_a_seed_gives_is_fixed() {
    let generated = generated(1500, 1226);
    let mut text = String::new();
    for o in generated.organizations.iter().chain(&generated.village_values) {
        let numbers = (o.party_members, o.full_members, o.employees, o.floor_area_m2, o.annual_income_cny);
        text += &format!("{} {} {} {:?} {numbers:?} {:?}\n", o.id, o.kind, o.name, o.uscc, o.designations);
        text += &format!("{:?} {} {:?}\n", o.industry, o.operating_status.name(), o.attributes);
    }
    for relation in &generated.relations {
        text += &format!("{} {:?} {:?}\n", relation.key(), relation.validity.to(), relation.citation);
    }
    insta::assert_snapshot!(blake3::hash(text.as_bytes()).to_hex().to_string());
}

#[test]
fn a_base_without_localities_is_refused() {
    let refused = generate(&Base::default(), Options { organizations: 10, seed: 0 });
    assert_eq!(refused, Err(GenerateError::NoLocality));
}

/// All rules that a store would check, at sizes from nothing to many.
#[test]
fn every_record_keeps_the_rules() {
    for organizations in [0, 1, 7, 60, 300, 1000, 12_000] {
        let generated = generated(organizations, 3);
        assert_eq!(generated.organizations.len() as u64, organizations);
        check_organizations(&generated);
        check_relations(&generated);
    }
}

fn check_organizations(generated: &Generated) {
    let base = base();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data/attributes.toml");
    let catalog = AttributeCatalog::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut ids: BTreeSet<_> = base.organizations.iter().map(|o| o.id.clone()).collect();
    let mut codes = BTreeSet::new();
    for organization in &generated.organizations {
        assert!(organization.synthetic && organization.name.starts_with("示例"), "{organization:?}");
        assert_eq!(organization.sources, ["generated".into()]);
        assert_eq!(personal_data_in(&organization.name), None);
        assert!(ids.insert(organization.id.clone()), "{}", organization.id);
        if let Some(code) = organization.uscc {
            assert!(code.organization_code_is_right() && code.as_str()[2..].starts_with("000000"));
            assert!(codes.insert(code));
        }
    }
    for organization in generated.organizations.iter().chain(&generated.village_values) {
        assert_eq!(check_organization(organization), Ok(()));
        if let Some(code) = organization.division {
            assert!(ids.contains(&OrganizationId::of_division(code)), "{code}");
        }
        for (attribute, value) in &organization.attributes {
            let declared = catalog.get(attribute.as_str()).unwrap();
            assert_eq!(declared.attribute_type, value.attribute_type(), "{attribute}");
        }
    }
}

fn check_relations(generated: &Generated) {
    let base = base();
    let all = base.organizations.iter().chain(&generated.organizations);
    let kinds: BTreeMap<_, _> = all.map(|o| (&o.id, (o.kind, o.synthetic))).collect();
    let mut keys = BTreeSet::new();
    for relation in &generated.relations {
        let ((source, one), (target, other)) = (kinds[&relation.source], kinds[&relation.target]);
        assert_eq!(check_relation(relation, source, target), Ok(()));
        assert!(one || other, "nothing is said of two real bodies: {}", relation.key());
        assert!(relation.citation.as_ref().unwrap().starts_with("generated"));
        assert!(keys.insert(relation.key()), "{}", relation.key());
    }
    let of = |types: &'static [T]| {
        let all = base.relations.iter().chain(&generated.relations);
        all.filter(|r| types.contains(&r.relation_type)).map(|r| (&r.source, &r.target)).collect()
    };
    assert_acyclic(of(&[T::PartOf, T::LocatedIn]));
    assert_acyclic(of(&[T::SubordinateTo]));
}

/// Takes away what nothing leads to, until nothing is left.
fn assert_acyclic(relations: Vec<(&OrganizationId, &OrganizationId)>) {
    let mut leading: BTreeMap<_, usize> = BTreeMap::new();
    let mut targets: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (source, target) in relations {
        leading.entry(source).or_default();
        *leading.entry(target).or_default() += 1;
        targets.entry(source).or_default().push(target);
    }
    let mut free: Vec<_> = leading.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut taken = 0;
    while let Some(id) = free.pop() {
        taken += 1;
        for target in targets.remove(id).unwrap_or_default() {
            let count = leading.get_mut(target).unwrap();
            *count -= 1;
            if *count == 0 {
                free.push(target);
            }
        }
    }
    assert_eq!(taken, leading.len(), "there is a cycle");
}

#[test]
fn every_kind_type_and_mode_occurs() {
    let (base, generated) = (base(), generated(12_000, 1226));
    let kinds: BTreeSet<_> =
        base.organizations.iter().chain(&generated.organizations).map(|o| o.kind).collect();
    assert_eq!(K::all().filter(|kind| !kinds.contains(kind)).collect::<Vec<_>>(), []);
    let modes: BTreeSet<_> = generated.relations.iter().map(|r| (r.relation_type, r.mode)).collect();
    for relation_type in T::all() {
        assert!(modes.iter().any(|(t, _)| *t == relation_type), "{relation_type}");
    }
    for rule in crate::model::relation_rules() {
        for mode in rule.modes.iter().copied().map(Some) {
            assert!(modes.contains(&(rule.relation_type, mode)), "{} {mode:?}", rule.relation_type);
        }
    }
    assert!(modes.contains(&(T::Organizes, None)));
}

/// The default rule: a joint branch is for five units at the most.
#[test]
fn joint_branches_are_for_few_units() {
    let generated = generated(12_000, 1226);
    let mut units: BTreeMap<_, usize> = BTreeMap::new();
    for relation in generated.relations.iter().filter(|r| r.mode == Some(RelationMode::Joint)) {
        *units.entry(&relation.source).or_default() += 1;
    }
    assert_eq!(units.values().max(), Some(&5));
}

#[test]
fn a_food_delivery_branch_has_both_affiliations_at_any_size() {
    for organizations in [1000, 12_000] {
        let generated = generated(organizations, 1226);
        let mut modes: BTreeMap<_, BTreeSet<RelationMode>> = BTreeMap::new();
        for relation in generated.relations.iter().filter(|r| r.relation_type == T::SubordinateTo) {
            modes.entry(&relation.source).or_default().extend(relation.mode);
        }
        let delivers: BTreeSet<_> = generated
            .organizations
            .iter()
            .filter(|o| o.industry.as_deref() == Some("外卖") && o.kind == K::Enterprise)
            .map(|o| &o.id)
            .collect();
        let both = |id: &OrganizationId| modes.get(id).is_some_and(|modes| modes.len() == 2);
        let organizes = |r: &&crate::model::Relation| r.relation_type == T::Organizes;
        let mut set_up = generated.relations.iter().filter(organizes);
        assert!(set_up.any(|r| delivers.contains(&r.target) && both(&r.source)), "{organizations}");
    }
}

#[test]
fn village_values_keep_what_is_real() {
    let (base, generated) = (base(), generated(1000, 1226));
    let real: BTreeMap<_, _> = base.organizations.iter().map(|o| (&o.id, o)).collect();
    let villages = generated.village_values.iter().filter(|o| o.kind == K::Village).count();
    assert_eq!(villages, base.organizations.iter().filter(|o| o.kind == K::Village).count());
    for record in &generated.village_values {
        let before = real[&record.id];
        assert_eq!(
            (&record.name, record.kind, record.division),
            (&before.name, before.kind, before.division)
        );
        assert!(!record.synthetic && record.designations.is_superset(&before.designations));
        let sources = before.sources.iter().cloned().chain(["generated".into()]);
        assert_eq!(record.sources, sources.collect::<Vec<_>>());
    }
    for designation in ["MERGED_VILLAGE", "VILLAGE_TO_COMMUNITY"] {
        assert!(generated.village_values.iter().any(|o| o.designations.contains(designation)));
    }
}
