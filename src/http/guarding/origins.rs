use std::str::FromStr;
use std::time::Duration;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use thiserror::Error;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::http::observing::REQUEST_ID;

/// A site whose pages may ask a server: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    /// The scheme's own where none is written.
    port: u16,
}

/// Why a text is no origin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("an origin is written as browsers send it, such as https://graph.example or http://10.0.0.5:3000")]
pub struct OriginError;

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        // Browsers send it in lower case; who writes it otherwise may mean something else.
        let is_of_pages = text.starts_with("http://") || text.starts_with("https://");
        if !is_of_pages || text != text.to_lowercase() {
            return Err(OriginError);
        }
        Self::read(text).ok_or(OriginError)
    }
}

impl Origin {
    /// The origin that a header names; `None` where it names none, as `null` does.
    pub(in crate::http) fn of(value: &HeaderValue) -> Option<Self> {
        Self::read(value.to_str().ok()?)
    }

    fn read(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let default = match scheme.as_str() {
            "http" | "ws" => 80,
            "https" | "wss" => 443,
            _ => return None,
        };
        let (host, port) = host_and_port(authority)?;
        Some(Self { scheme, host, port: port.unwrap_or(default) })
    }

    /// Whether this is the site that a client calls by what `Host` says, through the scheme of this origin.
    pub(in crate::http) fn is_at(&self, host: &str) -> bool {
        host_and_port(host).is_some_and(|(host, port)| {
            let default = if matches!(self.scheme.as_str(), "http" | "ws") { 80 } else { 443 };
            host == self.host && port.unwrap_or(default) == self.port
        })
    }
}

/// Reads the host in lower case, and the port if one is named.
fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let authority: Authority = text.parse().ok().filter(|_| !text.contains('@'))?;
    let host = authority.host().to_ascii_lowercase();
    // What stands behind the host is nothing, or a colon and a port.
    let port = match &authority.as_str()[host.len()..] {
        "" => None,
        port => Some(port.strip_prefix(':')?.parse().ok()?),
    };
    Some((host, port))
}

/// For how long a browser need not ask again what a page may do.
const REMEMBERED: Duration = Duration::from_secs(600);

/// Tells browsers whose pages may ask, and read the answers; `None` where only the server's own may, which browsers see
/// to unless they are told otherwise.
pub(super) fn cors(origins: &[Origin]) -> Option<CorsLayer> {
    // Tokens come in a header that scripts set, so browsers need not send anything by themselves (credentials).
    (!origins.is_empty()).then(|| {
        let allowed = origins.to_vec();
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(move |given, _| known(&allowed, given)))
            .allow_methods([Method::GET, Method::POST])
            // Each client library adds headers of its own, for tracing and to name itself. None of them gives a page
            // more than its origin, which the operator named, has already.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([header::CONTENT_DISPOSITION, header::RETRY_AFTER, REQUEST_ID])
            .max_age(REMEMBERED)
    })
}

/// Takes the origin out of a request that begins a WebSocket from one of these origins: where it is named, only
/// the server's own is let in.
pub(super) fn vouch(origins: &[Origin], headers: &mut HeaderMap) {
    const KEY: HeaderName = header::SEC_WEBSOCKET_KEY;
    if headers.contains_key(KEY) && headers.get(header::ORIGIN).is_some_and(|given| known(origins, given)) {
        headers.remove(header::ORIGIN);
    }
}

fn known(origins: &[Origin], given: &HeaderValue) -> bool {
    Origin::of(given).is_some_and(|given| origins.contains(&given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_browsers_send() {
        for good in
            ["http://localhost:3000", "https://graph.example", "http://[::1]:80", "https://graph.example:443"]
        {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        let bad = [
            "*",
            "null",
            "",
            "graph.example",
            "https://graph.example/",
            "https://Graph.example",
            "https://a@graph.example",
            "https://graph.example:",
            "https://graph.example:65536",
            "wss://graph.example",
            "ftp://a",
        ];
        for bad in bad {
            assert_eq!(bad.parse::<Origin>(), Err(OriginError), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_the_same_with_the_port_of_its_scheme_and_without() {
        let table = [
            ("https://graph.example", "https://graph.example:443", true),
            ("https://graph.example:443", "https://graph.example", true),
            ("http://graph.example:80", "http://graph.example", true),
            ("http://[::1]", "http://[::1]:80", true),
            ("https://graph.example", "https://graph.example:80", false),
            ("https://graph.example", "http://graph.example:443", false),
            ("https://graph.example", "https://graph.example.evil.example", false),
            ("https://graph.example", "https://graph.example@evil.example", false),
            ("https://graph.example", "https://graph.example:443:443", false),
            ("https://graph.example", "null", false),
        ];
        for (operators, given, same) in table {
            let origins = [operators.parse().unwrap()];
            assert_eq!(known(&origins, &HeaderValue::from_static(given)), same, "{operators} {given}");
        }
    }
}
