use clap::Args;
use serde_json::{Value, json};

use super::{Failure, tasks_of};
use crate::cli::answer::text;
use crate::cli::argument::task_state;
use crate::cli::output::line;
use crate::cli::store::StoreFolder;
use crate::cli::table::{Format, Rows};
use crate::model::{Date, Month, TaskState, parse_date};

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
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl List {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let states = self.states.map(|states| states.iter().map(|state| state.name()).collect::<Vec<_>>());
        let filter = json!({
            "month": self.month, "within": self.within, "indicator": self.indicator, "states": states,
            "overdue": self.overdue.then_some(true), "asOf": self.as_of,
        });
        let tasks = tasks_of(&atlas, &filter, false)?;
        match self.format {
            Format::Json => line(format_args!("{:#}", Value::Array(tasks)))?,
            Format::Csv => rows(&tasks).print_csv()?,
            Format::Table => {
                if tasks.iter().any(|task| task["synthetic"] == true) {
                    line("含生成数据 generated data")?;
                }
                rows(&tasks).print_table()?;
                line(format_args!("{} tasks", tasks.len()))?;
            }
        }
        Ok(())
    }
}

/// A row a task.
pub(super) fn rows(tasks: &[Value]) -> Rows {
    let rows = tasks.iter().map(|task| {
        let overdue = if task["overdue"] == true { "逾期" } else { "" };
        vec![
            text(&task["id"]),
            text(&task["territory"]["name"]),
            text(&task["indicator"]["name"]),
            text(&task["units"]["totalCount"]),
            text(&task["responsible"]["name"]),
            text(&task["issuedOn"]),
            text(&task["dueOn"]),
            text(&task["state"]),
            label(&task["state"]),
            overdue.to_owned(),
        ]
    });
    Rows {
        headings: vec![
            ("id", false),
            ("territory", false),
            ("indicator", false),
            ("units", true),
            ("responsible", false),
            ("issued", false),
            ("due", false),
            ("state", false),
            ("状态", false),
            ("overdue", false),
        ],
        rows: rows.collect(),
    }
}

/// How sheets write the state of a task.
pub(super) fn label(state: &Value) -> String {
    let known: Option<TaskState> = state.as_str().and_then(|name| name.parse().ok());
    known.map_or_else(String::new, |state| state.label().simplified)
}
