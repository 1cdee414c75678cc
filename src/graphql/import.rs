use std::sync::Arc;

use async_graphql::{Context, InputObject, OneofObject, Result, SimpleObject};
use data_encoding::BASE64;

use super::cancellable;
use super::error::{bad_input, stopped};
use super::query::Query;
use super::writing::{Unwritten, Writing};
use crate::atlas::trial;
use crate::graph::Graph;
use crate::ledger::{self, Problems, ReadError, Reading, RowCounts, SentLedger, name_violations, read_sent};
use crate::model::Change;

/// How many problems and how many warnings an answer shows.
const SHOWN: usize = 1_000;

/// A ledger that is sent.
#[derive(InputObject)]
pub(super) struct LedgerFileInput {
    /// Its name, by which problems call it; it ends in .csv, .jsonl or .xlsx, which says what the file is.
    name: String,
    /// What it holds.
    content: LedgerContentInput,
}

/// What a ledger holds: exactly one of these.
#[derive(OneofObject)]
pub(super) enum LedgerContentInput {
    /// The text of a CSV or JSON Lines file.
    Text(String),
    /// The bytes of any file, such as an XLSX workbook, in base64.
    Base64(String),
}

/// What an import did, or would do.
#[derive(SimpleObject)]
pub(super) struct ImportLedgerPayload {
    /// The version of the graph after it; the same as before where nothing was recorded.
    version: u64,
    /// Whether it was recorded; not where a row is bad, nor in a dry run.
    recorded: bool,
    /// The rows of organisations.
    organizations: LedgerRowCounts,
    /// The rows of relations.
    relations: LedgerRowCounts,
    /// The rows of exemptions and of dated values.
    annexes: LedgerRowCounts,
    /// How many rows are bad; a file or sheet that cannot be read and a header that is wrong count as a row.
    bad_rows: usize,
    /// What is wrong, in the order of files and lines; the first 1000.
    problems: Vec<LedgerProblem>,
    /// What is doubtful, but recorded; the first 1000.
    warnings: Vec<LedgerProblem>,
    /// Any question, asked of the graph after it.
    query: Query,
}

/// How many rows there are, and what those that can be understood change or would change.
#[derive(Clone, Copy, Default, SimpleObject)]
struct LedgerRowCounts {
    /// All rows.
    rows: u64,
    /// What is recorded for the first time.
    added: u64,
    /// What is recorded otherwise than before.
    changed: u64,
    /// Rows that change nothing: they say what is recorded already, repeat another row, or cannot be understood.
    unchanged: u64,
}

/// What is wrong or doubtful in a ledger, and where.
#[derive(SimpleObject)]
struct LedgerProblem {
    /// The name of the file.
    file: String,
    /// The sheet, in a workbook.
    sheet: Option<String>,
    /// The line on which the row starts, from 1; null is the whole file or sheet.
    line: Option<u32>,
    /// The column, where one is at fault.
    column: Option<String>,
    /// What is wrong.
    cause: String,
}

/// Records ledgers, all rows or none, or says what that would do.
pub(super) fn import_ledger(
    context: &Context<'_>,
    files: Vec<LedgerFileInput>,
    reason: &str,
    dry_run: bool,
    expected: Option<u64>,
) -> Result<ImportLedgerPayload> {
    if files.is_empty() {
        return Err(bad_input("files is empty; send one ledger or more"));
    }
    // What precedes the name itself is a folder of whoever sends it.
    let name = |file: &LedgerFileInput| file.name.rsplit(['/', '\\']).next().unwrap_or_default().into();
    let names: Vec<_> = files.iter().map(name).collect();
    let writing = Writing::begin(context, expected, reason)?.of_files(names);
    let snapshot = Arc::clone(writing.snapshot());
    let ledgers = files.into_iter().enumerate().map(sent).collect::<Result<_>>()?;
    let mut reading =
        read_sent(ledgers, &snapshot.graph, &snapshot.attributes).map_err(|error| match error {
            ReadError::Stopped(cause) => stopped(cause),
            refused => bad_input(refused.to_string()),
        })?;
    let [organizations, relations, annexes] = counts(&reading, &snapshot.graph);
    let mut version = snapshot.version;
    let mut recorded = false;
    let problems = if dry_run || !reading.problems.is_empty() {
        let (attributes, indicators) = (&snapshot.attributes, &snapshot.indicators);
        let tried = || Ok(trial(&reading.changes, &snapshot.graph, attributes, indicators));
        let violations = cancellable(tried)?;
        name_violations(&reading, &violations)
    } else {
        match writing.commit(std::mem::take(&mut reading.changes)) {
            Ok(committed) => {
                (version, recorded) = (committed.version, true);
                Problems::default()
            }
            Err(Unwritten::Violations(changes, violations)) => {
                reading.changes = changes;
                name_violations(&reading, &violations)
            }
            Err(Unwritten::Error(error)) => return Err(error),
        }
    };
    Ok(ImportLedgerPayload {
        version,
        recorded,
        organizations,
        relations,
        annexes,
        bad_rows: problems.bad_rows(),
        problems: shown(&problems),
        warnings: shown(&reading.warnings),
        query: Query,
    })
}

fn sent((position, file): (usize, LedgerFileInput)) -> Result<SentLedger> {
    let bytes = match file.content {
        LedgerContentInput::Text(text) => text.into_bytes(),
        LedgerContentInput::Base64(text) => BASE64.decode(text.as_bytes()).map_err(|error| {
            bad_input(format!("files[{position}].content.base64: it is no base64: {error}"))
        })?,
    };
    Ok(SentLedger { name: file.name, bytes })
}

/// What the rows of organisations, of relations and of annexes come to.
fn counts(reading: &Reading, graph: &Graph) -> [LedgerRowCounts; 3] {
    let RowCounts { organizations, relations, annexes } = reading.rows;
    let mut counts = [organizations, relations, annexes]
        .map(|rows| LedgerRowCounts { rows, ..LedgerRowCounts::default() });
    for change in &reading.changes {
        let (of, is_known) = match change {
            Change::PutOrganization(put) => (0, graph.slot(put.id.as_str()).is_some()),
            Change::PutRelation(put) => (1, graph.relation(&put.key()).is_some()),
            Change::PutAnnex(put) => (2, graph.annex(&put.key()).is_some()),
            // Ledgers forget nothing.
            _ => continue,
        };
        *if is_known { &mut counts[of].changed } else { &mut counts[of].added } += 1;
    }
    for counts in &mut counts {
        counts.unchanged = counts.rows.saturating_sub(counts.added + counts.changed);
    }
    counts
}

fn shown(problems: &Problems) -> Vec<LedgerProblem> {
    let shown = |problem: &ledger::Problem| LedgerProblem {
        file: problem.place.file.to_string(),
        sheet: problem.place.sheet.as_ref().map(ToString::to_string),
        line: problem.place.line,
        column: problem.column.clone(),
        cause: problem.cause.clone(),
    };
    problems.iter().take(SHOWN).map(shown).collect()
}
