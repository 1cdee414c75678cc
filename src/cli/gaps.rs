use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, text};
use super::argument::{moment, state};
use super::output::line;
use super::store::StoreFolder;
use super::table::{Format, Rows};
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
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const QUERY: &str = "
query Gaps($indicator: ID!, $within: ID, $states: [CoverageState!], $asOf: Date, $recordedAt: DateTime,
           $after: String) {
  indicator(id: $indicator) { id version name }
  coverage(indicator: $indicator, recordedAt: $recordedAt) { synthetic }
  gaps(indicator: $indicator, within: $within, states: $states, asOf: $asOf, recordedAt: $recordedAt,
       first: 1000, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      organization { id name kind synthetic parent { id name } }
      state
      reasons { form { id } organization { id } unknown needed found }
      exemption { grantedOn until reason grantedBy }
    }
  }
}";

impl Gaps {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let mut nodes = Vec::new();
        let states: Vec<_> = self.states.iter().map(|state| state.name()).collect();
        let mut synthetic = false;
        let mut after = Value::Null;
        let indicator = loop {
            let variables = json!({
                "indicator": self.indicator, "within": self.within, "states": states,
                "asOf": self.as_of, "recordedAt": self.recorded_at, "after": after,
            });
            let mut data = answer(&atlas, QUERY, variables)?;
            synthetic |= data["coverage"]["synthetic"] == true;
            let mut gaps = data["gaps"].take();
            if let Value::Array(page) = gaps["nodes"].take() {
                nodes.extend(page);
            }
            after = gaps["pageInfo"]["endCursor"].take();
            if gaps["pageInfo"]["hasNextPage"] != true {
                break data["indicator"].take();
            }
        };
        match self.format {
            Format::Json => {
                let count = nodes.len();
                line(format_args!(
                    "{:#}",
                    json!({ "indicator": indicator, "totalCount": count, "nodes": nodes })
                ))?;
            }
            Format::Csv => rows(&nodes).print_csv()?,
            Format::Table => {
                if synthetic {
                    line("含生成数据 generated data")?;
                }
                rows(&nodes).print_table()?;
                line(format_args!("{} units", nodes.len()))?;
            }
        }
        Ok(())
    }
}

/// Why a unit is exempt, by whom and for how long.
fn granted(exemption: &Value) -> String {
    let field = |name| text(&exemption[name]);
    format!("{} ({}, {}..{})", field("reason"), field("grantedBy"), field("grantedOn"), field("until"))
}

fn rows(gaps: &[Value]) -> Rows {
    let rows = gaps.iter().map(|gap| {
        let organization = &gap["organization"];
        let reasons = gap["reasons"].as_array().map_or(&[][..], Vec::as_slice);
        // A condition that was asked of another organisation is shown with that one's id.
        let asked = |reason: &Value| match &reason["organization"]["id"] {
            id if *id == organization["id"] => text(&reason["needed"]),
            id => format!("{}: {}", text(id), text(&reason["needed"])),
        };
        let mut pairs: Vec<_> = reasons.iter().map(|r| (asked(r), text(&r["found"]))).collect();
        pairs.dedup();
        let (needed, found): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        vec![
            text(&organization["id"]),
            text(&organization["name"]),
            text(&organization["parent"]["name"]),
            text(&gap["state"]),
            needed.join("; "),
            if gap["exemption"].is_null() { found.join("; ") } else { granted(&gap["exemption"]) },
        ]
    });
    Rows {
        headings: vec![
            ("id", false),
            ("name", false),
            ("stands in", false),
            ("state", false),
            ("needed", false),
            ("found", false),
        ],
        rows: rows.collect(),
    }
}
