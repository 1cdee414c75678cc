//! The GraphQL schema: types, resolvers, paging, error codes; no HTTP.
//!
//! Floor 4. A request takes one snapshot and keeps it; a resolver calls one question of `graph` or
//! `coverage` and presents plain data. Names are those of the contract that clients rely on.

mod aggregate;
mod answers;
mod change;
mod change_annexes;
mod change_read;
mod change_write;
mod checking;
mod commit;
mod completeness;
mod condition;
mod cost;
mod counts;
mod coverage;
mod dated_value;
mod defining;
mod diagram;
mod document;
mod documents;
mod enums;
mod error;
mod exemption;
mod explain;
mod federation;
mod filter;
mod gap;
mod granting;
mod group_charge;
mod identity;
mod import;
mod indicator;
mod kept;
mod labels;
mod language;
mod limits;
mod mutation;
mod neighbourhood;
mod organization;
mod overlap;
mod page;
mod permission;
mod plain;
mod plan;
mod programme;
mod query;
mod question;
mod rates;
mod relation;
mod request;
mod scalar;
mod scoreboard;
mod search;
mod seen;
mod subscription;
mod task;
mod task_write;
mod trend;
mod unit_filter;
mod what_if;
mod writing;

use std::sync::Arc;
use std::time::Instant;

use async_graphql::{ServerError, ValidationMode};

use crate::access::Access;
use crate::atlas::{Atlas, Snapshot};
use crate::work::check;

pub use answers::{Answers, subscribe};
pub use async_graphql::{Request, Response, Variables};
pub use change_write::indicator_input;
pub use commit::commit_json;
pub use documents::{DEFAULT_REMEMBERED, DocumentId, Documents, ManifestError};
pub use error::{is_unavailable, log_failure};
pub use federation::{federated_sdl, sdl};
pub use kept::Planned;
pub use limits::Limits;
pub use mutation::Mutation;
pub use plain::{to_json, to_json_value};
pub use query::Query;
pub use request::Prepared;
pub use subscription::Subscription;

use checking::Checking;
use group_charge::Spent;
use seen::Seen;

/// The schema, ready to execute.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Makes the schema, with the limits that hold where nobody sets others.
pub fn schema() -> Schema {
    schema_within(&Limits::DEFAULT)
}

/// Makes the schema with limits of one's own.
pub fn schema_within(limits: &Limits) -> Schema {
    // What is executed was validated before: of the library's rules only depth and cost are left.
    let executing = build(limits).validation_mode(ValidationMode::Fast);
    executing.limit_depth(limits.depth).limit_complexity(limits.cost).data(Checking::new(limits)).finish()
}

fn build(limits: &Limits) -> SchemaBuilder {
    let schema = Schema::build(Query, Mutation, Subscription)
        .enable_subscription_in_federation()
        .limit_recursive_depth(document::MAX_NESTING)
        .data(limits.clone());
    // Suggestions of names would tell what introspection does not.
    if limits.introspection { schema } else { schema.disable_suggestions() }
}

type SchemaBuilder = async_graphql::SchemaBuilder<Query, Mutation, Subscription>;

/// The limits that a schema was made with.
pub fn limits(schema: &Schema) -> &Limits {
    schema.data().unwrap_or(&Limits::DEFAULT)
}

/// Executes a request of somebody.
pub async fn execute(schema: &Schema, atlas: &Arc<Atlas>, access: Access, request: Request) -> Response {
    match Prepared::new(request, limits(schema)) {
        Ok(prepared) => execute_prepared(schema, atlas, access, prepared).await,
        Err(refused) => *refused,
    }
}

/// Executes a request of somebody whose document was read.
///
/// The whole request sees the graph as it stands when it begins, and what it writes itself: as much of it as he may.
pub async fn execute_prepared(
    schema: &Schema,
    atlas: &Arc<Atlas>,
    access: Access,
    prepared: Prepared,
) -> Response {
    let started = Instant::now();
    let seen = Seen::new(Arc::clone(atlas), access.clone());
    if let Some(planned) = prepared.answer(&seen) {
        if let Some(known) = prepared.known {
            known.answered_in(started.elapsed(), || None);
        }
        return planned;
    }
    let mut prepared = prepared;
    let known = prepared.known.take();
    let is_new = known.as_ref().filter(|known| !known.is_valid());
    let planning = is_new.map(|_| prepared.planning());
    let is_valid = known.as_ref().is_some_and(kept::Known::is_valid);
    let request = match checking::validated(schema, prepared, is_valid).await {
        Ok(request) => request,
        Err(refused) => return *refused,
    };
    let mut response = schema.execute(request.data(seen).data(access).data(Spent::default())).await;
    error::code_rest(&mut response, limits(schema));
    if let Some(known) = known.filter(|_| was_executed(&response) && check().is_ok()) {
        known.answered_in(started.elapsed(), || planning?.plan());
    }
    response
}

/// The answer to a request that took longer than its limit.
pub fn timed_out(limits: &Limits) -> Response {
    let message =
        format!("the request took longer than {} s; ask for less at a time", limits.time.as_secs_f64());
    Response::from_errors(vec![error::coded(error::Code::Timeout, ServerError::new(message, None))])
}

/// Whether a request came as far as to be executed: errors of its own fields have a path.
pub fn was_executed(response: &Response) -> bool {
    response.errors.is_empty() || response.errors.iter().any(|error| !error.path.is_empty())
}

/// The limits of the schema that a request is asked of.
fn limits_of<'a>(context: &async_graphql::Context<'a>) -> &'a Limits {
    context.data().unwrap_or(&Limits::DEFAULT)
}

/// The snapshot that a question is asked of: the request's, or the graph as it was recorded at a moment.
fn snapshot_at(
    context: &async_graphql::Context<'_>,
    recorded_at: Option<scalar::DateTime>,
) -> async_graphql::Result<Arc<Snapshot>> {
    let now = snapshot(context)?;
    match recorded_at {
        None => Ok(Arc::clone(now)),
        Some(moment) => now.recorded_at(moment.0).map_err(|cause| error::unreadable_past(&cause)),
    }
}

/// The snapshot of a request.
fn snapshot<'a>(context: &async_graphql::Context<'a>) -> async_graphql::Result<&'a Arc<Snapshot>> {
    check().map_err(error::stopped)?;
    Ok(context.data::<Seen>()?.snapshot())
}

/// Does the work of a resolver, a computation of this crate, which unwinds no further than to here.
fn cancellable<T>(work: impl FnOnce() -> async_graphql::Result<T>) -> async_graphql::Result<T> {
    crate::work::cancellable(work).map_err(error::stopped)?
}
