//! GraphQL over HTTP: which requests are read, and with which status and media type they are answered.
//!
//! Follows the GraphQL over HTTP specification; `tests/clients` holds an audit of it.

mod answer;
mod body;
mod language;
mod media_type;
mod refusal;
mod request;
mod run;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::Response;

use self::answer::{present, present_batch};
use self::media_type::AnswerType;
use self::refusal::Refusal;
use self::request::Posted;
use self::run::{run, run_query};
use super::App;
use crate::model::Language;

/// An operation in the body, or a batch of them.
pub(super) async fn post(State(app): State<App>, headers: HeaderMap, request: Request) -> Response {
    answer(&headers, async |answer_type, language| {
        media_type::require_json(&headers)?;
        let limits = app.limits();
        let bytes = body::read(&headers, request, limits.body).await?;
        match request::from_body(&bytes, limits.batch)? {
            Posted::One(request) => Ok(present(run(&app, request.data(language)).await?, answer_type)),
            Posted::Batch(requests) => {
                let mut outcomes = Vec::with_capacity(requests.len());
                for request in requests {
                    outcomes.push(run(&app, request.data(language)).await?);
                }
                Ok(present_batch(&outcomes, answer_type))
            }
        }
    })
    .await
}

/// A query in the address.
pub(super) async fn get(State(app): State<App>, headers: HeaderMap, address: Uri) -> Response {
    answer(&headers, async |answer_type, language| {
        let request = request::from_address(&address)?;
        Ok(present(run_query(&app, request.data(language)).await?, answer_type))
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
    answered: impl AsyncFnOnce(AnswerType, Language) -> Result<Response, Refusal>,
) -> Response {
    let language = language::preferred(headers);
    match AnswerType::negotiate(headers) {
        Ok(answer_type) => match answered(answer_type, language).await {
            Ok(response) => in_language(response, language),
            Err(refusal) => refusal.answer(answer_type),
        },
        Err(refusal) => refusal.answer(AnswerType::Json),
    }
}

/// An answer that says in which language names are written where the query does not, and by what it differs.
fn in_language(mut response: Response, language: Language) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language"));
    response
}
