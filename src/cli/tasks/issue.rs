use clap::Args;
use serde_json::json;

use super::Failure;
use super::action::Action;
use super::list::report;
use crate::cli::answer::{answer, list, place, text};
use crate::cli::output::Output;
use crate::cli::store::StoreFolder;
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
    #[command(flatten)]
    action: Action,
    #[command(flatten)]
    output: Output,
}

const MUTATION: &str = "
mutation IssueTasks($month: Month!, $within: ID, $due: Date, $action: TaskActionInput!) {
  issueTasks(month: $month, within: $within, dueOn: $due, action: $action) {
    existing
    issued(first: 1000) {
      totalCount
      nodes {
        id month issuedOn dueOn state overdue synthetic
        indicator { id: code version name } territory { id name } responsible { id: organizationId name }
        units(first: 0) { totalCount }
      }
    }
  }
}";

impl Issue {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "month": self.month, "within": self.within, "due": self.due, "action": self.action.input(),
        });
        let outcome = answer(&atlas, MUTATION, variables)?["issueTasks"].take();
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &outcome, || {
            let issued = list(&outcome["issued"]["nodes"]);
            let [count, existing] = [&outcome["issued"]["totalCount"], &outcome["existing"]].map(text);
            let mut report = report("任务交办清单", issued, within, self.action.day());
            report.notes = vec![format!("{count} tasks issued, {existing} were there already").into()];
            report
        })
    }
}
