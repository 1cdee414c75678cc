use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::change::ChangeInput;
use super::change_annexes::{ExemptionInput, ExemptionKeyInput};
use super::change_read::read_changes;
use super::change_write::WrittenChange;
use super::cost;
use super::defining::{DefineIndicatorPayload, IndicatorInput, WithdrawIndicatorPayload, define, withdraw};
use super::granting::{GrantExemptionPayload, RevokeExemptionPayload, grant, revoke};
use super::import::{ImportLedgerPayload, LedgerFileInput, import_ledger};
use super::query::Query;
use super::scalar::{Date, Month};
use super::task::TaskState;
use super::task_write::{
    IssueTasksPayload, MoveTasksPayload, ReviewTasksPayload, TaskActionInput, issue_tasks, move_tasks,
    review_tasks,
};
use super::writing::Writing;

/// Changes of the graph, of which the schema tells how they are made.
pub struct Mutation;

/// Changes of the graph. Each is made whole or not at all, and is durable before it is answered; one that fails is null.
/// Several in one request are made one after the other, and each sees what the ones before it did.
#[Object]
impl Mutation {
    /// Makes changes: all of them or, where one breaks a rule, none; each one at fault is named in the error.
    #[graphql(complexity = "cost::QUESTION + changes.len() + child_complexity")]
    async fn apply_changes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The changes, in their order, 100000 at the most.")] changes: Vec<ChangeInput>,
        #[graphql(desc = "Why, for those who read the record later.")] reason: String,
        #[graphql(
            desc = "The version that they are made up for; where the graph is at another one, nothing is changed. \
                    Any version where left out."
        )]
        expected_version: Option<u64>,
    ) -> Option<Result<ApplyChangesPayload>> {
        Some(apply_changes(context, changes, &reason, expected_version))
    }

    /// Records ledgers, all rows or none, as `orgatlas import` does: rows that are absent stay, a present empty cell clears,
    /// an absent column keeps. What is wrong in them is no error but among the problems, and then nothing is recorded.
    #[graphql(complexity = "cost::QUESTION + child_complexity")]
    async fn import_ledger(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The ledgers. A request must not be larger than the server takes, 1 MiB where its operator sets no other limit: send large ledgers in parts, organisations first."
        )]
        files: Vec<LedgerFileInput>,
        #[graphql(desc = "Why, for those who read the record later.")] reason: String,
        #[graphql(desc = "Whether it only says what it would do.", default = false)] dry_run: bool,
        #[graphql(
            desc = "The version that they are made up for; where the graph is at another one, nothing is changed. \
                    Any version where left out."
        )]
        expected_version: Option<u64>,
    ) -> Option<Result<ImportLedgerPayload>> {
        Some(import_ledger(context, files, &reason, dry_run, expected_version))
    }

    /// Issues the tasks of a month: for each key indicator of the programme and each subdistrict that has units
    /// uncovered on the day, a task that lists these; units that stand in no subdistrict go to the territory that
    /// holds them. Tasks that are there stay as they are.
    #[graphql(complexity = "cost::QUESTION * 10 + cost::list(cost::FEW * 10, child_complexity)")]
    async fn issue_tasks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The month that they belong to.")] month: Month,
        #[graphql(
            desc = "Only the subdistricts of this territory, and what stands in it alone; where left out all, and \
                    what stands in none goes to the lowest territory that holds all."
        )]
        within: Option<ID>,
        #[graphql(
            desc = "The last day on which they are not overdue; the last of the month where left out."
        )]
        due_on: Option<Date>,
        #[graphql(desc = "When, by which office and with what note.", default)] action: TaskActionInput,
    ) -> Option<Result<IssueTasksPayload>> {
        Some(issue_tasks(context, month, within.as_ref(), due_on, action))
    }

    /// Takes tasks a step further, all of them or none. To CLOSED goes only a task whose gaps the graph knows to be
    /// gone on the day.
    #[graphql(complexity = "cost::QUESTION + cost::list(ids.len(), child_complexity)")]
    async fn move_tasks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tasks, 1000 at the most.")] ids: Vec<ID>,
        #[graphql(desc = "The state that they are to be in, one of their `nextStates`.")] to: TaskState,
        #[graphql(desc = "When, by which office and with what note.", default)] action: TaskActionInput,
    ) -> Option<Result<MoveTasksPayload>> {
        Some(move_tasks(context, &ids, to, action))
    }

    /// Asks the graph about every rectified task of a month: one whose units are all covered, exempt or not meant any
    /// more is closed, every other is sent back to RECTIFYING with the units at fault.
    #[graphql(complexity = "cost::QUESTION * 10 + cost::list(cost::FEW * 10, child_complexity)")]
    async fn review_tasks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The month that they belong to.")] month: Month,
        #[graphql(desc = "Only those of territories that stand within this organisation, and of it itself.")]
        within: Option<ID>,
        #[graphql(desc = "When, by which office and with what note.", default)] action: TaskActionInput,
    ) -> Option<Result<ReviewTasksPayload>> {
        Some(review_tasks(context, month, within.as_ref(), action))
    }

    /// Grants an exemption, or what is new about one, such as another last day; its reason is recorded as the reason
    /// of the change too. Needs the role administrator.
    #[graphql(complexity = "cost::QUESTION + child_complexity")]
    async fn grant_exemption(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The exemption, with its reason.")] exemption: ExemptionInput,
        #[graphql(desc = "The version that it is granted on; any where left out.")] expected_version: Option<
            u64,
        >,
    ) -> Option<Result<GrantExemptionPayload>> {
        Some(grant(context, exemption, expected_version))
    }

    /// Revokes an exemption: it is then as if it had never been granted, and stays in the log. One that is not on
    /// record is an error. Needs the role administrator.
    #[graphql(complexity = "cost::QUESTION + child_complexity")]
    async fn revoke_exemption(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The exemption.")] exemption: ExemptionKeyInput,
        #[graphql(desc = "Why, for those who read the record later.")] reason: String,
        #[graphql(desc = "The version that it is revoked on; any where left out.")] expected_version: Option<
            u64,
        >,
    ) -> Option<Result<RevokeExemptionPayload>> {
        Some(revoke(context, &exemption, &reason, expected_version))
    }

    /// Defines an indicator, or what is new about a recorded one: its next version, which takes its place at once;
    /// what was reported names the version that it used, and `recordedAt` asks by it. A definition that says what is
    /// recorded changes nothing. Needs the role administrator, without limits to territories.
    #[graphql(complexity = "cost::QUESTION + child_complexity")]
    async fn define_indicator(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The definition.")] definition: IndicatorInput,
        #[graphql(desc = "Why, for those who read the record later.")] reason: String,
        #[graphql(desc = "The version of the graph that it is defined on; any where left out.")]
        expected_version: Option<u64>,
    ) -> Option<Result<DefineIndicatorPayload>> {
        Some(define(context, definition, &reason, expected_version))
    }

    /// Withdraws a recorded indicator: nothing can be asked of it any more, and the log keeps it. One from which there
    /// are exemptions, or with tasks that are not closed, is refused. Defined again, it takes the number after its last
    /// version. Needs the role administrator, without limits to territories.
    #[graphql(complexity = "cost::QUESTION + child_complexity")]
    async fn withdraw_indicator(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id of the indicator.")] id: ID,
        #[graphql(desc = "Why, for those who read the record later.")] reason: String,
        #[graphql(desc = "The version of the graph that it is withdrawn on; any where left out.")]
        expected_version: Option<u64>,
    ) -> Option<Result<WithdrawIndicatorPayload>> {
        Some(withdraw(context, &id, &reason, expected_version))
    }
}

/// What changes that were applied did.
#[derive(SimpleObject)]
struct ApplyChangesPayload {
    /// The version of the graph with these changes; the same as before where there were none.
    version: u64,
    /// How many changes were made.
    change_count: usize,
    /// The changes as they were recorded, in their order.
    changes: Vec<WrittenChange>,
    /// Any question, asked of the graph with these changes.
    query: Query,
}

fn apply_changes(
    context: &Context<'_>,
    inputs: Vec<ChangeInput>,
    reason: &str,
    expected: Option<u64>,
) -> Result<ApplyChangesPayload> {
    let writing = Writing::begin(context, expected, reason)?;
    let changes = read_changes(writing.snapshot(), inputs)?;
    let is_asked = context.look_ahead().field("changes").exists();
    let written = if is_asked { changes.iter().map(WrittenChange::new).collect() } else { Vec::new() };
    let committed = writing.commit(changes)?;
    Ok(ApplyChangesPayload {
        version: committed.version,
        change_count: committed.changes,
        changes: written,
        query: Query,
    })
}
