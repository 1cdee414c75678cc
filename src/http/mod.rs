//! The server: axum routes around the schema, and nothing that decides anything.
//!
//! Floor 5. One file a resource; all of them read the atlas through [`App`].

mod admission;
mod authentication;
mod classified;
mod closing;
mod connections;
mod diagrams;
mod elsewhere;
mod exports;
mod file;
mod graphiql;
mod graphql;
mod guarding;
mod health;
mod home;
mod observing;
mod spool;
mod subscription_limits;
mod turn;

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::sync::Semaphore;

use self::admission::Admission;
use self::closing::Closing;
use self::guarding::{Guarding, guarded, placed};
use self::observing::{Metrics, observed};
use crate::access::Guard;
use crate::atlas::Atlas;
use crate::graphql::{Documents, Limits, Schema, limits, schema_within};
use crate::memory::{Budget, available};

pub use self::connections::{ConnectionLimits, Tls, TlsError, listen, serve};
pub use self::guarding::{HostName, HostNameError, Hosts, Origin, OriginError, Protection, Rates};
pub use self::observing::{Spans, SpansError};
pub use self::subscription_limits::SubscriptionLimits;

/// What every resource reads. Requests clone it several times each, so it is one counter.
#[derive(Clone)]
pub struct App(Arc<Resources>);

/// What there is of it.
#[derive(Clone)]
pub struct Resources {
    atlas: Arc<Atlas>,
    guard: Arc<Guard>,
    schema: Schema,
    documents: Arc<Documents>,
    admission: Arc<Admission>,
    /// The memory that requests share.
    budget: Arc<Budget>,
    /// A turn for each request that may be executed now.
    turns: Arc<Semaphore>,
    /// A place for each request that has a turn or waits for one.
    places: Arc<Semaphore>,
    most_places: usize,
    /// Places for files that are written and sent.
    files: Arc<spool::Places>,
    subscription_limits: Arc<SubscriptionLimits>,
    /// A place for each subscription that may be there now.
    subscriptions: Arc<Semaphore>,
    guarding: Arc<Guarding>,
    connection_limits: Arc<ConnectionLimits>,
    /// How connections are encrypted, if they are.
    tls: Option<Arc<Tls>>,
    metrics: Arc<Metrics>,
    /// Where spans of requests are sent, if they are.
    spans: Option<Arc<Spans>>,
    closing: Arc<Closing>,
}

/// How many requests are executed at the same time, a processor: enough that a small one finds a thread among
/// many large ones, and few enough that a crowd's threads and answers stay within memory.
const TURNS: usize = 32;

/// How many requests may wait for a turn: as many as are done within a second or two, if they are small.
pub const WAITING: usize = 1_024;

impl Deref for App {
    type Target = Resources;

    fn deref(&self) -> &Resources {
        &self.0
    }
}

impl App {
    /// The resources of an atlas for those whom a guard lets in, each request within some limits.
    pub fn new(atlas: Arc<Atlas>, guard: Guard, limits: &Limits) -> Self {
        let app = Self(Arc::new(Resources {
            atlas,
            guard: Arc::new(guard),
            schema: schema_within(limits),
            documents: Arc::default(),
            admission: Arc::default(),
            budget: Arc::new(Budget::of_process(available().0 / 2)),
            turns: Arc::new(Semaphore::new(0)),
            places: Arc::new(Semaphore::new(0)),
            most_places: 0,
            files: Arc::default(),
            metrics: Arc::default(),
            tls: None,
            spans: None,
            subscription_limits: Arc::default(),
            subscriptions: Arc::new(Semaphore::new(0)),
            guarding: Arc::default(),
            connection_limits: Arc::default(),
            closing: Arc::default(),
        }));
        app.with_turns(None, WAITING).with_subscriptions(SubscriptionLimits::DEFAULT)
    }

    /// With other limits of subscriptions.
    #[must_use]
    pub fn with_subscriptions(mut self, limits: SubscriptionLimits) -> Self {
        let own = self.own();
        own.subscriptions = Arc::new(Semaphore::new(limits.total.min(Semaphore::MAX_PERMITS)));
        own.subscription_limits = Arc::new(limits);
        self
    }

    /// With more asked of requests before they are read.
    #[must_use]
    pub fn with_protection(mut self, protection: Protection) -> Self {
        self.own().guarding = Arc::new(Guarding::new(protection));
        self
    }

    /// With other limits of connections.
    #[must_use]
    pub fn with_connections(mut self, limits: ConnectionLimits) -> Self {
        self.own().connection_limits = Arc::new(limits);
        self
    }

    /// With connections that are encrypted.
    #[must_use]
    pub fn with_tls(mut self, tls: Arc<Tls>) -> Self {
        self.own().tls = Some(tls);
        self
    }

    /// With spans of requests that are sent to a collector.
    #[must_use]
    pub fn with_spans(mut self, spans: Arc<Spans>) -> Self {
        self.own().spans = Some(spans);
        self
    }

    /// With other numbers of requests that are executed at the same time (`None`: as many as suit the
    /// processors), and that may wait until they are.
    #[must_use]
    pub fn with_turns(mut self, turns: Option<usize>, waiting: usize) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = turns.unwrap_or(TURNS * processors).clamp(1, Semaphore::MAX_PERMITS);
        let own = self.own();
        own.turns = Arc::new(Semaphore::new(turns));
        own.most_places = turns.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        own.places = Arc::new(Semaphore::new(own.most_places));
        self
    }

    /// With other documents than those that clients send.
    #[must_use]
    pub fn with_documents(mut self, documents: Documents) -> Self {
        self.own().documents = Arc::new(documents);
        self
    }

    /// With another budget of memory than half of what the process may use.
    #[must_use]
    pub fn with_budget(mut self, budget: Arc<Budget>) -> Self {
        self.own().budget = budget;
        self
    }

    fn own(&mut self) -> &mut Resources {
        Arc::make_mut(&mut self.0)
    }

    fn limits(&self) -> &Limits {
        limits(&self.schema)
    }

    /// All routes, and what stands around them.
    pub fn router(self) -> Router {
        let worked_on = Router::new()
            .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::other))
            .route("/diagrams/{file}", get(diagrams::diagram))
            .route("/exports/{file}", get(exports::export));
        let routes = placed(worked_on, &self)
            .route("/", get(home::page))
            .route("/home.js", get(home::script))
            .route("/home.css", get(home::style))
            .route("/graphiql", get(graphiql::page))
            .route("/graphiql.js", get(graphiql::script))
            .route("/graphiql.css", get(graphiql::style))
            .route("/healthz", get(health::healthz).options(health::healthz))
            .route("/readyz", get(health::readyz))
            .route("/metrics", get(observing::metrics))
            .fallback(elsewhere::nothing)
            .method_not_allowed_fallback(elsewhere::other_method)
            .with_state(self.clone());
        guarded(routes, &self).layer(from_fn_with_state(self, observed))
    }
}
