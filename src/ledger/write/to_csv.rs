use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use csv::{Terminator, Writer, WriterBuilder};

use super::annexes::{remove_others, rows, written_ledgers};
use super::{organizations, relations, written_columns};
use crate::graph::Graph;
use crate::ledger::annex_ledger::AnnexLedger;
use crate::ledger::column::{Columns, RelationColumn};
use crate::ledger::formula::{MARK, neutralised};
use crate::ledger::value::Value;
use crate::model::{AttributeCatalog, Relation};
use crate::new_file::{NewFile, WriteError};
use crate::work::Stopped;

/// Writes a graph as `organizations.csv` and `relations.csv` in a folder, which is made where there is none.
///
/// The cells are exact: reading the folder into an empty graph and writing that gives the same bytes. Implied
/// relations are marked in the column `implied`, and not recorded when they are read. Exemptions and dated values stand in `exemptions.csv` and `values.csv`, which
/// are there only if there are any. Files of these names are replaced once all are written.
///
/// # Errors
/// [`WriteError`] when the system does not let us write.
pub fn write_csv(graph: &Graph, catalog: &AttributeCatalog, folder: &Path) -> Result<(), WriteError> {
    write(graph, catalog, folder, Cells::Exact, (&mut relations(graph), true))
}

/// Writes a graph like [`write_csv`] for programs that take cells for formulas.
///
/// Each file begins with a byte order mark, by which spreadsheets know UTF-8, and an apostrophe stands before every
/// cell that one could take for a formula. Reading takes it away again, in files with such a mark only.
///
/// # Errors
/// [`WriteError`] when the system does not let us write.
pub fn write_spreadsheet_safe_csv(
    graph: &Graph,
    catalog: &AttributeCatalog,
    folder: &Path,
) -> Result<(), WriteError> {
    write(graph, catalog, folder, Cells::SpreadsheetSafe, (&mut relations(graph), true))
}

/// Writes a graph like [`write_csv`], without what is implied by division codes and without the column `implied`.
///
/// # Errors
/// [`WriteError`] when the system does not let us write.
pub fn write_stated_csv(graph: &Graph, catalog: &AttributeCatalog, folder: &Path) -> Result<(), WriteError> {
    write(
        graph,
        catalog,
        folder,
        Cells::Exact,
        (&mut relations(graph).filter(|relation| !matches!(relation, Ok((_, true)))), false),
    )
}

fn write(
    graph: &Graph,
    catalog: &AttributeCatalog,
    folder: &Path,
    cells: Cells,
    (relations, marked): (&mut dyn Iterator<Item = Result<(Relation, bool), Stopped>>, bool),
) -> Result<(), WriteError> {
    let columns = Columns::new(catalog);
    let organizations =
        NewFile::write(folder, "organizations.csv", |to| write_organizations(graph, &columns, cells, to))?;
    let relations =
        NewFile::write(folder, "relations.csv", |to| write_relations(relations, marked, cells, to))?;
    let ledgers = written_ledgers(graph);
    let annexes = ledgers.iter().map(|ledger| {
        NewFile::write(folder, format!("{}.csv", ledger.name()), |to| {
            write_annexes(graph, *ledger, cells, to)
        })
    });
    let annexes: Vec<_> = annexes.collect::<Result<_, _>>()?;
    organizations.publish()?;
    relations.publish()?;
    annexes.into_iter().try_for_each(NewFile::publish)?;
    remove_others(folder, &ledgers, "csv")
}

pub(super) fn write_organizations(
    graph: &Graph,
    columns: &Columns<'_>,
    cells: Cells,
    to: &mut impl Write,
) -> io::Result<()> {
    let written = written_columns(graph, columns);
    let mut writer = cells.writer(to)?;
    writer.write_record(written.iter().map(|column| columns.name(*column)))?;
    let mut cell = String::new();
    for organization in organizations(graph) {
        let organization = organization?;
        for column in &written {
            fill(&mut cell, &Value::of(&organization, *column, columns))?;
            writer.write_field(cells.safe(&cell).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

pub(super) fn write_relations(
    relations: &mut dyn Iterator<Item = Result<(Relation, bool), Stopped>>,
    marked: bool,
    cells: Cells,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut writer = cells.writer(to)?;
    let columns = RelationColumn::all().filter(|column| marked || *column != RelationColumn::Implied);
    writer.write_record(columns.map(RelationColumn::name))?;
    let mut cell = String::new();
    for relation in relations {
        let (relation, implied) = relation?;
        let Relation { source, relation_type, target, mode, validity, citation } = &relation;
        writer.write_field(source.as_str())?;
        writer.write_field(relation_type.name())?;
        writer.write_field(target.as_str())?;
        writer.write_field(mode.map_or("", |mode| mode.name()))?;
        for day in [validity.from(), validity.to()] {
            fill(&mut cell, &Value::Day(day))?;
            writer.write_field(cells.safe(&cell).as_bytes())?;
        }
        writer.write_field(cells.safe(citation.as_deref().unwrap_or_default()).as_bytes())?;
        if marked {
            fill(&mut cell, &Value::Flag(implied))?;
            writer.write_field(cell.as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

pub(super) fn write_annexes(
    graph: &Graph,
    ledger: AnnexLedger,
    cells: Cells,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut writer = cells.writer(to)?;
    writer.write_record(ledger.columns())?;
    let mut cell = String::new();
    for row in rows(graph, ledger) {
        for value in row {
            fill(&mut cell, &value)?;
            writer.write_field(cells.safe(&cell).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}

/// How cells are written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Cells {
    Exact,
    SpreadsheetSafe,
}

impl Cells {
    fn writer<W: Write>(self, mut to: W) -> io::Result<Writer<W>> {
        if self == Self::SpreadsheetSafe {
            to.write_all(MARK.as_bytes())?;
        }
        Ok(WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(to))
    }

    fn safe(self, cell: &str) -> Cow<'_, str> {
        match self {
            Self::SpreadsheetSafe => neutralised(cell),
            Self::Exact => Cow::Borrowed(cell),
        }
    }
}

/// Puts a value into a cell that is used again and again.
fn fill(cell: &mut String, value: &Value) -> io::Result<()> {
    use std::fmt::Write as _;
    cell.clear();
    write!(cell, "{value}").map_err(io::Error::other)
}
