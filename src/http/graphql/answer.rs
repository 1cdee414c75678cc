use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::media_type::AnswerType;
use crate::graphql::Response as Answer;

/// What became of a request that could be read.
pub(super) enum Outcome {
    /// It was executed; some of its fields may have failed.
    Executed(Answer),
    /// It was not executed: its document does not parse or is not valid.
    Refused(Answer),
}

/// An outcome with the status and the media type that the specification gives it.
///
/// # Errors
/// What the writer of JSON says.
pub(super) fn present(outcome: &Outcome, answer_type: AnswerType) -> Result<Response, serde_json::Error> {
    let (status, body) = match outcome {
        Outcome::Executed(answer) => (StatusCode::OK, serde_json::to_vec(answer)?),
        // What was not executed has no data, not even null.
        Outcome::Refused(answer) => {
            (StatusCode::BAD_REQUEST, serde_json::to_vec(&json!({ "errors": answer.errors }))?)
        }
    };
    let status = if answer_type == AnswerType::Json { StatusCode::OK } else { status };
    let headers =
        [(header::CONTENT_TYPE, answer_type.header()), (header::VARY, HeaderValue::from_static("Accept"))];
    Ok((status, headers, body).into_response())
}
