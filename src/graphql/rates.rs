use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject};

use super::counts::CoverageCounts;
use super::coverage::{grouping, known_indicator};
use super::enums::OrganizationKind;
use super::error::bad_input;
use super::group_charge::{GroupCharge, fields_within, groups_of};
use super::indicator::{Form, Indicator};
use super::organization::Organization;
use super::page::refuse_too_long;
use super::scalar::Date;
use crate::atlas::Snapshot;
use crate::coverage::{self, Condition, Counts, Scope};
use crate::graph::Slot;

/// How many indicators stand side by side at the most.
const MAX_INDICATORS: usize = 50;

/// Several indicators side by side, of the same units, places and day.
#[derive(SimpleObject)]
pub(super) struct Rates {
    /// The day that it is said of.
    as_of: Date,
    /// By indicator, in the order asked for.
    rates: Vec<Rate>,
    /// By the organisations of the kind asked for, in the order of ids; units that stand in none come last.
    /// More than 100000 are refused.
    groups: Vec<RatesGroup>,
    /// Whether the graph holds units that were generated, so that the numbers may rest on them.
    synthetic: bool,
}

/// How far one of several indicators is reached.
#[derive(SimpleObject)]
pub(super) struct Rate {
    /// The indicator.
    indicator: Indicator,
    /// How many units are in which state.
    counts: CoverageCounts,
}

/// Several indicators in what stands within one organisation, or is it.
#[derive(SimpleObject)]
pub(super) struct RatesGroup {
    /// The organisation; null for the units that stand in none of its kind.
    by: Option<Organization>,
    /// By indicator, in the order asked for; a group that one of them has is a row of all.
    rates: Vec<Rate>,
}

/// Counts indicators side by side.
pub(super) fn rates(
    context: &Context<'_>,
    snapshot: &Arc<Snapshot>,
    ids: &[ID],
    filter: Option<&Condition>,
    scope: &Scope,
    group_by: Option<OrganizationKind>,
) -> Result<Rates> {
    if ids.is_empty() || ids.len() > MAX_INDICATORS {
        let given = ids.len();
        return Err(bad_input(format!("indicators has {given} entries, but may have 1 to {MAX_INDICATORS}")));
    }
    let indicators: Vec<_> = ids.iter().map(|id| known_indicator(snapshot, id)).collect::<Result<_>>()?;
    let group_by = grouping(indicators.iter().map(|indicator| &**indicator), group_by)?;
    let graph = &snapshot.graph;
    let fields = fields_within(context, &["groups"]);
    let groups = groups_of(graph, scope, group_by);
    GroupCharge { field: "rates", groups, indicators: ids.len(), fields }.charge(context)?;
    let found = indicators.iter().map(|indicator| match filter {
        Some(filter) => {
            let among = coverage::Indicator::clone(indicator).among(filter.clone());
            coverage::coverage(&among, graph, scope, group_by)
        }
        None => coverage::coverage(indicator, graph, scope, group_by),
    });
    let found: Vec<_> = found.collect();
    refuse_too_long("groups", found.iter().map(|coverage| coverage.groups.len()).max().unwrap_or_default())?;
    // The group of those that stand in none sorts last, as in coverage.
    let mut groups: BTreeMap<_, (Option<Slot>, Vec<Option<&Counts>>)> = BTreeMap::new();
    for (position, coverage) in found.iter().enumerate() {
        for group in coverage.groups.iter().filter(|group| group.by.is_none_or(|by| snapshot.holds(by))) {
            let key = (group.by.is_none(), group.by.map(|slot| graph.id(slot)));
            let entry = groups.entry(key).or_insert_with(|| (group.by, vec![None; found.len()]));
            entry.1[position] = Some(&group.counts);
        }
    }
    // Indicators and their forms are shared by all groups.
    let forms: Vec<_> = indicators.iter().map(|indicator| Form::all(&indicator.forms)).collect();
    let rate = |position: usize, counts: Option<&Counts>| {
        let (indicator, forms) = (&indicators[position], &forms[position]);
        Rate {
            counts: match counts {
                Some(counts) => CoverageCounts::new(forms, counts),
                None => CoverageCounts::new(forms, &Counts::nothing(indicator)),
            },
            indicator: Indicator(Arc::clone(indicator)),
        }
    };
    let groups = groups.into_values().map(|(by, counts)| RatesGroup {
        by: by.map(|slot| Organization::new(snapshot, slot)),
        rates: counts.into_iter().enumerate().map(|(position, counts)| rate(position, counts)).collect(),
    });
    let whole = found.iter().enumerate();
    Ok(Rates {
        as_of: Date(scope.date),
        rates: whole.map(|(position, coverage)| rate(position, Some(&coverage.counts))).collect(),
        groups: groups.collect(),
        synthetic: found.iter().any(|coverage| coverage.synthetic),
    })
}
