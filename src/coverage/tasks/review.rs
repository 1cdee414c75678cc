use std::sync::Arc;

use crate::coverage::{CoverageState, Examiner, Indicator};
use crate::graph::{Graph, Slot, When};
use crate::model::{Date, Task, TaskFault, TaskState, TaskStep};

/// The units of a task whose gap the graph does not know to be gone on a day, in their order; none where it agrees.
///
/// A gap is gone when the unit is covered, exempt, or not in the population any more. Reasons do not tell counts of
/// members from 1 up to below a number; 0 suppresses none.
pub fn faults(
    task: &Task,
    indicator: &Indicator,
    graph: &Graph,
    date: Date,
    suppress_below: u32,
) -> Vec<TaskFault> {
    let examiner = Examiner::new(graph, date).keeping_back(suppress_below);
    let fault = |unit: &crate::model::NamedOrganization| {
        let slot = graph.slot(unit.id.as_str()).filter(|slot| graph.exists(*slot, When::On(date)))?;
        let (state, _) = examiner.state(indicator, slot)?;
        let unknown = match state {
            CoverageState::Covered | CoverageState::Exempt => return None,
            CoverageState::Uncovered => false,
            CoverageState::Unknown => true,
        };
        let reason = reason(&examiner, graph, indicator, slot, state);
        Some(TaskFault { unit: unit.id.clone(), unknown, reason })
    };
    task.units.iter().filter_map(fault).collect()
}

/// The step that the graph makes of a rectified task on a day: closed, or sent back with the units at fault.
///
/// The step is recorded, and read by those from whom small counts of members are suppressed: it never tells them.
pub fn review(
    task: &Task,
    indicator: &Indicator,
    graph: &Graph,
    date: Date,
    office: &Arc<str>,
    suppress_below: u32,
) -> TaskStep {
    let faults = faults(task, indicator, graph, date, suppress_below);
    let state = if faults.is_empty() { TaskState::Closed } else { TaskState::Rectifying };
    TaskStep { judged_by: Some(indicator.version), faults, ..TaskStep::new(state, date, Arc::clone(office)) }
}

/// What is needed and what is recorded instead, each condition once.
fn reason(
    examiner: &Examiner<'_>,
    graph: &Graph,
    indicator: &Indicator,
    slot: Slot,
    state: CoverageState,
) -> Arc<str> {
    let reasons = examiner.reasons(indicator, slot, state).into_iter().map(|(_, reason)| {
        let asked = match reason.organization {
            asked if asked == slot => String::new(),
            asked => format!("{}: ", graph.id(asked)),
        };
        format!("{asked}{}, recorded: {}", reason.needed, reason.found)
    });
    let mut reasons: Vec<_> = reasons.collect();
    reasons.dedup();
    reasons.join("; ").into()
}
