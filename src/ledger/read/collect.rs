use std::collections::HashSet;

use hashbrown::DefaultHashBuilder;

use super::annex_rows::AnnexRows;
use super::layout::{Layout, NoHeader, Refusal};
use super::organization_repeats::OrganizationRows;
use super::read_rows::{Note, Read, RowReader};
use super::relation_repeats::RelationRows;
use crate::ledger::column::Columns;
use crate::ledger::problem::{Origin, Problems, Sources};
use crate::model::OrganizationId;

/// How many rows were read, the bad ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows of organisations.
    pub organizations: u64,
    /// Rows of relations.
    pub relations: u64,
    /// Rows of annexes: of exemptions and of dated values.
    pub annexes: u64,
}

/// Takes what was read of the rows of all files, in whatever form they are written, and brings together what belongs
/// together.
pub(super) struct Collector<'a> {
    pub(super) notes: Notes,
    pub(super) columns: &'a Columns<'a>,
    /// By which ids and relations are found that several rows name.
    pub(super) hasher: DefaultHashBuilder,
    pub(super) organizations: OrganizationRows,
    pub(super) relations: RelationRows,
    pub(super) annexes: AnnexRows,
    pub(super) rows: RowCounts,
}

/// What is said about the rows while they are read.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) sources: Sources,
    pub(super) problems: Problems,
    pub(super) warnings: Problems,
    pub(super) unread: Unread,
}

/// Which organisations may be missing only because their rows could not be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    pub(super) organizations: HashSet<OrganizationId>,
    /// Whether a whole file or sheet could not be read, so that any organisation may have stood there.
    pub(super) anything: bool,
}

impl Notes {
    fn note(&mut self, note: Note) {
        match note {
            Note::Problem(origin, column, cause) => self.problem(origin, column.as_deref(), &cause),
            Note::Warning(origin, column, cause) => self.warning(origin, column.as_deref(), &cause),
            Note::Unread(id) => drop(self.unread.organizations.insert(id)),
        }
    }

    pub(super) fn problem(&mut self, origin: Origin, column: Option<&str>, cause: &str) {
        self.problems.add(&self.sources, origin, column, cause);
    }

    pub(super) fn warning(&mut self, origin: Origin, column: Option<&str>, cause: &str) {
        self.warnings.add(&self.sources, origin, column, cause);
    }

    /// A file or sheet, or the rest of it, that cannot be read.
    pub(super) fn unreadable(&mut self, origin: Origin, cause: &str) {
        self.unread.anything = true;
        self.problem(origin, None, cause);
    }

    pub(super) fn refused(&mut self, origin: Origin, refusals: &[Refusal]) {
        for refusal in refusals {
            self.problem(origin, Some(&refusal.column), &refusal.cause);
        }
    }
}

impl<'a> Collector<'a> {
    pub(super) fn new(columns: &'a Columns<'a>) -> Self {
        Self {
            notes: Notes::default(),
            columns,
            hasher: DefaultHashBuilder::default(),
            organizations: OrganizationRows::default(),
            relations: RelationRows::default(),
            annexes: AnnexRows::default(),
            rows: RowCounts::default(),
        }
    }

    /// Whoever reads rows for it.
    pub(super) fn reader(&self) -> RowReader<'a> {
        RowReader::new(self.columns, self.hasher.clone())
    }

    /// Takes a header; refused columns are named, and the rows under it are read without them.
    pub(super) fn header(&mut self, names: &[&str], origin: Origin) -> Result<Layout, NoHeader> {
        let (layout, refusals) = Layout::of(names, self.columns)?;
        self.notes.refused(origin, &refusals);
        Ok(layout)
    }

    /// Makes room for the rows that a file of this size may hold, so that a large one does not grow it in steps.
    pub(super) fn expect(&mut self, layout: &Layout, lines: usize, bytes: usize) {
        // Few rows are as short as 32 bytes; a file of nothing but line feeds must not cost more than that.
        if let Layout::Organizations(_) = layout {
            self.organizations.reserve(lines.min(bytes / 32));
        }
    }

    /// Takes what was read of rows that follow those before.
    pub(super) fn take(&mut self, read: &mut Read) {
        let rows = std::mem::take(&mut read.rows);
        self.rows.organizations += rows.organizations;
        self.rows.relations += rows.relations;
        self.rows.annexes += rows.annexes;
        let mut notes = read.notes.drain(..).peekable();
        let mut before = 0;
        let mut note_up_to = |number, to: &mut Notes| {
            while let Some((_, note)) = notes.next_if(|(before, _)| *before <= number) {
                to.note(note);
            }
        };
        for (hash, row) in read.organizations.drain(..) {
            note_up_to(before, &mut self.notes);
            self.organizations.add(row, hash, self.columns, &mut self.notes);
            before += 1;
        }
        for row in read.annexes.drain(..) {
            note_up_to(before, &mut self.notes);
            self.annexes.add(row, &mut self.notes);
            before += 1;
        }
        note_up_to(usize::MAX, &mut self.notes);
        self.relations.add(&mut read.relations);
    }
}
