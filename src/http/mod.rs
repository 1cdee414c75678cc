//! The server: axum routes around the schema, and nothing that decides anything.
//!
//! Floor 5. One file a resource; all of them read the atlas through [`App`].

mod authentication;
mod closing;
mod diagrams;
mod graphiql;
mod graphql;
mod health;
mod home;
mod subscription_limits;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use self::closing::Closing;
use crate::access::Guard;
use crate::atlas::Atlas;
use crate::graphql::{Documents, Limits, Schema, limits, schema_within};

pub use self::subscription_limits::SubscriptionLimits;

/// What every resource reads.
#[derive(Clone)]
pub struct App {
    atlas: Arc<Atlas>,
    guard: Arc<Guard>,
    schema: Schema,
    documents: Arc<Documents>,
    /// A turn for each request that may be executed now.
    turns: Arc<Semaphore>,
    subscription_limits: Arc<SubscriptionLimits>,
    /// A place for each subscription that may be there now.
    subscriptions: Arc<Semaphore>,
    closing: Arc<Closing>,
}

/// How many requests are executed at the same time, a processor: enough that a small one finds a thread among
/// many large ones, and few enough that a crowd's threads and answers stay within memory.
const TURNS: usize = 32;

impl App {
    /// The resources of an atlas for those whom a guard lets in, each request within some limits.
    pub fn new(atlas: Arc<Atlas>, guard: Guard, limits: &Limits) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = Arc::new(Semaphore::new(TURNS * processors));
        let app = Self {
            atlas,
            guard: Arc::new(guard),
            schema: schema_within(limits),
            documents: Arc::default(),
            turns,
            subscription_limits: Arc::default(),
            subscriptions: Arc::new(Semaphore::new(0)),
            closing: Arc::default(),
        };
        app.with_subscriptions(SubscriptionLimits::DEFAULT)
    }

    /// With other limits of subscriptions.
    #[must_use]
    pub fn with_subscriptions(mut self, limits: SubscriptionLimits) -> Self {
        self.subscriptions = Arc::new(Semaphore::new(limits.total.min(Semaphore::MAX_PERMITS)));
        self.subscription_limits = Arc::new(limits);
        self
    }

    /// With other documents than those that clients send.
    #[must_use]
    pub fn with_documents(mut self, documents: Documents) -> Self {
        self.documents = Arc::new(documents);
        self
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

/// How long those who listen have to hear that the server stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// Serves an atlas until the process is asked to stop, then finishes what has begun; subscriptions are told that
/// they are over.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let closing = Arc::clone(&app.closing);
    let told = Arc::clone(&closing);
    let stop = async move {
        stop.await;
        told.begin();
    };
    axum::serve(listener, app.router()).with_graceful_shutdown(stop).await?;
    timeout(FAREWELL, closing.done()).await.ok();
    Ok(())
}

/// Binds an address.
///
/// # Errors
/// What the system says, such as that the address is in use.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}
