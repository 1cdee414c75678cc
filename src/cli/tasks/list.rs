use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Failure, tasks_of};
use crate::cli::answer::{definitions, list, place, text};
use crate::cli::argument::{moment, task_state};
use crate::cli::output::Output;
use crate::cli::report::{Column, Field, Report, Subject};
use crate::cli::store::StoreFolder;
use crate::model::{Date, Month, TaskState, parse_date, today};

/// The arguments of `tasks list`.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    store: StoreFolder,
    /// Only those of this month, such as 2024-06
    #[arg(long, value_name = "MONTH")]
    month: Option<Month>,
    /// Only those of territories that stand within this organisation, and of it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// Only those of this indicator
    #[arg(long, value_name = "ID")]
    indicator: Option<String>,
    /// Only those in these states, separated by commas: TO_HAND_OVER, HANDED_OVER, RECTIFYING, RECTIFIED, CLOSED
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = task_state)]
    states: Option<Vec<TaskState>>,
    /// Only those that are overdue
    #[arg(long)]
    overdue: bool,
    /// The day on which states are looked at; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// As it was recorded at this moment, such as 2023-07-01T00:00:00+08:00; as it is recorded now where left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    recorded_at: Option<Timestamp>,
    #[command(flatten)]
    output: Output,
}

impl List {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let states = self.states.map(|states| states.iter().map(|state| state.name()).collect::<Vec<_>>());
        let filter = json!({
            "month": self.month, "within": self.within, "indicator": self.indicator, "states": states,
            "overdue": self.overdue.then_some(true), "asOf": self.as_of, "recordedAt": self.recorded_at,
        });
        let tasks = Value::Array(tasks_of(&atlas, &filter, false)?);
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &tasks, || {
            let shown = list(&tasks);
            let mut report = report("任务清单", shown, within, self.as_of.unwrap_or_else(today));
            report.notes = vec![format!("{} tasks", shown.len()).into()];
            report
        })
    }
}

/// A row a task.
pub(super) fn report(title: &'static str, tasks: &[Value], within: Option<String>, date: Date) -> Report {
    let rows = tasks.iter().map(|task| {
        let state = Field::Coded(text(&task["state"]), label(&task["state"]));
        let overdue = if task["overdue"] == true { ("yes", "逾期") } else { ("", "") };
        vec![
            Field::text(&task["id"]),
            Field::text(&task["territory"]["name"]),
            Field::text(&task["indicator"]["name"]),
            Field::whole(&task["units"]["totalCount"]),
            Field::text(&task["responsible"]["name"]),
            Field::text(&task["issuedOn"]),
            Field::text(&task["dueOn"]),
            state,
            Field::Coded(overdue.0.to_owned(), overdue.1.to_owned()),
        ]
    });
    let defined = definitions(tasks.iter().map(|task| &task["indicator"]));
    let defined = Field::Coded(format!("by {defined}"), format!("指标定义：{defined}"));
    Report {
        title,
        subject: Subject { what: title.to_owned().into(), within, as_of: date.to_string() },
        synthetic: tasks.iter().any(|task| task["synthetic"] == true),
        about: if tasks.is_empty() { Vec::new() } else { vec![defined] },
        columns: vec![
            Column::text("id", "任务编号"),
            Column::text("territory", "镇街"),
            Column::text("indicator", "指标"),
            Column::number("units", "单位数"),
            Column::text("responsible", "责任单位"),
            Column::text("issued", "交办日期"),
            Column::text("due", "整改时限"),
            Column::text("state", "状态"),
            Column::text("overdue", "逾期"),
        ],
        rows: rows.collect(),
        notes: Vec::new(),
    }
}

/// How sheets write the state of a task.
pub(super) fn label(state: &Value) -> String {
    let known: Option<TaskState> = state.as_str().and_then(|name| name.parse().ok());
    known.map_or_else(String::new, |state| state.label().simplified)
}
