use proptest::prelude::*;

use super::super::*;
use super::*;
use crate::coverage::evaluate;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_remedy_of_a_gap_closes_it_by_itself(units in prop::collection::vec(unit(), 1..12)) {
        let graph = graph_of(&units);
        let indicator = indicator("two-new-either");
        let scope = Scope { date: DATE, within: None };
        let remedies = Remedies::new(&indicator, &graph, &scope, LIMITS, 0);
        let states = [crate::coverage::CoverageState::Uncovered];
        for (unit, state) in crate::coverage::units_in_states(&indicator, &graph, &scope, &states) {
            for remedy in remedies.of(&indicator, &graph, unit, state) {
                if remedy.kind == RemedyKind::RecordValue {
                    continue;
                }
                let after = changed(&graph, &remedy.changes).unwrap();
                let covered = evaluate(&indicator, &after, DATE).covered_by;
                let is_covered = |unit: &Slot| covered.iter().any(|form| form.contains(unit.position()));
                prop_assert!(remedy.units.iter().all(is_covered));
                prop_assert!(remedy.units.contains(&unit));
            }
        }
    }
}

#[test]
fn what_no_rule_can_close_is_said_to_be_so() {
    let graph = graph_of(&[]);
    let mut graph_with_village = graph;
    graph_with_village
        .apply(&[put("cn-370114001301", OrganizationKind::Village, |o| o.annual_income_cny = Some(1.0))])
        .unwrap();
    let plan = planned(&graph_with_village, &indicator("village-income"), Goal::Target);
    assert!(plan.steps.is_empty());
    assert!(plan.note.unwrap().to_string().starts_with("no automatic plan"));
    assert_eq!(plan.unplanned.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Unplanned::NoRule]);
}

#[test]
fn a_chamber_that_lacks_a_party_organisation_gets_one_and_no_second_chamber_is_founded() {
    use OrganizationKind as K;
    let mut graph = graph_of(&[]);
    graph
        .apply(&[
            put("chamber", K::ChamberOfCommerce, |o| o.name = "示例商会".into()),
            relate("chamber", RelationType::ManagedBy, "cn-370114001", None),
        ])
        .unwrap();
    let indicator = indicator("chamber-party-organisation");
    let plan = planned(&graph, &indicator, Goal::Target);
    applied(&graph, &indicator, &plan);
    let texts: Vec<_> = plan.steps.iter().map(|step| step.remedy.text.to_string()).collect();
    assert_eq!(texts, ["set up 示例商会党支部 for 示例商会", "set up 名cn-370114002商会 for 名cn-370114002"]);
}
