use clap::Args;
use serde_json::{Value, json};

use crate::cli::argument::unit;
use crate::model::{Date, parse_date, today};

/// When, by which office and with what note something is done to tasks.
#[derive(Debug, Args)]
pub(super) struct Action {
    /// The day on which it is done; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    on: Option<Date>,
    /// The office that does it, never a person
    #[arg(long, value_name = "OFFICE", value_parser = unit)]
    office: Option<String>,
    /// What the office adds
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Action {
    /// The action as GraphQL takes it.
    pub(super) fn input(&self) -> Value {
        json!({ "date": self.on, "office": self.office, "note": self.note })
    }

    /// The day on which it is done.
    pub(super) fn day(&self) -> Date {
        self.on.unwrap_or_else(today)
    }
}
