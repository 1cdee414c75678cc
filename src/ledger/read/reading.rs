use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::collect::{Collector, RowCounts, Unread};
use super::csv_rows::read_csv;
use super::find::{Form, LedgerFile, ReadError, SentLedger, find, sent};
use super::json_rows::read_json_lines;
use super::upsert::{Upsert, upsert};
use super::workbook_rows::read_workbook;
use crate::graph::Graph;
use crate::ledger::column::Columns;
use crate::ledger::problem::{Origin, Place, Problems, Sources};
use crate::model::{AttributeCatalog, Change};
use crate::work::{Steps, cancellable};

/// What ledgers say beyond what a graph records, and what is wrong with them.
///
/// Where something is wrong the changes are still those of all rows that can be understood, so that the graph can
/// judge them too and everything wrong is named at once; only a reading without problems may be committed.
#[derive(Debug, Default)]
pub struct Reading {
    /// The changes, organisations first; rows that say what is recorded already make none.
    pub changes: Vec<Change>,
    /// What is wrong.
    pub problems: Problems,
    /// What is doubtful, but imported.
    pub warnings: Problems,
    /// How many rows were read.
    pub rows: RowCounts,
    pub(super) sources: Sources,
    pub(super) origins: Vec<Origin>,
    pub(super) parts: HashMap<usize, Vec<(Origin, BTreeSet<String>)>>,
    pub(super) unread: Unread,
}

impl Reading {
    /// Where the change at a position comes from.
    pub fn place(&self, change: usize) -> Option<Place> {
        self.origins.get(change).map(|origin| self.sources.place(*origin))
    }
}

/// Reads ledgers, files or whole folders, and compares them with a graph.
///
/// # Errors
/// [`ReadError`] for a path that leads nowhere, a file that is no ledger by its name, a folder without ledgers
/// and what the system does not let us read. Anything wrong inside a file is among the problems.
pub fn read<P: AsRef<Path>>(
    paths: &[P],
    graph: &Graph,
    catalog: &AttributeCatalog,
) -> Result<Reading, ReadError> {
    read_files(find(paths)?, graph, catalog)
}

/// Reads ledgers that are sent, as [`read`] does those of a disk.
///
/// # Errors
/// [`ReadError`] for a name that is not that of a ledger.
pub fn read_sent(
    ledgers: Vec<SentLedger>,
    graph: &Graph,
    catalog: &AttributeCatalog,
) -> Result<Reading, ReadError> {
    read_files(sent(ledgers)?, graph, catalog)
}

fn read_files(
    files: Vec<LedgerFile>,
    graph: &Graph,
    catalog: &AttributeCatalog,
) -> Result<Reading, ReadError> {
    let columns = Columns::new(catalog);
    let mut collector = Collector::new(&columns);
    let mut steps = Steps::begin("reading", files.iter().map(|file| file.size).sum());
    for file in files {
        let (name, form, unfit) = (Arc::clone(&file.name), file.form, file.unfit);
        let bytes = file.bytes()?;
        let origin = collector.notes.sources.add(&name, None);
        if let Some(unfit) = unfit {
            collector.notes.problem(origin, None, &format!("its name {unfit}; rename the file"));
        }
        match form {
            Form::Csv => read_csv(bytes, origin, &mut collector, &mut steps)?,
            Form::JsonLines => read_json_lines(bytes, origin, &mut collector, &mut steps)?,
            Form::Workbook => {
                read_workbook(&bytes, &name, origin, &mut collector)?;
                steps.try_add(bytes.len() as u64)?;
            }
        }
    }
    drop(steps);
    let Upsert { changes, origins, parts, mut notes, rows } = cancellable(|| upsert(collector, graph))?;
    notes.problems.sort();
    notes.warnings.sort();
    Ok(Reading {
        changes,
        problems: notes.problems,
        warnings: notes.warnings,
        rows,
        sources: notes.sources,
        origins,
        parts,
        unread: notes.unread,
    })
}
