use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answer::{Outcome, Stage};
use super::media_type::AnswerType;
use crate::access::Unauthenticated;
use crate::http::authentication::challenge;

/// A request that never came as far as GraphQL, and why.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    allow: Option<&'static str>,
    unauthenticated: Option<Unauthenticated>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), allow: None, unauthenticated: None }
    }

    /// A request that is not as GraphQL over HTTP has it.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// A method that is not answered, and those that are.
    pub(super) fn method(message: impl Into<String>, allow: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    /// What is wrong.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The same where there is no status to say it by.
    pub(super) fn outcome(&self) -> Outcome {
        // The status in words is the code: BAD_REQUEST, UNSUPPORTED_MEDIA_TYPE. HTTP's word for 401 is one of its
        // older mistakes.
        let code = match self.unauthenticated {
            Some(_) => "UNAUTHENTICATED".to_owned(),
            None => self.status.canonical_reason().unwrap_or_default().to_uppercase().replace(' ', "_"),
        };
        let body = json!({ "errors": [{ "message": self.message, "extensions": { "code": code } }] });
        Outcome { stage: Stage::Refused, body: body.to_string().into_bytes() }
    }

    /// The answer: an error that is formed as GraphQL forms them.
    pub(super) fn answer(self, answer_type: AnswerType) -> Response {
        let headers = [(header::CONTENT_TYPE, answer_type.header())];
        let mut response = (self.status, headers, self.outcome().body).into_response();
        let headers = response.headers_mut();
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if let Some(refused) = self.unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, challenge(refused));
        }
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            // What the client still has to send is not worth reading.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl From<Unauthenticated> for Refusal {
    fn from(refused: Unauthenticated) -> Self {
        Self { unauthenticated: Some(refused), ..Self::new(StatusCode::UNAUTHORIZED, refused.to_string()) }
    }
}
