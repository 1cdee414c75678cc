use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, place, subject, text};
use super::argument::{kind, moment};
use super::filter::Filter;
use super::output::Output;
use super::report::{Column, Field, Report};
use super::store::StoreFolder;
use crate::model::{Date, OrganizationKind, parse_date};
use crate::workbook::Cell;

/// The arguments of `coverage`.
#[derive(Debug, Args)]
pub(super) struct Coverage {
    #[command(flatten)]
    store: StoreFolder,
    /// The indicator; `orgatlas query --data DIR '{ indicators { id name } }'` lists them
    #[arg(long, value_name = "ID")]
    indicator: String,
    #[command(flatten)]
    filter: Filter,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// Groups by the organisations of this kind, such as SUBDISTRICT
    #[arg(long, value_name = "KIND", value_parser = kind)]
    group_by: Option<OrganizationKind>,
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
query Coverage($indicator: ID!, $filter: UnitFilter, $within: ID, $groupBy: OrganizationKind, $asOf: Date,
               $recordedAt: DateTime) {
  coverage(indicator: $indicator, filter: $filter, within: $within, groupBy: $groupBy, asOf: $asOf,
           recordedAt: $recordedAt) {
    indicator { id: code version name source due }
    asOf population subjects covered uncovered unknown exempt ratio
    forms { form { id: code name } count }
    target { shareAtLeast shareMoreThan coveredAtLeast uncoveredAtMost text }
    met shortfall synthetic
    groups {
      by { id name }
      population subjects covered uncovered unknown exempt ratio
      forms { form { id: code name } count }
      met shortfall
    }
  }
}";

impl Coverage {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "indicator": self.indicator, "filter": self.filter.variable(), "within": self.within, "groupBy": self.group_by, "asOf": self.as_of,
            "recordedAt": self.recorded_at,
        });
        let mut data = answer(&atlas, QUERY, variables)?;
        let coverage = data["coverage"].take();
        let within = place(&atlas, self.within.as_deref())?;
        self.output
            .write(&atlas.snapshot().disclosure, &coverage, || report(&coverage, within, self.filter.line()))
    }
}

/// A row a group and one for the whole, which comes last.
fn report(coverage: &Value, within: Option<String>, filter: Option<Field>) -> Report {
    let target = text(&coverage["target"]["text"]);
    let groups = list(&coverage["groups"]).iter().map(|group| {
        let by = &group["by"];
        let name = if by.is_null() { nowhere() } else { Field::text(&by["name"]) };
        row(Field::text(&by["id"]), name, group, &target)
    });
    let whole = row(Field::Same(Cell::Empty), whole(), coverage, &target);
    let forms = list(&coverage["forms"]).iter();
    let forms: Vec<_> =
        forms.map(|f| format!("{} {}", text(&f["form"]["name"]), text(&f["count"]))).collect();
    Report {
        title: "覆盖情况表",
        synthetic: coverage["synthetic"] == true,
        about: filter.into_iter().chain([forms.join(" · ").into()]).collect(),
        columns: vec![
            Column::text("id", "编号"),
            Column::text("name", "名称"),
            Column::number("population", "总数"),
            Column::number("subjects", "已知数"),
            Column::number("covered", "已覆盖"),
            Column::number("uncovered", "未覆盖"),
            Column::number("unknown", "情况不明"),
            Column::number("exempt", "豁免"),
            Column::number("ratio", "覆盖率"),
            Column::text("target", "目标"),
            Column::text("met", "达标"),
            Column::number("shortfall", "尚差"),
        ],
        rows: groups.chain([whole]).collect(),
        notes: Vec::new(),
        subject: subject(coverage, within),
    }
}

/// The name of the group of those that stand in none.
pub(super) fn nowhere() -> Field {
    Field::Coded("(none)".to_owned(), "（不属任何一处）".to_owned())
}

/// The name of the row for the whole.
pub(super) fn whole() -> Field {
    Field::Coded("(all)".to_owned(), "合计".to_owned())
}

fn row(id: Field, name: Field, counts: &Value, target: &str) -> Vec<Field> {
    let mut row = vec![id, name];
    let fields = ["population", "subjects", "covered", "uncovered", "unknown", "exempt"];
    row.extend(fields.iter().map(|field| Field::whole(&counts[field])));
    row.push(Field::percentage(&counts["ratio"]));
    row.push(target.to_owned().into());
    row.push(Field::flag(&counts["met"]));
    row.push(Field::whole(&counts["shortfall"]));
    row
}
