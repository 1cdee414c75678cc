use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Failure;
use super::store::StoreFolder;
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
    /// organizations.csv and relations.csv, exact; exemptions.csv and values.csv where there are any
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
        match self.format {
            Form::Csv => write_csv(graph, attributes, &self.output)?,
            Form::Jsonl => write_jsonl(graph, attributes, &self.output)?,
            Form::Xlsx => write_xlsx(graph, attributes, &self.output)?,
        }
        let (organizations, relations) = (graph.organization_count(), graph.relation_count());
        let path = self.output.display();
        eprintln!("exported {organizations} organisations and {relations} relations to {path}");
        Ok(())
    }
}
