//! Operations over a WebSocket, in the protocol `graphql-transport-ws` of the npm package `graphql-ws`.

mod connection;
mod message;
mod origin;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::response::Response;

use self::connection::Connection;
use super::media_type::AnswerType;
use crate::http::App;

/// The one protocol that is spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// What is set aside for reading from each client: most messages are short.
const READ_BUFFER: usize = 4 << 10;

/// Begins a conversation.
pub(super) fn accept(app: App, headers: &HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if let Err(refusal) = origin::require_own(headers) {
        return refusal.answer(AnswerType::Json);
    }
    let largest = app.limits().body;
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .max_message_size(largest)
        .max_frame_size(largest)
        .on_upgrade(async move |socket| Connection::new(app, socket).serve().await)
}
