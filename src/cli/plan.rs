use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, text, title};
use super::output::line;
use super::store::StoreFolder;
use super::table::Rows;
use crate::model::{Date, parse_date};

/// The arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    store: StoreFolder,
    /// The indicator
    #[arg(long, value_name = "ID")]
    indicator: String,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// The first so many steps and their changes; for people 50 where left out, for programs all changes
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Go on when the target is reached
    #[arg(long)]
    everything: bool,
    /// The day from which the changes hold; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people
    #[default]
    Table,
    /// For programs: of steps and of units not planned 1000 at the most, and `changes`, which `what-if` and `apply` take as they are
    Json,
}

/// How many steps people are shown where they do not say.
const SHOWN: u32 = 50;

/// How many steps one page holds at the most.
const PAGE: u32 = 1_000;

const QUERY: &str = "
query Plan($indicator: ID!, $within: ID, $asOf: Date, $everything: Boolean!, $first: Int!, $limit: Int,
           $withChanges: Boolean!, $unplanned: Int!) {
  plan(indicator: $indicator, within: $within, asOf: $asOf, everything: $everything) {
    indicator { id name source }
    asOf synthetic note
    before { population subjects covered uncovered unknown exempt ratio met shortfall }
    after { population subjects covered uncovered unknown exempt ratio met shortfall }
    bound { counted planned atLeast }
    steps(first: $first) {
      totalCount
      nodes { number remedy { kind text units { id name } } covered ratio }
    }
    unplannedReasons { reason count }
    unplanned(first: $unplanned) { totalCount nodes { organization { id name } reason } }
    changes(steps: $limit) @include(if: $withChanges)
  }
}";

impl Plan {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let for_people = self.format == PlanFormat::Table;
        let shown = self.limit.unwrap_or(if for_people { SHOWN } else { PAGE }).min(PAGE);
        let variables = json!({
            "indicator": self.indicator, "within": self.within, "asOf": self.as_of,
            "everything": self.everything, "first": shown, "limit": self.limit, "withChanges": !for_people,
            "unplanned": if for_people { 0 } else { PAGE },
        });
        let plan = answer(&atlas, QUERY, variables)?["plan"].take();
        match self.format {
            PlanFormat::Json => line(format_args!("{plan:#}"))?,
            PlanFormat::Table => {
                line(heading(&plan))?;
                rows(&plan).print_table()?;
                line(ending(&plan))?;
            }
        }
        Ok(())
    }
}

/// What is planned, of which day, and what it leads to.
fn heading(plan: &Value) -> String {
    let mut lines = vec![title(plan)];
    lines.push(format!("{} → {}", reached(&plan["before"]), reached(&plan["after"])));
    lines.join("\n")
}

fn reached(counts: &Value) -> String {
    let ratio = counts["ratio"].as_f64().map_or_else(String::new, |r| format!(" ({:.1}%)", r * 100.0));
    format!("{} of {}{ratio}", text(&counts["covered"]), text(&counts["subjects"]))
}

fn rows(plan: &Value) -> Rows {
    let steps = plan["steps"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let rows = steps.iter().map(|step| {
        let units = step["remedy"]["units"].as_array().map_or(&[][..], Vec::as_slice);
        vec![
            text(&step["number"]),
            text(&step["remedy"]["kind"]),
            text(&step["remedy"]["text"]),
            units.iter().map(|unit| text(&unit["id"])).collect::<Vec<_>>().join(" "),
            text(&step["covered"]),
            step["ratio"].as_f64().map_or_else(String::new, |ratio| format!("{:.1}%", ratio * 100.0)),
        ]
    });
    Rows {
        headings: vec![
            ("step", true),
            ("kind", false),
            ("what", false),
            ("units", false),
            ("covered", true),
            ("ratio", true),
        ],
        rows: rows.collect(),
    }
}

/// How many steps there are in all, how good they are, and what is left.
fn ending(plan: &Value) -> String {
    let mut lines = vec![counted(&plan["steps"]["totalCount"], "step")];
    let bound = &plan["bound"];
    if !bound.is_null() {
        let counted = text(&bound["counted"]).to_lowercase();
        lines.push(format!(
            "{} new {counted}; by these rules it cannot be done with fewer than {}",
            text(&bound["planned"]),
            text(&bound["atLeast"]),
        ));
    }
    let unplanned = &plan["unplanned"];
    if unplanned["totalCount"] != 0 {
        let reasons = plan["unplannedReasons"].as_array().map_or(&[][..], Vec::as_slice);
        let reasons: Vec<_> =
            reasons.iter().map(|r| format!("{} {}", text(&r["reason"]), text(&r["count"]))).collect();
        lines.push(format!(
            "{} not planned: {}",
            counted(&unplanned["totalCount"], "unit"),
            reasons.join(", ")
        ));
    }
    lines.extend(plan["note"].as_str().map(str::to_owned));
    lines.join("\n")
}

fn counted(count: &Value, what: &str) -> String {
    let plural = if *count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", text(count))
}
