//! Bodies come in time, and a request is counted among those that are worked on when it is there as a whole: clients
//! that send theirs slowly keep nobody else out.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
use crate::http::admission::counted;
use crate::memory::{Budget, Reservation};

/// What every request takes beside its body, about: buffers of its connection and its head.
const BASE: u64 = 32 << 10;

/// What became of a request when its body was read: its place among those that are worked on, or why it has none.
#[derive(Clone, Default)]
struct Fate(Arc<Mutex<Known>>);

/// What is known of a request by now.
#[derive(Default)]
struct Known {
    place: Option<Result<OwnedSemaphorePermit, Refused>>,
    /// The memory of what came of its body, and of what every request takes.
    reserved: Vec<Reservation>,
}

/// A body on its way.
struct Coming {
    body: Body,
    until: Instant,
    /// What wakes whoever waits for more; none before anybody had to.
    late: Option<Pin<Box<Sleep>>>,
    within: Duration,
    places: Arc<Semaphore>,
    budget: Arc<Budget>,
    fate: Fate,
}

/// Gives a request a place among those that wait for their turn or have it, for as long as it is worked on.
///
/// 408 where its body does not come in time, 503 where all places are taken.
pub(super) async fn placed(State(app): State<App>, request: Request, next: Next) -> Response {
    let form = Form::at(request.uri().path());
    let (parts, body) = request.into_parts();
    let fate = Fate::default();
    if let Err(refused) = fate.reserve(&app.budget, BASE) {
        return refused.answer(form);
    }
    let body = if body.is_end_stream() {
        if let Err(refused) = fate.place(&app.places) {
            return refused.answer(form);
        }
        body
    } else {
        let within = app.connection_limits.body_time;
        let (until, places) = (Instant::now() + within, Arc::clone(&app.places));
        let (budget, fate) = (Arc::clone(&app.budget), fate.clone());
        Body::new(Coming { body, until, late: None, within, places, budget, fate })
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    match fate.refused() {
        Some(refused) => refused.answer(form),
        None => counted(response, &app.budget),
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
            Poll::Ready(Some(Ok(piece))) => {
                let length = piece.data_ref().map_or(0, Bytes::len);
                if let Err(refused) = self.fate.reserve(&self.budget, length as u64) {
                    self.fate.end(refused.closing());
                    return broken("the server has no memory for the body");
                }
                Poll::Ready(Some(Ok(piece)))
            }
            Poll::Ready(Some(Err(cause))) => Poll::Ready(Some(Err(cause.into()))),
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
        self.known().place = Some(Ok(place));
        Ok(())
    }

    /// Reserves memory until the request is answered.
    fn reserve(&self, budget: &Arc<Budget>, bytes: u64) -> Result<(), Refused> {
        let reserved = budget.try_reserve(bytes).map_err(|cause| {
            Refused::new(StatusCode::SERVICE_UNAVAILABLE, cause.to_string())
                .again_after(Duration::from_secs(1))
        })?;
        self.known().reserved.push(reserved);
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, refused: Refused) {
        self.known().place = Some(Err(refused));
    }

    /// Why the request is refused, if it is; its place is free again.
    fn refused(&self) -> Option<Refused> {
        let mut known = self.known();
        known.reserved.clear();
        known.place.take()?.err()
    }
}
