//! Tasks of the monthly loop: a gap of one territory, given to a unit responsible and followed to its end.

mod error;
mod id;
mod state;
#[cfg(test)]
mod tests;
mod told;

use std::num::NonZeroU32;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Date, OrganizationId};

pub use error::TaskError;
pub use id::TaskId;
pub use state::TaskState;
pub use told::told_reason;

/// The units of one territory that an indicator did not cover on the day of issue, and what became of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What makes it itself.
    pub id: TaskId,
    /// Who has to see to it.
    pub responsible: NamedOrganization,
    /// The last day on which it is not overdue.
    pub due: Date,
    /// The units that were not covered, by id, each once.
    pub units: Vec<NamedOrganization>,
    /// The steps that it took, the issue first; never empty.
    pub steps: Vec<TaskStep>,
}

/// An organisation that a task names as it was called on the day of issue, so that a sheet can name it when it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: Arc<str>,
}

/// One step of a task: its issue, or the way from a state to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskStep {
    /// The state that it leads to.
    pub state: TaskState,
    /// The day on which it was taken.
    pub date: Date,
    /// The office that took it.
    pub office: Arc<str>,
    /// What the office adds.
    pub note: Option<Arc<str>>,
    /// Which definition of the indicator the graph was asked by; `None` where it was not asked.
    pub judged_by: Option<NonZeroU32>,
    /// The units by which the graph contradicted.
    pub faults: Vec<TaskFault>,
}

/// A unit that keeps a task from being closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFault {
    /// The unit.
    pub unit: OrganizationId,
    /// Whether that is so because a value is unknown.
    pub unknown: bool,
    /// What is needed and what is recorded instead.
    pub reason: Arc<str>,
}

impl TaskStep {
    /// A step that an office took without asking the graph.
    pub fn new(state: TaskState, date: Date, office: impl Into<Arc<str>>) -> Self {
        Self { state, date, office: office.into(), note: None, judged_by: None, faults: Vec::new() }
    }
}

impl Task {
    /// The state that it is in now.
    pub fn state(&self) -> TaskState {
        self.steps.last().map_or(TaskState::ToHandOver, |step| step.state)
    }

    /// The state that it was in at the end of a day; `None` before its issue.
    pub fn state_on(&self, date: Date) -> Option<TaskState> {
        self.steps.iter().rev().find(|step| step.date <= date).map(|step| step.state)
    }

    /// The day of issue.
    pub fn issued_on(&self) -> Option<Date> {
        self.steps.first().map(|step| step.date)
    }

    /// Whether its due date had passed on a day without its having been closed.
    pub fn is_overdue(&self, date: Date) -> bool {
        self.due < date && self.state_on(date).is_some_and(|state| state != TaskState::Closed)
    }

    /// Checks what can be said of it without its graph.
    ///
    /// # Errors
    /// The first [`TaskError`]: units out of order, a due date before the issue, a step that may not follow.
    pub fn check(&self) -> Result<(), TaskError> {
        let Some((issue, steps)) = self.steps.split_first() else {
            return Err(TaskError::NotIssued(self.id.clone()));
        };
        if issue.state != TaskState::ToHandOver {
            return Err(TaskError::NotIssued(self.id.clone()));
        }
        if self.units.is_empty() || !self.units.is_sorted_by(|one, next| one.id < next.id) {
            return Err(TaskError::Units(self.id.clone()));
        }
        if self.due < issue.date {
            return Err(TaskError::Due { id: self.id.clone(), due: self.due, issued: issue.date });
        }
        let mut before = issue;
        for step in steps {
            self.check_step(before, step)?;
            before = step;
        }
        Ok(())
    }

    /// It, one step further.
    ///
    /// # Errors
    /// [`TaskError::Step`] with the states that may follow, [`TaskError::Backdated`].
    pub fn with_step(&self, step: TaskStep) -> Result<Self, TaskError> {
        match self.steps.last() {
            Some(last) => self.check_step(last, &step)?,
            None => return Err(TaskError::NotIssued(self.id.clone())),
        }
        let mut further = self.clone();
        further.steps.push(step);
        Ok(further)
    }

    /// Checks that it is what was recorded before, with or without further steps: what happened stays as it was.
    ///
    /// # Errors
    /// [`TaskError::Rewritten`].
    pub fn check_follows(&self, before: &Self) -> Result<(), TaskError> {
        let as_before =
            Self { steps: self.steps.iter().take(before.steps.len()).cloned().collect(), ..self.clone() };
        if as_before == *before { Ok(()) } else { Err(TaskError::Rewritten(self.id.clone())) }
    }

    fn check_step(&self, before: &TaskStep, step: &TaskStep) -> Result<(), TaskError> {
        if !before.state.next().contains(&step.state) {
            return Err(TaskError::Step { id: self.id.clone(), from: before.state, to: step.state });
        }
        if step.date < before.date {
            return Err(TaskError::Backdated { id: self.id.clone(), date: step.date, last: before.date });
        }
        Ok(())
    }
}
