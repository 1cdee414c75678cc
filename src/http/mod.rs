//! The server: axum routes around the schema, and nothing that decides anything.
//!
//! Floor 5. One file a resource; all of them read the atlas through [`App`].

mod diagrams;
mod graphql;
mod health;
mod home;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::atlas::Atlas;
use crate::graphql::Schema;

/// What every resource reads.
#[derive(Clone)]
pub struct App {
    atlas: Arc<Atlas>,
    schema: Schema,
}

/// The largest body of a request, in bytes.
const MAX_BODY: usize = 1 << 20;

impl App {
    /// The resources of an atlas.
    pub fn new(atlas: Arc<Atlas>) -> Self {
        Self { atlas, schema: crate::graphql::schema() }
    }

    /// All routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", get(home::page))
            .route("/home.js", get(home::script))
            .route("/home.css", get(home::style))
            .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::other))
            .route("/diagrams/{file}", get(diagrams::diagram))
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
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
