//! The GraphQL schema: types, resolvers, paging, error codes; no HTTP.
//!
//! Floor 4. A request takes one snapshot and keeps it; a resolver calls one question of `graph` or
//! `coverage` and presents plain data. Names are those of the contract that clients rely on.

mod change;
mod change_read;
mod change_write;
mod condition;
mod counts;
mod coverage;
mod enums;
mod error;
mod filter;
mod indicator;
mod neighbourhood;
mod organization;
mod page;
mod plan;
mod query;
mod relation;
mod scalar;
mod what_if;

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

/// The snapshot of a request.
fn snapshot<'a>(context: &async_graphql::Context<'a>) -> async_graphql::Result<&'a Arc<Snapshot>> {
    context.data::<Arc<Snapshot>>()
}
