use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, indicator, list, place, text};
use super::argument::{cell, kind, moment};
use super::coverage::{nowhere, whole};
use super::filter::Filter;
use super::output::Output;
use super::report::{Column, Field, Report, Subject};
use super::store::StoreFolder;
use crate::model::{Date, OrganizationKind, parse_date};
use crate::workbook::Cell;

/// The arguments of `overlap`.
#[derive(Debug, Args)]
pub(super) struct Overlap {
    #[command(flatten)]
    store: StoreFolder,
    /// The one indicator
    #[arg(long, value_name = "ID")]
    one: String,
    /// The other
    #[arg(long, value_name = "ID")]
    other: String,
    /// Lists the units that are BOTH, ONE_ONLY, OTHER_ONLY, NEITHER, UNKNOWN or EXEMPT, instead of counting
    #[arg(long, value_name = "CELL", value_parser = cell, conflicts_with = "group_by")]
    units: Option<&'static str>,
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
query Overlap($one: ID!, $other: ID!, $filter: UnitFilter, $within: ID, $groupBy: OrganizationKind, $asOf: Date,
              $recordedAt: DateTime, $listed: Boolean!, $cell: OverlapCell!, $after: String) {
  overlap(one: $one, other: $other, filter: $filter, within: $within, groupBy: $groupBy, asOf: $asOf,
          recordedAt: $recordedAt) {
    asOf synthetic
    one { id version name source }
    other { id version name source }
    whole {
      population both oneOnly otherOnly neither unknown exempt
      units(cell: $cell, first: 1000, after: $after) @include(if: $listed) {
        pageInfo { hasNextPage endCursor }
        nodes { id name kind synthetic parent { id name } }
      }
    }
    groups { by { id name } population both oneOnly otherOnly neither unknown exempt }
  }
}";

/// How the counts are called.
const CELLS: [(&str, &str, &str); 7] = [
    ("population", "population", "总数"),
    ("both", "both", "两者都覆盖"),
    ("oneOnly", "one only", "仅甲"),
    ("otherOnly", "other only", "仅乙"),
    ("neither", "neither", "都未覆盖"),
    ("unknown", "unknown", "情况不明"),
    ("exempt", "exempt", "豁免"),
];

impl Overlap {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let mut units = Vec::new();
        let mut after = Value::Null;
        let mut overlap = loop {
            let variables = json!({
                "one": self.one, "other": self.other, "filter": self.filter.variable(), "within": self.within,
                "groupBy": self.group_by, "asOf": self.as_of, "recordedAt": self.recorded_at, "listed": self.units.is_some(),
                "cell": self.units.unwrap_or("BOTH"), "after": after,
            });
            let mut overlap = answer(&atlas, QUERY, variables)?["overlap"].take();
            let page = overlap["whole"]["units"].take();
            units.extend(list(&page["nodes"]).iter().cloned());
            if page["pageInfo"]["hasNextPage"] != true {
                break overlap;
            }
            after = page["pageInfo"]["endCursor"].clone();
        };
        overlap["whole"]["units"] =
            self.units.map_or(Value::Null, |cell| json!({ "cell": cell, "nodes": units }));
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &overlap, || match self.units {
            None => self.counts(&overlap, within),
            Some(cell) => self.listing(cell, &overlap, within),
        })
    }

    /// A row a group and one for the whole, which comes last.
    fn counts(&self, overlap: &Value, within: Option<String>) -> Report {
        let row = |id: Field, name: Field, counts: &Value| {
            let counts = CELLS.iter().map(|(field, ..)| Field::whole(&counts[field]));
            [id, name].into_iter().chain(counts).collect::<Vec<_>>()
        };
        let groups = list(&overlap["groups"]).iter().map(|group| {
            let by = &group["by"];
            let name = if by.is_null() { nowhere() } else { Field::text(&by["name"]) };
            row(Field::text(&by["id"]), name, group)
        });
        let columns = CELLS.iter().map(|(_, english, chinese)| Column::number(*english, *chinese));
        Report {
            title: "覆盖交叉表",
            subject: subject(overlap, within),
            synthetic: overlap["synthetic"] == true,
            about: self.about(overlap),
            columns: [Column::text("id", "编号"), Column::text("name", "名称")]
                .into_iter()
                .chain(columns)
                .collect(),
            rows: groups.chain([row(Field::Same(Cell::Empty), whole(), &overlap["whole"])]).collect(),
            notes: Vec::new(),
        }
    }

    /// The units of one cell.
    fn listing(&self, cell: &str, overlap: &Value, within: Option<String>) -> Report {
        let rows: Vec<_> = list(&overlap["whole"]["units"]["nodes"])
            .iter()
            .map(|unit| {
                vec![
                    Field::text(&unit["id"]),
                    Field::text(&unit["name"]),
                    Field::text(&unit["parent"]["name"]),
                ]
            })
            .collect();
        let printed = CELLS.iter().find(|(field, ..)| field.eq_ignore_ascii_case(&cell.replace('_', "")));
        let printed = printed.map_or(cell, |(_, _, chinese)| chinese);
        let mut about = self.about(overlap);
        about.push(Field::Coded(cell.to_owned(), format!("清单：{printed}")));
        Report {
            title: "覆盖交叉清单",
            subject: subject(overlap, within),
            synthetic: overlap["synthetic"] == true,
            about,
            columns: vec![
                Column::text("id", "编号"),
                Column::text("name", "名称"),
                Column::text("stands in", "所在"),
            ],
            notes: vec![Field::Coded(format!("{} units", rows.len()), format!("共 {} 个单位", rows.len()))],
            rows,
        }
    }

    /// Which indicators are meant, and which units pass.
    fn about(&self, overlap: &Value) -> Vec<Field> {
        let sides = [("one", "甲"), ("other", "乙")].map(|(side, chinese)| {
            let indicator = indicator(&overlap[side]);
            Field::Coded(format!("{side}: {indicator}"), format!("{chinese}：{indicator}"))
        });
        sides.into_iter().chain(self.filter.line()).collect()
    }
}

fn subject(overlap: &Value, within: Option<String>) -> Subject {
    let what = Field::Coded("覆盖交叉 overlap".to_owned(), "覆盖交叉".to_owned());
    Subject { what, within, as_of: text(&overlap["asOf"]) }
}
