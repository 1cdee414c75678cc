use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::presentable::presentable;

/// Where in the ledgers something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// The sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// The line on which the row starts, counted from 1; `None` is the whole file or sheet.
    pub line: Option<u32>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, "[{sheet}]")?;
        }
        match self.line {
            Some(line) => write!(f, ":{line}"),
            None => Ok(()),
        }
    }
}

/// Something in a ledger that is wrong or doubtful; its text never repeats personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// The column, where one is at fault.
    pub column: Option<String>,
    /// What is wrong.
    pub cause: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if let Some(column) = &self.column {
            write!(f, "column {column}: ")?;
        }
        f.write_str(&self.cause)
    }
}

/// Where a row comes from, in eight bytes; line 0 is the whole file or sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Origin {
    pub(super) source: u32,
    pub(super) line: u32,
}

/// The files and sheets that origins refer to.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources(Vec<(Arc<str>, Option<Arc<str>>)>);

impl Sources {
    /// Adds a file or a sheet, and gives the origin that stands for the whole of it.
    pub(super) fn add(&mut self, file: &Arc<str>, sheet: Option<&str>) -> Origin {
        self.0.push((file.clone(), sheet.map(|name| presentable(name).into())));
        Origin { source: u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX), line: 0 }
    }

    pub(super) fn place(&self, origin: Origin) -> Place {
        let (file, sheet) = self.0[origin.source as usize].clone();
        Place { file, sheet, line: Some(origin.line).filter(|line| *line > 0) }
    }
}

impl Origin {
    pub(super) fn at(self, line: u64) -> Self {
        Self { line: u32::try_from(line).unwrap_or(u32::MAX), ..self }
    }
}

/// How many bad rows are kept to be shown.
const SHOWN_ROWS: usize = 1_000;

/// How many problems of one row are kept: a header may be wrong in as many columns as a file can hold.
const SHOWN_PER_ROW: usize = 100;

/// The problems of all bad rows: the first 1,000 rows are kept, the others only counted.
///
/// A row counts once, however much is wrong with it; a file or sheet that cannot be read, and a header that
/// is wrong, count as a row.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    kept: Vec<(Origin, Problem)>,
    /// How many problems of each bad row are kept.
    rows: HashMap<Origin, usize>,
}

impl Problems {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many rows are bad, the ones that are not kept included.
    pub fn bad_rows(&self) -> usize {
        self.rows.len()
    }

    /// The problems that are kept, in the order of files and lines.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.kept.iter().map(|(_, problem)| problem)
    }

    /// Adds a problem, unless the same column of the same row has one: the first cause is the one that counts.
    pub(super) fn add(
        &mut self,
        sources: &Sources,
        origin: Origin,
        column: Option<&str>,
        cause: impl fmt::Display,
    ) {
        let room = self.rows.len() < SHOWN_ROWS;
        let known = self.rows.contains_key(&origin);
        let kept = self.rows.entry(origin).or_default();
        let wanted = if known { (1..SHOWN_PER_ROW).contains(kept) } else { room };
        if !wanted {
            return;
        }
        let column = column.map(presentable);
        let same = |(other, problem): &(Origin, Problem)| *other == origin && problem.column == column;
        if !(known && self.kept.iter().any(same)) {
            *kept += 1;
            let cause = presentable(&cause.to_string());
            self.kept.push((origin, Problem { place: sources.place(origin), column, cause }));
        }
    }

    /// Puts what is kept into the order of files and lines; conflicts are found late.
    pub(super) fn sort(&mut self) {
        self.kept.sort_by_key(|(origin, _)| *origin);
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.iter() {
            writeln!(f, "{problem}")?;
        }
        match self.rows.len().saturating_sub(SHOWN_ROWS) {
            0 => Ok(()),
            more => writeln!(f, "and {more} more bad rows"),
        }
    }
}
