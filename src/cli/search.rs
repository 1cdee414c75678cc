use clap::Args;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, place, text};
use super::argument::kind;
use super::output::Output;
use super::report::{Column, Field, Report, Subject};
use super::store::StoreFolder;
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
    #[command(flatten)]
    output: Output,
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
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &found, || report(&found, self.text, within))
    }
}

fn report(found: &Value, text: String, within: Option<String>) -> Report {
    let edges = list(&found["edges"]);
    let total = &found["totalCount"];
    Report {
        title: "检索结果",
        subject: Subject { what: text.into(), within, as_of: String::new() },
        synthetic: edges.iter().any(|edge| edge["node"]["synthetic"] == true),
        about: Vec::new(),
        columns: vec![
            Column::text("id", "编号"),
            Column::text("name", "名称"),
            Column::text("kind", "类别"),
            Column::text("stands in", "所在"),
            Column::text("matched", "匹配方式"),
            Column::text("text", "匹配内容"),
        ],
        rows: edges.iter().map(row).collect(),
        notes: vec![Field::Coded(
            format!("{} of {total}", edges.len()),
            format!("共 {total} 个，列出 {} 个", edges.len()),
        )],
    }
}

fn row(edge: &Value) -> Vec<Field> {
    let node = &edge["node"];
    vec![
        Field::text(&node["id"]),
        Field::text(&node["name"]),
        labelled("OrganizationKind", &node["kind"]),
        Field::text(&node["parent"]["name"]),
        labelled("SearchMatch", &edge["matched"]),
        Field::text(&edge["matchedText"]),
    ]
}

/// The value of an enum, and how users read it.
fn labelled(name: &str, value: &Value) -> Field {
    let code = text(value);
    let label = EnumLabels::of(name).and_then(|labels| labels.get(&code));
    let printed = label.map_or_else(|| code.clone(), |label| label.simplified);
    Field::Coded(code, printed)
}
