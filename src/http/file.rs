//! What charts and exports share: who asks, work done in turn and within the time of a request, and refusals in a line
//! of text.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::Span;

use super::App;
use super::authentication::{authenticate, challenge};
use crate::access::Access;
use crate::graphql::{Stop, log_failure};

/// Why there is no file, in the words of whoever asked for it.
pub(super) struct NoFile {
    status: StatusCode,
    message: String,
}

impl NoFile {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// What the client can mend.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// What is not there.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }
}

impl IntoResponse for NoFile {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.message + "\n").into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// What whoever sends these headers may see.
///
/// # Errors
/// 401, with what is asked of him.
pub(super) async fn sight(app: &App, headers: &HeaderMap) -> Result<Access, Response> {
    match authenticate(app, headers).await {
        Ok(caller) => Ok(caller.access),
        Err(refused) => {
            let headers = [(header::WWW_AUTHENTICATE, challenge(refused))];
            Err((StatusCode::UNAUTHORIZED, headers, format!("{refused}\n")).into_response())
        }
    }
}

/// Does work on a thread of its own kind, so that the workers go on answering others meanwhile, in its turn and within
/// the time of a request; it is asked to stop when that is over, and when nobody waits for it any more.
///
/// # Errors
/// Those of the work, 503 where it took too long, 500 where the program itself fails.
pub(super) async fn in_turn<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Stop) -> Result<T, NoFile> + Send + 'static,
) -> Result<T, NoFile> {
    let asking = AskOnDrop(Stop::default());
    let stop = asking.0.clone();
    let done = async {
        let turn = Arc::clone(&app.turns).acquire_owned().await.map_err(|error| failed(&error))?;
        // What is logged meanwhile is of this request.
        let span = Span::current();
        let work = spawn_blocking(move || {
            let _turn = turn;
            span.in_scope(|| work(&stop))
        });
        work.await.map_err(|error| failed(&error))?
    };
    let time = app.limits().time;
    timeout(time, done).await.unwrap_or_else(|_| {
        let message = format!("this took longer than the {} s that a request may take", time.as_secs_f64());
        Err(NoFile::new(StatusCode::SERVICE_UNAVAILABLE, message))
    })
}

/// What a client is told of a fault of the program: that it is none of the client's.
fn failed(cause: &dyn std::fmt::Display) -> NoFile {
    let id = log_failure(cause);
    let message =
        format!("the server failed to make this; its operator finds the cause in its log under {id}");
    NoFile::new(StatusCode::INTERNAL_SERVER_ERROR, message)
}

/// Asks work to stop as soon as nobody waits for it.
struct AskOnDrop(Stop);

impl Drop for AskOnDrop {
    fn drop(&mut self) {
        self.0.ask();
    }
}
