use async_graphql::{Error, ErrorExtensions};

/// What a client can tell errors apart by: `extensions.code`.
#[derive(Clone, Copy, Debug, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Code {
    /// An id names nothing.
    NotFound,
    /// An argument is not one that can be answered.
    BadUserInput,
    /// Something of the server's own failed.
    Internal,
}

/// An error with its code.
pub(super) fn error(code: Code, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", <&str>::from(code)))
}

/// The error for an id that names no organisation.
pub(super) fn unknown_organization(id: &str) -> Error {
    error(Code::NotFound, format!("there is no organisation with the id \"{id}\""))
}

/// The error for an argument.
pub(super) fn bad_input(message: impl Into<String>) -> Error {
    error(Code::BadUserInput, message)
}

/// The error for a past that cannot be read; what is wrong with the log is the operator's to know.
pub(super) fn unreadable_past() -> Error {
    error(
        Code::Internal,
        "what was recorded then cannot be read; `orgatlas check` says what is wrong with the store",
    )
}
