use std::borrow::Cow;
use std::io::Cursor;
use std::sync::Arc;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};

use super::cell::Cell;
use super::collect::Collector;
use super::layout::Layout;
use super::read_rows::RowReader;
use super::workbook_size::check_sizes;
use crate::caught::caught;
use crate::ledger::problem::Origin;
use crate::work::go_on;

/// The columns of a sheet, XFD the last of them.
const MOST_COLUMNS: u32 = 16_384;

/// Reads an XLSX file: every sheet of which the first row is a header of ours.
pub(super) fn read_workbook(bytes: &[u8], name: &Arc<str>, file: Origin, collector: &mut Collector<'_>) {
    // The reader's parsers hold arithmetic and `expect`s that a file made for it can reach. What was collected
    // until then is not used, since the problem refuses the whole import.
    let read = caught(|| {
        check_sizes(bytes).map_err(|bomb| bomb.to_string())?;
        read_sheets(bytes, name, file, collector).map_err(|error| error.to_string())
    });
    let cause = match read {
        Ok(Ok(())) => return,
        Ok(Err(cause)) => format!("the workbook cannot be read: {cause}"),
        Err(_) => {
            // Who stops the reading damages nothing.
            go_on();
            "the workbook cannot be read: it is damaged".to_owned()
        }
    };
    collector.notes.unreadable(file, &cause);
}

fn read_sheets(
    bytes: &[u8],
    name: &Arc<str>,
    file: Origin,
    collector: &mut Collector<'_>,
) -> Result<(), XlsxError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes))?;
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let sheets: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    let mut has_ledger = false;
    for sheet in sheets {
        let origin = collector.notes.sources.add(name, Some(&sheet));
        has_ledger |= read_sheet(&mut workbook, &sheet, origin, collector)?;
    }
    if !has_ledger {
        collector.notes.unreadable(file, "no sheet of the workbook has the header of a ledger");
    }
    Ok(())
}

/// Reads a sheet, cell by cell: its declared size is not to be trusted with memory. Tells whether it is a ledger.
fn read_sheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    sheet: Origin,
    collector: &mut Collector<'_>,
) -> Result<bool, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(name)?;
    let mut row = Row { number: 0, next: 0, cells: Vec::new() };
    let mut reader = collector.reader();
    let mut header = Header::Awaited;
    while let Some(cell) = cells.next_cell()? {
        let (number, column) = cell.get_position();
        if number > row.number {
            go_on();
            row.take(&mut header, sheet, &mut reader, collector);
            (row.number, row.next) = (number, 0);
        }
        // So a row never holds more cells than it has columns.
        if column >= MOST_COLUMNS || number < row.number || column < row.next {
            collector.notes.unreadable(sheet.at(u64::from(number) + 1), "the cells are out of order");
            return Ok(true);
        }
        row.next = column + 1;
        let value = cell.get_value().clone();
        if !matches!(&value, DataRef::Empty) {
            row.cells.push((column as usize, value));
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
    cells: Vec<(usize, DataRef<'a>)>,
}

impl<'a> Row<'a> {
    /// Hands the row over, if anything stands in it.
    fn take(
        &mut self,
        header: &mut Header,
        sheet: Origin,
        reader: &mut RowReader<'_>,
        collector: &mut Collector<'_>,
    ) {
        let origin = sheet.at(u64::from(self.number) + 1);
        let filled = self.cells.drain(..).map(|(column, value)| (column, cell(value)));
        let filled: Vec<(usize, Cell<'a>)> = filled.filter(|(_, cell)| !cell.is_empty()).collect();
        if filled.is_empty() {
            return;
        }
        match header {
            Header::Awaited => *header = read_header(filled, origin, collector),
            Header::Ours(layout) => {
                // Cells to the right of the header's last count as ones too many, and are not made.
                let width =
                    layout.width().max(filled.iter().map(|(column, _)| column + 1).max().unwrap_or(0));
                let mut cells: Vec<Cell<'_>> = (0..layout.width()).map(|_| Cell::trimmed("")).collect();
                for (column, cell) in filled {
                    if let Some(place) = cells.get_mut(column) {
                        *place = cell;
                    }
                }
                reader.row(layout, origin, width, cells.into_iter());
                collector.take(&mut reader.read);
            }
            Header::Near | Header::Foreign => {}
        }
    }
}

fn read_header(filled: Vec<(usize, Cell<'_>)>, origin: Origin, collector: &mut Collector<'_>) -> Header {
    let width = filled.iter().map(|(column, _)| column + 1).max().unwrap_or(0);
    let mut names = vec![Cow::Borrowed(""); width];
    for (column, cell) in filled {
        names[column] = cell.text(false, false).unwrap_or_default();
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

fn cell(value: DataRef<'_>) -> Cell<'_> {
    match value {
        DataRef::Empty => Cell::trimmed(""),
        DataRef::SharedString(text) => Cell::trimmed(text),
        DataRef::String(text) => Cell::Text(Cow::Owned(text.trim().to_owned())),
        DataRef::Int(number) => Cell::Text(Cow::Owned(number.to_string())),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::Bool(flag) => Cell::trimmed(if flag { "true" } else { "false" }),
        DataRef::DateTime(day) => date(day),
        DataRef::DateTimeIso(text) => Cell::Text(Cow::Owned(text.trim_end_matches("T00:00:00").to_owned())),
        DataRef::DurationIso(_) => Cell::Unreadable("the cell holds a duration".to_owned()),
        DataRef::Error(error) => Cell::Unreadable(format!("the cell holds the error {error}")),
    }
}

/// A cell that is shown as a date; the number under it counts days.
fn date(day: ExcelDateTime) -> Cell<'static> {
    if day.is_duration() || day.as_f64().fract() != 0.0 {
        return Cell::Unreadable("the cell holds a time, not only a date".to_owned());
    }
    let (year, month, day, ..) = day.to_ymd_hms_milli();
    Cell::Text(Cow::Owned(format!("{year:04}-{month:02}-{day:02}")))
}
