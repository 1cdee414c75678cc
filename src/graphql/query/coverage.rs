use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use crate::coverage;
use crate::graph::{When, slots};
use crate::graphql::condition::CoverageRuleInput;
use crate::graphql::coverage::{Coverage, grouping, indicator, known_indicator, scope};
use crate::graphql::enums::{CoverageState, OrganizationKind};
use crate::graphql::exemption::{Exemption, ExemptionsByKey};
use crate::graphql::gap::{Gap, GapUnit, GapsById};
use crate::graphql::indicator::Indicator;
use crate::graphql::organization::known_organization;
use crate::graphql::overlap::Overlap;
use crate::graphql::page::{Connection, PageArguments, Shown, page};
use crate::graphql::rates::{Rates, rates};
use crate::graphql::scalar::{Date, DateTime};
use crate::graphql::trend::{TrendPoint, trend};
use crate::graphql::unit_filter::UnitFilter;
use crate::graphql::{cancellable, cost, snapshot, snapshot_at};

/// Questions about how far indicators are reached, and about which units they are.
pub(super) struct CoverageQuestions;

/// Questions about how far indicators are reached, and about which units they are.
#[Object]
impl CoverageQuestions {
    /// All indicators, in the order of their definition.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn indicators(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Result<Vec<Indicator>> {
        Ok(snapshot_at(context, recorded_at)?
            .indicators
            .iter()
            .cloned()
            .map(Arc::new)
            .map(Indicator)
            .collect())
    }

    /// An indicator by its id; null where none has it.
    async fn indicator(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Option<Result<Indicator>> {
        let snapshot = snapshot_at(context, recorded_at);
        snapshot
            .map(|snapshot| snapshot.indicators.get(&id).cloned().map(Arc::new).map(Indicator))
            .transpose()
    }

    /// How far an indicator, or a rule of one's own, is reached.
    #[graphql(complexity = "cost::QUESTION + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the arguments are fixed by the contract")]
    async fn coverage(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The indicator's id, unless a rule is written out.", name = "indicator")] id: Option<
            ID,
        >,
        #[graphql(desc = "A rule of one's own, unless an indicator is named.")] rule: Option<
            CoverageRuleInput,
        >,
        #[graphql(desc = "Only these units of the population.")] filter: Option<UnitFilter>,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(desc = "Groups by the organisations of this kind.")] group_by: Option<OrganizationKind>,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Result<Coverage> {
        cancellable(|| {
            let snapshot = snapshot_at(context, recorded_at)?;
            let chosen = indicator(&snapshot, id.as_ref(), rule.as_ref())?;
            let scope = scope(&snapshot, within.as_ref(), as_of)?;
            let group_by = grouping([chosen.0.as_ref()], group_by)?;
            Ok(match filter {
                Some(filter) => {
                    Coverage::filtered(&snapshot, chosen, filter.condition(&snapshot)?, &scope, group_by)
                }
                None => Coverage::new(&snapshot, chosen, &scope, group_by),
            })
        })
    }

    /// Several indicators side by side: what is due and established, in which forms, and what is left.
    #[expect(clippy::too_many_arguments, reason = "what coverage takes, of several indicators")]
    #[graphql(complexity = "cost::QUESTION * indicators.len() + child_complexity")]
    async fn rates(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ids of the indicators, 50 at the most.")] indicators: Vec<ID>,
        #[graphql(desc = "Only these units of the populations.")] filter: Option<UnitFilter>,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(desc = "Groups by the organisations of this kind.")] group_by: Option<OrganizationKind>,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Result<Rates> {
        cancellable(|| {
            let snapshot = snapshot_at(context, recorded_at)?;
            let filter = filter.map(|filter| filter.condition(&snapshot)).transpose()?;
            let scope = scope(&snapshot, within.as_ref(), as_of)?;
            rates(context, &snapshot, &indicators, filter.as_ref(), &scope, group_by)
        })
    }

    /// How many units are covered by both of two indicators, by one, by neither.
    #[expect(clippy::too_many_arguments, reason = "what coverage takes, of two indicators")]
    #[graphql(complexity = "cost::QUESTION * 2 + child_complexity")]
    async fn overlap(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of the one indicator.")] one: ID,
        #[graphql(desc = "The id of the other.")] other: ID,
        #[graphql(desc = "Only these units of the populations.")] filter: Option<UnitFilter>,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(desc = "Groups by the organisations of this kind.")] group_by: Option<OrganizationKind>,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Result<Overlap> {
        cancellable(|| {
            let snapshot = snapshot_at(context, recorded_at)?;
            let indicators = [known_indicator(&snapshot, &one)?, known_indicator(&snapshot, &other)?];
            let filter = filter.map(|filter| filter.condition(&snapshot)).transpose()?;
            let scope = scope(&snapshot, within.as_ref(), as_of)?;
            let group_by = grouping(indicators.iter().map(|indicator| &**indicator), group_by)?;
            Ok(Overlap::new(&snapshot, indicators, filter.as_ref(), scope, group_by))
        })
    }

    /// How an indicator went from month to month, as it was reported then and as it is known now.
    ///
    /// A point a month, on its last day; the last point is on the last day asked about. 120 points at the most.
    #[graphql(complexity = "cost::list(cost::FEW, 2 * cost::QUESTION + child_complexity)")]
    async fn trend(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The indicator's id.")] indicator: ID,
        #[graphql(desc = "Only these units of the population.")] filter: Option<UnitFilter>,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(desc = "A day of the first month.")] from: Date,
        #[graphql(desc = "The last day; today in Asia/Shanghai where left out.")] to: Option<Date>,
    ) -> Result<Vec<TrendPoint>> {
        cancellable(|| {
            let snapshot = snapshot(context)?;
            let filter = filter.map(|filter| filter.condition(snapshot)).transpose()?;
            trend(snapshot, &indicator, filter.as_ref(), within.as_ref(), from.0, to.map(|date| date.0))
        })
    }

    /// The units of an indicator's population in some states, in the order of ids, and why they are so.
    #[expect(clippy::too_many_arguments, reason = "the arguments are fixed by the contract")]
    #[graphql(complexity = "cost::QUESTION + cost::page(first, None, child_complexity)")]
    async fn gaps(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The indicator's id, unless a rule is written out.", name = "indicator")] id: Option<
            ID,
        >,
        #[graphql(desc = "A rule of one's own, unless an indicator is named.")] rule: Option<
            CoverageRuleInput,
        >,
        #[graphql(desc = "Only these units of the population.")] filter: Option<UnitFilter>,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(desc = "The states.", default_with = "vec![CoverageState::Uncovered]")] states: Vec<
            CoverageState,
        >,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Gap>> {
        cancellable(|| {
            let snapshot = snapshot_at(context, recorded_at)?;
            let chosen = indicator(&snapshot, id.as_ref(), rule.as_ref())?.0;
            let chosen = match filter {
                Some(filter) => Arc::new(Arc::unwrap_or_clone(chosen).among(filter.condition(&snapshot)?)),
                None => chosen,
            };
            let scope = scope(&snapshot, within.as_ref(), as_of)?;
            let states: Vec<_> = states.into_iter().map(Into::into).collect();
            let units = coverage::units_in_states(&chosen, &snapshot.graph, &scope, &states);
            let units: Vec<_> = units.into_iter().map(|(slot, state)| GapUnit { slot, state }).collect();
            let arguments =
                PageArguments { first, after, shown: Shown::by(context), ..PageArguments::default() };
            let remedies = Arc::default();
            page(&units, &GapsById(&snapshot.graph), &arguments, |unit| Gap {
                snapshot: Arc::clone(&snapshot),
                indicator: Arc::clone(&chosen),
                date: scope.date,
                unit,
                remedies: Arc::clone(&remedies),
            })
        })
    }

    /// The exemptions on record, in the order of unit, indicator and first day; with no day, whatever their dates.
    #[expect(clippy::too_many_arguments, reason = "a connection has its paging beside what is asked")]
    #[graphql(complexity = "cost::QUESTION + cost::page(first, None, child_complexity)")]
    async fn exemptions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those from this indicator.")] indicator: Option<ID>,
        #[graphql(desc = "Only of what stands within this organisation, and of it itself.")] within: Option<
            ID,
        >,
        #[graphql(desc = "Only those that apply on this day.")] as_of: Option<Date>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Exemption>> {
        cancellable(|| {
            let snapshot = snapshot_at(context, recorded_at)?;
            let indicator = indicator.map(|id| known_indicator(&snapshot, &id)).transpose()?;
            let graph = &snapshot.graph;
            let mut units = graph.with_exemptions();
            if let Some(id) = within {
                let root = known_organization(graph, &id)?;
                let mut inside = graph.within(root, as_of.map_or(When::Ever, |date| When::On(date.0)));
                inside.insert(root.position());
                units &= inside;
            }
            let found: Vec<_> = graph
                .sorted_by_id(slots(&units))
                .into_iter()
                .flat_map(|unit| graph.exemptions_of(unit))
                .filter(|exemption| indicator.as_ref().is_none_or(|i| *i.id == *exemption.indicator))
                .filter(|exemption| as_of.is_none_or(|date| exemption.applies_on(date.0)))
                .collect();
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            page(&found, &ExemptionsByKey::default(), &arguments, |record| Exemption::new(&snapshot, record))
        })
    }
}
