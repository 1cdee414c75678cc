use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::coverage::{CoverageState, Examiner, Indicator, IndicatorCatalog};
use crate::graph::{Graph, When};
use crate::model::*;

const DATE: Date = Date::constant(2024, 6, 3);

fn id(text: &str) -> OrganizationId {
    text.parse().unwrap()
}

fn put(id_: &str, kind: OrganizationKind, edit: impl FnOnce(&mut Organization)) -> Change {
    let mut organization = Organization::new(id(id_), kind, format!("名{id_}"));
    edit(&mut organization);
    Change::PutOrganization(Box::new(organization))
}

fn relate(source: &str, relation_type: RelationType, target: &str) -> Change {
    Change::PutRelation(Relation::new(id(source), relation_type, id(target)))
}

fn unit(number: usize) -> String {
    format!("unit-{number}")
}

/// A district of two subdistricts, the first with a working committee, and a city above it.
fn district() -> Vec<Change> {
    use OrganizationKind as K;
    use RelationType as T;
    vec![
        put("cn-3701", K::City, |_| {}),
        put("cn-370114", K::District, |_| {}),
        put("cn-370114001", K::Subdistrict, |_| {}),
        put("cn-370114002", K::Subdistrict, |_| {}),
        put("cn-370114001001", K::Community, |_| {}),
        relate("cn-370114", T::PartOf, "cn-3701"),
        relate("cn-370114001", T::PartOf, "cn-370114"),
        relate("cn-370114002", T::PartOf, "cn-370114"),
        relate("cn-370114001001", T::PartOf, "cn-370114001"),
        put("branch", K::PartyBranch, |_| {}),
        put("committee", K::PartyWorkingCommittee, |_| {}),
        relate("branch", T::Organizes, "cn-370114001"),
        relate("committee", T::Organizes, "cn-370114001"),
    ]
}

/// Two-new units that stand in some of the territories and have, lack or may have a branch of their own.
fn graph_of(units: &[(Vec<&str>, Option<u32>, bool)]) -> Graph {
    let mut changes = district();
    for (number, (territories, members, covered)) in units.iter().enumerate() {
        let name = unit(number);
        changes.push(put(&name, OrganizationKind::Enterprise, |o| {
            o.full_members = *members;
            o.designations.insert("TWO_NEW".into());
        }));
        changes.extend(territories.iter().map(|territory| relate(&name, RelationType::LocatedIn, territory)));
        if *covered {
            let branch = format!("own-{number}");
            changes.push(put(&branch, OrganizationKind::PartyBranch, |_| {}));
            let mut relation = Relation::new(id(&branch), RelationType::Organizes, id(&name));
            relation.mode = Some(RelationMode::Standalone);
            changes.push(Change::PutRelation(relation));
        }
    }
    let mut graph = Graph::new();
    graph.apply(&changes).unwrap();
    graph
}

fn indicator(id: &str) -> Indicator {
    IndicatorCatalog::core().unwrap().get(id).unwrap().clone()
}

fn order() -> TaskOrder {
    let month = Month::of(DATE);
    TaskOrder { month, date: DATE, due: month.last_day(), office: "组织部".into(), note: None }
}

fn issued(graph: &Graph, within: Option<&str>) -> Vec<Task> {
    let areas = TaskAreas::find(graph, DATE, within.map(|id| graph.slot(id).unwrap())).unwrap();
    let own_branch = indicator("two-new-own-branch");
    issue(&own_branch, graph, &areas, &order()).unwrap()
}

fn units(task: &Task) -> Vec<&str> {
    task.units.iter().map(|unit| unit.id.as_str()).collect()
}

proptest! {
    /// Straight from the definition: each uncovered unit is in the task of each subdistrict that it stands in,
    /// else in that of the whole, and nothing else is in a task.
    #[test]
    fn every_gap_is_in_a_task_and_nothing_else(
        units in prop::collection::vec((
            prop::collection::btree_set(0usize..5, 0..3),
            prop::option::weighted(0.8, 2u32..5),
            any::<bool>(),
        ), 0..8),
        within in prop::option::of(prop::sample::select(vec!["cn-370114", "cn-370114001"])),
    ) {
        const PLACES: [&str; 5] =
            ["cn-370114", "cn-370114001", "cn-370114002", "cn-370114001001", "cn-3701"];
        let units: Vec<_> = units
            .into_iter()
            .map(|(places, members, covered)| {
                (places.into_iter().map(|place| PLACES[place]).collect(), members, covered)
            })
            .collect();
        let graph = graph_of(&units);
        let own_branch = indicator("two-new-own-branch");
        let examiner = Examiner::new(&graph, DATE);
        let mut expected = BTreeSet::new();
        for number in 0..units.len() {
            let slot = graph.slot(&unit(number)).unwrap();
            let state = examiner.state(&own_branch, slot);
            if state.map(|(state, _)| state) != Some(CoverageState::Uncovered) {
                continue;
            }
            let above: Vec<_> =
                graph.ancestors(slot, When::On(DATE)).iter().map(|a| graph.id(*a).as_str()).collect();
            if within.is_some_and(|root| !above.contains(&root)) {
                continue;
            }
            let inside = |s: &&&str| within.is_none_or(|root| root == "cn-370114" || root == **s);
            let subdistricts = ["cn-370114001", "cn-370114002"];
            let standing: Vec<_> =
                subdistricts.iter().filter(|s| above.contains(s)).filter(inside).collect();
            let rest = within.unwrap_or("cn-370114");
            if standing.is_empty() {
                expected.insert((rest.to_owned(), unit(number)));
            }
            expected.extend(standing.into_iter().map(|s| (s.to_string(), unit(number))));
        }
        let tasks = issued(&graph, within);
        let found: BTreeSet<_> = tasks
            .iter()
            .flat_map(|task| task.units.iter().map(|u| (task.id.territory.to_string(), u.id.to_string())))
            .collect();
        prop_assert_eq!(found, expected);
        let ids: BTreeSet<_> = tasks.iter().map(|task| &task.id).collect();
        prop_assert_eq!(ids.len(), tasks.len(), "two tasks have one id");
    }
}

#[test]
fn a_task_names_who_is_responsible_and_begins_with_its_issue() {
    let (first, second, nowhere) = (vec!["cn-370114001001"], vec!["cn-370114002"], vec![]);
    let tasks = issued(
        &graph_of(&[(first, Some(3), false), (second, Some(3), false), (nowhere, Some(3), false)]),
        None,
    );
    let lines: Vec<_> = tasks
        .iter()
        .map(|task| {
            let step = &task.steps[0];
            let (units, version) = (units(task).join(" "), step.judged_by.unwrap());
            let responsible = &task.responsible.id;
            format!(
                "{} {responsible} until {}: {units}; {:?} {} by {}, v{version}",
                task.id, task.due, step.state, step.date, step.office
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn tasks_are_issued_by_whole_subdistricts_and_due_after_their_issue() {
    let mut graph = graph_of(&[(vec!["cn-370114001"], Some(3), false)]);
    let find = |graph: &Graph, within: Option<&str>| {
        TaskAreas::find(graph, DATE, within.map(|id| graph.slot(id).unwrap())).map_err(|e| e.to_string())
    };
    let areas = find(&graph, None).unwrap();
    assert_eq!(graph.id(areas.rest).as_str(), "cn-370114");
    let refused = [
        find(&graph, Some("cn-370114001001")).unwrap_err(),
        find(&graph, Some("branch")).unwrap_err(),
        {
            let late = TaskOrder { due: Date::constant(2024, 6, 2), ..order() };
            let own_branch = indicator("two-new-own-branch");
            issue(&own_branch, &graph, &areas, &late).unwrap_err().to_string()
        },
        {
            graph.apply(&[put("cn-370115003", OrganizationKind::Subdistrict, |_| {})]).unwrap();
            find(&graph, None).unwrap_err()
        },
    ];
    insta::assert_snapshot!(refused.join("\n"));
}

/// What is done about the one unit of a task, and what a review then says.
#[test]
fn a_gap_is_gone_when_the_unit_is_covered_exempt_or_not_meant_any_more() {
    let check = |changes: &[Change]| {
        let mut graph = graph_of(&[(vec!["cn-370114001"], Some(3), false)]);
        let tasks = issued(&graph, None);
        graph.apply(changes).unwrap();
        let own_branch = indicator("two-new-own-branch");
        let step = review(&tasks[0], &own_branch, &graph, Date::constant(2024, 6, 20), &"组织部".into(), 0);
        let faults = step.faults.iter().map(|f| format!("{} unknown {}: {}", f.unit, f.unknown, f.reason));
        format!("{:?} {}", step.state, faults.collect::<Vec<_>>().join("; "))
    };
    let enterprise = |edit: &dyn Fn(&mut Organization)| {
        put("unit-0", OrganizationKind::Enterprise, |o| {
            o.full_members = Some(3);
            o.designations.insert("TWO_NEW".into());
            edit(o);
        })
    };
    let organize = |mode| {
        let mut relation = Relation::new(id("branch"), RelationType::Organizes, id("unit-0"));
        relation.mode = mode;
        [Change::PutRelation(relation)]
    };
    let exemption = Change::PutAnnex(Box::new(Annex::Exemption(Exemption {
        unit: id("unit-0"),
        indicator: "two-new-own-branch".into(),
        granted_on: Date::constant(2024, 6, 10),
        until: None,
        reason: "停产搬迁".into(),
        granted_by: "组织部".into(),
    })));
    let ended = Validity::new(None, Some(Date::constant(2024, 6, 20))).unwrap();
    let location = Relation::new(id("unit-0"), RelationType::LocatedIn, id("cn-370114001")).key();
    let table = [
        ("nothing", check(&[])),
        ("another form of branch", check(&organize(Some(RelationMode::Joint)))),
        ("a branch of its own", check(&organize(Some(RelationMode::Standalone)))),
        ("an exemption", check(&[exemption])),
        ("fewer members", check(&[enterprise(&|o| o.full_members = Some(2))])),
        ("members unknown", check(&[enterprise(&|o| o.full_members = None)])),
        ("dissolved that day", check(&[enterprise(&|o| o.life = ended)])),
        ("removed", check(&[Change::RemoveRelation(location), Change::RemoveOrganization(id("unit-0"))])),
    ];
    insta::assert_snapshot!(table.map(|(done, outcome)| format!("{done}: {outcome}")).join("\n"));
}
