//! What charts and exports share: who asks and for what, work done in turn and within the time of a request, and refusals in
//! a line of text.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::App;
use super::admission::{Class, Client};
use super::authentication::{Caller, authenticate, challenge};
use super::turn::{AskOnDrop, Failed, in_turn};
use crate::access::Access;
use crate::atlas::Snapshot;
use crate::graphql::log_failure;
use crate::memory::OutOfMemory;
use crate::model::{Date, KindSet, OrganizationKind, mask_personal_numbers, parse_date};
use crate::work::Stop;

/// Why there is no file, in the words of whoever asked for it.
pub(super) struct NoFile {
    status: StatusCode,
    message: String,
}

impl NoFile {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// What the client can mend.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, mask_personal_numbers(&message.into()))
    }

    /// What there is no memory for now.
    pub(super) fn out_of_memory(cause: &OutOfMemory) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, cause.to_string())
    }

    /// What is not there.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, mask_personal_numbers(&message.into()))
    }

    /// What a client is told of a fault of the program: that it is none of the client's.
    pub(super) fn failed(cause: &dyn std::fmt::Display) -> Self {
        let id = log_failure(cause);
        let message =
            format!("the server failed to make this; its operator finds the cause in its log under {id}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }
}

impl IntoResponse for NoFile {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.message + "\n").into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// A request for a file, from someone who may ask for it.
pub(super) struct Asked<O> {
    pub(super) app: App,
    access: Access,
    client: Client,
    /// The name of the file.
    pub(super) file: String,
    /// The options in its address.
    pub(super) options: O,
}

impl<O: DeserializeOwned> FromRequestParts<App> for Asked<O> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let address = parts.extensions.get::<Client>().copied().unwrap_or_default();
        let caller = sight(app, &parts.headers).await?.at(address);
        let (access, client) = (caller.access, caller.client);
        let Path(file) = Path::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let refused = |rejection: QueryRejection| NoFile::refused(rejection.body_text()).into_response();
        let Query(options) = Query::try_from_uri(&parts.uri).map_err(refused)?;
        Ok(Self { app: app.clone(), access, client, file, options })
    }
}

impl<O: Send + 'static> Asked<O> {
    /// As much of the graph as who asks may see.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        self.app.atlas.snapshot().seen_by(&self.access)
    }

    /// Makes what was asked for in its turn and within the time of a request; that ends when nobody waits for it any more.
    ///
    /// # Errors
    /// Those of the work, 503 where it took too long, 500 where the program itself fails.
    pub(super) async fn made<T: Send + 'static>(
        self,
        work: impl FnOnce(Self) -> Result<T, NoFile> + Send + 'static,
    ) -> Result<T, NoFile> {
        // Also where the client goes away and this future is dropped.
        let abandoned = AskOnDrop(Stop::default());
        let app = self.app.clone();
        match in_turn(&app, &abandoned.0, Class::Heavy(self.client), move || work(self)).await {
            Ok(Some(made)) => made,
            Ok(None) => {
                let seconds = app.limits().time.as_secs_f64();
                let message =
                    format!("this took longer than the {seconds} s that a request may take; ask for less");
                Err(NoFile::new(StatusCode::SERVICE_UNAVAILABLE, message))
            }
            Err(Failed::Full(full)) => Err(NoFile::new(StatusCode::SERVICE_UNAVAILABLE, full.to_string())),
            Err(Failed::Program(cause)) => Err(NoFile::failed(&cause)),
        }
    }
}

/// A day among the options.
pub(super) fn read_day(name: &str, text: Option<&str>) -> Result<Option<Date>, NoFile> {
    text.map(parse_date).transpose().map_err(|error| NoFile::refused(format!("{name}: {error}")))
}

/// Kinds among the options, separated by commas.
pub(super) fn read_kinds(names: Option<&str>) -> Result<Option<KindSet>, NoFile> {
    let unknown = |name: &str| NoFile::refused(format!("kinds: \"{name}\" is no kind of organisation"));
    let kind = |name: &str| name.parse().map_err(|_| unknown(name));
    let kinds = |names: &str| names.split(',').map(kind).collect::<Result<Vec<OrganizationKind>, _>>();
    Ok(names.map(kinds).transpose()?.map(|kinds| KindSet::of(&kinds)))
}

/// What whoever sends these headers may see.
///
/// # Errors
/// 401, with what is asked of him.
async fn sight(app: &App, headers: &HeaderMap) -> Result<Caller, Response> {
    match authenticate(app, headers).await {
        Ok(caller) => Ok(caller),
        Err(refused) => {
            let headers = [(header::WWW_AUTHENTICATE, challenge(refused))];
            Err((StatusCode::UNAUTHORIZED, headers, format!("{refused}\n")).into_response())
        }
    }
}
