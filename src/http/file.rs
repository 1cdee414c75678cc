//! What charts and exports share: who asks, work done in turn and within the time of a request, and refusals in a line
//! of text.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::authentication::{authenticate, challenge};
use super::turn::{AskOnDrop, in_turn};
use crate::access::Access;
use crate::graphql::log_failure;
use crate::work::Stop;

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

/// Makes a file in its turn and within the time of a request; that ends when nobody waits for it any more.
///
/// # Errors
/// Those of the work, 503 where it took too long, 500 where the program itself fails.
pub(super) async fn made<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> Result<T, NoFile> + Send + 'static,
) -> Result<T, NoFile> {
    // Also where the client goes away and this future is dropped.
    let abandoned = AskOnDrop(Stop::default());
    match in_turn(app, &abandoned.0, work).await {
        Ok(Some(made)) => made,
        Ok(None) => {
            let seconds = app.limits().time.as_secs_f64();
            let message =
                format!("this took longer than the {seconds} s that a request may take; ask for less");
            Err(NoFile::new(StatusCode::SERVICE_UNAVAILABLE, message))
        }
        Err(cause) => Err(failed(&cause)),
    }
}

/// What a client is told of a fault of the program: that it is none of the client's.
fn failed(cause: &dyn std::fmt::Display) -> NoFile {
    let id = log_failure(cause);
    let message =
        format!("the server failed to make this; its operator finds the cause in its log under {id}");
    NoFile::new(StatusCode::INTERNAL_SERVER_ERROR, message)
}
