use hashbrown::DefaultHashBuilder;

use super::annex_rows::AnnexRow;
use super::cell::Cell;
use super::collect::RowCounts;
use super::intern::Texts;
use super::layout::{Layout, Slot, Table};
use super::organization_repeats::OrganizationRow;
use super::relation_repeats::ReadRelations;
use crate::ledger::column::{Columns, FixedColumn, OrganizationColumn};
use crate::ledger::problem::Origin;
use crate::ledger::value::Value;
use crate::model::OrganizationId;

/// Reads rows one by one: what each says by itself, and what is wrong with it.
///
/// Several read parts of a file at once; what belongs together is brought together by the
/// [`Collector`](super::collect::Collector).
pub(super) struct RowReader<'a> {
    pub(super) columns: &'a Columns<'a>,
    pub(super) hasher: DefaultHashBuilder,
    pub(super) texts: Texts<'a>,
    /// The values of the row that is being read, kept for its memory.
    pub(super) values: Vec<(OrganizationColumn, Value)>,
    pub(super) read: Read,
}

/// What was read of some rows, in their order.
#[derive(Default)]
pub(super) struct Read {
    pub(super) rows: RowCounts,
    /// Each with the number of organisations and annexes that were read before it.
    pub(super) notes: Vec<(usize, Note)>,
    /// Each with the hash of its id.
    pub(super) organizations: Vec<(u64, OrganizationRow)>,
    pub(super) relations: ReadRelations,
    pub(super) annexes: Vec<AnnexRow>,
    pub(super) short: ShortRows,
}

/// Rows that have fewer cells than their header.
#[derive(Default)]
pub(super) struct ShortRows {
    pub(super) first: Option<Origin>,
    pub(super) count: u64,
}

impl ShortRows {
    /// Adds rows that follow these.
    pub(super) fn add(&mut self, others: &Self) {
        self.first = self.first.or(others.first);
        self.count += others.count;
    }
}

/// What is said about a row by itself.
pub(super) enum Note {
    Problem(Origin, Option<String>, String),
    Warning(Origin, Option<String>, String),
    /// The row of an organisation could not be read.
    Unread(OrganizationId),
}

impl Read {
    /// Makes a note of the row that is being read.
    pub(super) fn note(&mut self, note: Note) {
        self.notes.push((self.organizations.len() + self.annexes.len(), note));
    }

    pub(super) fn problem(&mut self, origin: Origin, column: Option<&str>, cause: &str) {
        self.note(Note::Problem(origin, column.map(str::to_owned), cause.to_owned()));
    }

    pub(super) fn warning(&mut self, origin: Origin, column: Option<&str>, cause: &str) {
        self.note(Note::Warning(origin, column.map(str::to_owned), cause.to_owned()));
    }
}

impl<'a> RowReader<'a> {
    pub(super) fn new(columns: &'a Columns<'a>, hasher: DefaultHashBuilder) -> Self {
        Self {
            columns,
            hasher,
            texts: Texts::new(columns.reviewed()),
            values: Vec::new(),
            read: Read::default(),
        }
    }

    /// Reads a row of `width` cells.
    pub(super) fn row<'c>(
        &mut self,
        layout: &Layout,
        origin: Origin,
        width: usize,
        cells: impl Iterator<Item = Cell<'c>>,
    ) {
        match layout {
            Layout::Organizations(_) => self.read.rows.organizations += 1,
            Layout::Relations(_) => self.read.rows.relations += 1,
            Layout::Annexes(..) => self.read.rows.annexes += 1,
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
        self.read.problem(origin, None, cause);
        if let Layout::Organizations(Table { slots, .. }) = layout {
            let id = Slot::Column(OrganizationColumn::Fixed(FixedColumn::Id));
            let cell = slots.iter().zip(cells).find(|(slot, _)| **slot == id);
            let text = cell.and_then(|(_, cell)| cell.text(false, false).ok());
            if let Some(id) = text.and_then(|text| text.parse().ok()) {
                self.read.note(Note::Unread(id));
            }
        }
    }
}
