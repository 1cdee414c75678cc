use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A request that is answered by nobody behind the guard, and why.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    message: String,
    again_after: Option<Duration>,
    closes: bool,
}

/// The form in which whoever asks expects to be refused.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// As an error of GraphQL.
    GraphQl,
    /// As a line of text.
    Text,
}

impl Form {
    /// The form that those expect who ask at a path.
    pub(super) fn at(path: &str) -> Self {
        if path == "/graphql" { Self::GraphQl } else { Self::Text }
    }
}

impl Refused {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), again_after: None, closes: false }
    }

    /// The same, with a word on when it is worth trying again.
    pub(super) fn again_after(self, time: Duration) -> Self {
        Self { again_after: Some(time), ..self }
    }

    /// The same, where the connection ends with the answer.
    pub(super) fn closing(self) -> Self {
        Self { closes: true, ..self }
    }

    /// The answer in a form.
    pub(super) fn answer(self, form: Form) -> Response {
        let (media_type, body) = match form {
            Form::GraphQl => {
                let code =
                    self.status.canonical_reason().unwrap_or_default().to_uppercase().replace(' ', "_");
                let body = json!({ "errors": [{ "message": self.message, "extensions": { "code": code } }] });
                ("application/json; charset=utf-8", body.to_string())
            }
            Form::Text => ("text/plain; charset=utf-8", self.message + "\n"),
        };
        let media_type = HeaderValue::from_static(media_type);
        let mut response = (self.status, [(header::CONTENT_TYPE, media_type)], body).into_response();
        if let Some(time) = self.again_after {
            // Whole seconds, and never too few.
            let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if self.closes {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
