use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, place, text};
use super::argument::{kind, moment};
use super::changes::ChangesFile;
use super::coverage::{nowhere, whole};
use super::output::Output;
use super::report::{Column, Field, Report, Subject};
use super::store::StoreFolder;
use crate::model::{Date, OrganizationKind, parse_date};

/// The arguments of `what-if`.
#[derive(Debug, Args)]
pub(super) struct WhatIf {
    #[command(flatten)]
    store: StoreFolder,
    #[command(flatten)]
    changes: ChangesFile,
    /// The indicators; given again for each
    #[arg(long = "indicator", value_name = "ID", required = true)]
    indicators: Vec<String>,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// Groups by the organisations of this kind
    #[arg(long, value_name = "KIND", value_parser = kind, default_value = "SUBDISTRICT")]
    group_by: OrganizationKind,
    /// The day; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// As it was recorded at this moment, such as 2023-07-01T00:00:00+08:00; as it is recorded now where left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    recorded_at: Option<Timestamp>,
    #[command(flatten)]
    output: Output,
}

const QUERY: &str = "
query WhatIf($changes: [ChangeInput!]!, $indicators: [ID!]!, $within: ID, $groupBy: OrganizationKind,
             $asOf: Date, $recordedAt: DateTime) {
  whatIf(changes: $changes, indicators: $indicators, within: $within, groupBy: $groupBy, asOf: $asOf,
         recordedAt: $recordedAt) {
    indicator { id: code version name source }
    asOf synthetic
    before { population subjects covered uncovered unknown exempt ratio met shortfall }
    after { population subjects covered uncovered unknown exempt ratio met shortfall }
    difference { population covered uncovered unknown exempt ratio }
    groups {
      by { id name }
      before { population subjects covered uncovered unknown exempt ratio met shortfall }
      after { population subjects covered uncovered unknown exempt ratio met shortfall }
      difference { population covered uncovered unknown exempt ratio }
    }
  }
}";

impl WhatIf {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let changes = self.changes.read()?;
        let count = list(&changes).len();
        let variables = json!({
            "changes": changes, "indicators": self.indicators, "within": self.within,
            "groupBy": self.group_by, "asOf": self.as_of, "recordedAt": self.recorded_at,
        });
        let comparisons = answer(&atlas, QUERY, variables)?["whatIf"].take();
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &comparisons, || report(&comparisons, count, within))
    }
}

/// A row an indicator in the whole, and one for each group in which a number moves.
fn report(comparisons: &Value, changes: usize, within: Option<String>) -> Report {
    let comparisons = list(comparisons);
    let mut rows = Vec::new();
    for comparison in comparisons {
        let indicator = &comparison["indicator"];
        for group in list(&comparison["groups"]) {
            let name = if group["by"].is_null() { nowhere() } else { Field::text(&group["by"]["name"]) };
            rows.push(row(indicator, name, group));
        }
        rows.push(row(indicator, whole(), comparison));
    }
    Report {
        title: "变更试算表",
        subject: Subject {
            what: Field::Coded(
                format!("变更试算 what if ({changes} changes)"),
                format!("变更试算（{changes} 项变更）"),
            ),
            within,
            as_of: comparisons.first().map_or_else(String::new, |comparison| text(&comparison["asOf"])),
        },
        synthetic: comparisons.iter().any(|comparison| comparison["synthetic"] == true),
        about: Vec::new(),
        columns: vec![
            Column::text("indicator", "指标"),
            Column::text("where", "范围"),
            Column::number("covered", "现已覆盖"),
            Column::number("then", "变更后已覆盖"),
            Column::number("change", "增减"),
            Column::number("uncovered", "现未覆盖"),
            Column::number("then", "变更后未覆盖"),
            Column::number("ratio", "现覆盖率"),
            Column::number("then", "变更后覆盖率"),
            Column::text("met", "现达标"),
            Column::text("then", "变更后达标"),
        ],
        rows,
        notes: Vec::new(),
    }
}

fn row(indicator: &Value, name: Field, compared: &Value) -> Vec<Field> {
    let (before, after) = (&compared["before"], &compared["after"]);
    vec![
        Field::Coded(text(&indicator["id"]), text(&indicator["name"])),
        name,
        Field::whole(&before["covered"]),
        Field::whole(&after["covered"]),
        Field::rise(&compared["difference"]["covered"]),
        Field::whole(&before["uncovered"]),
        Field::whole(&after["uncovered"]),
        Field::percentage(&before["ratio"]),
        Field::percentage(&after["ratio"]),
        Field::flag(&before["met"]),
        Field::flag(&after["met"]),
    ]
}
