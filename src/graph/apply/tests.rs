//! A graph that is made at once is the one that is made step by step, or none where a rule is broken.

use proptest::prelude::*;

use super::Transaction;
use crate::graph::Graph;
use crate::model::*;

fn step_by_step(changes: &[Change]) -> Option<Graph> {
    let mut graph = Graph::new();
    let mut transaction = Transaction::new(&mut graph);
    for (position, change) in changes.iter().enumerate() {
        transaction.step(position, change).ok()?;
    }
    transaction.finish().ok()?;
    Some(graph)
}

fn organizations() -> impl Strategy<Value = Vec<Change>> {
    use OrganizationKind as K;
    let kind = prop_oneof![Just(K::Enterprise), Just(K::PartyBranch), Just(K::Grid), Just(K::Park)];
    let day = |day: i8| Date::constant(2024, 1, day);
    let life = (prop::option::weighted(0.2, 1i8..3), prop::option::weighted(0.2, 3i8..6));
    let unit =
        (0u8..30, kind, prop::option::weighted(0.5, 0u8..4), prop::option::weighted(0.2, 0u8..8), life);
    let unit = unit.prop_map(move |(number, kind, division, code, life)| {
        let mut unit =
            Organization::new(format!("unit-of-the-province-{number}").parse().unwrap(), kind, "名");
        unit.division = division.map(|d| ["37", "3701", "370101", "99"][usize::from(d)].parse().unwrap());
        unit.uscc = code.map(|code| {
            let first = format!("91350100M0001{code:02}Y4");
            let check = UnifiedSocialCreditCode::check_character(&first).unwrap();
            format!("{first}{check}").parse().unwrap()
        });
        unit.industry = (number % 3 == 0).then(|| "制造业".into());
        unit.designations = (0..number % 3).map(|n| format!("D{n}").into()).collect();
        unit.employees = (number % 2 == 0).then_some(u32::from(number));
        unit.floor_area_m2 = (number % 5 == 0).then_some(1.5);
        unit.synthetic = number % 4 == 0;
        unit.sources = vec!["F1".into()];
        unit.life = Validity::new(life.0.map(day), life.1.map(day)).unwrap();
        unit
    });
    prop::collection::vec(unit, 0..14).prop_map(|mut units| {
        let territories = [("cn-37", K::Province), ("cn-3701", K::City), ("cn-370101", K::District)];
        units.extend(territories.map(|(id, kind)| Organization::new(id.parse().unwrap(), kind, "名")));
        // Most of them once, so that most lists break no rule.
        units.reverse();
        units.sort_by_key(|unit| unit.life.from());
        let mut seen = std::collections::BTreeSet::new();
        units.retain(|unit| seen.insert(unit.id.clone()) || unit.synthetic && unit.employees.is_none());
        units.into_iter().map(|unit| Change::PutOrganization(Box::new(unit))).collect()
    })
}

/// Relations between some of the organisations, which may or may not join what they join.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    use RelationType as T;
    let relation = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0u8..6,
        prop::option::of(1i8..4),
        any::<bool>(),
    );
    let related = (organizations(), prop::collection::vec(relation, 0..12), 0u8..4);
    related.prop_map(|(mut changes, relations, annexes)| {
        let units: Vec<_> = changes
            .iter()
            .map(|change| match change {
                Change::PutOrganization(unit) => (unit.id.clone(), unit.kind),
                _ => unreachable!(),
            })
            .collect();
        for (source, target, kind, day, ends) in relations {
            let (source, target) = (source.get(&units), target.get(&units));
            let kinds =
                [T::PartOf, T::LocatedIn, T::SubordinateTo, T::Organizes, T::PartnersWith, T::ManagedBy];
            let mut relation = Relation::new(source.0.clone(), kinds[usize::from(kind)], target.0.clone());
            let date = |day| Date::constant(2024, 1, day);
            let end = ends.then(|| date(day.unwrap_or(2) + 1));
            relation.validity = Validity::new(day.map(date), end).unwrap();
            relation.citation = day.map(|day| format!("文件{}", day / 2).into());
            // One in some that joins what it may not is enough.
            if day == Some(3) || check_relation(&relation, source.1, target.1).is_ok() {
                changes.push(Change::PutRelation(relation));
            }
        }
        for number in 0..annexes {
            changes.push(Change::PutAnnex(Box::new(Annex::Exemption(Exemption {
                unit: units[usize::from(number) % units.len()].0.clone(),
                indicator: "two-new-work".into(),
                granted_on: Date::constant(2024, 1, 1),
                until: None,
                reason: "停产".into(),
                granted_by: "组织部".into(),
            }))));
        }
        changes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_made_at_once_is_what_is_made_step_by_step(changes in changes()) {
        let (at_once, steps) = (Graph::at_once(&changes), step_by_step(&changes));
        prop_assert!(at_once.is_none() || steps.is_some());
        if let Some(graph) = at_once {
            prop_assert_eq!(graph.validate(), Ok(()));
            prop_assert!(graph.image().eq(steps.as_ref().unwrap().image()));
            prop_assert_eq!(&graph, steps.as_ref().unwrap());
        } else if steps.is_some() {
            // Nothing is lost where it does not apply, but it should apply.
            let mut ids = std::collections::BTreeSet::new();
            let mut keys = std::collections::BTreeSet::new();
            let repeats = changes.iter().any(|change| match change {
                Change::PutOrganization(unit) => !ids.insert(unit.id.clone()),
                Change::PutRelation(relation) => !keys.insert(relation.key()),
                _ => false,
            });
            prop_assert!(repeats, "{changes:?}");
        }
    }
}

#[test]
fn a_graph_of_many_changes_goes_on_changing_after_it_was_made_at_once() {
    let unit =
        |n: usize| Organization::new(format!("u-{n}").parse().unwrap(), OrganizationKind::Enterprise, "名");
    let put = |n| Change::PutOrganization(Box::new(unit(n)));
    let partners = |n: usize| {
        let id = |n: usize| format!("u-{n}").parse().unwrap();
        Change::PutRelation(Relation::new(id(n), RelationType::PartnersWith, id((n * 7 + 1) % 1_500)))
    };
    let changes: Vec<_> = (0..1_500).map(put).chain((0..1_500).map(partners)).collect();
    let mut at_once = Graph::new();
    at_once.apply(&changes).unwrap();
    let mut by_steps = step_by_step(&changes).unwrap();
    let more = [Change::RemoveRelation(at_once.stated_relations().next().unwrap().key()), put(1_500), put(3)];
    for graph in [&mut at_once, &mut by_steps] {
        graph.apply(&more).unwrap();
        assert_eq!(graph.validate(), Ok(()));
    }
    assert_eq!(at_once, by_steps);
    let violations = at_once.apply(&changes[1_500..]).err();
    assert_eq!(violations, None);
}
