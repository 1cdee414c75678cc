use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject};

use super::change::ChangeInput;
use super::change_read::{broken_rules, read_changes};
use super::counts::{CoverageCounts, CoverageDifference};
use super::coverage::{grouping, known_indicator};
use super::enums::OrganizationKind;
use super::error::bad_input;
use super::group_charge::{GroupCharge, fields_within, groups_of};
use super::indicator::{Form, Indicator};
use super::organization::Organization;
use super::page::refuse_too_long;
use super::scalar::Date;
use crate::atlas::Snapshot;
use crate::coverage::{Scope, changed, effect};

/// How many groups a change is taken to touch at the most, for the cost of a request.
const GROUPS_A_CHANGE: usize = 10;

/// How many indicators a request may compare.
const MAX_INDICATORS: usize = 100;

/// What changes would make of an indicator.
#[derive(SimpleObject)]
pub(super) struct CoverageComparison {
    /// The indicator.
    indicator: Indicator,
    /// The day that it is said of.
    as_of: Date,
    /// The counts as the graph stands.
    before: CoverageCounts,
    /// The counts with the changes made.
    after: CoverageCounts,
    /// What the changes add.
    difference: CoverageDifference,
    /// The groups in which a number would be another, in the order of ids; units that stand in none come last.
    groups: Vec<GroupComparison>,
    /// Whether units that were generated are among the population.
    synthetic: bool,
}

/// What changes would make of an indicator in one group.
#[derive(SimpleObject)]
pub(super) struct GroupComparison {
    /// The organisation, as the changes leave it; null for the units that stand in none of its kind.
    by: Option<Organization>,
    /// The counts as the graph stands.
    before: CoverageCounts,
    /// The counts with the changes made.
    after: CoverageCounts,
    /// What the changes add.
    difference: CoverageDifference,
}

/// Compares indicators before and after changes that are made on a copy of the graph.
pub(super) fn what_if(
    context: &Context<'_>,
    snapshot: &Arc<Snapshot>,
    changes: Vec<ChangeInput>,
    indicators: &[ID],
    scope: &Scope,
    group_by: Option<OrganizationKind>,
) -> Result<Vec<CoverageComparison>> {
    if indicators.len() > MAX_INDICATORS {
        let given = indicators.len();
        return Err(bad_input(format!("indicators has {given} entries, but may have {MAX_INDICATORS}")));
    }
    let indicators: Vec<_> =
        indicators.iter().map(|id| known_indicator(snapshot, id)).collect::<Result<_>>()?;
    let group_by = grouping(indicators.iter().map(|indicator| &**indicator), group_by)?;
    let (groups, fields) = (groups_of(&snapshot.graph, scope, group_by), fields_within(context, &["groups"]));
    // Only groups that a change touches are told, and each change touches few.
    let groups = groups.min(changes.len().saturating_mul(GROUPS_A_CHANGE));
    GroupCharge { field: "whatIf", groups, indicators: indicators.len(), fields }.charge(context)?;
    let changes = read_changes(snapshot, changes)?;
    let graph =
        changed(&snapshot.graph, &changes).map_err(|violations| broken_rules(&changes, &violations))?;
    let after = Arc::new(snapshot.altered(graph));
    let compared = indicators.into_iter().map(|indicator| {
        let effect = effect(&indicator, &snapshot.graph, &after.graph, scope, group_by);
        refuse_too_long("groups", effect.groups.len())?;
        let forms = Form::all(&indicator.forms);
        let counts = |counts| CoverageCounts::new(&forms, counts);
        let shown = effect.groups.iter().filter(|group| {
            group.by.as_ref().is_none_or(|id| {
                let holds =
                    |seen: &Snapshot| seen.graph.slot(id.as_str()).is_some_and(|slot| seen.holds(slot));
                holds(&after) || holds(snapshot)
            })
        });
        let groups = shown.map(|group| GroupComparison {
            by: group.by.as_ref().and_then(|id| {
                let id = id.as_str();
                Organization::find(&after, id).or_else(|| Organization::find(snapshot, id))
            }),
            before: counts(&group.before),
            after: counts(&group.after),
            difference: CoverageDifference::new(&group.before, &group.after),
        });
        Ok(CoverageComparison {
            as_of: Date(scope.date),
            before: counts(&effect.before),
            after: counts(&effect.after),
            difference: CoverageDifference::new(&effect.before, &effect.after),
            groups: groups.collect(),
            synthetic: effect.synthetic,
            indicator: Indicator(indicator),
        })
    });
    compared.collect()
}
