use std::collections::{BTreeSet, HashMap};

use super::annex_rows::AnnexRow;
use super::collect::{Collector, Notes, RowCounts};
use super::implied_rows::{Known, Verdict};
use super::organization_repeats::{OrganizationRow, OrganizationRows};
use super::relation_repeats::RelationRow;
use crate::graph::Graph;
use crate::ledger::annex_ledger;
use crate::ledger::column::{Columns, FixedColumn, OrganizationColumn};
use crate::ledger::problem::Origin;
use crate::ledger::value::copy;
use crate::model::{Annex, Change, Organization, Relation};

/// The rows as changes of a graph.
pub(super) struct Upsert {
    pub(super) changes: Vec<Change>,
    /// Where each change comes from.
    pub(super) origins: Vec<Origin>,
    /// The rows, and their columns, of changes that come from several.
    pub(super) parts: HashMap<usize, Vec<(Origin, BTreeSet<String>)>>,
    pub(super) notes: Notes,
    pub(super) rows: RowCounts,
}

/// Compares the rows with what a graph records; organisations come first, for all others refer to them.
pub(super) fn upsert(collector: Collector<'_>, graph: &Graph) -> Upsert {
    let Collector { mut notes, columns, organizations, relations, annexes, rows, hasher } = collector;
    let most = organizations.rows.len() + relations.len() + annexes.rows.len();
    let relations = relations.joined(&mut notes);
    let mut changes = Vec::with_capacity(most);
    let mut origins = Vec::with_capacity(most);
    let mut parts = HashMap::new();
    let OrganizationRows { rows: organizations, positions, parts: joined, .. } = organizations;
    let mut changed = vec![u32::MAX; organizations.len()];
    for (position, row) in organizations.into_iter().enumerate() {
        let origin = row.origin;
        if let Some(organization) = organization(row, graph, columns, &mut notes) {
            if let Some(several) = joined.get(&position) {
                let names = |of: &BTreeSet<_>| of.iter().map(|c| columns.name(*c).to_owned()).collect();
                let several = several.iter().map(|(origin, present)| (*origin, names(present)));
                parts.insert(changes.len(), several.collect());
            }
            changed[position] = u32::try_from(changes.len()).unwrap_or(u32::MAX);
            changes.push(Change::PutOrganization(organization));
            origins.push(origin);
        }
    }
    let known = Known { graph, positions, hasher, changed };
    let mut undecided = Vec::new();
    let mut record = |row: RelationRow, changes: &mut Vec<_>| {
        let origin = row.origin;
        if let Some(relation) = relation(row, graph) {
            changes.push(Change::PutRelation(relation));
            origins.push(origin);
        }
    };
    for row in relations {
        match known.judge(row, &changes, &mut notes) {
            Verdict::Recorded(row) => record(row, &mut changes),
            Verdict::Undecided(row) => undecided.push(row),
            Verdict::LeftOut => {}
        }
    }
    for row in known.decide(undecided, &changes, &mut notes) {
        record(row, &mut changes);
    }
    known.warn_of_ended_territories(&changes, &origins, &mut notes);
    for row in annexes.rows {
        let origin = row.origin;
        if let Some(annex) = annex(row, graph) {
            changes.push(Change::PutAnnex(Box::new(annex)));
            origins.push(origin);
        }
    }
    Upsert { changes, origins, parts, notes, rows }
}

/// The organisation as it will be, or `None` if it is so already.
fn organization(
    row: OrganizationRow,
    graph: &Graph,
    columns: &Columns<'_>,
    notes: &mut Notes,
) -> Option<Box<Organization>> {
    let OrganizationRow { mut organization, present, origin } = row;
    let Some(recorded) = graph.organization(organization.id.as_str()) else {
        return Some(organization);
    };
    // What is recorded of attributes stays, also of ones that are declared no more.
    let said = std::mem::replace(&mut organization.attributes, recorded.attributes.clone());
    for column in present.iter() {
        if let OrganizationColumn::Attribute(position) = column {
            let id = &columns.attribute(*position).id;
            match said.get(id) {
                Some(value) => organization.attributes.insert(id.clone(), value.clone()),
                None => organization.attributes.remove(id),
            };
        }
    }
    let absent = FixedColumn::all().map(OrganizationColumn::Fixed).filter(|column| !present.contains(column));
    if let Err(error) = copy(absent, columns, &recorded, &mut organization) {
        let column = match present.contains(&OrganizationColumn::Fixed(FixedColumn::DissolvedOn)) {
            true => FixedColumn::DissolvedOn,
            false => FixedColumn::EstablishedOn,
        };
        notes.problem(origin, Some(column.name()), &error.to_string());
    }
    (*organization != recorded).then_some(organization)
}

/// The relation as it will be, or `None` if it is so already.
fn relation(row: RelationRow, graph: &Graph) -> Option<Relation> {
    let RelationRow { mut relation, says, .. } = row;
    if graph.relation_count() == 0 {
        return Some(relation);
    }
    let Some(recorded) = graph.relation(&relation.key()) else {
        return Some(relation);
    };
    if !says.end {
        // Both begin on the same day, which is part of what makes them one.
        relation.validity = recorded.validity;
    }
    if !says.citation {
        relation.citation = recorded.citation.clone();
    }
    (relation != recorded).then_some(relation)
}

/// The annex as it will be, or `None` if it is so already.
fn annex(row: AnnexRow, graph: &Graph) -> Option<Annex> {
    let AnnexRow { mut annex, ledger, present, .. } = row;
    let Some(recorded) = graph.annex(&annex.key()) else {
        return Some(annex);
    };
    let columns = ledger.columns().iter().enumerate();
    for (_, absent) in columns.filter(|(position, _)| !present.contains(position)) {
        annex_ledger::copy(absent, recorded, &mut annex);
    }
    (annex != *recorded).then_some(annex)
}
