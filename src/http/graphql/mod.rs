//! GraphQL over HTTP: which requests are read, and with which status and media type they are answered.
//!
//! Follows the GraphQL over HTTP specification; `tests/clients` holds an audit of it. Subscriptions are answered as
//! server-sent events ([`event_stream`]) and over WebSockets ([`socket`]).

mod answer;
mod body;
mod event_stream;
mod events;
mod language;
mod media_type;
mod refusal;
mod request;
mod run;
mod socket;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use self::answer::{Stage, present, present_batch};
use self::event_stream::event_stream;
use self::media_type::{AnswerType, accepts_events};
use self::refusal::Refusal;
use self::request::Posted;
use self::run::{Answered, run, run_planned};
use super::App;
use super::admission::Client;
use super::authentication::authenticate;
use crate::graphql::Prepared;
use crate::model::{Door, Language, Network, Origin};

/// An operation in the body, or a batch of them.
pub(super) async fn post(State(app): State<App>, mut request: Request) -> Response {
    let origin = came(request.extensions().get());
    let address = request.extensions().get::<Client>().copied().unwrap_or_default();
    let headers = std::mem::take(request.headers_mut());
    answer(&headers, async |accepted| {
        media_type::require_json(&headers)?;
        let caller = authenticate(&app, &headers).await?.at(address);
        let limits = app.limits();
        let bytes = body::read(&headers, request, limits.body).await?;
        if let Some(outcome) = run_planned(&app, &caller, &bytes, accepted.language) {
            return Ok(accepted.present(&app, Answered::Once(outcome)));
        }
        match request::from_body(&bytes, limits.batch)? {
            Posted::One(request) => {
                let request = request.data(accepted.language).data(origin);
                let answered = run(&app, caller, request, move |prepared| accepted.takes(prepared)).await?;
                Ok(accepted.present(&app, answered))
            }
            Posted::Batch(requests) => {
                let answer_type = accepted.once.ok_or_else(|| {
                    let message = "a batch is not answered as text/event-stream; accept application/json";
                    Refusal::new(StatusCode::NOT_ACCEPTABLE, message)
                })?;
                let once = Accepted { events: false, ..accepted };
                let mut outcomes = Vec::with_capacity(requests.len());
                for request in requests {
                    let request = request.data(accepted.language).data(origin.clone());
                    let caller = caller.clone();
                    let mut answered =
                        run(&app, caller, request, move |prepared| once.takes(prepared)).await?;
                    outcomes.extend(answered.next().await?);
                }
                Ok(present_batch(&outcomes, answer_type))
            }
        }
    })
    .await
}

/// A query in the address, or the start of a conversation over a WebSocket.
pub(super) async fn get(
    State(app): State<App>,
    headers: HeaderMap,
    network: Option<Extension<Network>>,
    address_of: Option<Extension<Client>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    address: Uri,
) -> Response {
    let client = address_of.map(|Extension(client)| client).unwrap_or_default();
    match upgrade {
        Ok(upgrade) => {
            return socket::accept(app, &headers, (came(network.as_deref()), client), upgrade).await;
        }
        Err(rejection) if headers.contains_key(header::SEC_WEBSOCKET_KEY) => {
            return rejection.into_response();
        }
        Err(_) => {}
    }
    answer(&headers, async |accepted| {
        let caller = authenticate(&app, &headers).await?.at(client);
        let request = request::from_address(&address)?.data(accepted.language);
        let check = move |prepared: &Prepared| {
            // What a link or an image can call must not change anything.
            if prepared.is_mutation() {
                return Err(Refusal::method("a mutation is sent by POST, not by GET", "POST"));
            }
            accepted.takes(prepared)
        };
        Ok(accepted.present(&app, run(&app, caller, request, check).await?))
    })
    .await
}

/// Any other method.
pub(super) async fn other(method: Method, headers: HeaderMap) -> Response {
    let message = format!("GraphQL is asked by GET or POST, not by {method}");
    Refusal::method(message, "GET, HEAD, POST").answer(AnswerType::negotiate(&headers).unwrap_or_default())
}

/// From where what a client changes came.
fn came(network: Option<&Network>) -> Origin {
    Origin { network: network.copied(), ..Origin::by(Door::Http) }
}

async fn answer(
    headers: &HeaderMap,
    answered: impl AsyncFnOnce(Accepted) -> Result<Response, Refusal>,
) -> Response {
    match Accepted::negotiate(headers) {
        Ok(accepted) => match answered(accepted).await {
            Ok(response) => in_language(response, accepted.language),
            Err(refusal) => refusal.answer(accepted.once.unwrap_or_default()),
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

/// How a client takes answers; one way at the least.
#[derive(Clone, Copy, Debug)]
struct Accepted {
    /// As one document of this type.
    once: Option<AnswerType>,
    /// As a stream of events.
    events: bool,
    /// In which language, where the query does not say.
    language: Language,
}

impl Accepted {
    fn negotiate(headers: &HeaderMap) -> Result<Self, Refusal> {
        let events = accepts_events(headers);
        let language = language::preferred(headers);
        match AnswerType::negotiate(headers) {
            Ok(answer_type) => Ok(Self { once: Some(answer_type), events, language }),
            Err(_) if events => Ok(Self { once: None, events, language }),
            Err(refusal) => Err(refusal),
        }
    }

    /// Whether an operation can be answered so.
    fn takes(self, prepared: &Prepared) -> Result<(), Refusal> {
        if prepared.is_subscription() && !self.events {
            let message = "a subscription is answered as text/event-stream, which is to be accepted, or over a \
                           WebSocket (graphql-transport-ws)";
            return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, message));
        }
        Ok(())
    }

    fn present(self, app: &App, answered: Answered) -> Response {
        match (answered, self.once) {
            (Answered::Once(outcome), Some(answer_type)) => present(outcome, answer_type),
            // A stream that has not begun can still say so by its status.
            (Answered::Once(outcome), None) if outcome.stage == Stage::TimedOut => {
                present(outcome, AnswerType::default())
            }
            (answered, _) => event_stream(app, answered),
        }
    }
}
