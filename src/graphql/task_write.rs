//! The mutations of the monthly loop: tasks are issued, taken a step further, and reviewed by the graph.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, Object, Result, SimpleObject};

use super::coverage::{known_indicator, scope};
use super::error::bad_input;
use super::page::{Connection, PageArguments};
use super::query::Query;
use super::scalar::{Date, Month};
use super::snapshot;
use super::task::{Task, TaskState, known_task, page_of};
use super::writing::Writing;
use super::{cancellable, cost};
use crate::coverage::tasks::{TaskAreas, TaskOrder, faults, issue, review};
use crate::model::{self, Annex, Change, TaskStep, check_text};

/// How many units an error names at the most.
const NAMED: usize = 3;

/// How many tasks one mutation moves at the most.
const MOST_MOVED: usize = 1_000;

/// What issuing tasks did.
pub(super) struct IssueTasksPayload {
    version: u64,
    issued: TaskList,
    existing: usize,
}

/// What taking tasks a step further did.
#[derive(SimpleObject)]
pub(super) struct MoveTasksPayload {
    /// The version of the graph with these steps.
    version: u64,
    /// The tasks that were moved, in the order asked for.
    tasks: Vec<Task>,
    /// Any question, asked of the graph with these steps.
    query: Query,
}

/// What a review did.
pub(super) struct ReviewTasksPayload {
    version: u64,
    closed: TaskList,
    sent_back: TaskList,
    unjudged: TaskList,
}

/// What issuing tasks did.
#[Object]
impl IssueTasksPayload {
    /// The version of the graph with these tasks; the same as before where there were none.
    async fn version(&self) -> u64 {
        self.version
    }

    /// The tasks that were issued, by indicator, then territory.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn issued(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Task>> {
        self.issued.page(context, first, after)
    }

    /// How many tasks of the month were there already and stay as they are.
    async fn existing(&self) -> usize {
        self.existing
    }

    /// Any question, asked of the graph with these tasks.
    async fn query(&self) -> Query {
        Query
    }
}

/// What a review did.
#[Object]
impl ReviewTasksPayload {
    /// The version of the graph with these steps; the same as before where there were none.
    async fn version(&self) -> u64 {
        self.version
    }

    /// The tasks that the graph agrees to close.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn closed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Task>> {
        self.closed.page(context, first, after)
    }

    /// The tasks that the graph contradicts, which are rectified again; their last step lists the units at fault.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn sent_back(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Task>> {
        self.sent_back.page(context, first, after)
    }

    /// The tasks whose indicator is not defined any more, so that nobody can ask the graph; they stay as they are.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn unjudged(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Task>> {
        self.unjudged.page(context, first, after)
    }

    /// Any question, asked of the graph with these steps.
    async fn query(&self) -> Query {
        Query
    }
}

/// Tasks that something was done to, on its day.
struct TaskList {
    ids: Vec<model::TaskId>,
    date: model::Date,
}

impl TaskList {
    fn new(mut ids: Vec<model::TaskId>, date: model::Date) -> Self {
        ids.sort_unstable();
        Self { ids, date }
    }

    /// A page of them, as they stand after the write.
    fn page(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Task>> {
        let snapshot = snapshot(context)?;
        let tasks: Vec<_> = self.ids.iter().filter_map(|id| snapshot.graph.task(id)).collect();
        page_of(snapshot, &tasks, self.date, &PageArguments { first, after, ..PageArguments::default() })
    }
}

/// When, by which office and with what note something is done to tasks.
#[derive(InputObject, Default)]
pub(super) struct TaskActionInput {
    /// The day; today in Asia/Shanghai where left out, and never a later one.
    date: Option<Date>,
    /// The office that does it, never a person; whoever asks where left out.
    office: Option<String>,
    /// What it adds.
    note: Option<String>,
}

/// What was checked of an action.
struct Action {
    date: model::Date,
    office: Option<Arc<str>>,
    note: Option<Arc<str>>,
}

impl TaskActionInput {
    /// The day must have come, and the texts must be such as are recorded.
    fn checked(self) -> Result<Action> {
        let today = model::today();
        let date = self.date.map_or(today, |date| date.0);
        if date > today {
            return Err(bad_input(format!("date is {date}, which has not come yet: today is {today}")));
        }
        let fit = |field: &str, text: Option<String>| {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
            text.map_or(Ok(()), check_text).map_err(|unfit| bad_input(format!("{field} {unfit}")))?;
            Ok::<_, Error>(text.map(Arc::from))
        };
        let (office, note) = (fit("office", self.office)?, fit("note", self.note)?);
        Ok(Action { date, office, note })
    }
}

impl Action {
    /// A step of this action.
    fn step(&self, writing: &Writing<'_>, state: model::TaskState) -> TaskStep {
        TaskStep { note: self.note.clone(), ..TaskStep::new(state, self.date, self.office(writing)) }
    }

    fn office(&self, writing: &Writing<'_>) -> Arc<str> {
        self.office.clone().unwrap_or_else(|| writing.actor().into())
    }
}

/// Issues the tasks of a month for the gaps of the programme's key indicators.
pub(super) fn issue_tasks(
    context: &Context<'_>,
    month: Month,
    within: Option<&ID>,
    due: Option<Date>,
    action: TaskActionInput,
) -> Result<IssueTasksPayload> {
    let action = action.checked()?;
    let date = action.date;
    let writing = Writing::begin(context, None, &format!("issue the tasks of {}", month.0))?;
    let seen = Arc::clone(writing.snapshot());
    let areas = TaskAreas::find(&seen.graph, date, scope(&seen, within, Some(Date(date)))?.within);
    let areas = areas.map_err(|refusal| bad_input(refusal.to_string()))?;
    let order = TaskOrder {
        month: month.0,
        date,
        due: due.map_or(month.0.last_day(), |due| due.0),
        office: action.office(&writing),
        note: action.note.clone(),
    };
    let mut tasks = Vec::new();
    for key in &seen.programme.key_indicators {
        let indicator = known_indicator(&seen, &key.indicator)?;
        let found = cancellable(|| Ok(issue(&indicator, &seen.graph, &areas, &order)))?;
        tasks.extend(found.map_err(|refusal| bad_input(refusal.to_string()))?);
    }
    let all = tasks.len();
    tasks.retain(|task| seen.graph.task(&task.id).is_none());
    let ids: Vec<_> = tasks.iter().map(|task| task.id.clone()).collect();
    let version = writing.commit(tasks.into_iter().map(put).collect())?.version;
    Ok(IssueTasksPayload { version, existing: all - ids.len(), issued: TaskList::new(ids, date) })
}

/// Takes tasks a step further, all of them or none.
pub(super) fn move_tasks(
    context: &Context<'_>,
    ids: &[ID],
    to: TaskState,
    action: TaskActionInput,
) -> Result<MoveTasksPayload> {
    if ids.is_empty() || ids.len() > MOST_MOVED {
        return Err(bad_input(format!("ids has {} entries, but may have 1 to {MOST_MOVED}", ids.len())));
    }
    if let Some(twice) = ids.iter().enumerate().find(|(i, id)| ids[..*i].contains(id)) {
        return Err(bad_input(format!("ids names the task {} twice", **twice.1)));
    }
    let action = action.checked()?;
    let to = model::TaskState::from(to);
    let writing = Writing::begin(context, None, &format!("move tasks to {}", to.name()))?;
    let seen = Arc::clone(writing.snapshot());
    let mut moved = Vec::new();
    for id in ids {
        let task = known_task(&seen, id)?;
        let mut step = action.step(&writing, to);
        // What may not follow at all is said first.
        let further = task.with_step(step.clone()).map_err(|refusal| bad_input(refusal.to_string()))?;
        moved.push(if to == model::TaskState::Closed {
            let indicator = known_indicator(&seen, &task.id.indicator)?;
            let faults = faults(task, &indicator, &seen.graph, action.date, 0);
            if !faults.is_empty() {
                return Err(bad_input(contradicted(task, &faults)));
            }
            step.judged_by = Some(indicator.version);
            task.with_step(step).map_err(|refusal| bad_input(refusal.to_string()))?
        } else {
            further
        });
    }
    let ids: Vec<_> = moved.iter().map(|task| task.id.clone()).collect();
    let version = writing.commit(moved.into_iter().map(put).collect())?.version;
    Ok(MoveTasksPayload { version, tasks: presented(context, &ids, action.date)?, query: Query })
}

/// Asks the graph about every rectified task of a month: it is closed, or sent back.
pub(super) fn review_tasks(
    context: &Context<'_>,
    month: Month,
    within: Option<&ID>,
    action: TaskActionInput,
) -> Result<ReviewTasksPayload> {
    let action = action.checked()?;
    let date = action.date;
    let writing = Writing::begin(context, None, &format!("review the tasks of {}", month.0))?;
    let office = action.office(&writing);
    let seen = Arc::clone(writing.snapshot());
    let day = seen.graph.day(date);
    let inside = scope(&seen, within, Some(Date(date)))?.within.map(|root| day.standing_in(root));
    let is_inside = |task: &model::Task| {
        let position = seen.graph.slot(task.id.territory.as_str()).and_then(|slot| day.position(slot));
        inside.as_ref().is_none_or(|inside| position.is_some_and(|position| inside.contains(position)))
    };
    let rectified = seen.graph.tasks().into_iter().filter(|task| {
        task.id.month == month.0 && task.state() == model::TaskState::Rectified && is_inside(task)
    });
    let (mut closed, mut sent_back, mut unjudged, mut changes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for task in rectified {
        let Some(indicator) = seen.indicators.get(&task.id.indicator) else {
            unjudged.push(task.id.clone());
            continue;
        };
        let step = review(task, indicator, &seen.graph, date, &office, seen.disclosure.suppress_below);
        let list = if step.state == model::TaskState::Closed { &mut closed } else { &mut sent_back };
        list.push(task.id.clone());
        let further = task.with_step(TaskStep { note: action.note.clone(), ..step });
        changes.push(put(further.map_err(|refusal| bad_input(refusal.to_string()))?));
    }
    let version = writing.commit(changes)?.version;
    let [closed, sent_back, unjudged] = [closed, sent_back, unjudged].map(|ids| TaskList::new(ids, date));
    Ok(ReviewTasksPayload { version, closed, sent_back, unjudged })
}

fn put(task: model::Task) -> Change {
    Change::PutAnnex(Box::new(Annex::Task(Arc::new(task))))
}

/// Tasks as they stand after a write, on the day of what was done.
fn presented(context: &Context<'_>, ids: &[model::TaskId], date: model::Date) -> Result<Vec<Task>> {
    let snapshot = snapshot(context)?;
    let tasks = ids.iter().filter_map(|id| snapshot.graph.task(id));
    Ok(tasks.map(|task| Task::new(snapshot, task, date)).collect())
}

/// Why a task cannot be closed.
fn contradicted(task: &model::Task, faults: &[model::TaskFault]) -> String {
    let mut named: Vec<_> =
        faults.iter().take(NAMED).map(|fault| format!("{} ({})", fault.unit, fault.reason)).collect();
    if faults.len() > NAMED {
        named.push(format!("{} more", faults.len() - NAMED));
    }
    let (of, named) = (task.units.len(), named.join(", "));
    let gaps = faults.len();
    format!(
        "the task {} cannot be closed: the graph does not know the gap of {gaps} of its {of} units to be gone: {named}; record what was done, or send it back",
        task.id
    )
}
