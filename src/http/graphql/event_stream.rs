//! Answers as server-sent events, in the distinct connections mode of `graphql-sse`.

use std::convert::Infallible;

use axum::http::header::HeaderName;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;

use super::run::Answered;
use crate::http::App;

/// An event for each answer, and one for the end.
pub(super) fn event_stream(app: &App, answered: Answered) -> Response {
    let events = unfold(Some((answered, app.closing.listen())), |telling| async move {
        let (mut answered, mut closing) = telling?;
        let next = tokio::select! {
            next = answered.next() => next.unwrap_or_else(|refusal| Some(refusal.outcome())),
            () = closing.begun() => None,
        };
        let event = match &next {
            Some(outcome) => Event::default().event("next").data(outcome.text()),
            None => Event::default().event("complete").data("null"),
        };
        Some((Ok::<_, Infallible>(event), next.map(|_| (answered, closing))))
    });
    let alive = KeepAlive::new().interval(app.subscription_limits.ping);
    // A proxy such as nginx would collect events until it has a page of them.
    let headers = [(HeaderName::from_static("x-accel-buffering"), "no")];
    (headers, Sse::new(events).keep_alive(alive)).into_response()
}
