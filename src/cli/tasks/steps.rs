use clap::Args;
use serde_json::{Value, json};

use super::action::Action;
use super::list::report;
use super::{Failure, tasks_of};
use crate::cli::answer::{answer, list, place, text};
use crate::cli::argument::task_state;
use crate::cli::output::{Output, line};
use crate::cli::report::Field;
use crate::cli::store::StoreFolder;
use crate::model::{Month, TaskState};

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
    #[command(flatten)]
    action: Action,
}

const MOVE: &str = "
mutation MoveTasks($ids: [ID!]!, $to: TaskState!, $action: TaskActionInput!) {
  moveTasks(ids: $ids, to: $to, action: $action) { version }
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
                let can = |task: &Value| list(&task["nextStates"]).contains(&to);
                tasks.filter(can).map(|task| text(&task["id"])).collect()
            }
        };
        for ids in ids.chunks(AT_ONCE) {
            let variables = json!({ "ids": ids, "to": self.to.name(), "action": self.action.input() });
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
    #[command(flatten)]
    action: Action,
    #[command(flatten)]
    output: Output,
}

const REVIEW: &str = "
mutation ReviewTasks($month: Month!, $within: ID, $action: TaskActionInput!) {
  reviewTasks(month: $month, within: $within, action: $action) {
    closed(first: 1000) { totalCount nodes { ...shown } }
    sentBack(first: 1000) {
      totalCount
      nodes { ...shown history { faults(first: 1000) { nodes { unit { id: organizationId name } unknown reason } } } }
    }
    unjudged(first: 1000) { totalCount nodes { ...shown } }
  }
}
fragment shown on Task {
  id issuedOn dueOn state overdue synthetic
  indicator { id: code version name } territory { id name } responsible { id: organizationId name }
  units(first: 0) { totalCount }
}";

impl Review {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({ "month": self.month, "within": self.within, "action": self.action.input() });
        let review = answer(&atlas, REVIEW, variables)?["reviewTasks"].take();
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &review, || {
            let of = |field: &str| (list(&review[field]["nodes"]), text(&review[field]["totalCount"]));
            let ((closed, of_closed), (sent_back, of_sent_back)) = (of("closed"), of("sentBack"));
            let (unjudged, of_unjudged) = of("unjudged");
            let all = [closed, sent_back, unjudged].concat();
            let mut report = report("任务复核清单", &all, within, self.action.day());
            report.notes = faults(sent_back).into_iter().map(Field::from).collect();
            report.notes.push(format!("{of_closed} closed, {of_sent_back} sent back").into());
            if !unjudged.is_empty() {
                let left = format!(
                    "{of_unjudged} stay as they are: their indicator is not defined any more; define it again in \
                     indicators.toml"
                );
                report.notes.push(left.into());
            }
            report
        })
    }
}

/// How many units at fault are named at the most.
const NAMED: usize = 20;

/// The units by which the graph contradicts, a line each.
fn faults(sent_back: &[Value]) -> Vec<String> {
    let faults = sent_back.iter().flat_map(|task| {
        let last = list(&task["history"]).last();
        list(last.map_or(&Value::Null, |step| &step["faults"]["nodes"]))
            .iter()
            .map(move |fault| (task, fault))
    });
    let mut lines: Vec<_> = faults
        .map(|(task, fault)| {
            let (task, reason) = (text(&task["id"]), text(&fault["reason"]));
            let state = if fault["unknown"] == true { "UNKNOWN" } else { "UNCOVERED" };
            let [id, name] = ["id", "name"].map(|field| text(&fault["unit"][field]));
            format!("{task}: {id} {name} {state}: {reason}")
        })
        .collect();
    if lines.len() > NAMED {
        let more = format!("… and {} more units; --format json names them all", lines.len() - NAMED);
        lines.truncate(NAMED);
        lines.push(more);
    }
    lines
}
