//! Rows of relations that a division code implies: they are not recorded, so that the organisation follows its division.
//!
//! A row that is marked in the column `implied` is never recorded. One that says what no division code implies was
//! changed by hand, or is of another store: a problem where the graph knows the organisation, else a warning. In files
//! without this column, a `LOCATED_IN` without mode, dates and citation that says just what the division code says is
//! taken for implied too, with a warning; older exports have such rows.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::collect::Notes;
use super::relation_repeats::{Mark, RelationRow};
use crate::graph::Graph;
use crate::ledger::column::{FixedColumn, RelationColumn};
use crate::ledger::problem::Origin;
use crate::model::{
    Change, DivisionCode, Organization, OrganizationId, OrganizationKind, Relation, RelationType, Validity,
};

/// Finds organisations as they are once the rows of organisations are in.
pub(super) struct Known<'g> {
    pub(super) graph: &'g Graph,
    /// The positions of rows of organisations, by the hashes of their ids.
    pub(super) positions: HashTable<u32>,
    pub(super) hasher: DefaultHashBuilder,
    /// For each of these rows its position among the changes; `u32::MAX` where it changes nothing.
    pub(super) changed: Vec<u32>,
}

/// What decides whether a division code implies a location.
#[derive(Clone, Copy)]
struct Facts {
    kind: OrganizationKind,
    division: Option<DivisionCode>,
    life: Validity,
}

/// What becomes of a row.
pub(super) enum Verdict {
    /// It is recorded.
    Recorded(RelationRow),
    /// It may be implied; the other places of its organisation decide.
    Undecided(RelationRow),
    /// It is not recorded.
    LeftOut,
}

impl Known<'_> {
    /// An organisation that the rows change, as they leave it.
    fn changed<'c>(&self, id: &OrganizationId, changes: &'c [Change]) -> Option<&'c Organization> {
        let at = |position: u32| match changes.get(self.changed[position as usize] as usize) {
            Some(Change::PutOrganization(organization)) => Some(organization.as_ref()),
            _ => None,
        };
        let hash = self.hasher.hash_one(id.as_str());
        let position =
            self.positions.find(hash, |position| at(*position).is_some_and(|found| found.id == *id))?;
        at(*position)
    }

    fn recorded(&self, id: &OrganizationId) -> Option<Facts> {
        let slot = self.graph.slot(id.as_str())?;
        let (kind, division, life) =
            (self.graph.kind(slot), self.graph.division(slot), self.graph.life(slot));
        Some(Facts { kind, division, life })
    }

    fn facts(&self, id: &OrganizationId, changes: &[Change]) -> Option<Facts> {
        let changed =
            self.changed(id, changes).map(|o| Facts { kind: o.kind, division: o.division, life: o.life });
        changed.or_else(|| self.recorded(id))
    }

    /// Judges a row of a relation.
    pub(super) fn judge(&self, row: RelationRow, changes: &[Change], notes: &mut Notes) -> Verdict {
        match row.says.mark {
            Mark::Implied => {
                self.judge_marked(&row, changes, notes);
                Verdict::LeftOut
            }
            Mark::Absent if self.may_be_implied(&row.relation, changes) => Verdict::Undecided(row),
            Mark::Absent | Mark::Stated => Verdict::Recorded(row),
        }
    }

    fn judge_marked(&self, row: &RelationRow, changes: &[Change], notes: &mut Notes) {
        let RelationRow { relation, origin, .. } = row;
        if self.graph.implies(relation) {
            return;
        }
        let column = Some(RelationColumn::Implied.name());
        let remedy = "write false in this column to record the relation, or remove the row";
        if relation.relation_type != RelationType::LocatedIn
            || relation.mode.is_some()
            || relation.citation.is_some()
        {
            let cause = format!(
                "it is marked as implied, but only LOCATED_IN without mode and citation can be implied; {remedy}"
            );
            return notes.problem(*origin, column, &cause);
        }
        let (before, after) = (self.recorded(&relation.source), self.facts(&relation.source, changes));
        let says = |facts: Option<Facts>| facts.is_some_and(|facts| facts.says(relation));
        if says(after) {
            // What the graph records may have changed since the export; it decides the days.
            if before.is_some_and(|before| before.says(relation)) && !self.has_stated_place(&relation.source)
            {
                let cause = format!(
                    "it is marked as implied, but is not implied on these days: it is left out; {remedy}"
                );
                notes.warning(*origin, column, &cause);
            }
            return;
        }
        if says(before) {
            // The division is another from now on, and the location follows it.
            return;
        }
        let division = match after.and_then(|facts| facts.division) {
            Some(division) => format!("its division code is {division}"),
            None => "it has no division code".to_owned(),
        };
        let cause = format!(
            "{relation_key} is marked as implied, but {division}: {remedy}",
            relation_key = relation.key()
        );
        match before {
            Some(_) => notes.problem(*origin, column, &cause),
            None => notes.warning(*origin, column, &format!("{cause}; it is left out")),
        }
    }

    fn has_stated_place(&self, id: &OrganizationId) -> bool {
        self.graph.slot(id.as_str()).is_some_and(|slot| self.graph.has_stated_place(slot))
    }

    /// Whether an unmarked row says what a division code implies, before these rows or after them.
    fn may_be_implied(&self, relation: &Relation, changes: &[Change]) -> bool {
        relation.relation_type == RelationType::LocatedIn
            && relation.mode.is_none()
            && relation.citation.is_none()
            && relation.validity == Validity::ALWAYS
            && relation.target.division().is_some()
            && [self.recorded(&relation.source), self.facts(&relation.source, changes)]
                .iter()
                .flatten()
                .any(|facts| facts.says(relation))
            && !self.has_stated_place(&relation.source)
    }

    /// Leaves out the rows that say what is implied, with a warning for each file; gives back those that are recorded.
    pub(super) fn decide(
        &self,
        undecided: Vec<RelationRow>,
        changes: &[Change],
        notes: &mut Notes,
    ) -> Vec<RelationRow> {
        if undecided.is_empty() {
            return undecided;
        }
        let mut places: HashMap<&OrganizationId, u32> = HashMap::new();
        undecided.iter().for_each(|row| *places.entry(&row.relation.source).or_default() += 1);
        for change in changes {
            if let Change::PutRelation(relation) = change
                && relation.relation_type.is_standing()
                && let Some(count) = places.get_mut(&relation.source)
            {
                *count += 1;
            }
        }
        let several: Vec<bool> = undecided.iter().map(|row| places[&row.relation.source] > 1).collect();
        let mut recorded = Vec::new();
        let mut left_out: BTreeMap<u32, (Origin, u64)> = BTreeMap::new();
        for (row, several) in undecided.into_iter().zip(several) {
            let after = self.facts(&row.relation.source, changes);
            if several {
                recorded.push(row);
            } else if after.is_some_and(|facts| facts.says(&row.relation)) {
                left_out.entry(row.origin.source).or_insert((row.origin, 0)).1 += 1;
            } else {
                let cause = format!(
                    "{} is what the former division code implied: it is left out, and the organisation follows its \
                     division code; to record it, add the column implied and write false there",
                    row.relation.key()
                );
                notes.warning(row.origin, Some(RelationColumn::Target.name()), &cause);
            }
        }
        for (_, (first, count)) in left_out {
            let place = first.line;
            let cause = format!(
                "{count} rows locate organisations just where their division codes do, the first in line {place}: \
                 they are not recorded, so that the organisations follow their division codes; to record such \
                 relations, add the column implied and write false there"
            );
            notes.warning(Origin { line: 0, ..first }, None, &cause);
        }
        recorded
    }

    /// Warns of organisations that are located nowhere on some days because the territory of their division code is not
    /// there then.
    pub(super) fn warn_of_ended_territories(
        &self,
        changes: &[Change],
        origins: &[Origin],
        notes: &mut Notes,
    ) {
        let mut lives: HashMap<DivisionCode, Option<Validity>> = HashMap::new();
        let mut nowhere: Vec<(Origin, &Organization, Validity)> = Vec::new();
        for (change, origin) in changes.iter().zip(origins) {
            let Change::PutOrganization(organization) = change else { continue };
            self.warn_of_those_left(organization, changes, *origin, notes);
            let Some(division) = organization.division.filter(|_| Graph::may_imply(organization.kind)) else {
                continue;
            };
            let territory =
                || self.facts(&OrganizationId::of_division(division), changes).map(|facts| facts.life);
            let life = *lives.entry(division).or_insert_with(territory);
            let Some(life) = life.filter(|life| !covers_known_days(*life, organization.life)) else {
                continue;
            };
            nowhere.push((*origin, organization, life));
        }
        if nowhere.is_empty() {
            return;
        }
        let placed: HashSet<&OrganizationId> = changes
            .iter()
            .filter_map(|change| match change {
                Change::PutRelation(relation) if relation.relation_type.is_standing() => {
                    Some(&relation.source)
                }
                _ => None,
            })
            .collect();
        for (origin, organization, life) in nowhere {
            let Some(division) = organization.division else { continue };
            if placed.contains(&organization.id) || self.has_stated_place(&organization.id) {
                continue;
            }
            let cause = format!(
                "the territory cn-{division} exists {}: on other days the organisation is located nowhere; give it the \
                 division code of those days, or a dated LOCATED_IN",
                in_words(life)
            );
            notes.warning(origin, Some(FixedColumn::Division.name()), &cause);
        }
    }

    /// Warns of organisations in the graph that stand in a territory by their division codes when it ends.
    fn warn_of_those_left(
        &self,
        territory: &Organization,
        changes: &[Change],
        origin: Origin,
        notes: &mut Notes,
    ) {
        let Some(slot) = territory.id.division().and_then(|division| self.graph.territory(division)) else {
            return;
        };
        if self.graph.life(slot) == territory.life {
            return;
        }
        let left = self.graph.implied_in(slot).filter(|source| {
            let id = self.graph.id(*source);
            !covers_known_days(territory.life, self.graph.life(*source))
                && self.changed(id, changes).is_none()
        });
        let left: BTreeSet<_> = left.map(|source| self.graph.id(source)).collect();
        if let Some(first) = left.first() {
            let cause = format!(
                "{} organisations such as {first} are located here by their division codes, and the territory exists \
                 {}: on other days they are located nowhere; give them the division code of those days, or a dated \
                 LOCATED_IN",
                left.len(),
                in_words(territory.life)
            );
            notes.warning(origin, Some(FixedColumn::DissolvedOn.name()), &cause);
        }
    }
}

impl Facts {
    /// Whether the division code says where a relation locates the organisation.
    fn says(&self, relation: &Relation) -> bool {
        Graph::may_imply(self.kind)
            && self.division.is_some_and(|division| OrganizationId::of_division(division) == relation.target)
    }
}

/// Whether a territory is there on the days of an organisation; a beginning that nobody recorded is not asked for.
fn covers_known_days(territory: Validity, life: Validity) -> bool {
    let begins = life.from().is_none() || territory.from() <= life.from();
    begins && (territory.to().is_none() || life.to().is_some_and(|end| territory.to() >= Some(end)))
}

fn in_words(life: Validity) -> String {
    match (life.from(), life.to()) {
        (Some(from), Some(to)) => format!("from {from} to {to}"),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => "always".to_owned(),
    }
}
