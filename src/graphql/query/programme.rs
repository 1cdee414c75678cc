use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use crate::coverage::plan::{Goal, PlanRequest};
use crate::graphql::change::ChangeInput;
use crate::graphql::coverage::{known_indicator, scope};
use crate::graphql::enums::OrganizationKind;
use crate::graphql::organization::known_organization;
use crate::graphql::page::{Connection, PageArguments};
use crate::graphql::plan::{RemedyPlan, limits};
use crate::graphql::programme::Programme;
use crate::graphql::scalar::{Date, DateTime, Month};
use crate::graphql::scoreboard::{ScoreboardRow, scoreboard};
use crate::graphql::task::{Task, TaskFilter, TaskState, tasks};
use crate::graphql::unit_filter::UnitFilter;
use crate::graphql::what_if::{CoverageComparison, what_if};
use crate::graphql::{cancellable, cost, snapshot, snapshot_at};
use crate::model;

/// Questions about the programme, its monthly loop, and what would close its gaps.
pub(super) struct ProgrammeQuestions;

/// Questions about the programme, its monthly loop, and what would close its gaps.
#[Object]
impl ProgrammeQuestions {
    /// The programme: its goal, main lines, coordinations, and focus areas with their indicators.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn programme(&self, context: &Context<'_>) -> Result<Programme> {
        Ok(Programme(Arc::clone(snapshot(context)?)))
    }

    /// The organisations of a level side by side: by rank, those without one last, by id among equals. More than
    /// 100000 are refused.
    #[expect(clippy::too_many_arguments, reason = "what coverage takes, of a level")]
    #[graphql(
        complexity = "cost::QUESTION * indicators.as_ref().map_or(10, Vec::len) + cost::list(cost::FEW, child_complexity)"
    )]
    async fn scoreboard(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The kind of the organisations that are ranked, such as SUBDISTRICT.")]
        level: OrganizationKind,
        #[graphql(desc = "Only these units of the populations.")] filter: Option<UnitFilter>,
        #[graphql(desc = "Only what stands within this organisation, and it itself.")] within: Option<ID>,
        #[graphql(
            desc = "The indicators, 50 at the most, which then weigh the same; the programme's key ones where left out."
        )]
        indicators: Option<Vec<ID>>,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Result<Vec<ScoreboardRow>> {
        cancellable(|| {
            let snapshot = &snapshot_at(context, recorded_at)?;
            let filter = filter.map(|filter| filter.condition(snapshot)).transpose()?;
            let scope = scope(snapshot, within.as_ref(), as_of)?;
            scoreboard(context, snapshot, &scope, level.into(), indicators, filter.as_ref())
        })
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
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
    ) -> Option<Result<Task>> {
        let day = as_of.map_or_else(model::today, |date| date.0);
        let find = || Ok(Task::find(&snapshot_at(context, recorded_at)?, &id, day));
        cancellable(find).transpose()
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
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Task>> {
        cancellable(|| {
            let snapshot = &snapshot_at(context, recorded_at)?;
            let within = within.map(|id| known_organization(&snapshot.graph, &id)).transpose()?;
            let filter = TaskFilter { month, within, states, indicator, overdue };
            let date = as_of.map_or_else(model::today, |date| date.0);
            tasks(snapshot, &filter, date, &PageArguments { first, after, ..PageArguments::default() })
        })
    }

    /// What changes would make of some indicators; nothing is recorded.
    #[expect(clippy::too_many_arguments, reason = "what coverage takes, and changes")]
    // The changes are read by hand: the cost module says why.
    #[graphql(
        complexity = "cost::QUESTION * 2 * indicators.len() + __ctx.param_value::<Vec<ChangeInput>>(__variables_definition, __field, \"changes\", None)?.len() + cost::list(cost::FEW, child_complexity)"
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
        #[graphql(
            desc = "Changes of what was recorded at this moment; of what is recorded now where left out."
        )]
        recorded_at: Option<DateTime>,
    ) -> Result<Vec<CoverageComparison>> {
        cancellable(|| {
            let snapshot = &snapshot_at(context, recorded_at)?;
            let scope = scope(snapshot, within.as_ref(), as_of)?;
            what_if(context, snapshot, changes, &indicators, &scope, group_by)
        })
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
        #[graphql(desc = "As it was recorded at this moment; as it is recorded now where left out.")]
        recorded_at: Option<DateTime>,
        #[graphql(desc = "Whether it goes on when the target is reached.", default = false)] everything: bool,
        #[graphql(desc = "How many units a joint branch has at the most.", default = 5)]
        units_per_branch: i32,
        #[graphql(desc = "How many members a branch has at the least.", default = 3)] members_per_branch: i32,
        #[graphql(desc = "How many grids a new service station serves at the most.", default = 5)]
        grids_per_station: i32,
    ) -> Result<RemedyPlan> {
        cancellable(|| {
            let snapshot = &snapshot_at(context, recorded_at)?;
            let indicator = known_indicator(snapshot, &indicator)?;
            let scope = scope(snapshot, within.as_ref(), as_of)?;
            let limits = limits(units_per_branch, members_per_branch, grids_per_station)?;
            let goal = if everything { Goal::Everything } else { Goal::Target };
            let suppress_below = snapshot.kept_back_below();
            Ok(RemedyPlan::new(snapshot, indicator, &PlanRequest { scope, limits, goal, suppress_below }))
        })
    }
}
