use axum::http::{HeaderMap, StatusCode, header};

use crate::http::graphql::refusal::Refusal;

/// Refuses a conversation that a page of another site begins: browsers let any page do so, and send along what
/// the user of this site is known by. Programs that are no browsers name no origin.
///
/// # Errors
/// 403 where the origin is not the host that is asked.
pub(super) fn require_own(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match origin.split_once("://") {
        Some((_, from)) if !host.is_empty() && from.eq_ignore_ascii_case(host) => Ok(()),
        _ => {
            let message = format!(
                "pages of \"{origin}\" cannot open a WebSocket here; open it from a page of http://{host}"
            );
            Err(Refusal::new(StatusCode::FORBIDDEN, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_pages_of_the_host_itself_begin_a_conversation() {
        let table = [
            (None, true),
            (Some("http://graph.example:8080"), true),
            (Some("https://Graph.Example:8080"), true),
            (Some("http://graph.example"), false),
            (Some("http://graph.example:8080.evil.example"), false),
            (Some("http://evil.example"), false),
            (Some("null"), false),
            (Some(""), false),
        ];
        for (origin, taken) in table {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("graph.example:8080"));
            headers.extend(origin.map(|o| (header::ORIGIN, HeaderValue::from_static(o))));
            assert_eq!(require_own(&headers).is_ok(), taken, "{origin:?}");
        }
    }
}
