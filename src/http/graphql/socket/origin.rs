use axum::http::{HeaderMap, StatusCode, header};

use crate::http::graphql::refusal::Refusal;
use crate::http::guarding::Origin;

/// Refuses a conversation that a page of another site begins: browsers let any page do so, and send along what
/// the user of this site is known by. Programs that are no browsers name no origin.
///
/// # Errors
/// 403 where the origin is not the host that is asked.
pub(super) fn require_own(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get(header::ORIGIN) else { return Ok(()) };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if Origin::of(value).is_some_and(|origin| origin.is_at(host)) {
        return Ok(());
    }
    let origin = String::from_utf8_lossy(value.as_bytes());
    let message = format!(
        "pages of \"{origin}\" cannot open a WebSocket here; open it from a page of http://{host}, or have the \
         operator add the origin with --allow-origin"
    );
    Err(Refusal::new(StatusCode::FORBIDDEN, message))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_pages_of_the_host_itself_begin_a_conversation() {
        let own = "graph.example:8080";
        let table = [
            (own, None, true),
            (own, Some("http://graph.example:8080"), true),
            (own, Some("https://Graph.Example:8080"), true),
            (own, Some("http://graph.example"), false),
            (own, Some("http://graph.example:8080.evil.example"), false),
            (own, Some("http://evil.example"), false),
            (own, Some("null"), false),
            (own, Some(""), false),
            ("graph.example:443", Some("https://graph.example"), true),
            ("graph.example", Some("https://graph.example:443"), true),
            ("graph.example", Some("https://graph.example"), true),
            ("graph.example:80", Some("http://graph.example"), true),
            ("Graph.Example", Some("http://graph.example:80"), true),
            ("[::1]:80", Some("http://[::1]"), true),
            ("graph.example:443", Some("http://graph.example"), false),
            ("graph.example:80", Some("https://graph.example"), false),
            ("graph.example", Some("https://graph.example:8443"), false),
            ("", Some("http://"), false),
            ("", Some("http://graph.example"), false),
        ];
        for (host, origin, taken) in table {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            headers.extend(origin.map(|o| (header::ORIGIN, HeaderValue::from_static(o))));
            assert_eq!(require_own(&headers).is_ok(), taken, "{host} {origin:?}");
        }
    }
}
