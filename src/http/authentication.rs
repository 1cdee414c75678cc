//! Who asks: the `Authorization` header of a request, and nothing else. A token in an address would end in logs.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use tokio::task::spawn_blocking;

use super::App;
use crate::access::{Access, Unauthenticated};

/// Finds out who sends a request with these headers, and what he may do.
///
/// # Errors
/// [`Unauthenticated`], which is answered by 401 and [`challenge`].
pub(super) async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Access, Unauthenticated> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let guard = Arc::clone(&app.guard);
    let token = match (given.next(), given.next()) {
        (None, _) => return guard.anonymous(),
        (Some(value), None) => bearer(value).ok_or(Unauthenticated::Invalid)?,
        (Some(_), Some(_)) => return Err(Unauthenticated::Invalid),
    };
    // Files are looked at, and keys may be fetched: not on a worker that others wait for.
    spawn_blocking(move || guard.authenticate(&token)).await.unwrap_or(Err(Unauthenticated::Invalid))
}

/// The token of a header; none where its scheme is another.
fn bearer(value: &HeaderValue) -> Option<String> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then(|| token.to_owned())
}

/// What `WWW-Authenticate` says of a refusal (RFC 6750).
pub(super) fn challenge(refused: Unauthenticated) -> HeaderValue {
    HeaderValue::from_static(match refused {
        Unauthenticated::Missing => "Bearer",
        Unauthenticated::Invalid => "Bearer error=\"invalid_token\"",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_is_read_by_its_scheme_in_any_case() {
        let table = [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Basic abc", None),
            ("abc", None),
        ];
        for (value, expected) in table {
            assert_eq!(bearer(&HeaderValue::from_static(value)).as_deref(), expected, "{value}");
        }
    }
}
