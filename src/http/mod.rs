//! The server: axum routes around the schema, and nothing that decides anything.
//!
//! Floor 5. One file a resource; all of them read the atlas through [`App`].

mod diagrams;
mod graphiql;
mod graphql;
mod health;
mod home;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::access::Access;
use crate::atlas::Atlas;
use crate::graphql::{Limits, Schema, limits, schema_within};

/// What every resource reads.
#[derive(Clone)]
pub struct App {
    atlas: Arc<Atlas>,
    schema: Schema,
    /// What somebody may do of whom nothing is known.
    visitor: Access,
    /// A turn for each request that may be executed now.
    turns: Arc<Semaphore>,
}

/// How many requests are executed at the same time, a processor: enough that a small one finds a thread among
/// many large ones, and few enough that a crowd's threads and answers stay within memory.
const TURNS: usize = 32;

impl App {
    /// The resources of an atlas, each request within some limits; whoever comes may read.
    pub fn new(atlas: Arc<Atlas>, limits: &Limits) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = Arc::new(Semaphore::new(TURNS * processors));
        Self { atlas, schema: schema_within(limits), visitor: Access::anonymous(), turns }
    }

    /// The same, where whoever comes may do what somebody may.
    #[must_use]
    pub fn open_to(self, visitor: Access) -> Self {
        Self { visitor, ..self }
    }

    fn limits(&self) -> &Limits {
        limits(&self.schema)
    }

    /// All routes.
    pub fn router(self) -> Router {
        let body = DefaultBodyLimit::max(self.limits().body);
        Router::new()
            .route("/", get(home::page))
            .route("/home.js", get(home::script))
            .route("/home.css", get(home::style))
            .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::other))
            .route("/graphiql", get(graphiql::page))
            .route("/graphiql.js", get(graphiql::script))
            .route("/graphiql.css", get(graphiql::style))
            .route("/diagrams/{file}", get(diagrams::diagram))
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .layer(body)
            .with_state(self)
    }
}

/// Serves an atlas until the process is asked to stop, then finishes what has begun.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, app.router()).with_graceful_shutdown(stop).await
}

/// Binds an address.
///
/// # Errors
/// What the system says, such as that the address is in use.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}
