//! What an operator sees of requests: a line of the log for each, under an id that the client knows too, counts, and
//! spans where he has a collector for them.
//!
//! None of it has tokens, query texts or variables: these never come near it.

mod metrics;
mod request_id;
mod spans;

use std::time::Instant;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, Span, field};

use super::App;
use super::guarding::set_headers;
use crate::model::mask_personal_numbers;

pub(super) use self::metrics::{Metrics, metrics};
pub(super) use self::request_id::REQUEST_ID;
pub use self::spans::{Spans, SpansError};

/// Answers a request within a span of its id, then counts it and writes its line; every answer leaves here, with the
/// headers that all have.
pub(super) async fn observed(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id::of(request.headers());
    let seen = Seen {
        method: request.method().clone(),
        address: request.uri().clone(),
        route: request.extensions().get::<MatchedPath>().cloned(),
    };
    let route = seen.route.as_ref().map(MatchedPath::as_str);
    let sent = app.spans.as_ref().and_then(|spans| spans.begin(&request, route, &id));
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default(), actor = field::Empty);
    let answered = async {
        let mut response = next.run(request).await;
        let route = seen.route.as_ref().map_or("other", MatchedPath::as_str);
        let took = began.elapsed();
        app.metrics.count(&seen.method, route, response.status(), took);
        if let Some(sent) = sent {
            sent.answered(response.status());
        }
        seen.write(&response, took.as_secs_f64() * 1e3);
        set_headers(&mut response);
        response.headers_mut().insert(REQUEST_ID, id);
        response
    };
    answered.instrument(span).await
}

/// Says in the log of a request who sent it.
pub(super) fn name_actor(actor: &str) {
    Span::current().record("actor", actor);
}

/// Whether a path is asked every few seconds by those who look whether the server runs.
fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

/// The name of a method, unless it is one that strangers thought up.
fn known(method: &Method) -> Option<&'static str> {
    ["GET", "HEAD", "POST", "OPTIONS"].into_iter().find(|known| known == method)
}

/// How many characters of a path are logged.
const MAX_PATH: usize = 200;

/// What is logged of a request.
struct Seen {
    method: Method,
    address: Uri,
    /// None where nothing is asked for that there is.
    route: Option<MatchedPath>,
}

impl Seen {
    fn write(&self, response: &Response, milliseconds: f64) {
        let (method, path) = (self.method.as_str(), self.address.path());
        // An id that the guard would refuse may still be asked for.
        let masked = mask_personal_numbers(path);
        let path = masked.as_ref();
        let path = path.char_indices().nth(MAX_PATH).map_or(path, |(end, _)| &path[..end]);
        let status = response.status();
        // Of a stream nobody knows yet.
        let bytes = response.body().size_hint().exact();
        let milliseconds = (milliseconds * 1e3).round() / 1e3;
        if is_probe(path) && status == StatusCode::OK {
            // Good to know only when something is wrong.
            tracing::debug!(method, path, status = status.as_u16(), milliseconds, bytes, "answered");
        } else {
            tracing::info!(method, path, status = status.as_u16(), milliseconds, bytes, "answered");
        }
    }
}
