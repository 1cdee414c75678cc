use std::collections::HashSet;

use super::annex_rows::AnnexRows;
use super::cell::Cell;
use super::intern::{Ids, Texts};
use super::layout::{Layout, NoHeader, Refusal, Slot, Table};
use super::organization_repeats::OrganizationRows;
use super::relation_repeats::RelationRows;
use crate::ledger::column::{Columns, FixedColumn, OrganizationColumn};
use crate::ledger::problem::{Origin, Problems, Sources};
use crate::model::{AttributeCatalog, OrganizationId};

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

/// Takes the rows of all files, in whatever form they are written, and brings together what belongs together.
pub(super) struct Collector<'a> {
    pub(super) notes: Notes,
    pub(super) columns: Columns<'a>,
    pub(super) ids: Ids,
    pub(super) texts: Texts,
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
    pub(super) fn new(catalog: &'a AttributeCatalog) -> Self {
        Self {
            notes: Notes::default(),
            columns: Columns::new(catalog),
            ids: Ids::default(),
            texts: Texts::default(),
            organizations: OrganizationRows::default(),
            relations: RelationRows::default(),
            annexes: AnnexRows::default(),
            rows: RowCounts::default(),
        }
    }

    /// Takes a header; refused columns are named, and the rows under it are read without them.
    pub(super) fn header(&mut self, names: &[&str], origin: Origin) -> Result<Layout, NoHeader> {
        let (layout, refusals) = Layout::of(names, &self.columns)?;
        self.notes.refused(origin, &refusals);
        Ok(layout)
    }

    /// Makes room for the rows that a file of this size may hold, so that a large one does not grow it in steps.
    pub(super) fn expect(&mut self, layout: &Layout, lines: usize, bytes: usize) {
        // Few rows are as short as 32 bytes; a file of nothing but line feeds must not cost more than that.
        let rows = lines.min(bytes / 32);
        match layout {
            Layout::Organizations(_) => {
                self.ids.reserve(rows);
                self.organizations.reserve(rows);
            }
            Layout::Relations(_) => self.relations.reserve(rows),
            Layout::Annexes(..) => {}
        }
    }

    /// Takes a row of `width` cells.
    pub(super) fn row<'c>(
        &mut self,
        layout: &Layout,
        origin: Origin,
        width: usize,
        cells: impl Iterator<Item = Cell<'c>>,
    ) {
        match layout {
            Layout::Organizations(_) => self.rows.organizations += 1,
            Layout::Relations(_) => self.rows.relations += 1,
            Layout::Annexes(..) => self.rows.annexes += 1,
        }
        if width != layout.width() {
            let cause = format!("the row has {width} cells, but the header {}", layout.width());
            return self.misshapen(layout, origin, cells, &cause);
        }
        match layout {
            Layout::Organizations(table) => self.organization(table, origin, cells),
            Layout::Relations(table) => self.relation(table, origin, cells),
            Layout::Annexes(ledger, table) => self.annex(*ledger, table, origin, cells),
        }
    }

    /// Notes a row that cannot be read, and which organisation was lost with it.
    pub(super) fn misshapen<'c>(
        &mut self,
        layout: &Layout,
        origin: Origin,
        cells: impl Iterator<Item = Cell<'c>>,
        cause: &str,
    ) {
        self.notes.problem(origin, None, cause);
        if let Layout::Organizations(Table { slots, .. }) = layout {
            let id = Slot::Column(OrganizationColumn::Fixed(FixedColumn::Id));
            let cell = slots.iter().zip(cells).find(|(slot, _)| **slot == id);
            let text = cell.and_then(|(_, cell)| cell.text(false, false).ok());
            self.notes.unread.organizations.extend(text.and_then(|text| text.parse().ok()));
        }
    }
}
