//! The GraphQL schema: types, resolvers, paging, error codes; no HTTP.
//!
//! Floor 4. A request takes one snapshot and keeps it; a resolver calls one question of `graph` or
//! `coverage` and presents plain data. Names are those of the contract that clients rely on.

mod condition;
mod coverage;
mod enums;
mod error;
mod explain;
mod filter;
mod indicator;
mod neighbourhood;
mod organization;
mod page;
mod programme;
mod query;
mod relation;
mod scalar;
mod scoreboard;
mod trend;

use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription};

use crate::atlas::{Atlas, Snapshot};

pub use async_graphql::{Request, Response, Variables};
pub use query::Query;

/// The schema, ready to execute.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// The deepest nesting of fields that a query may have.
const MAX_DEPTH: usize = 20;

/// Makes the schema.
pub fn schema() -> Schema {
    Schema::build(Query, EmptyMutation, EmptySubscription).limit_depth(MAX_DEPTH).finish()
}

/// The whole schema as SDL, as it is kept in `schema.graphql`.
pub fn sdl() -> String {
    format!("{}\n", schema().sdl().trim())
}

/// Executes a request on the graph as it stands now.
pub async fn execute(schema: &Schema, atlas: &Atlas, request: Request) -> Response {
    execute_on(schema, atlas.snapshot(), request).await
}

/// Executes a request on one snapshot.
pub async fn execute_on(schema: &Schema, snapshot: Arc<Snapshot>, request: Request) -> Response {
    schema.execute(request.data(snapshot)).await
}

/// The snapshot that a question is asked of: the request's, or the graph as it was recorded at a moment.
fn snapshot_at(
    context: &async_graphql::Context<'_>,
    recorded_at: Option<scalar::DateTime>,
) -> async_graphql::Result<Arc<Snapshot>> {
    let now = snapshot(context)?;
    match recorded_at {
        None => Ok(Arc::clone(now)),
        Some(moment) => now.recorded_at(moment.0).map_err(|_| error::unreadable_past()),
    }
}

/// The snapshot of a request.
fn snapshot<'a>(context: &async_graphql::Context<'a>) -> async_graphql::Result<&'a Arc<Snapshot>> {
    context.data::<Arc<Snapshot>>()
}
