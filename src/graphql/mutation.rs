use async_graphql::{Context, Object, Result, SimpleObject};

use super::change::ChangeInput;
use super::change_read::read_changes;
use super::change_write::WrittenChange;
use super::cost;
use super::query::Query;
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
