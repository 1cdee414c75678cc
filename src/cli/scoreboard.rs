use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, place, text};
use super::argument::{kind, moment};
use super::filter::Filter;
use super::output::{Format, Output};
use super::report::{Column, Field, Report, Subject};
use super::store::StoreFolder;
use crate::model::{Date, OrganizationKind, Percentage, parse_date};
use crate::workbook::{Cell, Rating};

/// The arguments of `scoreboard`.
#[derive(Debug, Args)]
pub(super) struct Scoreboard {
    #[command(flatten)]
    store: StoreFolder,
    /// The kind of the organisations that are ranked, such as SUBDISTRICT
    #[arg(long, value_name = "KIND", value_parser = kind)]
    level: OrganizationKind,
    #[command(flatten)]
    filter: Filter,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
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
query Scoreboard($level: OrganizationKind!, $filter: UnitFilter, $within: ID, $asOf: Date, $recordedAt: DateTime) {
  programme { keyIndicators { indicator { id: code version name } weight } }
  scoreboard(level: $level, filter: $filter, within: $within, asOf: $asOf, recordedAt: $recordedAt) {
    organization { id name }
    asOf rank score rankChange scoreChange synthetic
    entries {
      indicator { id: code version name source due }
      weight value covered subjects unknown target { text shareAtLeast shareMoreThan } met shortfall rank valueChange rankChange
    }
  }
}";

impl Scoreboard {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "level": self.level, "filter": self.filter.variable(), "within": self.within, "asOf": self.as_of,
            "recordedAt": self.recorded_at,
        });
        let data = answer(&atlas, QUERY, variables)?;
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &data["scoreboard"], || match self.output.format() {
            Format::Csv => entries(&data, within, self.filter.line()),
            _ => report(&data, within, self.filter.line()),
        })
    }
}

/// A row an organisation: its rank and score, and of each indicator the value, a sign for the target, and the rank.
fn report(data: &Value, within: Option<String>, filter: Option<Field>) -> Report {
    let board = list(&data["scoreboard"]);
    let keys = list(&data["programme"]["keyIndicators"]);
    let mut columns = vec![
        Column::number("rank", "名次"),
        Column::number("±", "升降"),
        Column::text("name", "名称"),
        Column::number("score", "得分"),
        Column::number("±", "增减"),
    ];
    let numbered = |(number, key): (usize, &Value)| {
        Column::number(number.to_string(), format!("{number} {}", text(&key["indicator"]["name"])))
    };
    columns.extend((1..).zip(keys).map(numbered));
    let rows = board.iter().map(|row| {
        let decimal =
            |value: &Value, cell: fn(f64) -> Cell| Field::Same(value.as_f64().map_or(Cell::Empty, cell));
        let mut fields = vec![
            Field::whole(&row["rank"]),
            Field::rise(&row["rankChange"]),
            Field::text(&row["organization"]["name"]),
            decimal(&row["score"], Cell::Decimal),
            decimal(&row["scoreChange"], Cell::DecimalChange),
        ];
        fields.extend(list(&row["entries"]).iter().map(field));
        fields
    });
    let rows = rows.collect();
    let weights = (1..).zip(keys).map(|(number, key)| {
        let indicator = &key["indicator"];
        format!(
            "{number}: {} ({} v{}) × {}",
            text(&indicator["name"]),
            text(&indicator["id"]),
            text(&indicator["version"]),
            text(&key["weight"])
        )
    });
    Report {
        title: "重点指标排名表",
        subject: subject(board, within),
        synthetic: is_synthetic(board),
        about: filter.into_iter().collect(),
        columns,
        rows,
        notes: weights.map(Field::from).collect(),
    }
}

/// The value, ✓, ✗ or ? where the target is met, not, or perhaps, and the rank, such as `83.3% ✗ #7`.
fn field(entry: &Value) -> Field {
    let Some(value) = entry["value"].as_f64() else {
        return Field::Same(Cell::Rated("–".to_owned(), Rating::Free));
    };
    let (sign, rating) = match &entry["met"] {
        Value::Bool(true) => (" ✓", Rating::Reached),
        Value::Bool(false) => (" ✗", Rating::Missed),
        // A count belongs to the whole, and is reached or missed by no one row.
        _ if is_share(&entry["target"]) => (" ?", Rating::Open),
        _ => ("", Rating::Free),
    };
    let text = format!("{}{sign} #{}", Percentage::of_ratio(value), text(&entry["rank"]));
    Field::Same(Cell::Rated(text, rating))
}

fn is_share(target: &Value) -> bool {
    ["shareAtLeast", "shareMoreThan"].iter().any(|share| !target[share].is_null())
}

/// A row an organisation and indicator, with every number as it is.
fn entries(data: &Value, within: Option<String>, filter: Option<Field>) -> Report {
    let board = list(&data["scoreboard"]);
    let rows = board.iter().flat_map(|row| {
        list(&row["entries"]).iter().map(move |entry| {
            let organization = &row["organization"];
            let mut fields = vec![Field::text(&organization["id"]), Field::text(&organization["name"])];
            fields
                .extend(["asOf", "rank", "score", "rankChange", "scoreChange"].map(|f| Field::text(&row[f])));
            fields.extend(["id", "version"].map(|f| Field::text(&entry["indicator"][f])));
            fields.extend(
                ["weight", "value", "covered", "subjects", "unknown"].map(|f| Field::text(&entry[f])),
            );
            fields.push(Field::text(&entry["target"]["text"]));
            fields.extend(
                ["met", "shortfall", "rank", "valueChange", "rankChange"].map(|f| Field::text(&entry[f])),
            );
            fields.push(Field::text(&row["synthetic"]));
            fields
        })
    });
    let columns = [
        ("id", "编号"),
        ("name", "名称"),
        ("as_of", "统计日期"),
        ("rank", "名次"),
        ("score", "得分"),
        ("rank_change", "名次升降"),
        ("score_change", "得分增减"),
        ("indicator", "指标"),
        ("version", "版本"),
        ("weight", "权重"),
        ("value", "覆盖率"),
        ("covered", "已覆盖"),
        ("subjects", "已知数"),
        ("unknown", "情况不明"),
        ("target", "目标"),
        ("met", "达标"),
        ("shortfall", "尚差"),
        ("indicator_rank", "单项名次"),
        ("value_change", "覆盖率增减"),
        ("indicator_rank_change", "单项名次升降"),
        ("synthetic", "含生成数据"),
    ];
    Report {
        title: "重点指标明细表",
        subject: subject(board, within),
        synthetic: is_synthetic(board),
        about: filter.into_iter().collect(),
        columns: columns.map(|(heading, printed)| Column::text(heading, printed)).into(),
        rows: rows.collect(),
        notes: Vec::new(),
    }
}

fn subject(board: &[Value], within: Option<String>) -> Subject {
    let as_of = board.first().map_or_else(String::new, |row| text(&row["asOf"]));
    let what = Field::Coded("重点指标 key indicators".to_owned(), "重点指标".to_owned());
    Subject { what, within, as_of }
}

fn is_synthetic(board: &[Value]) -> bool {
    board.iter().any(|row| row["synthetic"] == true)
}
