//! Workbooks (XLSX): sheets that a clerk can print, and tables of any length that ledgers are exported to.
//!
//! Floor 1. Text is written as text and never as a formula. The same input gives the same bytes: the only moment in a
//! workbook is the day that its maker gives.

mod cell;
mod layout;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
mod write;

use thiserror::Error;

use crate::work::Stopped;

pub use cell::{Cell, Rating};
pub use sheet::{Paper, Sheet};
pub use table::TextTables;
pub use write::write_sheets;

/// The most characters of a text, counted as UTF-16 does.
const LONGEST_TEXT: usize = 32_767;

/// Why a workbook cannot be written.
#[derive(Debug, Error)]
pub enum WorkbookError {
    /// A text is longer than a cell may be.
    #[error(
        "{sheet}: row {row}, column {column}: the text has {length} characters, but a cell of a workbook holds \
         {LONGEST_TEXT} at the most; choose another format"
    )]
    LongText {
        /// The name of the sheet.
        sheet: String,
        /// The number of the row, the first of the sheet being 1.
        row: u32,
        /// The heading of the column.
        column: String,
        /// How many characters the text has.
        length: usize,
    },
    /// What the writer of the file or the system says.
    #[error("the workbook cannot be written: {0}")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The writer gave up, which it does when the disk takes no more.
    #[error("the workbook cannot be written: the disk that holds its parts took no more")]
    GaveUp,
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<rust_xlsxwriter::XlsxError> for WorkbookError {
    fn from(cause: rust_xlsxwriter::XlsxError) -> Self {
        Self::Refused(Box::new(cause))
    }
}

/// How many characters a text has for a workbook.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
