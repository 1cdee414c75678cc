use std::collections::HashMap;
use std::hash::BuildHasher;

use super::collect::Notes;
use super::contradiction::contradiction;
use crate::ledger::column::RelationColumn as C;
use crate::ledger::problem::Origin;
use crate::ledger::value::Value;
use crate::model::{Date, Relation, RelationMode, RelationType};

/// Of which columns a row says something beyond what makes the relation itself.
#[derive(Clone, Copy)]
pub(super) struct Says {
    /// `valid_to`.
    pub(super) end: bool,
    /// `citation`.
    pub(super) citation: bool,
    /// `implied`.
    pub(super) mark: Mark,
}

/// What a row says in the column `implied`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mark {
    /// There is no such column.
    #[default]
    Absent,
    /// `false`, or an empty cell.
    Stated,
    /// `true`: the relation follows from a division code.
    Implied,
}

/// What rows say of relations, in their order.
#[derive(Default)]
pub(super) struct ReadRelations {
    relations: Vec<Relation>,
    origins: Vec<Origin>,
    says: Vec<Says>,
    /// By which rows of one relation are found: millions are compared.
    hashes: Vec<u64>,
}

impl ReadRelations {
    pub(super) fn push(&mut self, relation: Relation, origin: Origin, says: Says, hasher: &impl BuildHasher) {
        self.hashes.push(hasher.hash_one(itself(&relation)));
        self.relations.push(relation);
        self.origins.push(origin);
        self.says.push(says);
    }

    fn append(&mut self, more: &mut Self) {
        self.relations.append(&mut more.relations);
        self.origins.append(&mut more.origins);
        self.says.append(&mut more.says);
        self.hashes.append(&mut more.hashes);
    }
}

/// What makes a relation itself, as a [`RelationKey`](crate::model::RelationKey) has it.
type Itself<'r> = (&'r str, RelationType, &'r str, Option<RelationMode>, Option<Date>);

fn itself(relation: &Relation) -> Itself<'_> {
    let Relation { source, relation_type, target, mode, validity, .. } = relation;
    (source.as_str(), *relation_type, target.as_str(), *mode, validity.from())
}

/// How many rows stand together at the least.
const TOGETHER: usize = 8_192;

/// The relations of one import, in the order of their rows.
#[derive(Default)]
pub(super) struct RelationRows {
    /// As they were read: what is moved once less is copied once less.
    read: Vec<ReadRelations>,
}

/// A relation, and where the first of its rows stands.
pub(super) struct RelationRow {
    pub(super) relation: Relation,
    pub(super) origin: Origin,
    pub(super) says: Says,
}

/// Where the first row stands that says something which the first of all does not.
#[derive(Default)]
struct Later {
    end: Option<Origin>,
    citation: Option<Origin>,
    mark: Option<Origin>,
}

impl RelationRows {
    /// Adds what was read of rows that follow those before.
    pub(super) fn add(&mut self, more: &mut ReadRelations) {
        match self.read.last_mut() {
            Some(last) if last.relations.len() + more.relations.len() <= TOGETHER => last.append(more),
            _ if more.relations.is_empty() => {}
            _ => self.read.push(std::mem::take(more)),
        }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.read.iter().map(|read| read.relations.len()).sum()
    }

    /// The rows, those of one relation joined into the first of them.
    pub(super) fn joined(mut self, notes: &mut Notes) -> impl Iterator<Item = RelationRow> + use<> {
        let mut repeats = self.repeats().into_iter().peekable();
        let mut later: HashMap<usize, Later> = HashMap::new();
        let starts = self.starts();
        for (position, first) in repeats.clone() {
            self.join(&starts, first, position, later.entry(first).or_default(), notes);
        }
        let rows = self.read.into_iter().flat_map(|read| {
            let ReadRelations { relations, origins, says, .. } = read;
            relations.into_iter().zip(origins).zip(says)
        });
        let first_rows = rows
            .enumerate()
            .filter(move |(position, _)| repeats.next_if(|(repeat, _)| repeat == position).is_none());
        first_rows.map(|(_, ((relation, origin), says))| RelationRow { relation, origin, says })
    }

    /// The rows that name a relation of an earlier one, in their order, each with the first of that relation.
    ///
    /// They are found by sorting, which goes through memory in order; a table of millions does not.
    fn repeats(&mut self) -> Vec<(usize, usize)> {
        let hashes = self.read.iter_mut().flat_map(|read| std::mem::take(&mut read.hashes));
        let mut hashes: Vec<(u64, u32)> = hashes.zip(0..).collect();
        hashes.sort_unstable();
        let starts = self.starts();
        let mut repeats = Vec::new();
        for alike in hashes.chunk_by(|(one, _), (other, _)| one == other).filter(|alike| alike.len() > 1) {
            let mut firsts: Vec<usize> = Vec::new();
            for (_, position) in alike {
                let position = *position as usize;
                let key = itself(self.relation(&starts, position));
                match firsts.iter().find(|first| itself(self.relation(&starts, **first)) == key) {
                    Some(first) => repeats.push((position, *first)),
                    None => firsts.push(position),
                }
            }
        }
        repeats.sort_unstable();
        repeats
    }

    /// At which position each part begins.
    fn starts(&self) -> Vec<usize> {
        let lengths = self.read.iter().map(|read| read.relations.len());
        lengths.scan(0, |start, length| Some(std::mem::replace(start, *start + length))).collect()
    }

    fn relation(&self, starts: &[usize], position: usize) -> &Relation {
        let (part, at) = place(starts, position);
        &self.read[part].relations[at]
    }

    /// Joins a row to the first of its relation; what they contradict each other in is a problem of both.
    fn join(
        &mut self,
        starts: &[usize],
        first: usize,
        position: usize,
        later: &mut Later,
        notes: &mut Notes,
    ) {
        let (part, at) = place(starts, position);
        let (row, here, says) =
            (self.read[part].relations[at].clone(), self.read[part].origins[at], self.read[part].says[at]);
        let (part, at) = place(starts, first);
        let read = &mut self.read[part];
        let (relation, origin, said) = (&mut read.relations[at], read.origins[at], &mut read.says[at]);
        if says.end && said.end {
            let [end, other] = [&row, relation].map(|r| Value::Day(r.validity.to()));
            contradiction(notes, C::ValidTo.name(), (here, &end), (later.end.unwrap_or(origin), &other));
        } else if says.end {
            (later.end, said.end, relation.validity) = (Some(here), true, row.validity);
        }
        if says.mark != Mark::Absent && said.mark != Mark::Absent {
            let [mark, other] = [says.mark, said.mark].map(|mark| Value::Flag(mark == Mark::Implied));
            contradiction(notes, C::Implied.name(), (here, &mark), (later.mark.unwrap_or(origin), &other));
        } else if says.mark != Mark::Absent {
            (later.mark, said.mark) = (Some(here), says.mark);
        }
        if says.citation && said.citation {
            let [text, other] = [&row, relation].map(|r| Value::Text(r.citation.clone()));
            let there = later.citation.unwrap_or(origin);
            contradiction(notes, C::Citation.name(), (here, &text), (there, &other));
        } else if says.citation {
            (later.citation, said.citation, relation.citation) = (Some(here), true, row.citation);
        }
    }
}

/// The part that a position is in, and where in it.
fn place(starts: &[usize], position: usize) -> (usize, usize) {
    let part = starts.partition_point(|start| *start <= position) - 1;
    (part, position - starts[part])
}
