use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Failure;
use super::argument;
use super::store::StoreFolder;
use crate::exchange::{self, Base, Format, LeftOut, Part};
use crate::graph::Graph;
use crate::ledger::{write_csv, write_jsonl, write_spreadsheet_safe_csv, write_xlsx};
use crate::model::{AttributeCatalog, Date, KindSet, OrganizationKind, parse_date};
use crate::new_file::WriteError;

/// The arguments of `export`.
#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    store: StoreFolder,
    /// What is written
    #[arg(long, value_enum)]
    format: Form,
    /// Only this organisation and what stands within it
    #[arg(long, value_name = "ID")]
    root: Option<String>,
    /// How many steps away from the root at the most
    #[arg(long, value_name = "N", requires = "root")]
    depth: Option<u32>,
    /// Only organisations of these kinds, such as PARTY_BRANCH, separated by commas, and the root
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = argument::kind)]
    kinds: Vec<OrganizationKind>,
    /// Only what exists, holds and applies on this day; everything recorded where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// Of csv, for programs that take cells for formulas: a byte order mark, and an apostrophe before such cells
    #[arg(long)]
    spreadsheet_safe: bool,
    /// What the names of organisations begin with in turtle and jsonld [default: urn:orgatlas:]
    #[arg(long, value_name = "IRI")]
    base: Option<Base>,
    /// The file; of csv, jsonl and parquet the folder
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// organizations.csv and relations.csv, exact; exemptions.csv and values.csv where there are any
    Csv,
    /// The same as JSON Lines
    Jsonl,
    /// The same as sheets of one workbook, every cell exact text
    Xlsx,
    /// GraphML with typed keys, for yEd and Gephi
    Graphml,
    /// GEXF 1.3 with validity as spells, for Gephi
    Gexf,
    /// JSON for Cytoscape
    Cytoscape,
    /// Turtle on the W3C Organization ontology
    Turtle,
    /// The same triples as JSON-LD, the context inside
    Jsonld,
    /// A folder of Parquet files, columns typed
    Parquet,
}

/// What writes the ledgers of a graph to a path.
type WriteLedgers = fn(&Graph, &AttributeCatalog, &Path) -> Result<(), WriteError>;

impl Export {
    pub(super) fn run(self) -> Result<(), Failure> {
        let snapshot = self.store.open()?.snapshot();
        let kinds = (!self.kinds.is_empty()).then(|| KindSet::of(&self.kinds));
        let part = Part { root: self.root, depth: self.depth, kinds, as_of: self.as_of };
        let (graph, mut left_out) = match part.is_whole() {
            true => (snapshot.graph.clone(), LeftOut::default()),
            false => part.of(&snapshot.graph)?,
        };
        let (attributes, path) = (&snapshot.attributes, &self.output);
        let ledgers =
            |write: WriteLedgers| write(&graph, attributes, path).map(|()| LeftOut::of_tasks(&graph));
        let file = |format| exchange::write(&graph, attributes, &format, path);
        let base = self.base.unwrap_or_default();
        left_out.extend(match self.format {
            Form::Csv if self.spreadsheet_safe => ledgers(write_spreadsheet_safe_csv)?,
            _ if self.spreadsheet_safe => return Err(Failure::new("--spreadsheet-safe is for --format csv")),
            Form::Csv => ledgers(write_csv)?,
            Form::Jsonl => ledgers(write_jsonl)?,
            Form::Xlsx => ledgers(write_xlsx)?,
            Form::Graphml => file(Format::GraphMl)?,
            Form::Gexf => file(Format::Gexf)?,
            Form::Cytoscape => file(Format::Cytoscape)?,
            Form::Turtle => file(Format::Turtle(base))?,
            Form::Jsonld => file(Format::JsonLd(base))?,
            Form::Parquet => file(Format::Parquet)?,
        });
        let (organizations, relations) = (graph.organization_count(), graph.relation_count());
        eprintln!("exported {organizations} organisations and {relations} relations to {}", path.display());
        if !left_out.is_empty() {
            eprintln!("not in it: {left_out}");
        }
        Ok(())
    }
}
