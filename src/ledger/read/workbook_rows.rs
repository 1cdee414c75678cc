use std::borrow::Cow;
use std::io::Cursor;
use std::sync::Arc;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};

use super::cell::Cell;
use super::collect::Collector;
use super::layout::Layout;
use super::read_rows::RowReader;
use super::sheet_facts::{Merged, SheetFacts, Unusable, reference};
use super::workbook_cell::{Epoch, cell, error_value};
use super::workbook_kind::other_kind;
use super::workbook_parts::WorkbookParts;
use super::workbook_size::check_sizes;
use crate::caught::caught;
use crate::ledger::problem::Origin;
use crate::work::{Stopped, check};

/// The columns of a sheet, XFD the last of them.
const MOST_COLUMNS: u32 = 16_384;

/// Reads an XLSX file: every sheet of which the first row is a header of ours.
///
/// # Errors
/// [`Stopped`] where the work is cancelled.
pub(super) fn read_workbook(
    bytes: &[u8],
    name: &Arc<str>,
    file: Origin,
    collector: &mut Collector<'_>,
) -> Result<(), Stopped> {
    if let Some(kind) = other_kind(bytes) {
        collector.notes.unreadable(file, kind);
        return Ok(());
    }
    // The reader's parsers hold arithmetic and `expect`s that a file made for it can reach. What was collected
    // until then is not used, since the problem refuses the whole import.
    let read = caught(|| {
        check_sizes(bytes).map_err(|bomb| bomb.to_string())?;
        read_sheets(bytes, name, file, collector)
    });
    let cause = match read {
        Ok(Ok(())) => return check(),
        Ok(Err(cause)) => format!("the workbook cannot be read: {cause}"),
        Err(_) => "the workbook cannot be read: it is damaged".to_owned(),
    };
    collector.notes.unreadable(file, &cause);
    Ok(())
}

fn read_sheets(
    bytes: &[u8],
    name: &Arc<str>,
    file: Origin,
    collector: &mut Collector<'_>,
) -> Result<(), String> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut parts = WorkbookParts::open(bytes)?;
    let epoch = if workbook.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let sheets: Vec<_> = sheets.map(|sheet| (sheet.name.clone(), sheet.visible)).collect();
    let mut has_ledger = false;
    for (sheet, visible) in sheets {
        let origin = collector.notes.sources.add(name, Some(&sheet));
        if check().is_err() {
            return Ok(());
        }
        if visible != SheetVisible::Visible {
            let cause = "the sheet is hidden and is not read: show it if it belongs to the ledger";
            collector.notes.warning(origin, None, cause);
            continue;
        }
        let facts = parts.facts(&sheet)?;
        let cells = workbook.worksheet_cells_reader(&sheet).map_err(|error| error.to_string())?;
        has_ledger |= read_sheet(cells, &Sheet { origin, facts, epoch }, collector)?;
    }
    if !has_ledger {
        collector.notes.unreadable(file, "no visible sheet of the workbook has the header of a ledger");
    }
    Ok(())
}

/// A sheet that is read.
struct Sheet {
    origin: Origin,
    facts: SheetFacts,
    epoch: Epoch,
}

/// Reads a sheet, cell by cell: its declared size is not to be trusted with memory. Tells whether it is a ledger.
fn read_sheet(
    mut cells: XlsxCellReader<'_, Cursor<&[u8]>>,
    sheet: &Sheet,
    collector: &mut Collector<'_>,
) -> Result<bool, String> {
    let mut row = Row { number: 0, next: 0, cells: Vec::new(), merged: Vec::new() };
    let mut reader = collector.reader();
    let mut header = Header::Awaited;
    loop {
        let cell = match cells.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            // An error value that the reader does not know; the facts of the sheet hold it.
            Err(XlsxError::CellError(_)) => continue,
            Err(error) => return Err(error.to_string()),
        };
        let (number, column) = cell.get_position();
        if number > row.number {
            if check().is_err() {
                // Whoever reads the workbook checks again.
                return Ok(true);
            }
            row.take(&mut header, sheet, &mut reader, collector);
            (row.number, row.next) = (number, 0);
        }
        // So a row never holds more cells than it has columns.
        if column >= MOST_COLUMNS || number < row.number || column < row.next {
            collector.notes.unreadable(sheet.origin.at(u64::from(number) + 1), "the cells are out of order");
            return Ok(true);
        }
        row.next = column + 1;
        let value = cell.get_value().clone();
        if !matches!(&value, DataRef::Empty) {
            row.cells.push((column, value));
        }
        if matches!(header, Header::Foreign) {
            return Ok(false);
        }
    }
    row.take(&mut header, sheet, &mut reader, collector);
    Ok(matches!(header, Header::Ours(_) | Header::Near))
}

/// What is known of the header of a sheet.
enum Header {
    Awaited,
    Ours(Layout),
    /// It is not one of ours by a little, which is a problem.
    Near,
    /// The sheet is something else, or empty.
    Foreign,
}

/// The cells of a row that are not empty.
struct Row<'a> {
    number: u32,
    /// The first column that may follow.
    next: u32,
    cells: Vec<(u32, DataRef<'a>)>,
    /// Merged cells that reach below the row in which they begin, each with its value.
    merged: Vec<(Merged, DataRef<'a>)>,
}

impl<'a> Row<'a> {
    /// Hands the row over, if anything stands in it.
    fn take(
        &mut self,
        header: &mut Header,
        sheet: &Sheet,
        reader: &mut RowReader<'_>,
        collector: &mut Collector<'_>,
    ) {
        let origin = sheet.origin.at(u64::from(self.number) + 1);
        let cells = self.filled(sheet);
        if cells.is_empty() {
            return;
        }
        match header {
            Header::Awaited => {
                *header = read_header(cells, origin, collector);
                if let Header::Ours(layout) = header {
                    warn_of_hidden(sheet, self.number + 1, layout, collector);
                }
            }
            Header::Ours(layout) => {
                // Cells to the right of the header's last count as ones too many, and are not made.
                let last = cells.iter().map(|(column, _)| *column as usize + 1).max().unwrap_or(0);
                let width = layout.width().max(last);
                let mut row: Vec<Cell<'_>> = (0..layout.width()).map(|_| Cell::trimmed("")).collect();
                for (column, cell) in cells {
                    if let Some(place) = row.get_mut(column as usize) {
                        *place = cell;
                    }
                }
                self.doubt_merged_sideways(sheet, layout, &mut row);
                reader.row(layout, origin, width, row.into_iter());
                collector.take(&mut reader.read);
            }
            Header::Near | Header::Foreign => {}
        }
    }

    /// The cells of the row in which something stands, or should: also what is merged with a cell above.
    fn filled(&mut self, sheet: &Sheet) -> Vec<(u32, Cell<'a>)> {
        let number = self.number;
        self.merged.retain(|(merged, _)| merged.rows.contains(&number));
        let above: Vec<_> =
            self.merged.iter().map(|(merged, value)| (*merged.columns.start(), value.clone())).collect();
        for merged in sheet.facts.merged_from(number).filter(|merged| merged.rows.end() > merged.rows.start())
        {
            let value = self.cells.iter().find(|(column, _)| column == merged.columns.start());
            self.merged.extend(value.map(|(_, value)| (merged.clone(), value.clone())));
        }
        let mut cells: Vec<_> =
            self.cells.drain(..).map(|(column, value)| (column, cell(value, sheet.epoch))).collect();
        for (column, why) in sheet.facts.unusable_in(number) {
            cells.retain(|(other, _)| *other != column);
            cells.push((column, unusable(why)));
        }
        cells.retain(|(_, cell)| !cell.is_empty());
        // A row in which nothing of its own stands is no row of the ledger.
        if !cells.is_empty() {
            for (column, value) in above {
                if cells.iter().all(|(other, _)| *other != column) {
                    cells.push((column, cell(value, sheet.epoch)));
                }
            }
        }
        cells
    }

    /// Refuses a value that is shown across several columns of the ledger.
    fn doubt_merged_sideways(&self, sheet: &Sheet, layout: &Layout, row: &mut [Cell<'_>]) {
        let from_above = self.merged.iter().map(|(merged, _)| merged);
        for merged in sheet.facts.merged_from(self.number).chain(from_above) {
            let (first, last) = (*merged.columns.start(), *merged.columns.end());
            let named = (first..=last.min(MOST_COLUMNS)).filter(|column| layout.has_column(*column as usize));
            let is_filled = row.get(first as usize).is_some_and(|cell| !cell.is_empty());
            if is_filled && named.count() > 1 {
                let cells = (reference(self.number, first), reference(self.number, last));
                let cause = format!(
                    "the cells {} to {} are merged, and it is not clear to which column their value belongs: unmerge them",
                    cells.0, cells.1
                );
                for column in first..=last.min(MOST_COLUMNS) {
                    if let Some(place) = row.get_mut(column as usize) {
                        *place = Cell::Unreadable(cause.clone());
                    }
                }
            }
        }
    }
}

fn unusable(why: &Unusable) -> Cell<'static> {
    match why {
        Unusable::Error(error) => error_value(error),
        Unusable::NoResult => Cell::Unreadable(
            "the cell holds a formula whose result is not stored: open the workbook in a spreadsheet program and save it"
                .to_owned(),
        ),
    }
}

/// Says which rows and columns of a ledger are read although nobody sees them.
fn warn_of_hidden(sheet: &Sheet, from: u32, layout: &Layout, collector: &mut Collector<'_>) {
    let hidden =
        (0..layout.width() as u32).filter(|c| layout.has_column(*c as usize) && sheet.facts.hides_column(*c));
    let hidden: Vec<_> = hidden.map(|column| reference(0, column).trim_end_matches('1').to_owned()).collect();
    let mut said = Vec::new();
    if !hidden.is_empty() {
        said.push(format!("the columns {}", hidden.join(", ")));
    }
    said.extend(sheet.facts.hidden_rows(from).map(|rows| format!("the rows {rows}")));
    if !said.is_empty() {
        let cause =
            format!("{} are hidden or filtered out, and are read like the others", said.join(" and "));
        collector.notes.warning(sheet.origin, None, &cause);
    }
}

fn read_header(filled: Vec<(u32, Cell<'_>)>, origin: Origin, collector: &mut Collector<'_>) -> Header {
    let width = filled.iter().map(|(column, _)| *column as usize + 1).max().unwrap_or(0);
    let mut names = vec![Cow::Borrowed(""); width];
    for (column, cell) in filled {
        names[column as usize] = cell.text(false, false).unwrap_or_default();
    }
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match collector.header(&names, origin) {
        Ok(layout) => Header::Ours(layout),
        Err(error) if error.is_near => {
            collector.notes.unreadable(origin, &error.cause);
            Header::Near
        }
        Err(error) => {
            let cause = format!("the sheet is not read: {}", error.cause);
            collector.notes.warning(Origin { line: 0, ..origin }, None, &cause);
            Header::Foreign
        }
    }
}
