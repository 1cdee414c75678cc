use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Failure;
use super::store::StoreFolder;
use crate::atlas::INDICATORS_FILE;
use crate::coverage::{IndicatorCatalog, IndicatorOrigin};
use crate::ledger::{write_csv, write_jsonl, write_xlsx};

/// The arguments of `export`.
#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    store: StoreFolder,
    /// The form of the ledgers
    #[arg(long, value_enum)]
    format: Form,
    /// The folder to write them to; of xlsx the file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// organizations.csv and relations.csv, exact; exemptions.csv, values.csv and indicators.toml where any are recorded
    Csv,
    /// The same as JSON Lines
    Jsonl,
    /// One workbook with the sheets organizations and relations, every cell exact text
    Xlsx,
}

impl Export {
    pub(super) fn run(self) -> Result<(), Failure> {
        let snapshot = self.store.open()?.snapshot();
        let (graph, attributes) = (&snapshot.graph, &snapshot.attributes);
        let recorded = graph.definitions().count();
        match self.format {
            Form::Xlsx => write_xlsx(graph, attributes, &self.output)?,
            Form::Csv | Form::Jsonl => {
                let indicators = IndicatorsFile::in_folder(&self.output)?;
                match self.format {
                    Form::Jsonl => write_jsonl(graph, attributes, &self.output)?,
                    _ => write_csv(graph, attributes, &self.output)?,
                }
                indicators.write(&snapshot.indicators)?;
            }
        }
        if recorded > 0 && matches!(self.format, Form::Xlsx) {
            eprintln!(
                "note: {recorded} recorded indicators are in no workbook; export csv or jsonl for them"
            );
        }
        let (organizations, relations) = (graph.organization_count(), graph.relation_count());
        let path = self.output.display();
        eprintln!("exported {organizations} organisations and {relations} relations to {path}");
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
        let written = if indicators.iter().any(|indicator| indicator.origin == IndicatorOrigin::Recorded) {
            std::fs::write(path, HEAD.to_owned() + &indicators.to_toml(IndicatorOrigin::Recorded)?)
        } else {
            std::fs::remove_file(path).or_else(|cause| match cause.kind() {
                ErrorKind::NotFound => Ok(()),
                _ => Err(cause),
            })
        };
        written.map_err(|cause| Failure::file(path, &cause))
    }
}
