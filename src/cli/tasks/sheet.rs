use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::sheets::{Loop, closing, hand_over, report, supervision};
use super::{Failure, tasks_of};
use crate::cli::answer::answer;
use crate::cli::argument::unit;
use crate::cli::output::write_file;
use crate::cli::store::StoreFolder;
use crate::model::{Date, Month, month_before, parse_date, today};
use crate::workbook::write_sheets;

/// The arguments of `tasks sheet`.
#[derive(Debug, Args)]
pub(super) struct TaskSheet {
    #[command(flatten)]
    store: StoreFolder,
    /// Which sheet
    #[arg(long, value_enum)]
    kind: SheetKind,
    /// The month, such as 2024-06
    #[arg(long, value_name = "MONTH")]
    month: Month,
    /// Only tasks of territories that stand within this organisation, and of it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// The day that it is said of; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// The unit that reports, for the head of the sheet; blank where left out
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    reporting_unit: Option<String>,
    /// The workbook (XLSX) to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// A sheet of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SheetKind {
    /// 交办单: the month's tasks and their units, a sheet a territory
    HandOver,
    /// 督办单: what is not closed of the month and of those before, the longest overdue first
    Supervision,
    /// 销号单: the month's closed tasks and what closed each unit, a sheet a territory
    Closing,
    /// 月报: how far tasks and indicators are, by territory and by indicator
    Report,
}

impl TaskSheet {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let date = self.as_of.unwrap_or_else(today);
        let of_loop = Loop { month: self.month, date, reporting_unit: self.reporting_unit };
        let unfinished = ["TO_HAND_OVER", "HANDED_OVER", "RECTIFYING", "RECTIFIED"].map(Value::from).to_vec();
        let (month, states) = match self.kind {
            SheetKind::HandOver | SheetKind::Report => (json!(self.month), Value::Null),
            SheetKind::Supervision => (Value::Null, Value::Array(unfinished)),
            SheetKind::Closing => (json!(self.month), json!(["CLOSED"])),
        };
        let filter = json!({ "month": month, "within": self.within, "states": states, "asOf": date });
        let tasks = tasks_of(&atlas, &filter, self.kind != SheetKind::Report)?;
        let sheets = match self.kind {
            SheetKind::HandOver => hand_over(&of_loop, &tasks),
            SheetKind::Supervision => supervision(&of_loop, &tasks),
            SheetKind::Closing => closing(&of_loop, &tasks),
            SheetKind::Report => {
                let query = report::query(&atlas)?;
                let variables = json!({
                    "within": self.within, "asOf": date, "before": month_before(date),
                });
                report::sheets(&of_loop, &tasks, &answer(&atlas, &query, variables)?)
            }
        };
        if sheets.is_empty() {
            let month = self.month;
            return Err(Failure::new(format!(
                "no task of {month} is to be printed; `orgatlas tasks list --month {month}` shows what there is"
            )));
        }
        let snapshot = atlas.snapshot();
        let classification = snapshot.disclosure.classification.as_deref();
        let bytes = write_sheets(&sheets, classification, today())?;
        write_file(&self.output, &bytes)
    }
}
