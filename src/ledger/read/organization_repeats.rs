use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::collect::Notes;
use super::contradiction::contradiction;
use crate::ledger::column::{Columns, FixedColumn as F, OrganizationColumn as C};
use crate::ledger::problem::Origin;
use crate::ledger::value::{Value, copy};
use crate::model::Organization;

/// What the rows of one import say of one organisation.
pub(super) struct OrganizationRow {
    /// What they say; what they do not say is as in a new organisation.
    pub(super) organization: Box<Organization>,
    /// The columns that they have.
    pub(super) present: Arc<BTreeSet<C>>,
    /// Where the first of them stands.
    pub(super) origin: Origin,
}

/// A row that was brought together with others, and the columns that it has.
pub(super) type Part = (Origin, Arc<BTreeSet<C>>);

/// The organisations of one import, in the order of their first rows.
#[derive(Default)]
pub(super) struct OrganizationRows {
    pub(super) rows: Vec<OrganizationRow>,
    /// The positions in `rows`, found by their ids.
    pub(super) positions: HashTable<u32>,
    /// The hash of the id of each row.
    hashes: Vec<u64>,
    /// The rows of the organisations that have several, by position; most have one.
    pub(super) parts: HashMap<usize, Vec<Part>>,
}

impl OrganizationRows {
    /// Makes room for more rows.
    pub(super) fn reserve(&mut self, more: usize) {
        self.rows.reserve(more);
        self.hashes.reserve(more);
        let hashes = &self.hashes;
        self.positions.reserve(more, |position| hashes[*position as usize]);
    }

    /// Adds a row: the first of its organisation, or one that repeats or completes an earlier one.
    pub(super) fn add(&mut self, row: OrganizationRow, hash: u64, columns: &Columns<'_>, notes: &mut Notes) {
        let (rows, hashes) = (&self.rows, &self.hashes);
        let is_it = |position: &u32| rows[*position as usize].organization.id == row.organization.id;
        match self.positions.entry(hash, is_it, |position| hashes[*position as usize]) {
            Entry::Occupied(position) => {
                let position = *position.get() as usize;
                self.join(position, &row, columns, notes);
            }
            Entry::Vacant(vacant) => {
                // A graph has no more positions either.
                vacant.insert(u32::try_from(rows.len()).unwrap_or(u32::MAX));
                self.rows.push(row);
                self.hashes.push(hash);
            }
        }
    }

    /// Joins a row to the earlier ones of its organisation; what they contradict each other in is a problem of both.
    fn join(&mut self, position: usize, row: &OrganizationRow, columns: &Columns<'_>, notes: &mut Notes) {
        let first = &mut self.rows[position];
        let parts = self.parts.entry(position).or_insert_with(|| vec![(first.origin, first.present.clone())]);
        for column in row.present.intersection(&first.present) {
            let here = Value::of(&row.organization, *column, columns);
            let there = Value::of(&first.organization, *column, columns);
            let earlier = parts.iter().find(|(_, present)| present.contains(column));
            let earlier = earlier.map_or(first.origin, |(origin, _)| *origin);
            contradiction(notes, columns.name(*column), (row.origin, &here), (earlier, &there));
        }
        if row.present.is_subset(&first.present) && parts.iter().any(|(_, present)| *present == row.present) {
            return;
        }
        let more: Vec<C> = row.present.difference(&first.present).copied().collect();
        if let Err(error) = copy(more.iter().copied(), columns, &row.organization, &mut first.organization) {
            notes.problem(row.origin, Some(F::DissolvedOn.name()), &error.to_string());
        }
        parts.push((row.origin, row.present.clone()));
        Arc::make_mut(&mut first.present).extend(more);
    }
}
