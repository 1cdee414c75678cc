use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, place, subject, text};
use super::argument::{moment, state};
use super::filter::Filter;
use super::output::Output;
use super::report::{Column, Field, Report};
use super::store::StoreFolder;
use crate::coverage::CoverageState;
use crate::model::{Date, parse_date};

/// The arguments of `gaps`.
#[derive(Debug, Args)]
pub(super) struct Gaps {
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
    /// The states to list, separated by commas: COVERED, UNCOVERED, UNKNOWN, EXEMPT
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = state, default_value = "UNCOVERED")]
    states: Vec<CoverageState>,
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
query Gaps($indicator: ID!, $filter: UnitFilter, $within: ID, $states: [CoverageState!], $asOf: Date,
           $recordedAt: DateTime, $after: String) {
  coverage(indicator: $indicator, asOf: $asOf, recordedAt: $recordedAt) { indicator { id: code version name source } asOf synthetic }
  gaps(indicator: $indicator, filter: $filter, within: $within, states: $states, asOf: $asOf,
       recordedAt: $recordedAt, first: 1000, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      organization { id name kind synthetic parent { id name } }
      state
      reasons { form { id: code } organization { id name } unknown needed neededLabel found foundLabel }
      exemption { grantedOn until reason grantedBy }
    }
  }
}";

impl Gaps {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let mut nodes = Vec::new();
        let states: Vec<_> = self.states.iter().map(|state| state.name()).collect();
        let mut after = Value::Null;
        let coverage = loop {
            let variables = json!({
                "indicator": self.indicator, "filter": self.filter.variable(), "within": self.within, "states": states,
                "asOf": self.as_of, "recordedAt": self.recorded_at, "after": after,
            });
            let mut data = answer(&atlas, QUERY, variables)?;
            let mut gaps = data["gaps"].take();
            if let Value::Array(page) = gaps["nodes"].take() {
                nodes.extend(page);
            }
            after = gaps["pageInfo"]["endCursor"].take();
            if gaps["pageInfo"]["hasNextPage"] != true {
                break data["coverage"].take();
            }
        };
        let within = place(&atlas, self.within.as_deref())?;
        let gaps = json!({
            "indicator": coverage["indicator"], "asOf": coverage["asOf"], "synthetic": coverage["synthetic"],
            "totalCount": nodes.len(), "nodes": nodes,
        });
        self.output.write(&atlas.snapshot().disclosure, &gaps, || report(&gaps, within, self.filter.line()))
    }
}

fn report(gaps: &Value, within: Option<String>, filter: Option<Field>) -> Report {
    let rows: Vec<_> = list(&gaps["nodes"]).iter().map(row).collect();
    Report {
        title: "缺口清单",
        subject: subject(gaps, within),
        synthetic: gaps["synthetic"] == true,
        about: filter.into_iter().collect(),
        columns: vec![
            Column::text("id", "编号"),
            Column::text("name", "名称"),
            Column::text("stands in", "所在"),
            Column::text("state", "情况"),
            Column::text("needed", "要求"),
            Column::text("found", "现状"),
        ],
        notes: vec![Field::Coded(format!("{} units", rows.len()), format!("共 {} 个单位", rows.len()))],
        rows,
    }
}

fn row(gap: &Value) -> Vec<Field> {
    let organization = &gap["organization"];
    let asked = |reason: &Value, name: &str, between: &str, needed: &str| {
        match reason["organization"]["id"] == organization["id"] {
            true => text(&reason[needed]),
            // Of which other organisation it was asked.
            false => format!("{}{between}{}", text(&reason["organization"][name]), text(&reason[needed])),
        }
    };
    let coded = joined(gap, "; ", |r| (asked(r, "id", ": ", "needed"), text(&r["found"])));
    let printed = joined(gap, "；", |r| (asked(r, "name", "：", "neededLabel"), text(&r["foundLabel"])));
    vec![
        Field::text(&organization["id"]),
        Field::text(&organization["name"]),
        Field::text(&organization["parent"]["name"]),
        state_field(&gap["state"]),
        Field::Coded(coded.0, printed.0),
        match &gap["exemption"] {
            Value::Null => Field::Coded(coded.1, printed.1),
            exemption => granted(exemption),
        },
    ]
}

/// What is needed and what is found, each pair once.
fn joined(gap: &Value, between: &str, pair: impl Fn(&Value) -> (String, String)) -> (String, String) {
    let mut pairs: Vec<_> = list(&gap["reasons"]).iter().map(pair).collect();
    pairs.dedup();
    let (needed, found): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    (needed.join(between), found.join(between))
}

/// Why a unit is exempt, by whom and for how long.
fn granted(exemption: &Value) -> Field {
    let [reason, by, on, until] =
        ["reason", "grantedBy", "grantedOn", "until"].map(|name| text(&exemption[name]));
    let printed = format!("{reason}（{by}，{on} 至 {until}）");
    Field::Coded(format!("{reason} ({by}, {on}..{until})"), printed)
}

/// A state by its code, or as a sheet says it.
fn state_field(state: &Value) -> Field {
    let code = text(state);
    let printed = match code.as_str() {
        "COVERED" => "已覆盖",
        "UNCOVERED" => "未覆盖",
        "UNKNOWN" => "情况不明",
        "EXEMPT" => "豁免",
        other => other,
    };
    let printed = printed.to_owned();
    Field::Coded(code, printed)
}
