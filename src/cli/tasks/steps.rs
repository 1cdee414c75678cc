use clap::Args;
use serde_json::{Value, json};

use super::list::rows;
use super::{Failure, tasks_of};
use crate::cli::answer::{answer, text};
use crate::cli::argument::task_state;
use crate::cli::output::line;
use crate::cli::store::StoreFolder;
use crate::model::{Date, Month, TaskState, parse_date};

/// The arguments of `tasks move`.
#[derive(Debug, Args)]
pub(super) struct Move {
    #[command(flatten)]
    store: StoreFolder,
    /// The tasks, such as 2024-06/grid-station/cn-370114001
    #[arg(value_name = "TASK", required_unless_present = "month", conflicts_with = "month")]
    ids: Vec<String>,
    /// In place of tasks: all of this month that can take the step
    #[arg(long, value_name = "MONTH")]
    month: Option<Month>,
    /// Of the month only those of territories that stand within this organisation, and of it itself
    #[arg(long, value_name = "ID", requires = "month")]
    within: Option<String>,
    /// Of the month only those of this indicator
    #[arg(long, value_name = "ID", requires = "month")]
    indicator: Option<String>,
    /// The state that they are to be in: HANDED_OVER, RECTIFYING, RECTIFIED or CLOSED
    #[arg(long, value_name = "STATE", value_parser = task_state)]
    to: TaskState,
    /// The day of the step; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    /// What the office adds
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

const MOVE: &str = "
mutation MoveTasks($ids: [ID!]!, $to: TaskState!, $on: Date, $note: String) {
  moveTasks(ids: $ids, to: $to, date: $on, note: $note) { version }
}";

/// How many tasks one mutation moves at the most.
const AT_ONCE: usize = 1_000;

impl Move {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let ids = match self.month {
            None => self.ids,
            Some(month) => {
                let filter = json!({ "month": month, "within": self.within, "indicator": self.indicator });
                let to = json!(self.to.name());
                let tasks = tasks_of(&atlas, &filter, false)?.into_iter();
                let can = |task: &Value| task["nextStates"].as_array().is_some_and(|next| next.contains(&to));
                tasks.filter(can).map(|task| text(&task["id"])).collect()
            }
        };
        for ids in ids.chunks(AT_ONCE) {
            let variables = json!({ "ids": ids, "to": self.to.name(), "on": self.on, "note": self.note });
            answer(&atlas, MOVE, variables)?;
        }
        line(format_args!("{} tasks are {} {}", ids.len(), self.to.label().simplified, self.to.name()))
    }
}

/// The arguments of `tasks review`.
#[derive(Debug, Args)]
pub(super) struct Review {
    #[command(flatten)]
    store: StoreFolder,
    /// The month that the tasks belong to, such as 2024-06
    #[arg(long, value_name = "MONTH")]
    month: Month,
    /// Only those of territories that stand within this organisation, and of it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// The day on which the graph is asked; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    /// What the reviewing office adds
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

const REVIEW: &str = "
mutation ReviewTasks($month: Month!, $within: ID, $on: Date, $note: String) {
  reviewTasks(month: $month, within: $within, date: $on, note: $note) {
    closed { ...shown }
    sentBack { ...shown history { faults { unit { id name } unknown reason } } }
    unjudged { ...shown }
  }
}
fragment shown on Task {
  id issuedOn dueOn state overdue
  indicator { id name } territory { id name } responsible { id name }
  units(first: 0) { totalCount }
}";

/// How many units at fault are named at the most.
const NAMED: usize = 20;

impl Review {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables =
            json!({ "month": self.month, "within": self.within, "on": self.on, "note": self.note });
        let review = answer(&atlas, REVIEW, variables)?["reviewTasks"].take();
        let list = |field: &str| review[field].as_array().map_or(&[][..], Vec::as_slice);
        let (closed, sent_back, unjudged) = (list("closed"), list("sentBack"), list("unjudged"));
        let all: Vec<_> = [closed, sent_back, unjudged].concat();
        rows(&all).print_table()?;
        let faults = sent_back.iter().flat_map(|task| {
            let last = task["history"].as_array().and_then(|steps| steps.last());
            let faults = last.and_then(|step| step["faults"].as_array()).map_or(&[][..], Vec::as_slice);
            faults.iter().map(move |fault| (task, fault))
        });
        let faults: Vec<_> = faults.collect();
        for (task, fault) in faults.iter().take(NAMED) {
            let (unit, reason) = (&fault["unit"], text(&fault["reason"]));
            let state = if fault["unknown"] == true { "UNKNOWN" } else { "UNCOVERED" };
            let (id, name) = (text(&unit["id"]), text(&unit["name"]));
            line(format_args!("{}: {id} {name} {state}: {reason}", text(&task["id"])))?;
        }
        if faults.len() > NAMED {
            line(format_args!("… and {} more units", faults.len() - NAMED))?;
        }
        line(format_args!("{} closed, {} sent back", closed.len(), sent_back.len()))?;
        if !unjudged.is_empty() {
            line(format_args!(
                "{} stay as they are: their indicator is not defined any more; define it again in indicators.toml",
                unjudged.len()
            ))?;
        }
        Ok(())
    }
}
