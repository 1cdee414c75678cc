use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, indicator, list, place, text};
use super::argument::{kind, moment};
use super::coverage::{nowhere, whole};
use super::filter::Filter;
use super::output::Output;
use super::report::{Column, Field, Report, Subject};
use super::store::StoreFolder;
use crate::model::{Date, OrganizationKind, parse_date};
use crate::workbook::Cell;

/// The arguments of `rates`.
#[derive(Debug, Args)]
pub(super) struct Rates {
    #[command(flatten)]
    store: StoreFolder,
    /// The indicators; given again for each
    #[arg(long = "indicator", value_name = "ID", required = true)]
    indicators: Vec<String>,
    /// Also in which forms the covered are covered
    #[arg(long)]
    forms: bool,
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
query Rates($indicators: [ID!]!, $filter: UnitFilter, $within: ID, $groupBy: OrganizationKind, $asOf: Date,
            $recordedAt: DateTime) {
  rates(indicators: $indicators, filter: $filter, within: $within, groupBy: $groupBy, asOf: $asOf,
        recordedAt: $recordedAt) {
    asOf synthetic
    rates { ...Side }
    groups { by { id name } rates { ...Side } }
  }
}
fragment Side on Rate {
  indicator { id: code version name source }
  counts {
    population subjects covered uncovered unknown exempt ratio met shortfall
    forms { form { id: code name } count }
  }
}";

impl Rates {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "indicators": self.indicators, "filter": self.filter.variable(), "within": self.within,
            "groupBy": self.group_by, "asOf": self.as_of, "recordedAt": self.recorded_at,
        });
        let rates = answer(&atlas, QUERY, variables)?["rates"].take();
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &rates, || self.report(&rates, within))
    }

    /// A row a group and one for the whole, which comes last; in it, the columns of one indicator after the other's.
    fn report(&self, rates: &Value, within: Option<String>) -> Report {
        let mut columns = vec![Column::text("id", "编号"), Column::text("name", "名称")];
        let mut notes = Vec::new();
        for (number, rate) in (1..).zip(list(&rates["rates"])) {
            let column = |english: &str, chinese: &str| {
                Column::number(format!("{number} {english}"), format!("{number} {chinese}"))
            };
            columns.extend([column("population", "总数"), column("covered", "已覆盖")]);
            for form in self.shown_forms(rate) {
                columns.push(column(&text(&form["form"]["id"]), &text(&form["form"]["name"])));
            }
            columns.extend([column("unknown", "情况不明"), column("ratio", "覆盖率")]);
            notes.push(format!("{number}: {}", indicator(&rate["indicator"])).into());
        }
        let groups = list(&rates["groups"]).iter().map(|group| {
            let by = &group["by"];
            let name = if by.is_null() { nowhere() } else { Field::text(&by["name"]) };
            self.row(Field::text(&by["id"]), name, &group["rates"])
        });
        let whole = self.row(Field::Same(Cell::Empty), whole(), &rates["rates"]);
        Report {
            title: "覆盖率对照表",
            subject: Subject {
                what: Field::Coded("覆盖率对照 rates side by side".to_owned(), "覆盖率对照".to_owned()),
                within,
                as_of: text(&rates["asOf"]),
            },
            synthetic: rates["synthetic"] == true,
            about: self.filter.line().into_iter().collect(),
            columns,
            rows: groups.chain([whole]).collect(),
            notes,
        }
    }

    fn row(&self, id: Field, name: Field, rates: &Value) -> Vec<Field> {
        let mut row = vec![id, name];
        for rate in list(rates) {
            let counts = &rate["counts"];
            row.extend(["population", "covered"].map(|field| Field::whole(&counts[field])));
            row.extend(self.shown_forms(rate).iter().map(|form| Field::whole(&form["count"])));
            row.push(Field::whole(&counts["unknown"]));
            row.push(Field::percentage(&counts["ratio"]));
        }
        row
    }

    /// The forms that have columns: where there is one alone, it is what is covered.
    fn shown_forms<'v>(&self, rate: &'v Value) -> &'v [Value] {
        let forms = list(&rate["counts"]["forms"]);
        if self.forms && forms.len() > 1 { forms } else { &[] }
    }
}
