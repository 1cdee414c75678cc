//! Operations over a WebSocket, in the protocol `graphql-transport-ws` of the npm package `graphql-ws`.

mod connection;
mod message;
mod origin;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::response::Response;

use self::connection::{Connection, Said};
use super::language::preferred;
use super::media_type::AnswerType;
use super::refusal::Refusal;
use crate::access::Unauthenticated;
use crate::http::App;
use crate::http::admission::Client;
use crate::http::authentication::authenticate;
use crate::model::Origin;

/// The one protocol that is spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// What is set aside for reading from each client: most messages are short.
const READ_BUFFER: usize = 4 << 10;

/// Begins a conversation.
pub(super) async fn accept(
    app: App,
    headers: &HeaderMap,
    (origin, client): (Origin, Client),
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(refusal) = self::origin::require_own(headers) {
        return refusal.answer(AnswerType::Json);
    }
    // Browsers cannot send the header; `connection_init` may say who it is instead.
    let caller = authenticate(&app, headers).await.map(|caller| caller.at(client));
    if let Err(refused @ Unauthenticated::Invalid) = caller {
        return Refusal::from(refused).answer(AnswerType::Json);
    }
    let language = preferred(headers);
    let largest = app.limits().body;
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .max_message_size(largest)
        .max_frame_size(largest)
        .on_upgrade(async move |socket| {
            Connection::new(app, caller, socket, Said { language, origin, client }).serve().await;
        })
}
