use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use thiserror::Error;
use tower_http::cors::CorsLayer;

use crate::http::observing::REQUEST_ID;

/// A site whose pages may ask a server: scheme, host, and port where it is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// Why a text is no origin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("an origin is written as browsers send it, such as https://graph.example or http://10.0.0.5:3000")]
pub struct OriginError;

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let uri: Uri = text.parse().map_err(|_| OriginError)?;
        let (scheme, host) = (uri.scheme_str().ok_or(OriginError)?, uri.authority().ok_or(OriginError)?);
        // Browsers send it in lower case and without a path, and are compared with byte by byte.
        let written = format!("{scheme}://{host}");
        if text != written || text != text.to_lowercase() || !["http", "https"].contains(&scheme) {
            return Err(OriginError);
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| OriginError)
    }
}

/// For how long a browser need not ask again what a page may do.
const REMEMBERED: Duration = Duration::from_secs(600);

/// Tells browsers whose pages may ask, and read the answers; `None` where only the server's own may, which browsers see
/// to unless they are told otherwise.
pub(super) fn cors(origins: &[Origin]) -> Option<CorsLayer> {
    // Tokens come in a header that scripts set, so browsers need not send anything by themselves (credentials).
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins.iter().map(|origin| origin.0.clone()).collect::<Vec<_>>())
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([header::ACCEPT_LANGUAGE, header::AUTHORIZATION, header::CONTENT_TYPE, REQUEST_ID])
            .expose_headers([header::RETRY_AFTER, REQUEST_ID])
            .max_age(REMEMBERED)
    })
}

/// Takes the origin out of a request that begins a WebSocket from one of these origins: where it is named, only
/// the server's own is let in.
pub(super) fn vouch(origins: &[Origin], headers: &mut HeaderMap) {
    const KEY: HeaderName = header::SEC_WEBSOCKET_KEY;
    let known =
        headers.get(header::ORIGIN).is_some_and(|given| origins.iter().any(|known| known.0 == *given));
    if known && headers.contains_key(KEY) {
        headers.remove(header::ORIGIN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_browsers_send() {
        for good in ["http://localhost:3000", "https://graph.example", "http://[::1]:80"] {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        let bad =
            ["*", "null", "", "graph.example", "https://graph.example/", "https://Graph.example", "ftp://a"];
        for bad in bad {
            assert_eq!(bad.parse::<Origin>(), Err(OriginError), "{bad}");
        }
    }
}
