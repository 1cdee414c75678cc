use clap::Args;
use serde_json::json;

use super::Failure;
use super::list::rows;
use crate::cli::answer::{answer, text};
use crate::cli::output::line;
use crate::cli::store::StoreFolder;
use crate::cli::table::Format;
use crate::model::{Date, Month, parse_date};

/// The arguments of `tasks issue`.
#[derive(Debug, Args)]
pub(super) struct Issue {
    #[command(flatten)]
    store: StoreFolder,
    /// The month that the tasks belong to, such as 2024-06
    #[arg(long, value_name = "MONTH")]
    month: Month,
    /// Only the subdistricts of this territory, and what stands in it alone
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// The last day on which they are not overdue; the last of the month where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    due: Option<Date>,
    /// The day of issue, on which gaps are looked for; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    /// What the issuing office adds
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const MUTATION: &str = "
mutation IssueTasks($month: Month!, $within: ID, $due: Date, $on: Date, $note: String) {
  issueTasks(month: $month, within: $within, dueOn: $due, date: $on, note: $note) {
    existing
    issued {
      id month issuedOn dueOn state overdue synthetic
      indicator { id name } territory { id name } responsible { id name }
      units(first: 0) { totalCount }
    }
  }
}";

impl Issue {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "month": self.month, "within": self.within, "due": self.due, "on": self.on, "note": self.note,
        });
        let outcome = answer(&atlas, MUTATION, variables)?["issueTasks"].take();
        let issued = outcome["issued"].as_array().map_or(&[][..], Vec::as_slice);
        match self.format {
            Format::Json => line(format_args!("{outcome:#}"))?,
            Format::Csv => rows(issued).print_csv()?,
            Format::Table => {
                rows(issued).print_table()?;
                let existing = text(&outcome["existing"]);
                line(format_args!("{} tasks issued, {existing} were there already", issued.len()))?;
            }
        }
        Ok(())
    }
}
