use std::io::{Seek, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use super::{LONGEST_TEXT, WorkbookError, length};
use crate::caught::caught;

/// The rows of a sheet below its header.
const MOST_ROWS: u32 = 1_048_575;

/// A workbook of tables of text, written row by row; one row at a time is held in memory.
///
/// A table that is longer than a sheet goes on in another one with the same header.
pub struct TextTables {
    workbook: Workbook,
    most_rows: u32,
    table: Table,
}

/// The table that is being written.
#[derive(Default)]
struct Table {
    name: String,
    headings: Vec<String>,
    /// How many sheets it has so far, and how many rows the last of them holds below its header.
    sheets: u32,
    rows: u32,
}

impl TextTables {
    /// An empty workbook whose parts are kept in a folder until it is written.
    ///
    /// # Errors
    /// [`WorkbookError::Refused`] where nothing can be written to the folder.
    pub fn new(folder: &Path) -> Result<Self, WorkbookError> {
        Self::with_most_rows(folder, MOST_ROWS)
    }

    pub(super) fn with_most_rows(folder: &Path, most_rows: u32) -> Result<Self, WorkbookError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        // Any fixed day does: what matters is that the same tables give the same bytes.
        let midnight = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&midnight));
        Ok(Self { workbook, most_rows, table: Table::default() })
    }

    /// Begins a table; rows go to it from now on.
    ///
    /// # Errors
    /// [`WorkbookError`] where the name can be none of a sheet, or the disk takes no more.
    pub fn begin(&mut self, name: &str, headings: &[&str]) -> Result<(), WorkbookError> {
        let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
        self.table = Table { name: name.to_owned(), headings, sheets: 0, rows: 0 };
        guarded(|| self.begin_sheet())
    }

    /// Writes a row; empty texts leave their cells empty.
    ///
    /// # Errors
    /// [`WorkbookError::LongText`] for a text that no cell can hold; else where the disk takes no more.
    pub fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<(), WorkbookError> {
        guarded(|| {
            if self.table.rows == self.most_rows {
                self.begin_sheet()?;
            }
            self.table.rows += 1;
            let (table, row) = (&self.table, self.table.rows);
            let Some(sheet) = self.workbook.worksheets_mut().last_mut() else { return Ok(()) };
            for (column, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
                let length = length(text);
                if length > LONGEST_TEXT {
                    let column = table.headings.get(usize::from(column)).cloned().unwrap_or_default();
                    let (sheet, row) = (sheet.name(), row + 1);
                    return Err(WorkbookError::LongText { sheet, row, column, length });
                }
                sheet.write_string(row, column, text)?;
            }
            Ok(())
        })
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// [`WorkbookError`] where the disk takes no more.
    pub fn save(mut self, to: impl Write + Seek + Send) -> Result<(), WorkbookError> {
        guarded(|| Ok(self.workbook.save_to_writer(to)?))
    }

    fn begin_sheet(&mut self) -> Result<(), WorkbookError> {
        let table = &mut self.table;
        (table.sheets, table.rows) = (table.sheets + 1, 0);
        let name =
            if table.sheets == 1 { table.name.clone() } else { format!("{} {}", table.name, table.sheets) };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?.set_name(name)?;
        let bold = Format::new().set_bold();
        for (column, heading) in (0..).zip(&table.headings) {
            sheet.write_string_with_format(0, column, heading, &bold)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }
}

/// Does what may fail in the writer's own way: it panics when the disk takes no more.
fn guarded<T>(action: impl FnOnce() -> Result<T, WorkbookError>) -> Result<T, WorkbookError> {
    caught(action).unwrap_or(Err(WorkbookError::GaveUp))
}
