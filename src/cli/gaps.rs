use clap::Args;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, text};
use super::store::StoreFolder;
use super::table::{Format, Rows};

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
    #[arg(long, value_name = "STATE", value_delimiter = ',', default_value = "UNCOVERED")]
    states: Vec<String>,
    /// The day; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const QUERY: &str = "
query Gaps($indicator: ID!, $within: ID, $states: [CoverageState!], $asOf: Date, $after: String) {
  indicator(id: $indicator) { id version name }
  gaps(indicator: $indicator, within: $within, states: $states, asOf: $asOf, first: 1000, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      organization { id name kind synthetic parent { id name } }
      state
      reasons { form { id } organization { id } unknown needed found }
    }
  }
}";

impl Gaps {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let mut nodes = Vec::new();
        let mut after = Value::Null;
        let indicator = loop {
            let variables = json!({
                "indicator": self.indicator, "within": self.within, "states": self.states,
                "asOf": self.as_of, "after": after,
            });
            let mut data = answer(&atlas, QUERY, variables)?;
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
                println!("{:#}", json!({ "indicator": indicator, "totalCount": count, "nodes": nodes }));
            }
            Format::Csv => rows(&nodes).print_csv()?,
            Format::Table => {
                if nodes.iter().any(|gap| gap["organization"]["synthetic"] == true) {
                    println!("含生成数据 generated data");
                }
                rows(&nodes).print_table()?;
                println!("{} units", nodes.len());
            }
        }
        Ok(())
    }
}

fn rows(gaps: &[Value]) -> Rows {
    let rows = gaps.iter().map(|gap| {
        let organization = &gap["organization"];
        let reasons = gap["reasons"].as_array().map_or(&[][..], Vec::as_slice);
        let of = |field: &str| reasons.iter().map(|r| text(&r[field])).collect::<Vec<_>>().join("; ");
        vec![
            text(&organization["id"]),
            text(&organization["name"]),
            text(&organization["parent"]["name"]),
            text(&gap["state"]),
            of("needed"),
            of("found"),
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
