use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::http::graphql::answer::{Outcome, Stage};

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Received {
    /// Who it is: as `Authorization` of the payload, where the handshake did not say.
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    /// Whether the server is there.
    Ping {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    /// That it is there.
    Pong {},
    /// An operation to run.
    Subscribe { id: String, payload: Map<String, Value> },
    /// That it wants no more answers.
    Complete { id: String },
}

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Sent<'a> {
    ConnectionAck {},
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Map<String, Value>>,
    },
    Next {
        id: &'a str,
        payload: &'a RawValue,
    },
    Error {
        id: &'a str,
        payload: &'a RawValue,
    },
    Complete {
        id: &'a str,
    },
}

/// The errors of an answer.
#[derive(Deserialize)]
struct Errors<'a> {
    #[serde(borrow)]
    errors: &'a RawValue,
}

impl Sent<'_> {
    pub(super) fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// An answer to the operation `id`, and whether it ends the operation.
pub(super) fn answer(id: &str, outcome: &Outcome) -> serde_json::Result<(String, bool)> {
    match outcome.stage {
        Stage::Executed => {
            let payload = serde_json::from_slice(&outcome.body)?;
            Ok((Sent::Next { id, payload }.text()?, false))
        }
        Stage::Refused | Stage::TimedOut | Stage::Unavailable => {
            let Errors { errors } = serde_json::from_slice(&outcome.body)?;
            Ok((Sent::Error { id, payload: errors }.text()?, true))
        }
    }
}
