//! Who asks: the `Authorization` header of a request, and nothing else. A token in an address would end in logs.

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use tokio::task::spawn_blocking;

use super::App;
use super::admission::Client;
use super::observing::name_actor;
use crate::access::{Access, Unauthenticated};

/// Somebody who asks, and what he showed.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) access: Access,
    /// For fairness: the token, or the address where there is none.
    pub(super) client: Client,
    shown: Shown,
}

/// What somebody shows of himself: a token, or nothing.
#[derive(Clone)]
struct Shown(Option<Arc<str>>);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown")
    }
}

/// Finds out who sends a request with these headers, and what he may do.
///
/// # Errors
/// [`Unauthenticated`], which is answered by 401 and [`challenge`].
pub(super) async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Caller, Unauthenticated> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    match (given.next(), given.next()) {
        (None, _) => Shown(None).caller(app).await,
        (Some(value), None) => authenticate_as(app, value.to_str().unwrap_or_default()).await,
        (Some(_), Some(_)) => Err(Unauthenticated::Invalid),
    }
}

/// Finds out who shows what an `Authorization` header would hold.
///
/// # Errors
/// [`Unauthenticated`].
pub(super) async fn authenticate_as(app: &App, authorization: &str) -> Result<Caller, Unauthenticated> {
    let token = bearer(authorization).ok_or(Unauthenticated::Invalid)?;
    Shown(Some(token.into())).caller(app).await
}

impl Shown {
    async fn caller(self, app: &App) -> Result<Caller, Unauthenticated> {
        let guard = Arc::clone(&app.guard);
        let access = match self.0.clone() {
            None => guard.anonymous()?,
            // Files are looked at, and keys may be fetched: not on a worker that others wait for.
            Some(token) => spawn_blocking(move || guard.authenticate(&token))
                .await
                .unwrap_or(Err(Unauthenticated::Invalid))?,
        };
        name_actor(&access.actor);
        let client = self.0.as_ref().map(|token| app.admission.clients.of(token));
        Ok(Caller { access, client: client.unwrap_or_default(), shown: self })
    }
}

impl Caller {
    /// Sees to it that he is still let in, and may do what he might.
    ///
    /// # Errors
    /// [`Unauthenticated`] where he is not.
    /// The same at an address, by which those are told apart who show no token.
    pub(super) fn at(self, address: Client) -> Self {
        let client = if self.shown.0.is_some() { self.client } else { address };
        Self { client, ..self }
    }

    pub(super) async fn ask_again(&self, app: &App) -> Result<(), Unauthenticated> {
        let now = self.shown.clone().caller(app).await?;
        if now.access == self.access { Ok(()) } else { Err(Unauthenticated::Invalid) }
    }
}

/// The token of a header; none where its scheme is another.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then_some(token)
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
            assert_eq!(bearer(value), expected, "{value}");
        }
    }
}
