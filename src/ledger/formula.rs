//! Cells that a spreadsheet would take for a formula.

use std::borrow::Cow;

/// The mark at the beginning of a file by which spreadsheets know UTF-8.
pub(super) const MARK: &str = "\u{feff}";

/// What formulas begin with, in either width.
const BEGINNINGS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The cell with an apostrophe before it, if it or what follows its own apostrophes could be a formula.
pub(super) fn neutralised(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell that was neutralised.
pub(super) fn exact(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(BEGINNINGS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neutralised_comes_back_as_it_was() {
        let table = [
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("+86", "'+86"),
            ("@a", "'@a"),
            ("\t=1", "'\t=1"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("'章丘'", "'章丘'"),
            ("章丘=1", "章丘=1"),
            ("", ""),
        ];
        for (cell, written) in table {
            assert_eq!(neutralised(cell), written);
            assert_eq!(exact(&neutralised(cell)), cell);
        }
    }
}
