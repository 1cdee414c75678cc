//! Bodies come in time, and a request is counted among those that are worked on when it is there as a whole: clients
//! that send theirs slowly keep nobody else out.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

use super::refusal::{Form, Refused};
use crate::http::App;

/// What became of a request when its body was read: its place among those that are worked on, or why it has none.
#[derive(Clone, Default)]
struct Fate(Arc<Mutex<Option<Result<OwnedSemaphorePermit, Refused>>>>);

/// A body on its way.
struct Coming {
    body: Body,
    until: Instant,
    /// What wakes whoever waits for more; none before anybody had to.
    late: Option<Pin<Box<Sleep>>>,
    within: Duration,
    places: Arc<Semaphore>,
    fate: Fate,
}

/// Gives a request a place among those that wait for their turn or have it, for as long as it is worked on.
///
/// 408 where its body does not come in time, 503 where all places are taken.
pub(super) async fn placed(State(app): State<App>, request: Request, next: Next) -> Response {
    let form = Form::at(request.uri().path());
    let (parts, body) = request.into_parts();
    let fate = Fate::default();
    let body = if body.is_end_stream() {
        if let Err(refused) = fate.place(&app.places) {
            return refused.answer(form);
        }
        body
    } else {
        let within = app.connection_limits.body_time;
        let (until, places) = (Instant::now() + within, Arc::clone(&app.places));
        Body::new(Coming { body, until, late: None, within, places, fate: fate.clone() })
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    match fate.refused() {
        Some(refused) => refused.answer(form),
        None => response,
    }
}

/// The pieces of the body; what is refused ends it.
impl HttpBody for Coming {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let broken = |cause: &str| Poll::Ready(Some(Err(cause.into())));
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(piece)) => Poll::Ready(Some(piece.map_err(Into::into))),
            Poll::Ready(None) => match self.fate.place(&self.places) {
                Ok(()) => Poll::Ready(None),
                Err(refused) => {
                    self.fate.end(refused);
                    broken("the server has too much to do")
                }
            },
            Poll::Pending => {
                let until = self.until;
                ready!(self.late.get_or_insert_with(|| Box::pin(sleep_until(until))).as_mut().poll(context));
                let message = format!("the body did not come within {} seconds", self.within.as_secs_f64());
                self.fate.end(Refused::new(StatusCode::REQUEST_TIMEOUT, message).closing());
                broken("the body did not come in time")
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Fate {
    fn place(&self, places: &Arc<Semaphore>) -> Result<(), Refused> {
        let place = Arc::clone(places).try_acquire_owned().map_err(|_| {
            let message = "the server has as many requests as it takes; try again in a moment";
            Refused::new(StatusCode::SERVICE_UNAVAILABLE, message).again_after(Duration::from_secs(1))
        })?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Ok(place));
        Ok(())
    }

    fn end(&self, refused: Refused) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Err(refused));
    }

    /// Why the request is refused, if it is; its place is free again.
    fn refused(&self) -> Option<Refused> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?.err()
    }
}
