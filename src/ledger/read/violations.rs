use std::collections::HashSet;

use super::reading::Reading;
use crate::ledger::column::{FixedColumn, RelationColumn};
use crate::ledger::problem::Problems;
use crate::model::{Annex, Change, OrganizationId, Violation};

/// All that is wrong with a reading: its own problems, and what a graph found in its changes, by file and line.
///
/// What follows only from another bad row is left out: a relation whose end is unknown because the row of that
/// organisation is bad.
pub fn name_violations(reading: &Reading, violations: &[(usize, Violation)]) -> Problems {
    let mut problems = reading.problems.clone();
    let lost: HashSet<&OrganizationId> = violations
        .iter()
        .filter_map(|(position, _)| match reading.changes.get(*position) {
            Some(Change::PutOrganization(organization)) => Some(&organization.id),
            _ => None,
        })
        .chain(&reading.unread.organizations)
        .collect();
    for (position, violation) in violations {
        if follows(reading, &lost, violation) {
            continue;
        }
        let (Some(change), Some(first)) = (reading.changes.get(*position), reading.origins.get(*position))
        else {
            continue;
        };
        let column = column(change, violation);
        let origin = reading
            .parts
            .get(position)
            .and_then(|parts| parts.iter().find(|(_, columns)| column.is_some_and(|c| columns.contains(c))))
            .map_or(*first, |(origin, _)| *origin);
        problems.add(&reading.sources, origin, column, violation);
    }
    problems.sort();
    problems
}

/// Whether a violation may be there only because another row is bad.
fn follows(reading: &Reading, lost: &HashSet<&OrganizationId>, violation: &Violation) -> bool {
    let unread = &reading.unread.organizations;
    match violation {
        Violation::UnknownOrganization(id) => reading.unread.anything || lost.contains(id),
        Violation::UnknownDivision { division, .. } => {
            reading.unread.anything || lost.contains(&OrganizationId::of_division(*division))
        }
        // The kind that the bad row would have given is not known.
        Violation::Joins { key, .. } => unread.contains(&key.source) || unread.contains(&key.target),
        _ => false,
    }
}

/// The column of a row that a violation is about, where it is clear.
fn column<'a>(change: &Change, violation: &'a Violation) -> Option<&'a str> {
    let organization = |column: FixedColumn| Some(column.name());
    let relation = |column: RelationColumn| Some(column.name());
    if let Violation::Text { column, .. } = violation {
        return Some(column);
    }
    match (change, violation) {
        (Change::PutOrganization(_), violation) => match violation {
            Violation::TerritoryId { .. } => organization(FixedColumn::Id),
            Violation::Nameless(_) => organization(FixedColumn::Name),
            Violation::Number { column, .. } | Violation::Long { column, .. } => Some(column),
            Violation::Joins { .. } => organization(FixedColumn::Kind),
            Violation::UnknownDivision { .. } => organization(FixedColumn::Division),
            Violation::TakenCreditCode { .. } | Violation::TakenCreditCodeOutside { .. } => {
                organization(FixedColumn::Uscc)
            }
            Violation::Attribute { attribute, .. } => Some(attribute),
            _ => None,
        },
        (Change::PutRelation(put), violation) => match violation {
            Violation::Joins { .. } => relation(RelationColumn::Type),
            Violation::Mode { .. } => relation(RelationColumn::Mode),
            Violation::Itself(_) | Violation::Cycle { .. } => relation(RelationColumn::Target),
            Violation::UnknownOrganization(id) if *id == put.source => relation(RelationColumn::Source),
            Violation::UnknownOrganization(_) => relation(RelationColumn::Target),
            _ => None,
        },
        (Change::PutAnnex(annex), violation) => match (annex.as_ref(), violation) {
            (_, Violation::Annex { column, .. }) => Some(column),
            (Annex::Exemption(_), Violation::UnknownOrganization(_)) => Some("unit"),
            (Annex::Value(_), Violation::UnknownOrganization(_)) => Some("organization"),
            _ => None,
        },
        _ => None,
    }
}
