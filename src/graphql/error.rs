use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions, PathSegment, Response, ServerError};

use super::Limits;
use crate::atlas::PastError;
use crate::memory::OutOfMemory;
use crate::model::{OrganizationId, mask_personal_numbers};
use crate::storage::AppendError;
use crate::work::Stopped;

/// What a client can tell errors apart by: `extensions.code`.
#[derive(Clone, Copy, Debug, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Code {
    /// An id names nothing.
    NotFound,
    /// An argument is not one that can be answered.
    BadUserInput,
    /// Nothing says who asks, and it is not for everybody.
    Unauthenticated,
    /// Who asks may not do that.
    Forbidden,
    /// The graph is at another version than expected.
    Conflict,
    /// The disk of the server is full, and nothing was recorded.
    StorageFull,
    /// Something of the server's own failed.
    Internal,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document asks for what the schema does not have.
    GraphqlValidationFailed,
    /// The request asks for more than one request may.
    LimitExceeded,
    /// The request took longer than one may.
    Timeout,
    /// The server has no memory for it now.
    ServiceUnavailable,
    /// The document that a hash names is not remembered; clients then send it.
    PersistedQueryNotFound,
    /// No documents are remembered.
    PersistedQueryNotSupported,
    /// The document is none of those that the server runs.
    DocumentNotRegistered,
}

/// An error with its code.
pub(super) fn error(code: Code, message: impl Into<String>) -> Error {
    let message = message.into();
    Error::new(mask_personal_numbers(&message))
        .extend_with(|_, extensions| extensions.set("code", <&str>::from(code)))
}

/// The error for an id that names no organisation.
pub(super) fn unknown_organization(id: &str) -> Error {
    error(Code::NotFound, format!("there is no organisation with the id \"{id}\""))
}

/// The error for a question about what is not within the territories of whoever asks.
pub(super) fn outside(territories: &BTreeSet<OrganizationId>) -> Error {
    let territories: Vec<_> = territories.iter().map(OrganizationId::as_str).collect();
    let message =
        format!("you may ask within {} only; name one of these, or something in it", territories.join(", "));
    error(Code::Forbidden, message)
}

/// The error for an argument.
pub(super) fn bad_input(message: impl Into<String>) -> Error {
    error(Code::BadUserInput, message)
}

/// The error for memory that is not free.
pub(super) fn out_of_memory(cause: &OutOfMemory) -> Error {
    error(Code::ServiceUnavailable, cause.to_string())
}

/// Whether a request found no memory, so that the same may be answered later.
pub fn is_unavailable(response: &Response) -> bool {
    let code = async_graphql::Value::from(<&str>::from(Code::ServiceUnavailable));
    let of = |error: &ServerError| {
        error.extensions.as_ref().and_then(|extensions| extensions.get("code")) == Some(&code)
    };
    response.errors.iter().any(of)
}

/// Logs what went wrong inside, which is the operator's to know, and gives the id by which clients may name it.
pub fn log_failure(cause: &dyn std::fmt::Display) -> String {
    // Every state of the hasher is another one, and unpredictable.
    let id = format!("{:016x}", RandomState::new().hash_one(()));
    tracing::error!(id, "{}", mask_personal_numbers(&cause.to_string()));
    id
}

/// The error for something of the server's own that failed.
pub(super) fn internal(cause: &dyn std::fmt::Display) -> Error {
    failed("the server could not do this", cause)
}

/// The error for a commit that the log did not take.
pub(super) fn unrecorded(cause: &AppendError) -> Error {
    if matches!(cause, AppendError::Panicked { .. }) {
        let message = "nothing was recorded, for the server failed while it applied these changes; it records others as \
                       before, so send them in parts to find the one at fault";
        return failed(message, cause);
    }
    if matches!(cause, AppendError::ReadOnly { .. }) {
        log_failure(cause);
        let message = "the store of this server can only be read: nothing was recorded, and nothing will be until its \
                       operator lets the server write to it";
        return error(Code::Forbidden, message);
    }
    if !cause.is_for_want_of_room() {
        return internal(cause);
    }
    log_failure(cause);
    let message = "the disk of the server is full: nothing was recorded, and reading goes on; when its operator has \
                   made room, send it again";
    error(Code::StorageFull, message)
}

/// The error for a past that cannot be read.
pub(super) fn unreadable_past(cause: &PastError) -> Error {
    if let PastError::Stopped(cause) = cause {
        return stopped(*cause);
    }
    if let PastError::OutOfMemory(cause) = cause {
        return out_of_memory(cause);
    }
    let message = "what was recorded then cannot be read; `orgatlas check` says what is wrong with the store";
    failed(message, cause)
}

/// The error for work that was cancelled. Whoever asked waits no more.
pub(super) fn stopped(_: Stopped) -> Error {
    error(Code::Timeout, "the request was stopped")
}

fn failed(message: &str, cause: &dyn std::fmt::Display) -> Error {
    let id = log_failure(cause);
    error(Code::Internal, format!("{message}; its operator finds the cause in its log under {id}"))
        .extend_with(|_, extensions| extensions.set("errorId", id.as_str()))
}

/// An error of a whole request, with its code.
pub(super) fn coded(code: Code, mut error: ServerError) -> ServerError {
    error.extensions.get_or_insert_default().set("code", <&str>::from(code));
    error
}

/// Where an error arose.
struct Arose(Vec<PathSegment>);

/// Keeps where an error arose: async-graphql 8.0.0-rc.5 (`set_error_path`) replaces the path of what fails within a list or
/// a `SimpleObject` by that of the entry or of the object's own field.
pub(super) fn keep_path(mut error: ServerError) -> ServerError {
    if error.source.is_none() {
        error.source = Some(Arc::new(Arose(error.path.clone())));
    }
    error
}

/// How many errors of a document are shown; more help nobody and make a small request into a large answer.
const MAX_DOCUMENT_ERRORS: usize = 50;

/// Gives a code to errors that the library left without one: those of the document, which have no path, and those
/// of arguments that cannot be read.
pub(super) fn code_rest(response: &mut Response, limits: &Limits) {
    if response.errors.iter().all(|error| error.path.is_empty()) {
        response.errors.truncate(MAX_DOCUMENT_ERRORS);
    }
    for error in &mut response.errors {
        if let Some(arose) = error.source.as_ref().and_then(|source| source.downcast_ref::<Arose>()) {
            error.path = arose.0.clone();
        }
        // The library repeats arguments that it cannot read.
        if let Cow::Owned(masked) = mask_personal_numbers(&error.message) {
            error.message = masked;
        }
        // What the library says of its limits names neither them nor a remedy.
        let limit = match error.message.as_str() {
            "Query is too complex." => format!("costs more than {}; ask for smaller pages", limits.cost),
            "Query is nested too deep." => {
                format!("nests more than {} fields; ask for the inner ones apart", limits.depth)
            }
            _ => String::new(),
        };
        if error.path.is_empty() && !limit.is_empty() {
            error.message = format!("the query {limit}");
            error.extensions.get_or_insert_default().set("code", <&str>::from(Code::LimitExceeded));
        }
        if error.extensions.as_ref().is_none_or(|e| e.get("code").is_none()) {
            let is_of_document = error.path.is_empty();
            let code = if is_of_document { Code::GraphqlValidationFailed } else { Code::BadUserInput };
            error.extensions.get_or_insert_default().set("code", <&str>::from(code));
        }
    }
}
