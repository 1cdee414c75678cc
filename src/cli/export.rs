use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Failure;
use super::argument;
use super::output::write_file;
use super::store::StoreFolder;
use crate::atlas::INDICATORS_FILE;
use crate::coverage::{IndicatorCatalog, IndicatorOrigin};
use crate::exchange::{self, Base, Format, LeftOut, Part, without_small_counts};
use crate::graph::Graph;
use crate::ledger::{write_csv, write_jsonl, write_spreadsheet_safe_csv, write_xlsx};
use crate::model::{AttributeCatalog, Date, KindSet, OrganizationKind, parse_date};
use crate::new_file::WriteError;
use crate::work::cancellable;

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
    /// Leave out counts of members from 1 up to below N; what disclosure.toml says where left out, 0 for none
    #[arg(long, value_name = "N")]
    suppress_below: Option<u32>,
    /// What the names of organisations begin with in turtle and jsonld [default: urn:orgatlas:]
    #[arg(long, value_name = "IRI")]
    base: Option<Base>,
    /// The file; of csv, jsonl and parquet the folder
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// organizations.csv and relations.csv, exact; exemptions.csv, values.csv and indicators.toml where any are recorded
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
            false => cancellable(|| part.of(&snapshot.graph))??,
        };
        let below = self.suppress_below.unwrap_or(snapshot.disclosure.suppress_below);
        let (graph, kept_back) = cancellable(|| without_small_counts(graph, below))?;
        left_out.extend(kept_back);
        let (attributes, path) = (&snapshot.attributes, &self.output);
        let ledgers =
            |write: WriteLedgers| write(&graph, attributes, path).map(|()| LeftOut::of_tasks(&graph));
        let classification = snapshot.disclosure.classification.as_deref();
        let file = |format| exchange::write(&graph, attributes, &format, classification, path);
        let base = self.base.unwrap_or_default();
        // Ledgers in a folder have recorded indicators beside them.
        let indicators = match self.format {
            Form::Csv | Form::Jsonl => Some(IndicatorsFile::in_folder(path)?),
            _ => None,
        };
        left_out.extend(match self.format {
            Form::Csv if self.spreadsheet_safe => ledgers(write_spreadsheet_safe_csv)?,
            _ if self.spreadsheet_safe => return Err(Failure::new("--spreadsheet-safe is for --format csv")),
            Form::Csv => ledgers(write_csv)?,
            Form::Jsonl => ledgers(write_jsonl)?,
            Form::Xlsx => {
                write_xlsx(&graph, attributes, classification, path)?;
                LeftOut::of_tasks(&graph)
            }
            Form::Graphml => file(Format::GraphMl)?,
            Form::Gexf => file(Format::Gexf)?,
            Form::Cytoscape => file(Format::Cytoscape)?,
            Form::Turtle => file(Format::Turtle(base))?,
            Form::Jsonld => file(Format::JsonLd(base))?,
            Form::Parquet => exchange::write_parquet(&graph, attributes, classification, path)?,
        });
        match indicators {
            Some(file) => file.write(&snapshot.indicators)?,
            None => left_out.extend(LeftOut::of_definitions(&snapshot.graph)),
        }
        let (organizations, relations) = (graph.organization_count(), graph.relation_count());
        eprintln!("exported {organizations} organisations and {relations} relations to {}", path.display());
        if !left_out.is_empty() {
            eprintln!("not in it: {left_out}");
        }
        Ok(())
    }
}

/// How the file of an export begins, so that no other is taken for it.
const HEAD: &str =
    "# Indicators that were recorded in the change log of a store; an import records them again.\n\n";

/// The file of recorded indicators in the folder of an export.
struct IndicatorsFile(PathBuf);

impl IndicatorsFile {
    /// The file that is to be there; one that is there must be of an export.
    fn in_folder(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(INDICATORS_FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) if !text.starts_with(HEAD) => {
                let path = path.display();
                let message =
                    format!("{path}: it is of no export, and would be lost; export to another folder");
                Err(Failure::new(message))
            }
            Err(cause) if cause.kind() != ErrorKind::NotFound => Err(Failure::file(&path, &cause)),
            _ => Ok(Self(path)),
        }
    }

    /// Writes those that are recorded; where there are none, there is no file.
    fn write(&self, indicators: &IndicatorCatalog) -> Result<(), Failure> {
        let Self(path) = self;
        if indicators.iter().any(|indicator| indicator.origin == IndicatorOrigin::Recorded) {
            let text = HEAD.to_owned() + &indicators.to_toml(IndicatorOrigin::Recorded)?;
            return write_file(path, text.as_bytes());
        }
        match std::fs::remove_file(path) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => Err(Failure::file(path, &cause)),
            _ => Ok(()),
        }
    }
}
