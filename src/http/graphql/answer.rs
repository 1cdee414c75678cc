use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::media_type::AnswerType;

/// What became of a request that could be read, and its answer as JSON.
pub(super) struct Outcome {
    pub(super) stage: Stage,
    pub(super) body: Vec<u8>,
}

impl Outcome {
    /// The answer as text.
    pub(super) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// How far a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It was not executed: its document does not parse, is not valid or goes beyond a limit.
    Refused,
    /// It was executed; some of its fields may have failed.
    Executed,
    /// It took too long.
    TimedOut,
    /// There was no memory for it; the same may be answered later.
    Unavailable,
}

/// An outcome with the status and the media type that the specification gives it.
pub(super) fn present(outcome: Outcome, answer_type: AnswerType) -> Response {
    let status = match (answer_type, outcome.stage) {
        // It was not answered, whatever the media type, and proxies count such answers by their status.
        (_, Stage::TimedOut | Stage::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
        // The older media type says nothing else by its status.
        (AnswerType::Json, _) | (_, Stage::Executed) => StatusCode::OK,
        (_, Stage::Refused) => StatusCode::BAD_REQUEST,
    };
    response(status, answer_type, outcome.body)
}

/// The outcomes of a batch, in its order.
pub(super) fn present_batch(outcomes: &[Outcome], answer_type: AnswerType) -> Response {
    let bodies: Vec<_> = outcomes.iter().map(|outcome| outcome.body.as_slice()).collect();
    let body = [b"[", bodies.join(&b","[..]).as_slice(), b"]"].concat();
    response(StatusCode::OK, answer_type, body)
}

fn response(status: StatusCode, answer_type: AnswerType, body: Vec<u8>) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, answer_type.header())], body).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
