//! Indicators of one's own: listed, defined and withdrawn without a rebuild.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, text};
use super::output::{Output, line};
use super::report::{Column, Field, Report, Subject};
use super::store::StoreFolder;
use crate::coverage::IndicatorCatalog;
use crate::graphql::indicator_input;
use crate::model::EnumLabels;

/// The arguments of `indicators`.
#[derive(Debug, Args)]
pub(super) struct Indicators {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List all indicators, with their versions and where they are defined; json gives the definitions too
    List(List),
    /// Define the indicators of a file, or what is new about recorded ones: their next versions
    Define(Define),
    /// Withdraw a recorded indicator
    Withdraw(Withdraw),
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    store: StoreFolder,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
struct Define {
    #[command(flatten)]
    store: StoreFolder,
    /// A file in the form of indicators.toml; versions in it are not asked
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Why, for those who read the record later
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
struct Withdraw {
    #[command(flatten)]
    store: StoreFolder,
    /// The id of the indicator
    #[arg(value_name = "ID")]
    id: String,
    /// Why, for those who read the record later
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

const LIST: &str = "
{ indicators { id version origin name source due target { text } population
    forms { id: code name when } definition } }";

const DEFINE: &str = "
mutation Define($definition: IndicatorInput!, $reason: String!) {
  defineIndicator(definition: $definition, reason: $reason) { version changed indicator { id: code version } }
}";

const WITHDRAW: &str = "
mutation Withdraw($id: ID!, $reason: String!) { withdrawIndicator(id: $id, reason: $reason) { version } }";

impl Indicators {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::List(command) => command.run(),
            Command::Define(command) => command.run(),
            Command::Withdraw(command) => command.run(),
        }
    }
}

impl List {
    fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let indicators = answer(&atlas, LIST, json!({}))?["indicators"].take();
        self.output.write(&atlas.snapshot().disclosure, &indicators, || report(&indicators))
    }
}

fn report(indicators: &Value) -> Report {
    let origins = EnumLabels::of("IndicatorOrigin");
    let row = |indicator: &Value| {
        let origin = text(&indicator["origin"]);
        let label = origins.and_then(|labels| labels.simplified(&origin)).unwrap_or(&origin).to_owned();
        vec![
            Field::text(&indicator["id"]),
            Field::whole(&indicator["version"]),
            Field::Coded(origin, label),
            Field::text(&indicator["name"]),
            Field::text(&indicator["source"]),
            Field::text(&indicator["due"]),
            Field::text(&indicator["target"]["text"]),
        ]
    };
    Report {
        title: "指标目录",
        subject: Subject { what: "指标".to_owned().into(), within: None, as_of: String::new() },
        synthetic: false,
        about: Vec::new(),
        columns: vec![
            Column::text("id", "编号"),
            Column::number("version", "版本"),
            Column::text("origin", "定义出处"),
            Column::text("name", "名称"),
            Column::text("source", "来源"),
            Column::text("due", "时限"),
            Column::text("target", "目标"),
        ],
        rows: list(indicators).iter().map(row).collect(),
        notes: Vec::new(),
    }
}

impl Define {
    fn run(self) -> Result<(), Failure> {
        let read = std::fs::read_to_string(&self.file).map_err(|cause| Failure::file(&self.file, &cause))?;
        let atlas = self.store.open()?;
        let refused = |cause: &dyn std::fmt::Display| Failure::file(&self.file, cause);
        // All of them are checked before the first is recorded.
        let snapshot = atlas.snapshot();
        let defined =
            IndicatorCatalog::from_toml(&read, &snapshot.attributes).map_err(|cause| refused(&cause))?;
        let mut after = IndicatorCatalog::clone(&snapshot.indicators);
        let mut inputs = Vec::new();
        for indicator in defined.iter() {
            after.record(indicator.clone(), &snapshot.attributes).map_err(|cause| refused(&cause))?;
            inputs.push(indicator_input(&indicator.definition().map_err(|cause| refused(&cause))?));
        }
        drop(snapshot);
        if inputs.is_empty() {
            return Err(refused(&"it defines no indicator"));
        }
        for definition in inputs {
            let variables = json!({ "definition": definition, "reason": self.reason });
            let made = answer(&atlas, DEFINE, variables)?["defineIndicator"].take();
            let [id, version] = ["id", "version"].map(|field| text(&made["indicator"][field]));
            let graph = text(&made["version"]);
            line(if made["changed"] == true {
                format!("{id}: version {version} is recorded; the graph is at version {graph}")
            } else {
                format!("{id}: version {version} says this already; nothing was changed")
            })?;
        }
        Ok(())
    }
}

impl Withdraw {
    fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({ "id": self.id, "reason": self.reason });
        let version = text(&answer(&atlas, WITHDRAW, variables)?["withdrawIndicator"]["version"]);
        line(format_args!("{}: withdrawn; the graph is at version {version}", self.id))
    }
}
