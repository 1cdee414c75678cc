use std::sync::Arc;

use super::TaskAreas;
use super::responsible::responsible;
use crate::coverage::{CoverageState, Indicator, Scope, units_in_states};
use crate::graph::{Graph, OrganizationSet, Slot};
use crate::model::{Date, Month, NamedOrganization, Task, TaskError, TaskId, TaskState, TaskStep};

/// What is asked for when tasks are issued.
#[derive(Clone, Debug)]
pub struct TaskOrder {
    /// The month that they belong to.
    pub month: Month,
    /// The day of issue, on which gaps are looked for.
    pub date: Date,
    /// The last day on which they are not overdue.
    pub due: Date,
    /// The office that issues them.
    pub office: Arc<str>,
    /// What it adds.
    pub note: Option<Arc<str>>,
}

/// The tasks of an indicator: a task a territory that has gaps on the day of issue, and every gap in one.
///
/// A unit that stands in several subdistricts is in the task of each.
///
/// # Errors
/// [`TaskError::Due`] when they would be overdue on the day of issue.
pub fn issue(
    indicator: &Indicator,
    graph: &Graph,
    areas: &TaskAreas,
    order: &TaskOrder,
) -> Result<Vec<Task>, TaskError> {
    let uncovered = |within: Option<Slot>| {
        let scope = Scope { date: order.date, within };
        let units = units_in_states(indicator, graph, &scope, &[CoverageState::Uncovered]);
        units.into_iter().map(|(slot, _)| slot).collect::<Vec<_>>()
    };
    let mut tasks = Vec::new();
    let mut given = OrganizationSet::new();
    for subdistrict in &areas.subdistricts {
        let units = uncovered(Some(*subdistrict));
        given.extend(units.iter().map(|slot| slot.position()));
        tasks.extend(task(indicator, graph, order, *subdistrict, &units)?);
    }
    let mut rest = uncovered(areas.within);
    rest.retain(|slot| !given.contains(slot.position()));
    tasks.extend(task(indicator, graph, order, areas.rest, &rest)?);
    Ok(tasks)
}

/// A territory's task; `None` where it has no gap.
fn task(
    indicator: &Indicator,
    graph: &Graph,
    order: &TaskOrder,
    territory: Slot,
    units: &[Slot],
) -> Result<Option<Task>, TaskError> {
    if units.is_empty() {
        return Ok(None);
    }
    let named = |slot: Slot| NamedOrganization { id: graph.id(slot).clone(), name: graph.name(slot).into() };
    let issue = TaskStep {
        note: order.note.clone(),
        judged_by: Some(indicator.version),
        ..TaskStep::new(TaskState::ToHandOver, order.date, Arc::clone(&order.office))
    };
    let task = Task {
        id: TaskId {
            month: order.month,
            indicator: indicator.id.as_str().into(),
            territory: graph.id(territory).clone(),
        },
        responsible: named(responsible(graph, territory, order.date)),
        due: order.due,
        units: units.iter().map(|slot| named(*slot)).collect(),
        steps: vec![issue],
    };
    task.check()?;
    Ok(Some(task))
}
