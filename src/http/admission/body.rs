//! Answers count against the budget of memory until the connection has sent them.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

use crate::memory::{Budget, Reservation};

/// Shorter pieces are not counted one by one: every request reserves as much when it begins.
const COUNTED: usize = 16 << 10;

/// An answer whose pieces are counted.
struct CountedBody {
    body: Body,
    budget: Arc<Budget>,
}

/// A piece of an answer and what it takes of the budget; the connection drops both when it was sent.
struct Piece {
    bytes: Bytes,
    _reserved: Reservation,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// An answer whose pieces count against a budget until they are sent.
pub(in crate::http) fn counted(response: Response, budget: &Arc<Budget>) -> Response {
    if response.body().size_hint().exact().is_some_and(|length| length < COUNTED as u64) {
        return response;
    }
    let budget = Arc::clone(budget);
    response.map(|body| Body::new(CountedBody { body, budget }))
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        polled.map_ok(|frame| {
            frame.map_data(|bytes| {
                if bytes.len() < COUNTED {
                    return bytes;
                }
                let reserved = self.budget.overdraw(bytes.len() as u64);
                Bytes::from_owner(Piece { bytes, _reserved: reserved })
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::response::IntoResponse;
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn what_is_not_sent_yet_is_reserved() {
        let budget = Arc::new(Budget::new(1 << 30));
        let long = counted(vec![b'a'; 1 << 20].into_response(), &budget);
        assert_eq!(long.body().size_hint().exact(), Some(1 << 20));
        let mut pieces = long.into_body().into_data_stream();
        let piece = pieces.next().await.unwrap().unwrap();
        assert!(pieces.next().await.is_none());
        assert_eq!(budget.reserved(), 1 << 20);
        drop(piece);
        assert_eq!(budget.reserved(), 0);
        let short = counted("short".into_response(), &budget);
        assert_eq!(to_bytes(short.into_body(), 10).await.unwrap(), "short");
    }
}
