use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// What every answer says where it says nothing else: browsers neither guess what it is, nor show it within another
/// site, nor keep it, nor tell others where they come from.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        header::CONTENT_SECURITY_POLICY,
        // Pages say what they need; nothing else needs anything, charts included.
        HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    // What is recorded may change at any time, and is not for everybody who uses the same machine.
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Gives an answer these headers.
pub(in crate::http) fn set_headers(response: &mut Response) {
    let headers = response.headers_mut();
    // With those that come later: a map that grows is made anew.
    headers.reserve(HEADERS.len() + 3);
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
}
