use clap::Args;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, text};
use super::argument::kind;
use super::changes::ChangesFile;
use super::output::line;
use super::store::StoreFolder;
use super::table::{Format, Rows};
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
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const QUERY: &str = "
query WhatIf($changes: [ChangeInput!]!, $indicators: [ID!]!, $within: ID, $groupBy: OrganizationKind,
             $asOf: Date) {
  whatIf(changes: $changes, indicators: $indicators, within: $within, groupBy: $groupBy, asOf: $asOf) {
    indicator { id name source }
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
        let variables = json!({
            "changes": changes, "indicators": self.indicators, "within": self.within,
            "groupBy": self.group_by, "asOf": self.as_of,
        });
        let comparisons = answer(&atlas, QUERY, variables)?["whatIf"].take();
        match self.format {
            Format::Json => line(format_args!("{comparisons:#}"))?,
            Format::Csv => rows(&comparisons).print_csv()?,
            Format::Table => {
                let list = comparisons.as_array().map_or(&[][..], Vec::as_slice);
                if list.iter().any(|comparison| comparison["synthetic"] == true) {
                    line("含生成数据 generated data")?;
                }
                rows(&comparisons).print_table()?;
            }
        }
        Ok(())
    }
}

/// A row an indicator in the whole, and one for each group in which a number moves.
fn rows(comparisons: &Value) -> Rows {
    let mut rows = Vec::new();
    for comparison in comparisons.as_array().map_or(&[][..], Vec::as_slice) {
        let id = text(&comparison["indicator"]["id"]);
        for group in comparison["groups"].as_array().map_or(&[][..], Vec::as_slice) {
            let name = if group["by"].is_null() { "(none)".to_owned() } else { text(&group["by"]["name"]) };
            rows.push(row(&id, &name, group));
        }
        rows.push(row(&id, "(all)", comparison));
    }
    Rows {
        headings: vec![
            ("indicator", false),
            ("where", false),
            ("covered", true),
            ("then", true),
            ("change", true),
            ("uncovered", true),
            ("then", true),
            ("ratio", true),
            ("then", true),
            ("met", false),
            ("then", false),
        ],
        rows,
    }
}

fn row(indicator: &str, name: &str, compared: &Value) -> Vec<String> {
    let (before, after) = (&compared["before"], &compared["after"]);
    let ratio = |counts: &Value| {
        counts["ratio"].as_f64().map_or_else(String::new, |ratio| format!("{:.1}%", ratio * 100.0))
    };
    vec![
        indicator.to_owned(),
        name.to_owned(),
        text(&before["covered"]),
        text(&after["covered"]),
        compared["difference"]["covered"].as_i64().map_or_else(String::new, |rise| format!("{rise:+}")),
        text(&before["uncovered"]),
        text(&after["uncovered"]),
        ratio(before),
        ratio(after),
        text(&before["met"]),
        text(&after["met"]),
    ]
}
