//! GraphQL over HTTP: which requests are read, and with which status and media type they are answered.
//!
//! Follows the GraphQL over HTTP specification; `tests/clients` holds an audit of it.

mod answer;
mod body;
mod media_type;
mod refusal;
mod request;
mod run;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use self::answer::{present, present_batch};
use self::media_type::AnswerType;
use self::refusal::Refusal;
use self::request::Posted;
use self::run::{run, run_query};
use super::App;
use super::authentication::authenticate;

/// An operation in the body, or a batch of them.
pub(super) async fn post(State(app): State<App>, headers: HeaderMap, request: Request) -> Response {
    answer(&headers, async |answer_type| {
        media_type::require_json(&headers)?;
        let access = authenticate(&app, &headers).await?;
        let limits = app.limits();
        let bytes = body::read(&headers, request, limits.body).await?;
        match request::from_body(&bytes, limits.batch)? {
            Posted::One(request) => Ok(present(run(&app, access, *request).await?, answer_type)),
            Posted::Batch(requests) => {
                let mut outcomes = Vec::with_capacity(requests.len());
                for request in requests {
                    outcomes.push(run(&app, access.clone(), request).await?);
                }
                Ok(present_batch(&outcomes, answer_type))
            }
        }
    })
    .await
}

/// A query in the address.
pub(super) async fn get(State(app): State<App>, headers: HeaderMap, address: Uri) -> Response {
    answer(&headers, async |answer_type| {
        let access = authenticate(&app, &headers).await?;
        let request = request::from_address(&address)?;
        Ok(present(run_query(&app, access, request).await?, answer_type))
    })
    .await
}

/// Any other method.
pub(super) async fn other(method: Method, headers: HeaderMap) -> Response {
    let message = format!("GraphQL is asked by GET or POST, not by {method}");
    Refusal::method(message, "GET, HEAD, POST").answer(AnswerType::negotiate(&headers).unwrap_or_default())
}

async fn answer(
    headers: &HeaderMap,
    answered: impl AsyncFnOnce(AnswerType) -> Result<Response, Refusal>,
) -> Response {
    match AnswerType::negotiate(headers) {
        Ok(answer_type) => answered(answer_type).await.unwrap_or_else(|refusal| refusal.answer(answer_type)),
        Err(refusal) => refusal.answer(AnswerType::Json),
    }
}
