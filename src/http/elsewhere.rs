//! Addresses at which there is nothing, and methods that an address does not take.

use axum::http::{Method, StatusCode, Uri};

/// Says where there is something.
pub(super) async fn nothing(address: Uri) -> (StatusCode, String) {
    let path = address.path();
    (StatusCode::NOT_FOUND, format!("there is nothing at {path}; begin at /, or ask /graphql\n"))
}

/// Says what is taken there.
pub(super) async fn other_method(method: Method, address: Uri) -> (StatusCode, String) {
    let path = address.path();
    (StatusCode::METHOD_NOT_ALLOWED, format!("{path} is read by GET, not by {method}\n"))
}
