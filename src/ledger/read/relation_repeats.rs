use super::collect::Notes;
use super::contradiction::contradiction;
use super::intern::NumberedId;
use crate::ledger::column::RelationColumn as C;
use crate::ledger::problem::Origin;
use crate::ledger::value::Value;
use crate::model::{Date, Relation, RelationMode, RelationType};

/// What the rows of one import say of one relation.
pub(super) struct RelationRow {
    pub(super) relation: Relation,
    /// Where the first of them stands.
    pub(super) origin: Origin,
    /// The first row with a column `valid_to`.
    pub(super) end: Option<Origin>,
    /// The first row with a column `citation`.
    pub(super) citation: Option<Origin>,
}

/// What makes a relation itself, as a [`RelationKey`](crate::model::RelationKey) in two numbers: millions are compared.
type Key = (u64, u64);

pub(super) fn key(
    [source, target]: [&NumberedId; 2],
    relation_type: RelationType,
    mode: Option<RelationMode>,
    from: Option<Date>,
) -> Key {
    let ends = u64::from(source.number) << 32 | u64::from(target.number);
    // A year takes 15 bits with its sign, a month 4 and a day 5; a zero is no day.
    let from = from.map_or(0, |day| {
        let year = u64::from(day.year().unsigned_abs()) << 1 | u64::from(day.year() < 0);
        (year << 4 | u64::from(day.month().unsigned_abs())) << 5 | u64::from(day.day().unsigned_abs())
    });
    let mode = mode.map_or(0, |mode| mode as u64 + 1);
    (ends, (relation_type as u64) << 40 | mode << 32 | from)
}

/// The relations of one import, in the order of their rows.
#[derive(Default)]
pub(super) struct RelationRows {
    rows: Vec<RelationRow>,
    /// The key of each row, with its position.
    keys: Vec<(Key, usize)>,
}

impl RelationRows {
    /// Makes room for more rows.
    pub(super) fn reserve(&mut self, more: usize) {
        self.rows.reserve(more);
        self.keys.reserve(more);
    }

    pub(super) fn add(&mut self, key: Key, row: RelationRow) {
        self.keys.push((key, self.rows.len()));
        self.rows.push(row);
    }

    /// The rows, those of one relation joined into the first of them.
    ///
    /// They are found by sorting, which goes through memory in order; a table of millions does not.
    pub(super) fn joined(self, notes: &mut Notes) -> Vec<RelationRow> {
        let Self { mut rows, mut keys } = self;
        keys.sort_unstable();
        let mut joined: Vec<usize> = Vec::new();
        for same in keys.chunk_by(|(one, _), (other, _)| one == other) {
            for (_, position) in &same[1..] {
                let (before, from) = rows.split_at_mut(*position);
                join(&mut before[same[0].1], &from[0], notes);
                joined.push(*position);
            }
        }
        joined.sort_unstable();
        let mut joined = joined.into_iter().peekable();
        let mut position = 0;
        rows.retain(|_| {
            position += 1;
            joined.next_if_eq(&(position - 1)).is_none()
        });
        rows
    }
}

/// Joins a row to the first of its relation; what they contradict each other in is a problem of both.
fn join(first: &mut RelationRow, row: &RelationRow, notes: &mut Notes) {
    match (row.end, first.end) {
        (Some(here), Some(there)) => {
            let [end, other] = [&row.relation, &first.relation].map(|r| Value::Day(r.validity.to()));
            contradiction(notes, C::ValidTo.name(), (here, &end), (there, &other));
        }
        (Some(_), None) => (first.end, first.relation.validity) = (row.end, row.relation.validity),
        (None, _) => {}
    }
    match (row.citation, first.citation) {
        (Some(here), Some(there)) => {
            let texts = [&row.relation, &first.relation].map(|r| Value::Text(r.citation.clone()));
            contradiction(notes, C::Citation.name(), (here, &texts[0]), (there, &texts[1]));
        }
        (Some(_), None) => {
            first.citation = row.citation;
            first.relation.citation.clone_from(&row.relation.citation);
        }
        (None, _) => {}
    }
}
