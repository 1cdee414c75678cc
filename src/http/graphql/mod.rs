//! GraphQL over HTTP: which requests are read, and with which status and media type they are answered.
//!
//! Follows the GraphQL over HTTP specification; `tests/clients` holds an audit of it.

mod answer;
mod body;
mod media_type;
mod refusal;
mod request;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;

use self::answer::{Outcome, present};
use self::media_type::AnswerType;
use self::refusal::Refusal;
use super::App;
use crate::graphql::{self, Prepared, was_executed};

/// An operation in the body.
pub(super) async fn post(State(app): State<App>, headers: HeaderMap, request: Request) -> Response {
    let answer_type = match AnswerType::negotiate(&headers) {
        Ok(answer_type) => answer_type,
        Err(refusal) => return refusal.answer(AnswerType::Json),
    };
    let answered = async {
        media_type::require_json(&headers)?;
        let bytes = body::read(&headers, request, super::MAX_BODY).await?;
        Ok(execute(&app, request::from_body(&bytes)?).await)
    };
    conclude(answered.await, answer_type)
}

/// A query in the address.
pub(super) async fn get(State(app): State<App>, headers: HeaderMap, address: Uri) -> Response {
    let answer_type = match AnswerType::negotiate(&headers) {
        Ok(answer_type) => answer_type,
        Err(refusal) => return refusal.answer(AnswerType::Json),
    };
    let answered = async {
        let prepared = match Prepared::new(request::from_address(&address)?) {
            // What a link or an image can call must not change anything.
            Ok(prepared) if prepared.is_mutation() => {
                return Err(Refusal::method("a mutation is sent by POST, not by GET", "POST"));
            }
            Ok(prepared) => prepared,
            Err(refused) => return Ok(Outcome::Refused(*refused)),
        };
        Ok(run(&app, prepared).await)
    };
    conclude(answered.await, answer_type)
}

/// Any other method.
pub(super) async fn other(method: Method, headers: HeaderMap) -> Response {
    let message = format!("GraphQL is asked by GET or POST, not by {method}");
    Refusal::method(message, "GET, HEAD, POST").answer(AnswerType::negotiate(&headers).unwrap_or_default())
}

async fn execute(app: &App, request: graphql::Request) -> Outcome {
    match Prepared::new(request) {
        Ok(prepared) => run(app, prepared).await,
        Err(refused) => Outcome::Refused(*refused),
    }
}

async fn run(app: &App, prepared: Prepared) -> Outcome {
    let response = graphql::execute_prepared(&app.schema, app.atlas.snapshot(), prepared).await;
    if was_executed(&response) { Outcome::Executed(response) } else { Outcome::Refused(response) }
}

fn conclude(answered: Result<Outcome, Refusal>, answer_type: AnswerType) -> Response {
    let presented = answered.and_then(|outcome| {
        present(&outcome, answer_type)
            .map_err(|cause| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, cause.to_string()))
    });
    presented.unwrap_or_else(|refusal| refusal.answer(answer_type))
}
