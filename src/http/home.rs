//! The first page: every indicator, its subdistricts and its gaps. It speaks GraphQL only.

use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;

use super::App;
use super::classified::classified;

const POLICY: [(HeaderName, &str); 2] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    // The same for everybody until the program is another one.
    (header::CACHE_CONTROL, "no-cache"),
];

/// The page.
pub(super) async fn page(State(app): State<App>) -> impl IntoResponse {
    (POLICY, classified(&app, include_str!("assets/home.html")))
}

/// Its script.
pub(super) async fn script() -> impl IntoResponse {
    (POLICY, [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("assets/home.js"))
}

/// Its style.
pub(super) async fn style() -> impl IntoResponse {
    (POLICY, [(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("assets/home.css"))
}
