//! Bodies come in time, and a request is counted among those that are worked on when it is there as a whole: clients
//! that send theirs slowly keep nobody else out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::unfold;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::refusal::Refused;
use crate::http::App;

/// What became of a request when its body was read: its place among those that are worked on, or why it has none.
#[derive(Clone, Default)]
struct Fate(Arc<Mutex<Option<Result<OwnedSemaphorePermit, Refused>>>>);

/// A body on its way.
struct Coming {
    pieces: BodyDataStream,
    until: Instant,
    within: Duration,
    places: Arc<Semaphore>,
    fate: Fate,
}

/// Gives a request a place among those that wait for their turn or have it, for as long as it is worked on.
///
/// 408 where its body does not come in time, 503 where all places are taken.
pub(super) async fn placed(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let (parts, body) = request.into_parts();
    let fate = Fate::default();
    let body = if body.is_end_stream() {
        if let Err(refused) = fate.place(&app.places) {
            return refused.answer(&path);
        }
        body
    } else {
        let within = app.connection_limits.body_time;
        let (until, places) = (Instant::now() + within, Arc::clone(&app.places));
        let coming = Coming { pieces: body.into_data_stream(), until, within, places, fate: fate.clone() };
        Body::from_stream(unfold(Some(coming), Coming::next))
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    match fate.refused() {
        Some(refused) => refused.answer(&path),
        None => response,
    }
}

impl Coming {
    /// The next piece of the body; what is refused ends it.
    async fn next(coming: Option<Self>) -> Option<(Result<Bytes, BoxError>, Option<Self>)> {
        let mut coming = coming?;
        let broken = |cause: &str| Some((Err(cause.into()), None));
        match timeout_at(coming.until, coming.pieces.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(coming))),
            Ok(Some(Err(error))) => Some((Err(error.into()), None)),
            Ok(None) => match coming.fate.place(&coming.places) {
                Ok(()) => None,
                Err(refused) => {
                    coming.fate.end(refused);
                    broken("the server has too much to do")
                }
            },
            Err(_) => {
                let message = format!("the body did not come within {} seconds", coming.within.as_secs_f64());
                coming.fate.end(Refused::new(StatusCode::REQUEST_TIMEOUT, message).closing());
                broken("the body did not come in time")
            }
        }
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
