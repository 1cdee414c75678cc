use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::known;
use crate::graphql::log_failure;
use crate::http::App;
use crate::http::authentication::{authenticate, challenge};

/// The upper ends of the classes of latencies, in seconds.
const LATENCIES: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// The media type of what is written: OpenMetrics, which Prometheus reads.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Route = [(&'static str, String); 1];
type Answer = [(&'static str, String); 3];

/// What is counted of requests.
#[derive(Debug)]
pub(in crate::http) struct Metrics {
    requests: Family<Answer, Counter>,
    latencies: Family<Route, Histogram, fn() -> Histogram>,
    connections: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            latencies: Family::new_with_constructor(|| Histogram::new(LATENCIES)),
            connections: Gauge::default(),
        }
    }
}

/// A connection, for as long as it is counted.
pub(in crate::http) struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Counts a request that was answered: by which status, and after what time its answer began.
    pub(super) fn count(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let labels = [
            ("method", known(method).unwrap_or("OTHER").to_owned()),
            ("route", route.to_owned()),
            ("status", status.as_str().to_owned()),
        ];
        self.requests.get_or_create(&labels).inc();
        self.latencies.get_or_create(&[("route", route.to_owned())]).observe(took.as_secs_f64());
    }

    /// Counts a connection until it is dropped.
    pub(in crate::http) fn connected(&self) -> Connected {
        self.connections.inc();
        Connected(self.connections.clone())
    }
}

/// The counts, for those who may see the whole graph: they tell how large it is.
pub(in crate::http) async fn metrics(State(app): State<App>, headers: HeaderMap) -> Response {
    let access = match authenticate(&app, &headers).await {
        Ok(caller) => caller.access,
        Err(refused) => {
            let headers = [(header::WWW_AUTHENTICATE, challenge(refused))];
            return (StatusCode::UNAUTHORIZED, headers, format!("{refused}\n")).into_response();
        }
    };
    if access.territories.is_some() {
        let message =
            "metrics tell of the whole graph; ask with a token that is not limited to territories\n";
        return (StatusCode::FORBIDDEN, message).into_response();
    }
    // The store's files are looked at.
    match spawn_blocking(move || written(&app)).await {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

fn failed(cause: &dyn std::fmt::Display) -> Response {
    let message =
        format!("metrics cannot be written; the cause is in the log under {}\n", log_failure(cause));
    (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
}

/// All counts as text; those of the atlas and of the server's places are taken now.
fn written(app: &App) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::with_prefix("orgatlas");
    let own = &app.metrics;
    registry.register("http_requests", "Requests that were answered", own.requests.clone());
    registry.register_with_unit(
        "http_request_duration",
        "Time until an answer began",
        Unit::Seconds,
        own.latencies.clone(),
    );
    let snapshot = app.atlas.snapshot();
    let commits = Counter::<u64, AtomicU64>::default();
    commits.inc_by(snapshot.version);
    registry.register("commits", "Commits that the store has recorded since it was made", commits);
    let subscriptions = app.subscription_limits.total.min(Semaphore::MAX_PERMITS);
    let gauges = [
        ("organizations", "Organisations in the graph", snapshot.graph.organization_count()),
        ("relations", "Relations in the graph", snapshot.graph.relation_count()),
        ("annexes", "What is recorded beside organisations and relations", snapshot.graph.annex_count()),
        (
            "subscriptions",
            "Subscriptions that are answered",
            subscriptions.saturating_sub(app.subscriptions.available_permits()),
        ),
        (
            "requests_in_progress",
            "Requests that are executed or wait until they are",
            app.most_places.saturating_sub(app.places.available_permits()),
        ),
        ("heavy_waiting", "Heavy requests that wait", app.admission.heavy.waiting()),
        ("writers_waiting", "Requests that wait for their turn to write", app.atlas.write_queue().waiting()),
    ];
    for (name, help, value) in gauges {
        registry.register(name, help, gauge(value as u64));
    }
    let behind = Gauge::<f64, AtomicU64>::default();
    behind.set(app.atlas.clock_behind().map_or(0.0, |by| by.as_secs_f64()));
    registry.register_with_unit(
        "clock_behind",
        "By how much the clock is behind the last commit; commits are then recorded with the time of that",
        Unit::Seconds,
        behind,
    );
    registry.register("connections", "Connections that are open", own.connections.clone());
    let budget = &app.budget;
    for (name, help, value) in [
        ("memory_total", "Memory that the server may occupy", budget.total()),
        ("memory_capacity", "Memory that requests may reserve", budget.capacity()),
        ("memory_reserved", "Memory that requests have reserved", budget.reserved()),
    ] {
        registry.register_with_unit(name, help, Unit::Bytes, gauge(value));
    }
    let waiting = gauge(budget.waiting() as u64);
    registry.register("memory_waiting", "Reservations of memory that wait", waiting);
    let refused = Counter::<u64, AtomicU64>::default();
    refused.inc_by(budget.refused());
    registry.register("memory_refused", "Reservations of memory that were refused", refused);
    registry.register_with_unit(
        "store",
        "Size of the store's files",
        Unit::Bytes,
        gauge(app.atlas.store_bytes()),
    );
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn gauge(value: u64) -> Gauge<u64, AtomicU64> {
    let gauge = Gauge::<u64, AtomicU64>::default();
    gauge.set(value);
    gauge
}
