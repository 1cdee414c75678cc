use clap::Args;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, place, subject};
use super::filter::Filter;
use super::output::Output;
use super::report::{Column, Field, Report};
use super::store::StoreFolder;
use crate::model::{Date, parse_date};

/// The arguments of `trend`.
#[derive(Debug, Args)]
pub(super) struct Trend {
    #[command(flatten)]
    store: StoreFolder,
    /// The indicator
    #[arg(long, value_name = "ID")]
    indicator: String,
    #[command(flatten)]
    filter: Filter,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// A day of the first month
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    from: Date,
    /// The last day; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    to: Option<Date>,
    #[command(flatten)]
    output: Output,
}

const QUERY: &str = "
query Trend($indicator: ID!, $filter: UnitFilter, $within: ID, $from: Date!, $to: Date) {
  trend(indicator: $indicator, filter: $filter, within: $within, from: $from, to: $to) {
    asOf
    asReported { indicator { version } ...Counts }
    asKnown { indicator { id: code version name source } synthetic ...Counts }
  }
}
fragment Counts on Coverage { population subjects covered uncovered unknown exempt ratio met shortfall }";

impl Trend {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "indicator": self.indicator, "filter": self.filter.variable(), "within": self.within, "from": self.from,
            "to": self.to,
        });
        let trend = answer(&atlas, QUERY, variables)?["trend"].take();
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &trend, || report(&trend, within, self.filter.line()))
    }
}

/// A row a month, as it was reported at its end and as it is known now.
fn report(trend: &Value, within: Option<String>, filter: Option<Field>) -> Report {
    let points = list(trend);
    let rows = points.iter().map(|point| {
        let mut row = vec![Field::text(&point["asOf"])];
        row.push(Field::whole(&point["asReported"]["indicator"]["version"]));
        for counts in [&point["asReported"], &point["asKnown"]] {
            row.extend(["covered", "subjects", "unknown"].map(|field| Field::whole(&counts[field])));
            row.extend([Field::percentage(&counts["ratio"]), Field::flag(&counts["met"])]);
        }
        row
    });
    let mut about = points.last().map_or(Value::Null, |point| point["asKnown"].clone());
    about["asOf"] = points.last().map_or(Value::Null, |point| point["asOf"].clone());
    Report {
        title: "覆盖走势表",
        subject: subject(&about, within),
        synthetic: points.iter().any(|point| point["asKnown"]["synthetic"] == true),
        about: filter.into_iter().collect(),
        columns: vec![
            Column::text("day", "日期"),
            Column::number("version as reported", "当时上报 指标版本"),
            Column::number("covered as reported", "当时上报 已覆盖"),
            Column::number("subjects", "当时上报 已知数"),
            Column::number("unknown", "当时上报 情况不明"),
            Column::number("ratio", "当时上报 覆盖率"),
            Column::text("met", "当时上报 达标"),
            Column::number("covered as now known", "现时掌握 已覆盖"),
            Column::number("subjects", "现时掌握 已知数"),
            Column::number("unknown", "现时掌握 情况不明"),
            Column::number("ratio", "现时掌握 覆盖率"),
            Column::text("met", "现时掌握 达标"),
        ],
        rows: rows.collect(),
        notes: Vec::new(),
    }
}
