//! The examiner (one organisation, straight from the definition) and the evaluator (sets) must agree.

use proptest::prelude::*;

use super::*;
use crate::graph::{Direction, Graph, OrganizationSet, Slot, When};
use crate::model::*;

const KINDS: [OrganizationKind; 8] = [
    OrganizationKind::Enterprise,
    OrganizationKind::SocialOrganization,
    OrganizationKind::Grid,
    OrganizationKind::IndustrialPark,
    OrganizationKind::OfficeBuilding,
    OrganizationKind::PartyBranch,
    OrganizationKind::PartyGroup,
    OrganizationKind::JointBody,
];

const TYPES: [RelationType; 6] = [
    RelationType::LocatedIn,
    RelationType::Organizes,
    RelationType::Instructs,
    RelationType::MemberOf,
    RelationType::GuidedBy,
    RelationType::PartnersWith,
];

fn day(number: i8) -> Date {
    Date::constant(2023, 1, number)
}

fn validity() -> impl Strategy<Value = Validity> {
    (prop::option::weighted(0.3, 1i8..8), prop::option::weighted(0.3, 8i8..15))
        .prop_map(|(from, to)| Validity::new(from.map(day), to.map(day)).unwrap())
}

fn organization(number: usize) -> impl Strategy<Value = Organization> {
    let kind = prop::sample::select(KINDS.to_vec());
    let members = prop::option::of(0u32..5);
    let full = prop::option::weighted(0.3, 0u32..5);
    let area = prop::option::of(prop::sample::select(vec![599.5, 600.0]));
    (kind, members, full, area, any::<bool>(), any::<bool>(), validity()).prop_map(
        move |(kind, members, full, area, designated, closed, life)| {
            let mut organization =
                Organization::new(format!("o-{number}").parse().unwrap(), kind, format!("名{number}"));
            organization.party_members = members;
            organization.full_members = full;
            organization.floor_area_m2 = area;
            organization.life = life;
            if designated {
                organization.designations.insert("TWO_NEW".into());
            }
            if closed {
                organization.operating_status = OperatingStatus::Closed;
            }
            organization
        },
    )
}

fn relation(count: usize) -> impl Strategy<Value = Relation> {
    let relation_type = prop::sample::select(TYPES.to_vec());
    let mode = prop::option::of(prop::sample::select(vec![RelationMode::Standalone, RelationMode::Joint]));
    (0..count, relation_type, 0..count, mode, validity()).prop_map(
        |(source, kind, target, mode, validity)| {
            let id = |n: usize| format!("o-{n}").parse().unwrap();
            let mut relation = Relation::new(id(source), kind, id(target));
            relation.mode = mode;
            relation.validity = validity;
            relation
        },
    )
}

/// An exemption from the indicator `a`, or from one that nobody asks about.
fn exemption(count: usize) -> impl Strategy<Value = Exemption> {
    let indicator = prop::sample::select(vec!["a", "a", "a", "b"]);
    (0..count, indicator, 1i8..12, prop::option::of(1i8..6)).prop_map(|(unit, indicator, from, days)| {
        Exemption {
            unit: format!("o-{unit}").parse().unwrap(),
            indicator: indicator.into(),
            granted_on: day(from),
            until: days.map(|days| day(from + days)),
            reason: "停产".into(),
            granted_by: "组织部".into(),
        }
    })
}

/// A value of something that conditions compare, for some of the days asked about.
fn dated_value(count: usize) -> impl Strategy<Value = DatedValue> {
    let value = prop_oneof![
        (0i64..5).prop_map(|n| (DatedAttribute::FullMembers, AttributeValue::Integer(n))),
        (0i64..5).prop_map(|n| (DatedAttribute::PartyMembers, AttributeValue::Integer(n))),
        prop::sample::select(vec![599.0, 601.0])
            .prop_map(|area| (DatedAttribute::FloorAreaM2, AttributeValue::Number(area))),
    ];
    (0..count, value, 1i8..12, 1i8..6).prop_map(|(number, (attribute, value), from, days)| {
        let validity = Validity::new(Some(day(from)), Some(day(from + days))).unwrap();
        let organization = format!("o-{number}").parse().unwrap();
        DatedValue { organization, attribute, value, validity, source: None }
    })
}

/// A graph of all organisations, of some exemptions and dated values, and of those relations that break no rule.
fn graph() -> impl Strategy<Value = Graph> {
    const COUNT: usize = 9;
    let organizations: Vec<_> = (0..COUNT).map(organization).collect();
    let exemptions = prop::collection::vec(exemption(COUNT).prop_map(Annex::Exemption), 0..4);
    let values = prop::collection::vec(dated_value(COUNT).prop_map(Annex::Value), 0..12);
    let annexes = (exemptions, values).prop_map(|(exemptions, values)| [exemptions, values].concat());
    let relations = prop::collection::vec(relation(COUNT), 0..60);
    (organizations, relations, annexes).prop_map(|(organizations, relations, annexes)| {
        let mut graph = Graph::new();
        for organization in organizations {
            graph.apply(&[Change::PutOrganization(Box::new(organization))]).unwrap();
        }
        for relation in relations {
            // Most random relations join kinds that they may not; the rest make the graph.
            graph.apply(&[Change::PutRelation(relation)]).ok();
        }
        for annex in annexes {
            // Values that overlap an earlier one are refused.
            graph.apply(&[Change::PutAnnex(Box::new(annex))]).ok();
        }
        graph
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        prop::collection::vec(prop::sample::select(KINDS.to_vec()), 1..4).prop_map(Condition::Kind),
        Just(Condition::Designation("TWO_NEW".into())),
        Just(Condition::OperatingStatus(vec![OperatingStatus::Operating])),
        (0..9).prop_map(|n| Condition::Within(format!("o-{n}").parse().unwrap())),
        compare("members", (0..5).map(RuleValue::Integer).collect()),
        compare("floor_area_m2", vec![RuleValue::Integer(600), RuleValue::Number(599.5)]),
        compare("established_on", vec![RuleValue::Text("2023-01-05".into())]),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            list.clone().prop_map(Condition::All),
            list.prop_map(Condition::Any),
            inner.clone().prop_map(|c| Condition::Not(Box::new(c))),
            related(inner),
        ]
    })
}

fn compare(operand: &'static str, values: Vec<RuleValue>) -> impl Strategy<Value = Condition> {
    let comparison = prop::sample::select(vec![
        Comparison::Equal,
        Comparison::AtLeast,
        Comparison::MoreThan,
        Comparison::AtMost,
        Comparison::LessThan,
    ]);
    (comparison, prop::sample::select(values)).prop_map(move |(comparison, value)| {
        Condition::Compare(Compare { operand: Operand::named(operand).unwrap(), comparison, value })
    })
}

fn related(inner: impl Strategy<Value = Condition>) -> impl Strategy<Value = Condition> {
    let relation_type = prop::sample::select(TYPES.to_vec());
    let direction = prop::sample::select(vec![Direction::Out, Direction::In, Direction::Both]);
    let quantifier = prop::sample::select(vec![
        (Quantifier::Some, None),
        (Quantifier::Every, None),
        (Quantifier::None, None),
        (Quantifier::AtLeast, Some(2)),
        (Quantifier::AtMost, Some(0)),
        (Quantifier::AtMost, Some(1)),
    ]);
    let modes = prop::sample::select(vec![vec![], vec![RelationMode::Standalone]]);
    (relation_type, direction, quantifier, modes, inner).prop_map(
        |(relation_type, direction, (quantifier, count), modes, to)| {
            Condition::Related(Box::new(Related { relation_type, direction, modes, quantifier, count, to }))
        },
    )
}

fn indicator() -> impl Strategy<Value = Indicator> {
    let label = || Label { simplified: "a".into(), traditional: "a".into(), english: "a".into() };
    (condition(), prop::collection::vec(condition(), 0..4)).prop_map(move |(population, forms)| Indicator {
        id: "a".into(),
        version: std::num::NonZeroU32::MIN,
        name: label(),
        source: "F1".into(),
        due: None,
        population,
        forms: forms
            .into_iter()
            .enumerate()
            .map(|(i, when)| Form { id: i.to_string(), name: label(), when })
            .collect(),
        target: None,
        origin: crate::coverage::IndicatorOrigin::default(),
    })
}

fn change() -> impl Strategy<Value = Change> {
    // Some are new.
    let value = (0usize..12).prop_flat_map(organization);
    let id = (0usize..12).prop_map(|number| format!("o-{number}").parse().unwrap());
    prop_oneof![
        2 => value.prop_map(|organization| Change::PutOrganization(Box::new(organization))),
        1 => id.prop_map(Change::RemoveOrganization),
        4 => relation(12).prop_map(Change::PutRelation),
        2 => relation(9).prop_map(|relation| Change::RemoveRelation(relation.key())),
        2 => exemption(9).prop_map(|exemption| Change::PutAnnex(Box::new(Annex::Exemption(exemption)))),
        3 => dated_value(9).prop_map(|value| Change::PutAnnex(Box::new(Annex::Value(value)))),
        2 => dated_value(9).prop_map(|value| Change::RemoveAnnex(AnnexKey::Value(value.key()))),
        1 => exemption(9).prop_map(|exemption| Change::RemoveAnnex(AnnexKey::Exemption(exemption.key()))),
    ]
}

type Row = (Option<Slot>, u64, u64, u64, u64);

/// What coverage should say: a row a group, then one for the whole, which is given the first slot of all.
fn counted(indicator: &Indicator, graph: &Graph, scope: &Scope, kind: OrganizationKind) -> Vec<Row> {
    let when = When::On(scope.date);
    let examiner = Examiner::new(graph, scope.date);
    let existing = || graph.slots_by_id().filter(|slot| graph.exists(*slot, when));
    let stands_in = |slot: Slot, place: Slot| slot == place || graph.ancestors(slot, when).contains(&place);
    let units: Vec<_> = existing()
        .filter(|slot| scope.within.is_none_or(|root| graph.exists(root, when) && stands_in(*slot, root)))
        .filter_map(|slot| examiner.state(indicator, slot).map(|(state, _)| (slot, state)))
        .collect();
    let row = |by: Option<Slot>, chosen: &dyn Fn(Slot) -> bool| {
        let count = |state| units.iter().filter(|(slot, s)| *s == state && chosen(*slot)).count() as u64;
        use CoverageState::{Covered, Exempt, Uncovered, Unknown};
        (by, count(Covered), count(Uncovered), count(Unknown), count(Exempt))
    };
    let is_empty = |row: &Row| row.1 + row.2 + row.3 + row.4 == 0;
    let places: Vec<_> = existing().filter(|slot| graph.kind(*slot) == kind).collect();
    let mut rows = Vec::new();
    for place in places.iter().copied() {
        let row = row(Some(place), &|slot| stands_in(slot, place));
        if !is_empty(&row) || scope.within.is_none_or(|root| graph.ancestors(place, when).contains(&root)) {
            rows.push(row);
        }
    }
    let ungrouped = row(None, &|slot| !places.iter().any(|place| stands_in(slot, *place)));
    rows.extend(Some(ungrouped).filter(|row| !is_empty(row)));
    rows.push(row(crate::graph::slots(graph.everything()).next(), &|_| true));
    rows
}

/// The units of one cell of an overlap, each looked at by itself.
fn overlapping(
    indicators: [&Indicator; 2],
    graph: &Graph,
    scope: &Scope,
    cell: OverlapCell,
    group: Group,
) -> Vec<Slot> {
    use CoverageState::{Covered, Exempt, Uncovered, Unknown};
    let when = When::On(scope.date);
    let examiner = Examiner::new(graph, scope.date);
    let stands_in = |slot: Slot, place: Slot| {
        graph.exists(place, when) && (slot == place || graph.ancestors(slot, when).contains(&place))
    };
    let in_group = |slot: Slot| match group {
        Group::Whole => true,
        Group::In(by) => stands_in(slot, by),
        Group::InNone(kind) => {
            !graph.slots_by_id().any(|place| graph.kind(place) == kind && stands_in(slot, place))
        }
    };
    let cell_of = |slot: Slot| {
        let states = indicators.map(|indicator| Some(examiner.state(indicator, slot)?.0));
        Some(match states {
            [None, _] | [_, None] => return None,
            [Some(Exempt), _] | [_, Some(Exempt)] => OverlapCell::Exempt,
            [Some(Unknown), _] | [_, Some(Unknown)] => OverlapCell::Unknown,
            [Some(Covered), Some(Covered)] => OverlapCell::Both,
            [Some(Covered), Some(Uncovered)] => OverlapCell::OneOnly,
            [Some(Uncovered), Some(Covered)] => OverlapCell::OtherOnly,
            [Some(Uncovered), Some(Uncovered)] => OverlapCell::Neither,
        })
    };
    let units = graph.slots_by_id().filter(|slot| graph.exists(*slot, when));
    let units = units.filter(|slot| scope.within.is_none_or(|root| stands_in(*slot, root)));
    units.filter(|slot| in_group(*slot) && cell_of(*slot) == Some(cell)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn the_evaluator_of_sets_agrees_with_the_examiner_of_one(
        graph in graph(), indicator in indicator(), date in 1i8..15,
    ) {
        let date = day(date);
        let examiner = Examiner::new(&graph, date);
        let mut expected = Evaluation {
            covered_by: vec![OrganizationSet::new(); indicator.forms.len()],
            ..Evaluation::default()
        };
        for slot in graph.slots_by_id().filter(|slot| graph.exists(*slot, When::On(date))) {
            let Some((state, form)) = examiner.state(&indicator, slot) else { continue };
            expected.population.insert(slot.position());
            let set = match state {
                CoverageState::Covered => &mut expected.covered_by[form.unwrap()],
                CoverageState::Uncovered => &mut expected.uncovered,
                CoverageState::Unknown => &mut expected.unknown,
                CoverageState::Exempt => &mut expected.exempt,
            };
            set.insert(slot.position());
        }
        prop_assert_eq!(evaluate(&indicator, &graph, date), expected);
    }

    #[test]
    fn coverage_that_is_kept_is_that_of_each_unit_after_every_change(
        graph in graph(),
        indicator in indicator(),
        changes in prop::collection::vec((change(), prop::option::weighted(0.7, 0usize..9)), 1..12),
        date in 1i8..15,
    ) {
        let mut graph = graph;
        // Each time of another part, so that states are known of some parts and not of others when a change comes.
        for (change, within) in changes {
            let within = within.and_then(|n| graph.slot(&format!("o-{n}")));
            let scope = Scope { date: day(date), within };
            for kind in [OrganizationKind::IndustrialPark, OrganizationKind::Enterprise] {
                let found = coverage(&indicator, &graph, &scope, Some(kind));
                let found: Vec<_> = found
                    .groups
                    .iter()
                    .map(|group| (group.by, &group.counts))
                    .chain([(Some(crate::graph::slots(graph.everything()).next().unwrap()), &found.counts)])
                    .map(|(by, counts)| (by, counts.covered, counts.uncovered, counts.unknown, counts.exempt))
                    .collect();
                prop_assert_eq!(found, counted(&indicator, &graph, &scope, kind));
            }
            let all: Vec<_> = CoverageState::all().collect();
            let units = units_in_states(&indicator, &graph, &scope, &all);
            let first = first_units_in_states(&indicator, &graph, &scope, &all, 2);
            prop_assert_eq!(&first, &units[..units.len().min(2)]);
            prop_assert!(units.iter().map(|(slot, _)| graph.id(*slot)).is_sorted());
            let examiner = Examiner::new(&graph, day(date));
            for (slot, state) in units {
                prop_assert_eq!(examiner.state(&indicator, slot).map(|found| found.0), Some(state));
            }
            // Some changes break a rule and leave everything as it was.
            graph.apply(&[change]).ok();
        }
    }

    #[test]
    fn rates_of_a_filtered_population_and_their_overlap_are_those_of_each_unit(
        graph in graph(),
        indicators in (indicator(), indicator()),
        filter in condition(),
        date in 1i8..15,
        within in prop::option::weighted(0.5, 0usize..9),
    ) {
        let within = within.and_then(|n| graph.slot(&format!("o-{n}")));
        let scope = Scope { date: day(date), within };
        let (one, other) = (indicators.0.among(filter.clone()), indicators.1.among(filter));
        let kind = OrganizationKind::IndustrialPark;
        let rows = counted(&one, &graph, &scope, kind);
        let whole = coverage(&one, &graph, &scope, Some(kind)).counts;
        let last = rows.last().unwrap();
        prop_assert_eq!(
            (last.1, last.2, last.3, last.4),
            (whole.covered, whole.uncovered, whole.unknown, whole.exempt)
        );
        let overlap = overlap([&one, &other], &graph, &scope, Some(kind));
        let groups = overlap.groups.iter().map(|(by, counts)| {
            (by.map_or(Group::InNone(kind), Group::In), counts)
        });
        for (group, counts) in groups.chain([(Group::Whole, &overlap.counts)]) {
            for cell in OverlapCell::all() {
                let units = units_of_overlap([&one, &other], &graph, &scope, cell, group);
                prop_assert_eq!(units, overlapping([&one, &other], &graph, &scope, cell, group));
                let found = units_of_overlap([&one, &other], &graph, &scope, cell, group).len();
                prop_assert_eq!(counts.of(cell), found as u64);
            }
        }
    }

    #[test]
    fn a_rule_prints_back_as_it_was_read(condition in condition()) {
        let json = serde_json::to_string(&condition).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Condition>(&json).unwrap(), &condition);
        // In TOML a value stands behind a key, as `population` and `when` of an indicator do.
        let indicator = std::collections::BTreeMap::from([("population", condition)]);
        let text = toml::to_string(&indicator).unwrap();
        prop_assert_eq!(
            toml::from_str::<std::collections::BTreeMap<&str, Condition>>(&text).unwrap(),
            indicator
        );
    }

    #[test]
    fn a_finding_has_reasons_where_it_does_not_hold_and_only_there(
        graph in graph(), condition in condition(), date in 1i8..15,
    ) {
        let examiner = Examiner::new(&graph, day(date));
        for slot in graph.slots_by_id().filter(|slot| graph.exists(*slot, When::On(day(date)))) {
            let finding = examiner.examine(&condition, slot);
            if finding.truth == Truth::True {
                prop_assert!(finding.reasons.is_empty());
            } else {
                prop_assert!(finding.witness.is_empty());
                prop_assert!(finding.reasons.iter().all(|reason| reason.truth == finding.truth));
            }
        }
    }

    #[test]
    fn a_unit_is_unknown_only_where_a_value_is_missing(
        graph in graph(), indicator in indicator(), date in 1i8..15,
    ) {
        let date = day(date);
        let evaluation = evaluate(&indicator, &graph, date);
        for unit in &evaluation.unknown {
            let found = completeness(&indicator, &graph, date, &OrganizationSet::from_iter([unit]));
            prop_assert!(found.iter().any(|completeness| !completeness.missing.is_empty()));
        }
        for completeness in completeness(&indicator, &graph, date, &evaluation.population) {
            prop_assert!(completeness.missing.is_subset(&completeness.asked));
            prop_assert!(completeness.related || completeness.asked.is_subset(&evaluation.population));
            for slot in crate::graph::slots(&completeness.asked) {
                let missing = graph.value(slot, &completeness.operand, When::On(date)).is_none();
                prop_assert_eq!(missing, completeness.missing.contains(slot.position()));
            }
        }
    }

    #[test]
    fn reasons_of_a_set_are_those_of_its_units(
        graph in graph(), indicator in indicator(), date in 1i8..15,
    ) {
        let date = day(date);
        let uncovered = evaluate(&indicator, &graph, date).uncovered;
        let counts = reason_counts(&indicator, &graph, date, &uncovered);
        prop_assert!(counts.is_sorted_by(|a, b| a.count >= b.count));
        let mut expected = std::collections::BTreeMap::<_, u64>::new();
        for unit in &uncovered {
            for reason in reason_counts(&indicator, &graph, date, &OrganizationSet::from_iter([unit])) {
                prop_assert_eq!(reason.count, 1);
                *expected.entry((reason.form, reason.needed.to_string())).or_default() += 1;
            }
        }
        let found = counts.into_iter().map(|reason| ((reason.form, reason.needed.to_string()), reason.count)).collect();
        prop_assert_eq!(expected, found);
    }
}
