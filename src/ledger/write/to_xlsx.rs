use std::io;
use std::path::Path;

use super::annexes::{rows, written_ledgers};
use super::{organizations, relations, written_columns};
use crate::graph::Graph;
use crate::ledger::column::{Columns, RelationColumn};
use crate::ledger::value::Value;
use crate::model::{AttributeCatalog, Relation};
use crate::new_file::{NewFile, WriteError, folder_beside};
use crate::workbook::{TextTables, WorkbookError};

/// Writes a graph as a workbook with the sheets `organizations` and `relations`, implied relations included and marked, and
/// `exemptions` and `values` where there are any.
///
/// Every cell is text, as in CSV, so that no number or date is taken for another; a ledger that is longer than a
/// sheet goes on in the next; printed pages carry the classification, where there is one. A file that was there is replaced once the new one is written.
///
/// # Errors
/// [`WriteError`] when the system does not let us write, or a text is longer than a cell may be.
pub fn write_xlsx(
    graph: &Graph,
    catalog: &AttributeCatalog,
    classification: Option<&str>,
    path: &Path,
) -> Result<(), WriteError> {
    // Its parts are kept beside the file, where there is room for it.
    let folder = folder_beside(path);
    NewFile::at(path, |to| {
        let tables = tables(graph, &Columns::new(catalog), classification, &folder);
        tables.and_then(|tables| tables.save(to)).map_err(io::Error::other)
    })?
    .publish()
}

fn tables(
    graph: &Graph,
    columns: &Columns<'_>,
    classification: Option<&str>,
    folder: &Path,
) -> Result<TextTables, WorkbookError> {
    let mut tables = TextTables::new(folder)?.classified(classification);
    let written = written_columns(graph, columns);
    let headings: Vec<_> = written.iter().map(|column| columns.name(*column)).collect();
    tables.begin("organizations", &headings)?;
    for organization in organizations(graph) {
        let organization = organization?;
        let cells = written.iter().map(|column| Value::of(&organization, *column, columns).to_string());
        let cells: Vec<_> = cells.collect();
        tables.row(cells.iter().map(String::as_str))?;
    }
    let headings: Vec<_> = RelationColumn::all().map(RelationColumn::name).collect();
    tables.begin("relations", &headings)?;
    for relation in relations(graph) {
        let (relation, implied) = relation?;
        let Relation { source, relation_type, target, mode, validity, citation } = &relation;
        let [from, to] = [validity.from(), validity.to()].map(|day| Value::Day(day).to_string());
        let mode = mode.map_or("", |mode| mode.name());
        let citation = citation.as_deref().unwrap_or_default();
        let implied = Value::Flag(implied).to_string();
        let cells =
            [source.as_str(), relation_type.name(), target.as_str(), mode, &from, &to, citation, &implied];
        tables.row(cells.into_iter())?;
    }
    for ledger in written_ledgers(graph) {
        tables.begin(ledger.name(), ledger.columns())?;
        for row in rows(graph, ledger) {
            let cells = row.map(|value| value.to_string());
            tables.row(cells.iter().map(String::as_str))?;
        }
    }
    Ok(tables)
}
