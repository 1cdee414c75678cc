use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Failure;
use super::output::print;
use super::store::StoreFolder;
use crate::diagram::{ChartOptions, View, chart, dot, mermaid};
use crate::model::{Date, parse_date, today};

/// The arguments of `diagram`.
#[derive(Debug, Args)]
pub(super) struct Diagram {
    #[command(flatten)]
    store: StoreFolder,
    /// The organisation at the top
    #[arg(long, value_name = "ID")]
    root: String,
    /// What is shown below it
    #[arg(long, value_enum, default_value_t)]
    view: ViewName,
    /// How many steps below it
    #[arg(long, value_name = "N", default_value_t = ChartOptions::DEPTH)]
    depth: u32,
    /// How many boxes hang from one at the most; the rest is counted in a box of its own
    #[arg(long, value_name = "N", default_value_t = ChartOptions::LIMIT)]
    limit: usize,
    /// The day; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// The format of the file
    #[arg(long, value_enum)]
    format: FormatName,
    /// The file; standard output where left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ViewName {
    /// What stands within what
    #[default]
    Hierarchy,
    /// Party organisations under each other, and where each is set up
    Party,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
}

impl Diagram {
    pub(super) fn run(self) -> Result<(), Failure> {
        let date = self.as_of.unwrap_or_else(today);
        let snapshot = self.store.open()?.snapshot();
        let unknown = || Failure::new(format!("there is no organisation with the id \"{}\"", self.root));
        let root = snapshot.graph.slot(&self.root).ok_or_else(unknown)?;
        let view = match self.view {
            ViewName::Hierarchy => View::Hierarchy,
            ViewName::Party => View::Party,
        };
        let options = ChartOptions { view, root, depth: self.depth, limit: self.limit, date };
        let chart = chart(&snapshot.graph, &options);
        let text = match self.format {
            FormatName::Dot => dot(&chart),
            FormatName::Mermaid => mermaid(&chart),
        };
        match self.output {
            Some(file) => std::fs::write(&file, text).map_err(|cause| Failure::file(&file, &cause)),
            None => print(text),
        }
    }
}
