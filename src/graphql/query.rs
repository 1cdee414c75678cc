use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::aggregate::{
    OrganizationAggregate, OrganizationGroupKey, RelationAggregate, RelationGroupKey,
    aggregate_organizations, aggregate_relations,
};
use super::change::ChangeInput;
use super::condition::CoverageRuleInput;
use super::cost;
use super::coverage::{Coverage, indicator, known_indicator, scope};
use super::enums::{CoverageState, OrganizationKind, RelationType};
use super::error::{bad_input, unknown_organization};
use super::exemption::{Exemption, ExemptionsByKey};
use super::federation::Federation;
use super::filter::{ByField, ById, OrganizationFilter, OrganizationOrder};
use super::gap::{Gap, GapUnit};
use super::indicator::Indicator;
use super::labels::{EnumLabels, enum_labels};
use super::neighbourhood::{Path, Subgraph};
use super::organization::{Node, Organization};
use super::overlap::Overlap;
use super::page::{Connection, Ordered, PageArguments, page};
use super::plan::{RemedyPlan, limits};
use super::programme::Programme;
use super::rates::{Rates, rates};
use super::scalar::{Date, DateTime, Month};
use super::scoreboard::{ScoreboardRow, scoreboard};
use super::search::{SearchConnection, search, search_query};
use super::stop::go_on;
use super::task::{Task, TaskFilter, TaskState, tasks};
use super::trend::{TrendPoint, trend};
use super::unit_filter::UnitFilter;
use super::what_if::{CoverageComparison, what_if};
use super::{snapshot, snapshot_at};
use crate::coverage;
use crate::coverage::plan::{Goal, PlanRequest};
use crate::graph::{Graph, PathQuery, Slot, SubgraphQuery, When, slots};
use crate::model;

/// The longest path that is looked for.
const MAX_PATH: i32 = 32;

/// The farthest and the largest neighbourhood that is given.
const MAX_SUBGRAPH_DEPTH: i32 = 10;
const MAX_SUBGRAPH: i32 = 10_000;

/// How many organisations a neighbourhood holds where a query does not say.
const DEFAULT_SUBGRAPH: i32 = 1_000;

/// How many ids `nodes` takes at the most.
const MAX_IDS: usize = 1_000;

/// Questions about organisations, their relations, and how far indicators are reached.
pub struct Query;

/// Questions about organisations, their relations, and how far indicators are reached.
#[Object]
impl Query {
    /// What the router of a federation asks.
    #[graphql(flatten)]
    async fn federation(&self) -> Federation {
        Federation
    }

    /// How many commits made the graph that is asked: what a mutation takes as the version that it expects.
    async fn version(&self, context: &Context<'_>) -> Result<u64> {
        Ok(snapshot(context)?.version)
    }

    /// Anything with an id, by its id; null where nothing has it.
    async fn node(&self, context: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Node>> {
        Ok(Node::find(snapshot(context)?, &id))
    }

    /// Several by their ids, in the order asked for, 1000 at the most; null where nothing has an id.
    #[graphql(complexity = "cost::list(ids.len(), child_complexity)")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_IDS {
            return Err(bad_input(format!("ids has {} entries, but may have {MAX_IDS}", ids.len())));
        }
        let snapshot = snapshot(context)?;
        Ok(ids.iter().map(|id| Node::find(snapshot, id)).collect())
    }

    /// An organisation by its id; null where none has it.
    async fn organization(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id, as ledgers write it.")] id: ID,
    ) -> Result<Option<Organization>> {
        Ok(Organization::find(snapshot(context)?, &id))
    }

    /// All organisations that pass a filter, whatever their dates.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection are fixed by the contract")]
    #[graphql(complexity = "cost::QUESTION + cost::page(first, last, child_complexity)")]
    async fn organizations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which are meant; all where left out.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "In which order; by id where left out.")] order_by: Option<OrganizationOrder>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, 1000 at the most.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Organization>> {
        let snapshot = snapshot(context)?;
        let selected = filter.unwrap_or_default().select(snapshot)?;
        let order = ByField::new(&snapshot.graph, order_by.as_ref());
        let arguments = PageArguments { first, after, last, before };
        page(&order.sorted(&selected), &order, &arguments, |slot| Organization::new(snapshot, slot))
    }

    /// The organisations that a typed text matches: the better match first, then the shorter name, then by id.
    ///
    /// The text may be a name or a part of one, in simplified or traditional characters, in pinyin without tones,
    /// by the initials of its syllables, or by these mixed; also a part of another name or of an id, the beginning
    /// of a division code, the beginning of a credit code or four characters of it in turn. Width, case and
    /// blanks do not matter, each character counts in all its readings, and one character is enough. Blanks alone
    /// find nothing.
    #[graphql(complexity = "2 * cost::QUESTION + cost::page(first, None, child_complexity)")]
    async fn search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What was typed, 256 characters at the most.")] text: String,
        #[graphql(desc = "Which organisations are looked among; all where left out.")] filter: Option<
            OrganizationFilter,
        >,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<SearchConnection> {
        let snapshot = snapshot(context)?;
        let query = search_query("text", &text)?;
        let among = filter.unwrap_or_default().select(snapshot)?;
        go_on(context)?;
        let arguments = PageArguments { first, after, ..PageArguments::default() };
        search(snapshot, &query, &among, &arguments)
    }

    /// The values of enums in three languages: of every enum of this schema, and of the designations of the glossary.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn enum_labels(
        &self,
        #[graphql(desc = "Only these enums, such as OrganizationKind; all where left out.")] enums: Option<
            Vec<String>,
        >,
    ) -> Result<Vec<EnumLabels>> {
        enum_labels(enums)
    }

    /// How many organisations pass a filter, what their values come to, and the same by group.
    ///
    /// Grouped by several keys, there is a group for each combination of values that occurs. Groups are of the
    /// same day as the filter: of everything recorded where it names none. More than 100000 groups are refused.
    #[graphql(complexity = "4 * cost::QUESTION + child_complexity")]
    async fn organization_aggregate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which are meant; all where left out.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "By which keys, the first before the second.", default)] group_by: Vec<
            OrganizationGroupKey,
        >,
        #[graphql(
            desc = "Also by the organisations of this kind, after the keys: each unit in every one that it stands within or is, by null in none."
        )]
        level: Option<OrganizationKind>,
    ) -> Result<OrganizationAggregate> {
        let snapshot = snapshot(context)?;
        let filter = filter.unwrap_or_default();
        let when = filter.when();
        let selected = filter.select(snapshot)?;
        go_on(context)?;
        aggregate_organizations(snapshot, &selected, when, group_by, level.map(Into::into))
    }

    /// How many relations there are, implied ones included, and the same by group.
    #[graphql(complexity = "2 * cost::QUESTION + child_complexity")]
    async fn relation_aggregate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only these types; all where none are named.")] types: Option<Vec<RelationType>>,
        #[graphql(desc = "Only those that hold on this day; everything recorded where left out.")]
        as_of: Option<Date>,
        #[graphql(desc = "By which keys, the first before the second.", default)] group_by: Vec<
            RelationGroupKey,
        >,
    ) -> Result<RelationAggregate> {
        let snapshot = snapshot(context)?;
        let types: Vec<_> = types.unwrap_or_default().into_iter().map(Into::into).collect();
        let when = as_of.map_or(When::Ever, |date| When::On(date.0));
        aggregate_relations(snapshot, &types, when, group_by)
    }

    /// A shortest path between two organisations, relations walked in either direction; null where there is none.
    #[graphql(complexity = "cost::QUESTION + cost::list(max_length, child_complexity)")]
    async fn path(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Where it starts.")] from: ID,
        #[graphql(desc = "Where it ends.")] to: ID,
        #[graphql(desc = "Only by these types; by all where none are named.")] types: Option<
            Vec<RelationType>,
        >,
        #[graphql(desc = "How many relations it may have, 32 at the most.", default = 8)] max_length: i32,
        #[graphql(desc = "The day on which they hold; today in Asia/Shanghai where left out.")] as_of: Option<
            Date,
        >,
    ) -> Result<Option<Path>> {
        let snapshot = snapshot(context)?;
        let graph = &snapshot.graph;
        let types: Vec<_> = types.unwrap_or_default().into_iter().map(Into::into).collect();
        let query = PathQuery {
            from: known(graph, &from)?,
            to: known(graph, &to)?,
            types: &types,
            max_length: limited("maxLength", max_length, MAX_PATH)?,
            when: on(as_of),
        };
        Ok(graph.path(&query).map(|path| Path::new(snapshot, path)))
    }

    /// An organisation and what is within some steps of it, relations walked in either direction.
    #[graphql(
        complexity = "cost::QUESTION + cost::list(limit.unwrap_or(DEFAULT_SUBGRAPH), child_complexity)"
    )]
    async fn subgraph(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The organisation in the middle.")] root: ID,
        #[graphql(desc = "How many steps away, 10 at the most.", default = 1)] depth: i32,
        #[graphql(desc = "Only by these types; by all where none are named.")] types: Option<
            Vec<RelationType>,
        >,
        #[graphql(desc = "The day on which they hold; today in Asia/Shanghai where left out.")] as_of: Option<
            Date,
        >,
        #[graphql(desc = "How many organisations, 1000 where left out, 10000 at the most.")] limit: Option<
            i32,
        >,
    ) -> Result<Subgraph> {
        let snapshot = snapshot(context)?;
        let graph = &snapshot.graph;
        let types: Vec<_> = types.unwrap_or_default().into_iter().map(Into::into).collect();
        let query = SubgraphQuery {
            root: known(graph, &root)?,
            depth: limited("depth", depth, MAX_SUBGRAPH_DEPTH)?,
            types: &types,
            when: on(as_of),
            limit: limited("limit", limit.unwrap_or(DEFAULT_SUBGRAPH), MAX_SUBGRAPH)? as usize,
        };
        Ok(Subgraph::new(snapshot, graph.subgraph(&query)))
    }

    /// All indicators, in the order of their definition.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn indicators(&self, context: &Context<'_>) -> Result<Vec<Indicator>> {
        Ok(snapshot(context)?.indicators.iter().cloned().map(Indicator).collect())
    }

    /// An indicator by its id; null where none has it.
    async fn indicator(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
    ) -> Result<Option<Indicator>> {
        Ok(snapshot(context)?.indicators.get(&id).cloned().map(Indicator))
    }

    /// The programme: its goal, main lines, coordinations, and focus areas with their indicators.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn programme(&self, context: &Context<'_>) -> Result<Programme> {
        Ok(Programme(Arc::clone(snapshot(context)?)))
    }

    /// The organisations of a level side by side: by rank, those without one last, by id among equals. More than
    /// 100000 are refused.
    #[graphql(
        complexity = "cost::QUESTION * indicators.as_ref().map_or(10, Vec::len) + cost::list(cost::FEW, child_complexity)"
    )]
    async fn scoreboard(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The kind of the organisations that are ranked, such as SUBDISTRICT.")]
        level: OrganizationKind,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(
            desc = "The indicators, 50 at the most, which then weigh the same; the programme's key ones where left out."
        )]
        indicators: Option<Vec<ID>>,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Result<Vec<ScoreboardRow>> {
        let snapshot = &snapshot_at(context, recorded_at)?;
        let scope = scope(snapshot, within.as_ref(), as_of)?;
        scoreboard(snapshot, &scope, level.into(), indicators)
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
        let snapshot = snapshot_at(context, recorded_at)?;
        let chosen = indicator(&snapshot, id, rule)?;
        let scope = scope(&snapshot, within.as_ref(), as_of)?;
        let group_by = group_by.map(Into::into);
        Ok(match filter {
            Some(filter) => {
                Coverage::filtered(&snapshot, chosen, filter.condition(&snapshot)?, &scope, group_by)
            }
            None => Coverage::new(&snapshot, chosen, &scope, group_by),
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
        let snapshot = snapshot_at(context, recorded_at)?;
        let filter = filter.map(|filter| filter.condition(&snapshot)).transpose()?;
        let scope = scope(&snapshot, within.as_ref(), as_of)?;
        rates(&snapshot, &indicators, filter.as_ref(), &scope, group_by.map(Into::into))
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
        let snapshot = snapshot_at(context, recorded_at)?;
        let indicators = [known_indicator(&snapshot, &one)?, known_indicator(&snapshot, &other)?];
        let filter = filter.map(|filter| filter.condition(&snapshot)).transpose()?;
        let scope = scope(&snapshot, within.as_ref(), as_of)?;
        Ok(Overlap::new(&snapshot, indicators, filter.as_ref(), scope, group_by.map(Into::into)))
    }

    /// How an indicator went from month to month, as it was reported then and as it is known now.
    ///
    /// A point a month, on its last day; the last point is on the last day asked about. 120 points at the most.
    #[graphql(complexity = "cost::list(cost::FEW, 2 * cost::QUESTION + child_complexity)")]
    async fn trend(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The indicator's id.")] indicator: ID,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(desc = "A day of the first month.")] from: Date,
        #[graphql(desc = "The last day; today in Asia/Shanghai where left out.")] to: Option<Date>,
    ) -> Result<Vec<TrendPoint>> {
        trend(snapshot(context)?, &indicator, within.as_ref(), from.0, to.map(|date| date.0))
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
        let snapshot = snapshot_at(context, recorded_at)?;
        let chosen = indicator(&snapshot, id, rule)?.0;
        let chosen = match filter {
            Some(filter) => chosen.among(filter.condition(&snapshot)?),
            None => chosen,
        };
        let chosen = Arc::new(chosen);
        let scope = scope(&snapshot, within.as_ref(), as_of)?;
        let states: Vec<_> = states.into_iter().map(Into::into).collect();
        let units = coverage::units_in_states(&chosen, &snapshot.graph, &scope, &states);
        let units: Vec<_> = units.into_iter().map(|(slot, state)| GapUnit { slot, state }).collect();
        let arguments = PageArguments { first, after, ..PageArguments::default() };
        let remedies = Arc::default();
        page(&units, &GapsById(&snapshot.graph), &arguments, |unit| Gap {
            snapshot: Arc::clone(&snapshot),
            indicator: Arc::clone(&chosen),
            date: scope.date,
            unit,
            remedies: Arc::clone(&remedies),
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
        let snapshot = snapshot_at(context, recorded_at)?;
        let indicator = indicator.map(|id| known_indicator(&snapshot, &id)).transpose()?;
        let graph = &snapshot.graph;
        let mut units = graph.with_exemptions();
        if let Some(id) = within {
            let root = known(graph, &id)?;
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
    }

    /// A task of the monthly loop by its id; null where none has it.
    async fn task(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The id: month, indicator and territory, such as 2024-06/grid-station/cn-370114001."
        )]
        id: ID,
        #[graphql(desc = "The day on which its state is looked at; today in Asia/Shanghai where left out.")]
        as_of: Option<Date>,
    ) -> Result<Option<Task>> {
        Ok(Task::find(snapshot(context)?, &id, as_of.map_or_else(model::today, |date| date.0)))
    }

    /// The tasks of the monthly loop that were issued until a day, by month, then indicator, then territory.
    #[expect(clippy::too_many_arguments, reason = "each narrows the list in its own way")]
    #[graphql(complexity = "cost::QUESTION + cost::page(first, None, child_complexity)")]
    async fn tasks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this month.")] month: Option<Month>,
        #[graphql(desc = "Only those of territories that stand within this organisation, and of it itself.")]
        within: Option<ID>,
        #[graphql(desc = "Only those in one of these states.")] states: Option<Vec<TaskState>>,
        #[graphql(desc = "Only those of the indicator with this id.")] indicator: Option<ID>,
        #[graphql(desc = "Only those that are overdue, or only those that are not.")] overdue: Option<bool>,
        #[graphql(desc = "The day on which states are looked at; today in Asia/Shanghai where left out.")]
        as_of: Option<Date>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Task>> {
        let snapshot = snapshot(context)?;
        let within = within.map(|id| known(&snapshot.graph, &id)).transpose()?;
        let filter = TaskFilter { month, within, states, indicator, overdue };
        let date = as_of.map_or_else(model::today, |date| date.0);
        tasks(snapshot, &filter, date, &PageArguments { first, after, ..PageArguments::default() })
    }

    /// What changes would make of some indicators; nothing is recorded.
    #[graphql(
        complexity = "cost::QUESTION * 2 * indicators.len() + changes.len() + cost::list(cost::FEW, child_complexity)"
    )]
    async fn what_if(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The changes, in their order, 100000 at the most.")] changes: Vec<ChangeInput>,
        #[graphql(desc = "The ids of the indicators, 100 at the most.")] indicators: Vec<ID>,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(
            desc = "Groups by the organisations of this kind; none where null.",
            default_with = "Some(OrganizationKind::Subdistrict)"
        )]
        group_by: Option<OrganizationKind>,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
    ) -> Result<Vec<CoverageComparison>> {
        let snapshot = snapshot(context)?;
        let scope = scope(snapshot, within.as_ref(), as_of)?;
        what_if(snapshot, changes, &indicators, &scope, group_by.map(Into::into))
    }

    /// How the gap of an indicator can be closed, step by step, under default rules; nothing is recorded.
    #[graphql(complexity = "cost::QUESTION * 20 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "the numbers of the default rules can each be another")]
    async fn plan(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The indicator's id.")] indicator: ID,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(desc = "The day from which it holds; today in Asia/Shanghai where left out.")]
        as_of: Option<Date>,
        #[graphql(desc = "Whether it goes on when the target is reached.", default = false)] everything: bool,
        #[graphql(desc = "How many units a joint branch has at the most.", default = 5)]
        units_per_branch: i32,
        #[graphql(desc = "How many members a branch has at the least.", default = 3)] members_per_branch: i32,
        #[graphql(desc = "How many grids a new service station serves at the most.", default = 5)]
        grids_per_station: i32,
    ) -> Result<RemedyPlan> {
        let snapshot = snapshot(context)?;
        let indicator = known_indicator(snapshot, &indicator)?;
        let scope = scope(snapshot, within.as_ref(), as_of)?;
        let limits = limits(units_per_branch, members_per_branch, grids_per_station)?;
        let goal = if everything { Goal::Everything } else { Goal::Target };
        Ok(RemedyPlan::new(snapshot, indicator, &PlanRequest { scope, limits, goal }))
    }
}

/// Gaps in the byte order of their units' ids.
struct GapsById<'a>(&'a Graph);

impl Ordered for GapsById<'_> {
    type Item = GapUnit;

    fn tag(&self) -> String {
        self.units().tag()
    }

    fn key(&self, item: GapUnit) -> Vec<String> {
        self.units().key(item.slot)
    }

    fn compare(&self, item: GapUnit, key: &[String]) -> std::cmp::Ordering {
        self.units().compare(item.slot, key)
    }
}

impl GapsById<'_> {
    fn units(&self) -> ById<'_> {
        ById { graph: self.0, list: "gaps" }
    }
}

fn known(graph: &Graph, id: &str) -> Result<Slot> {
    graph.slot(id).ok_or_else(|| unknown_organization(id))
}

fn on(as_of: Option<Date>) -> When {
    When::On(as_of.map_or_else(model::today, |date| date.0))
}

fn limited(argument: &str, given: i32, most: i32) -> Result<u32> {
    match u32::try_from(given).ok().filter(|_| given <= most) {
        Some(given) => Ok(given),
        None => Err(bad_input(format!("{argument} is {given}, but may be from 0 to {most}"))),
    }
}
