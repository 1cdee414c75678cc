use clap::Args;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, text};
use super::argument::kind;
use super::output::line;
use super::store::StoreFolder;
use super::table::{Format, Rows};
use crate::model::{EnumLabels, OrganizationKind};

/// The arguments of `search`.
#[derive(Debug, Args)]
pub(super) struct Search {
    #[command(flatten)]
    store: StoreFolder,
    /// A name or a part of one, in characters, pinyin or initials; a code; an id
    #[arg(value_name = "TEXT")]
    text: String,
    /// Only these kinds, separated by commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind)]
    kinds: Option<Vec<OrganizationKind>>,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// How many are shown at the most, the best first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=1000))]
    limit: u16,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const QUERY: &str = "
query Search($text: String!, $kinds: [OrganizationKind!], $within: ID, $first: Int) {
  search(text: $text, filter: { kinds: $kinds, within: $within }, first: $first) {
    totalCount
    edges { matched matchedField matchedText node { id name kind synthetic parent { id name } } }
  }
}";

impl Search {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let kinds = self.kinds.map(|kinds| kinds.into_iter().map(OrganizationKind::name).collect::<Vec<_>>());
        let variables =
            json!({ "text": self.text, "kinds": kinds, "within": self.within, "first": self.limit });
        let found = answer(&atlas, QUERY, variables)?["search"].take();
        let edges = found["edges"].as_array().map_or(&[][..], Vec::as_slice);
        match self.format {
            Format::Json => line(format_args!("{found:#}"))?,
            Format::Csv => rows(edges, |_, value| text(value)).print_csv()?,
            Format::Table => {
                rows(edges, label).print_table()?;
                line(format_args!("{} of {}", edges.len(), text(&found["totalCount"])))?;
            }
        }
        Ok(())
    }
}

/// How users read the value of an enum.
fn label(name: &str, value: &Value) -> String {
    let label = EnumLabels::of(name).and_then(|labels| labels.get(value.as_str()?));
    label.map_or_else(|| text(value), |label| label.simplified)
}

fn rows(edges: &[Value], label: impl Fn(&str, &Value) -> String) -> Rows {
    let rows = edges.iter().map(|edge| {
        let node = &edge["node"];
        vec![
            text(&node["id"]),
            text(&node["name"]),
            label("OrganizationKind", &node["kind"]),
            text(&node["parent"]["name"]),
            label("SearchMatch", &edge["matched"]),
            text(&edge["matchedText"]),
        ]
    });
    let headings = ["id", "name", "kind", "stands in", "matched", "text"];
    Rows { headings: headings.map(|heading| (heading, false)).to_vec(), rows: rows.collect() }
}
