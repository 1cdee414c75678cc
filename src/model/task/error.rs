use thiserror::Error;

use super::{TaskId, TaskState};
use crate::model::Date;

/// Why a task or a step of it is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TaskError {
    /// The text is no id of a task.
    #[error(
        "\"{0}\" is no id of a task, such as 2024-06/grid-station/cn-370114001: month, indicator, territory"
    )]
    Id(String),
    /// What is recorded of a task would become something else.
    #[error("the task {0} is issued already: steps can follow, and nothing of it can change")]
    Rewritten(TaskId),
    /// The steps do not begin with the issue.
    #[error("the task {0} does not begin with its issue")]
    NotIssued(TaskId),
    /// The units are none, or not by id and each once.
    #[error("the task {0} must list units, by id and each once")]
    Units(TaskId),
    /// It would be overdue on the day of issue.
    #[error("the task {id} would be due on {due}, before the day of issue {issued}: name a later due date")]
    Due {
        /// The task.
        id: TaskId,
        /// Its due date.
        due: Date,
        /// The day of issue.
        issued: Date,
    },
    /// A step leads to a state that may not follow.
    #[error("the task {id} is {} and cannot become {}: {}", described(*.from), .to.name(), choices(*.from))]
    Step {
        /// The task.
        id: TaskId,
        /// The state that it is in.
        from: TaskState,
        /// The state asked for.
        to: TaskState,
    },
    /// A step is dated before the last one.
    #[error("the last step of the task {id} was taken on {last}: one of {date} cannot follow it")]
    Backdated {
        /// The task.
        id: TaskId,
        /// The day at fault.
        date: Date,
        /// The day of the last step.
        last: Date,
    },
}

fn described(state: TaskState) -> String {
    format!("{} {}", state.label().simplified, state.name())
}

fn choices(from: TaskState) -> String {
    let next: Vec<_> = from.next().iter().map(|state| state.name()).collect();
    if next.is_empty() { "that is its end".to_owned() } else { format!("next is {}", next.join(" or ")) }
}
