//! Tasks of the monthly loop, the units that they list, and the steps that they took.

use std::cmp::Ordering;
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::{Enum, ID, Object, Result, SimpleObject};

use super::enums::CoverageState;
use super::error::{Code, error};
use super::gap::{GapReason, GapUnit, reasons};
use super::identity::identity;
use super::indicator::{Form, Indicator};
use super::organization::Organization;
use super::page::{Connection, MAX_DETAILS, Ordered, PageArguments, page};
use super::plain::Plain;
use super::scalar::{Date, Month};
use super::{cancellable, cost};
use crate::atlas::Snapshot;
use crate::coverage::{self, Examiner};
use crate::graph::{Slot, When};
use crate::model;

/// How far a task has come, from its issue to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::TaskState")]
pub(super) enum TaskState {
    /// 待交办: issued, and not yet with the unit responsible.
    ToHandOver,
    /// 已交办: with the unit responsible.
    HandedOver,
    /// 整改中: being put right.
    Rectifying,
    /// 已整改: said to be put right; the graph has not been asked.
    Rectified,
    /// 已销号: the graph agrees that the gap is gone.
    Closed,
}

/// The units of one territory that an indicator did not cover on the day of issue, and what became of them.
pub(super) struct Task {
    snapshot: Arc<Snapshot>,
    task: Arc<model::Task>,
    date: model::Date,
}

impl Plain for Task {}

/// An organisation that a task names as it was called on the day of issue.
pub(super) struct NamedOrganization {
    snapshot: Arc<Snapshot>,
    named: model::NamedOrganization,
}

/// A unit of a task, and how the graph sees its gap.
pub(super) struct TaskUnit {
    snapshot: Arc<Snapshot>,
    indicator: Option<Arc<coverage::Indicator>>,
    date: model::Date,
    named: model::NamedOrganization,
    /// Where it stands, if it exists on the day.
    slot: Option<Slot>,
    /// Its state and the form that covers it, if it is in the population on the day.
    state: Option<(coverage::CoverageState, Option<usize>)>,
}

impl Plain for TaskUnit {}

/// One step of a task: its issue, or the way from a state to the next.
pub(super) struct TaskStep {
    snapshot: Arc<Snapshot>,
    task: Arc<model::Task>,
    number: usize,
}

/// A unit that kept a task from being closed.
#[derive(SimpleObject)]
pub(super) struct TaskFault {
    /// The unit.
    unit: NamedOrganization,
    /// Whether that is so because a value was unknown.
    unknown: bool,
    /// What was needed and what was recorded instead.
    reason: String,
}

impl Plain for TaskFault {}

/// Which tasks are meant.
pub(super) struct TaskFilter {
    pub(super) month: Option<Month>,
    pub(super) within: Option<Slot>,
    pub(super) states: Option<Vec<TaskState>>,
    pub(super) indicator: Option<ID>,
    pub(super) overdue: Option<bool>,
}

/// The tasks that were issued until a day and pass a filter, a page of them.
pub(super) fn tasks(
    snapshot: &Arc<Snapshot>,
    filter: &TaskFilter,
    date: model::Date,
    arguments: &PageArguments,
) -> Result<Connection<Task>> {
    let day = snapshot.graph.day(date);
    let inside = filter.within.map(|root| day.standing_in(root));
    let states: Option<Vec<model::TaskState>> =
        filter.states.as_ref().map(|states| states.iter().map(|state| (*state).into()).collect());
    let is_meant = |task: &Arc<model::Task>| {
        let Some(state) = task.state_on(date) else { return false };
        let position = || snapshot.graph.slot(task.id.territory.as_str()).and_then(|slot| day.position(slot));
        filter.month.is_none_or(|month| task.id.month == month.0)
            && filter.indicator.as_ref().is_none_or(|indicator| *task.id.indicator == ***indicator)
            && states.as_ref().is_none_or(|states| states.contains(&state))
            && filter.overdue.is_none_or(|overdue| task.is_overdue(date) == overdue)
            && inside
                .as_ref()
                .is_none_or(|inside| position().is_some_and(|position| inside.contains(position)))
    };
    let found: Vec<_> = snapshot.graph.tasks().into_iter().filter(|task| is_meant(task)).collect();
    page_of(snapshot, &found, date, arguments)
}

/// A page of tasks, which come in the order of their ids.
pub(super) fn page_of(
    snapshot: &Arc<Snapshot>,
    tasks: &[&Arc<model::Task>],
    date: model::Date,
    arguments: &PageArguments,
) -> Result<Connection<Task>> {
    page(tasks, &ByTaskId(PhantomData), arguments, |task| Task::new(snapshot, task, date))
}

impl Task {
    pub(super) fn new(snapshot: &Arc<Snapshot>, task: &Arc<model::Task>, date: model::Date) -> Self {
        Self { snapshot: Arc::clone(snapshot), task: Arc::clone(task), date }
    }

    /// A task by its id, as it stood on a day.
    pub(super) fn find(snapshot: &Arc<Snapshot>, id: &str, date: model::Date) -> Option<Self> {
        let task = snapshot.graph.task(&id.parse().ok()?)?;
        Some(Self::new(snapshot, task, date)).filter(|task| task.task.state_on(date).is_some())
    }

    /// The indicator, where it is still defined.
    fn known_indicator(&self) -> Option<&coverage::Indicator> {
        self.snapshot.indicators.get(&self.task.id.indicator)
    }

    fn current(&self) -> model::TaskState {
        self.task.state_on(self.date).unwrap_or(model::TaskState::ToHandOver)
    }
}

/// A task by its id.
pub(super) fn known_task<'a>(snapshot: &'a Snapshot, id: &str) -> Result<&'a Arc<model::Task>> {
    let task = id.parse().ok().and_then(|id| snapshot.graph.task(&id));
    task.ok_or_else(|| error(Code::NotFound, format!("there is no task with the id \"{id}\"")))
}

/// The units of one territory that an indicator did not cover on the day of issue, and what became of them.
#[Object]
impl Task {
    /// Its id: month, indicator and territory, such as 2024-06/grid-station/cn-370114001.
    pub(super) async fn id(&self) -> ID {
        self.task.id.to_string().into()
    }

    /// The month that it belongs to.
    async fn month(&self) -> Month {
        Month(self.task.id.month)
    }

    /// The indicator that has the gap; null where it is not defined any more.
    async fn indicator(&self) -> Option<Indicator> {
        self.known_indicator().cloned().map(Arc::new).map(Indicator)
    }

    /// The territory that has the gap: a subdistrict, or what holds the units that stand in none.
    async fn territory(&self) -> Option<Organization> {
        Organization::find(&self.snapshot, self.task.id.territory.as_str())
    }

    /// Who has to see to it: a Party organisation that is set up in the territory, or the territory itself.
    async fn responsible(&self) -> NamedOrganization {
        NamedOrganization { snapshot: Arc::clone(&self.snapshot), named: self.task.responsible.clone() }
    }

    /// The day of issue.
    async fn issued_on(&self) -> Option<Date> {
        self.task.issued_on().map(Date)
    }

    /// The last day on which it is not overdue.
    async fn due_on(&self) -> Date {
        Date(self.task.due)
    }

    /// The state that it was in at the end of the day asked about.
    async fn state(&self) -> TaskState {
        self.current().into()
    }

    /// The states that may follow.
    async fn next_states(&self) -> Vec<TaskState> {
        self.current().next().iter().map(|state| (*state).into()).collect()
    }

    /// Whether its due date had passed on the day asked about without its having been closed.
    async fn overdue(&self) -> bool {
        self.task.is_overdue(self.date)
    }

    /// The steps that it took until the day asked about, the issue first, the last 1000 at the most.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn history(&self) -> Vec<TaskStep> {
        let taken = self.task.steps.iter().take_while(|step| step.date <= self.date).count();
        let steps = taken.saturating_sub(MAX_DETAILS)..taken;
        let present =
            |number| TaskStep { snapshot: Arc::clone(&self.snapshot), task: Arc::clone(&self.task), number };
        steps.map(present).collect()
    }

    /// Whether units that were generated are among those listed.
    async fn synthetic(&self) -> bool {
        let graph = &self.snapshot.graph;
        let mut slots = self.task.units.iter().filter_map(|unit| graph.slot(unit.id.as_str()));
        slots.any(|slot| graph.synthetic().contains(slot.position()))
    }

    /// The units that were uncovered on the day of issue, by id, and how the graph sees them on the day asked about.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn units(
        &self,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<TaskUnit>> {
        cancellable(|| {
            let units: Vec<_> = self.task.units.iter().collect();
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            let indicator = self.known_indicator().cloned().map(Arc::new);
            let examiner = Examiner::new(&self.snapshot.graph, self.date);
            page(&units, &ByUnitId(PhantomData), &arguments, |named| {
                let slot = self.snapshot.graph.slot(named.id.as_str());
                let slot = slot.filter(|slot| self.snapshot.graph.exists(*slot, When::On(self.date)));
                let state = |slot| examiner.state(indicator.as_ref()?, slot);
                TaskUnit {
                    snapshot: Arc::clone(&self.snapshot),
                    indicator: indicator.clone(),
                    date: self.date,
                    named: named.clone(),
                    slot,
                    state: slot.and_then(state),
                }
            })
        })
    }
}

impl TaskStep {
    fn record(&self) -> &model::TaskStep {
        &self.task.steps[self.number]
    }
}

/// One step of a task: its issue, or the way from a state to the next.
#[Object]
impl TaskStep {
    /// The state that it led to.
    async fn state(&self) -> TaskState {
        self.record().state.into()
    }

    /// The day on which it was taken.
    async fn date(&self) -> Date {
        Date(self.record().date)
    }

    /// The office that took it.
    async fn office(&self) -> &str {
        &self.record().office
    }

    /// What the office added.
    async fn note(&self) -> Option<&str> {
        self.record().note.as_deref()
    }

    /// Which definition of the indicator the graph was asked by; null where it was not asked.
    async fn indicator_version(&self) -> Option<u32> {
        self.record().judged_by.map(std::num::NonZeroU32::get)
    }

    /// The units by which the graph contradicted, so that the task went back, by id.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn faults(
        &self,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<TaskFault>> {
        cancellable(|| {
            let faults: Vec<_> = self.record().faults.iter().collect();
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            page(&faults, &ByFault(PhantomData), &arguments, |fault| {
                let listed = self.task.units.iter().find(|unit| unit.id == fault.unit);
                let name = listed.map_or_else(|| fault.unit.as_str().into(), |unit| Arc::clone(&unit.name));
                let named = model::NamedOrganization { id: fault.unit.clone(), name };
                TaskFault {
                    unit: NamedOrganization { snapshot: Arc::clone(&self.snapshot), named },
                    unknown: fault.unknown,
                    reason: model::told_reason(&fault.reason, self.snapshot.kept_back_below()),
                }
            })
        })
    }
}

/// An organisation that a task names as it was called on the day of issue.
#[Object]
impl NamedOrganization {
    /// Identifies it with all that it says, as normalised caches need it; `organizationId` is the
    /// organisation's.
    async fn id(&self) -> ID {
        let is_recorded = self.snapshot.graph.slot(self.named.id.as_str()).is_some();
        let recorded = if is_recorded { "recorded" } else { "" };
        identity("named-organization", [self.named.id.as_str(), &self.named.name, recorded])
    }

    /// The id of the organisation.
    async fn organization_id(&self) -> ID {
        self.named.id.as_str().into()
    }

    /// Its name on the day of issue.
    async fn name(&self) -> &str {
        &self.named.name
    }

    /// What is recorded of it; null where it is not recorded any more.
    async fn organization(&self) -> Option<Organization> {
        Organization::find(&self.snapshot, self.named.id.as_str())
    }
}

/// A unit of a task, and how the graph sees its gap.
#[Object]
impl TaskUnit {
    /// Identifies it with all that it says, as normalised caches need it; `organizationId` is the
    /// unit's.
    async fn id(&self) -> ID {
        let indicator =
            self.indicator.as_ref().map(|indicator| format!("{}@{}", indicator.id, indicator.version));
        // What the graph says of a unit follows from its version and the day.
        let seen = format!("{} {}", self.snapshot.version, self.date);
        let own = [self.named.id.as_str(), &*self.named.name];
        identity(
            "task-unit",
            own.into_iter().chain([indicator.as_deref().unwrap_or_default(), seen.as_str()]),
        )
    }

    /// The id of the unit.
    async fn organization_id(&self) -> ID {
        self.named.id.as_str().into()
    }

    /// Its name on the day of issue.
    async fn name(&self) -> &str {
        &self.named.name
    }

    /// What is recorded of it; null where it is not recorded any more.
    async fn organization(&self) -> Option<Organization> {
        Organization::find(&self.snapshot, self.named.id.as_str())
    }

    /// What the indicator says of it; null where it is not in the population any more. The gap is gone where this
    /// is COVERED, EXEMPT or null.
    async fn state(&self) -> Option<CoverageState> {
        self.state.map(|(state, _)| state.into())
    }

    /// The first form that holds; null where it is not covered.
    async fn form(&self) -> Option<Form> {
        let (_, form) = self.state?;
        self.indicator.as_ref()?.forms.get(form?).map(Form::of)
    }

    /// Why it is not covered, or not known to be.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn reasons(&self) -> Result<Vec<GapReason>> {
        cancellable(|| {
            let (Some(indicator), Some(slot), Some((state, _))) = (&self.indicator, self.slot, self.state)
            else {
                return Ok(Vec::new());
            };
            Ok(reasons(&self.snapshot, indicator, self.date, GapUnit { slot, state }))
        })
    }
}

/// Tasks in the order of their ids: by month, then indicator, then territory.
struct ByTaskId<'a>(PhantomData<&'a ()>);

impl<'a> Ordered for ByTaskId<'a> {
    type Item = &'a Arc<model::Task>;

    fn tag(&self) -> String {
        "tasks".to_owned()
    }

    fn key(&self, item: Self::Item) -> Vec<String> {
        let model::TaskId { month, indicator, territory } = &item.id;
        vec![month.to_string(), indicator.to_string(), territory.to_string()]
    }

    fn compare(&self, item: Self::Item, key: &[String]) -> Ordering {
        self.key(item).as_slice().cmp(key)
    }
}

/// Units of a task in the order of their ids.
struct ByUnitId<'a>(PhantomData<&'a ()>);

impl<'a> Ordered for ByUnitId<'a> {
    type Item = &'a model::NamedOrganization;

    fn tag(&self) -> String {
        "taskUnits".to_owned()
    }

    fn key(&self, item: Self::Item) -> Vec<String> {
        vec![item.id.to_string()]
    }

    fn compare(&self, item: Self::Item, key: &[String]) -> Ordering {
        item.id.as_str().cmp(key.last().map_or("", String::as_str))
    }
}

/// Units at fault in the order of their ids.
struct ByFault<'a>(PhantomData<&'a ()>);

impl<'a> Ordered for ByFault<'a> {
    type Item = &'a model::TaskFault;

    fn tag(&self) -> String {
        "taskFaults".to_owned()
    }

    fn key(&self, item: Self::Item) -> Vec<String> {
        vec![item.unit.to_string()]
    }

    fn compare(&self, item: Self::Item, key: &[String]) -> Ordering {
        item.unit.as_str().cmp(key.last().map_or("", String::as_str))
    }
}
