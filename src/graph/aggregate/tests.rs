//! Groups against a naive recount.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::model::{Change, Date, Organization, Relation, Validity};

const OPERANDS: [Operand; 2] = [Operand::PartyMembers, Operand::FloorAreaM2];
const KEYS: [OrganizationGroupKey; 8] = [
    OrganizationGroupKey::Kind,
    OrganizationGroupKey::Category,
    OrganizationGroupKey::Industry,
    OrganizationGroupKey::Designation,
    OrganizationGroupKey::OperatingStatus,
    OrganizationGroupKey::Synthetic,
    OrganizationGroupKey::Within(OrganizationKind::OfficeBuilding),
    OrganizationGroupKey::Within(OrganizationKind::IndustrialPark),
];

fn organization(i: usize) -> impl Strategy<Value = Organization> {
    let kind = prop::sample::select(vec![
        OrganizationKind::OfficeBuilding,
        OrganizationKind::IndustrialPark,
        OrganizationKind::Enterprise,
    ]);
    let designations = prop::collection::btree_set(prop::sample::select(vec!["A", "B", "C"]), 0..3);
    let values = (prop::option::of(0u32..9), prop::option::of(-9i8..9), prop::option::of(0u8..2));
    (kind, designations, values, any::<bool>()).prop_map(move |(kind, designations, values, synthetic)| {
        let mut organization = Organization::new(format!("o-{i}").parse().unwrap(), kind, "名");
        organization.designations = designations.into_iter().map(Into::into).collect();
        organization.party_members = values.0;
        // Quarters, so that sums are exact in any order.
        organization.floor_area_m2 = values.1.filter(|area| *area >= 0).map(|area| f64::from(area) / 4.0);
        organization.industry = values.2.map(|industry| format!("行业{industry}").into());
        organization.synthetic = synthetic;
        organization
    })
}

fn graph() -> impl Strategy<Value = Graph> {
    let organizations: Vec<_> = (0..9).map(organization).collect();
    let relation = (0..9usize, 0..9usize, any::<bool>(), prop::option::of(1i8..5));
    (organizations, prop::collection::vec(relation, 0..20)).prop_map(|(organizations, relations)| {
        let mut graph = Graph::new();
        let put = |o: Organization| Change::PutOrganization(Box::new(o));
        graph.apply(&organizations.into_iter().map(put).collect::<Vec<_>>()).unwrap();
        for (source, target, is_part, from) in relations {
            let relation_type = if is_part { RelationType::PartOf } else { RelationType::LocatedIn };
            let [source, target] = [source, target].map(|i| format!("o-{i}").parse().unwrap());
            let mut relation = Relation::new(source, relation_type, target);
            relation.validity = Validity::new(from.map(|day| Date::constant(2024, 1, day)), None).unwrap();
            // Some join kinds that they may not, some would close a cycle.
            graph.apply(&[Change::PutRelation(relation)]).ok();
        }
        graph
    })
}

/// The values of one organisation by a key, from its record and all that it stands within.
fn values(graph: &Graph, slot: Slot, key: OrganizationGroupKey, when: When) -> Vec<Option<GroupValue>> {
    let record = graph.record(slot).unwrap();
    let values: BTreeSet<String> = match key {
        OrganizationGroupKey::Kind => [record.kind.name().to_owned()].into(),
        OrganizationGroupKey::Category => [record.kind.category().name().to_owned()].into(),
        OrganizationGroupKey::Industry => record.industry.iter().map(ToString::to_string).collect(),
        OrganizationGroupKey::Designation => record.designations.iter().map(ToString::to_string).collect(),
        OrganizationGroupKey::OperatingStatus => [record.operating_status.name().to_owned()].into(),
        OrganizationGroupKey::Synthetic => [record.synthetic.to_string()].into(),
        OrganizationGroupKey::Within(kind) => {
            let within =
                |place: &Slot| *place == slot || graph.within(*place, when).contains(slot.position());
            let places = slots(graph.of_kind(kind)).filter(within);
            places.map(|place| graph.id(place).to_string()).collect()
        }
    };
    if values.is_empty() {
        vec![None]
    } else {
        values.into_iter().map(|v| Some(GroupValue::Text(v.into()))).collect()
    }
}

fn named(graph: &Graph, value: &GroupValue) -> String {
    match value {
        GroupValue::Kind(kind) => kind.name().to_owned(),
        GroupValue::Category(category) => category.name().to_owned(),
        GroupValue::Text(text) => text.to_string(),
        GroupValue::OperatingStatus(status) => status.name().to_owned(),
        GroupValue::Flag(flag) => flag.to_string(),
        GroupValue::Organization(slot) => graph.id(*slot).to_string(),
        GroupValue::Type(relation_type) => relation_type.name().to_owned(),
        GroupValue::Mode(mode) => mode.name().to_owned(),
    }
}

proptest! {
    #[test]
    fn groups_count_what_a_recount_counts(
        graph in graph(),
        keys in prop::sample::subsequence(KEYS.to_vec(), 0..4),
        day in prop::option::of(1i8..5),
        chosen in prop::collection::btree_set(0u32..9, 0..9),
    ) {
        let when = day.map_or(When::Ever, |day| When::On(Date::constant(2024, 1, day)));
        let set: OrganizationSet = chosen.into_iter().collect();
        let mut expected = BTreeMap::<Vec<Option<String>>, (u64, Vec<Vec<f64>>)>::new();
        if keys.is_empty() {
            expected.insert(Vec::new(), (0, vec![Vec::new(); OPERANDS.len()]));
        }
        for slot in slots(&set) {
            let mut combinations = vec![Vec::new()];
            for key in &keys {
                let found = values(&graph, slot, *key, when);
                combinations = combinations.iter().flat_map(|c: &Vec<Option<String>>| found.iter().map(move |value| {
                    let mut with = c.clone();
                    with.push(value.as_ref().map(|v| match v { GroupValue::Text(t) => t.to_string(), _ => unreachable!() }));
                    with
                })).collect();
            }
            let record = graph.record(slot).unwrap();
            let numbers = [record.party_members.map(f64::from), record.floor_area_m2];
            for combination in combinations {
                let group = expected.entry(combination).or_insert((0, vec![Vec::new(); OPERANDS.len()]));
                group.0 += 1;
                group.1.iter_mut().zip(numbers).for_each(|(values, number)| values.extend(number));
            }
        }
        let found = graph.group_organizations(&set, &keys, &OPERANDS, when, 0, 1_000).unwrap();
        prop_assert_eq!(found.len(), expected.len());
        for group in found {
            let key: Vec<_> = group.values.iter().map(|v| v.as_ref().map(|v| named(&graph, v))).collect();
            let (count, numbers) = &expected[&key];
            prop_assert_eq!(group.count, *count);
            for (statistics, numbers) in group.statistics.iter().zip(numbers) {
                prop_assert_eq!(statistics.known, numbers.len() as u64);
                prop_assert_eq!(statistics.known + statistics.unknown, *count);
                prop_assert_eq!(statistics.sum, numbers.iter().sum::<f64>());
                prop_assert_eq!(statistics.minimum, numbers.iter().copied().reduce(f64::min));
                prop_assert_eq!(statistics.maximum, numbers.iter().copied().reduce(f64::max));
            }
        }
    }

    #[test]
    fn every_relation_is_in_one_group(graph in graph(), day in prop::option::of(1i8..5)) {
        let when = day.map_or(When::Ever, |day| When::On(Date::constant(2024, 1, day)));
        let keys = [RelationGroupKey::Type, RelationGroupKey::SourceKind, RelationGroupKey::TargetKind];
        let mut expected = BTreeMap::<Vec<String>, u64>::new();
        for relation in graph.relations() {
            let holds = match when { When::Ever => true, When::On(date) => relation.validity.contains(date) };
            let kind = |id: &crate::model::OrganizationId| graph.organization(id.as_str()).unwrap().kind.name().to_owned();
            if holds {
                let key = vec![relation.relation_type.name().to_owned(), kind(&relation.source), kind(&relation.target)];
                *expected.entry(key).or_default() += 1;
            }
        }
        let found = graph.group_relations(&[], &keys, when, |_| true).into_iter().map(|group| {
            (group.values.iter().flatten().map(|value| named(&graph, value)).collect::<Vec<_>>(), group.count)
        });
        prop_assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
        let parts = graph.group_relations(&[RelationType::PartOf], &[], when, |_| true);
        prop_assert_eq!(parts.len(), 1);
        prop_assert_eq!(parts[0].count, graph.relations_of_type(RelationType::PartOf).filter(|r| graph.holds(r, when)).count() as u64);
    }
}
