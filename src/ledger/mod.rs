//! Ledgers: CSV, XLSX and JSON Lines read as changes of a graph, and a graph written as any of them.
//!
//! Floor 2. What is wrong inside a file is a [`Problem`] with file, line, column and cause, never an error, and no
//! problem repeats personal data. Nothing here changes a graph: [`read()`] compares with one and gives changes. No
//! value is read that the model would refuse; what depends on other organisations is judged by the graph, and
//! [`name_violations`] gives its answers their file and line.

mod annex_ledger;
mod column;
mod formula;
mod presentable;
mod problem;
mod read;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use problem::{Place, Problem, Problems};
pub use read::{ReadError, Reading, RowCounts, SentLedger, name_violations, read, read_sent};
pub use write::{
    Ledger, LedgerFormat, write_csv, write_jsonl, write_ledger, write_spreadsheet_safe_csv, write_stated_csv,
    write_xlsx,
};
