//! GraphQL over HTTP: which requests are read, and with which status and media type they are answered.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::App;
use crate::graphql::{Request, Response as Answer, Variables};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// The parameters of a request in its address.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<String>,
}

/// A query in the body.
pub(super) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Json<Request>, JsonRejection>,
) -> Response {
    match body {
        Ok(Json(request)) if request.query.is_empty() => {
            refusal(StatusCode::BAD_REQUEST, "the request has no query")
        }
        Ok(Json(request)) => answer(&app, &headers, request).await,
        Err(rejection) => refusal(rejection.status(), &rejection.body_text()),
    }
}

/// A query in the address.
pub(super) async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Response {
    let Query(parameters) = match parameters {
        Ok(parameters) => parameters,
        Err(rejection) => return refusal(rejection.status(), &rejection.body_text()),
    };
    let mut request = Request::new(parameters.query);
    if let Some(name) = parameters.operation_name.filter(|name| !name.is_empty()) {
        request = request.operation_name(name);
    }
    if let Some(text) = parameters.variables.filter(|text| !text.is_empty()) {
        match serde_json::from_str(&text) {
            Ok(variables) => request = request.variables(Variables::from_json(variables)),
            Err(error) => return refusal(StatusCode::BAD_REQUEST, &format!("variables: {error}")),
        }
    }
    answer(&app, &headers, request).await
}

async fn answer(app: &App, headers: &HeaderMap, request: Request) -> Response {
    let answer = crate::graphql::execute(&app.schema, &app.atlas, request).await;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A client that knows the newer media type is told by the status that nothing was executed; the older
    // one always means 200.
    let (media_type, status) = if accepts.contains(GRAPHQL_RESPONSE) {
        (GRAPHQL_RESPONSE, if was_executed(&answer) { StatusCode::OK } else { StatusCode::BAD_REQUEST })
    } else {
        (JSON, StatusCode::OK)
    };
    let content_type = format!("{media_type}; charset=utf-8");
    match serde_json::to_vec(&answer) {
        Ok(body) => (status, [(header::CONTENT_TYPE, content_type)], body).into_response(),
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// Whether a request came as far as to be executed: errors of its own fields have a path.
fn was_executed(answer: &Answer) -> bool {
    answer.errors.is_empty() || answer.errors.iter().any(|error| !error.path.is_empty())
}

fn refusal(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({ "errors": [{ "message": message }] });
    (status, Json(body)).into_response()
}
