//! A fair queue in which requests wait for their turn to write without occupying a thread.
//!
//! [`Atlas::turn`](super::Atlas::turn) keeps writers apart by itself, but blocks the thread that calls it. A server has
//! its writers enter this queue before they take an execution permit, so that waiting writers cost readers nothing.

use std::sync::Arc;

use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many writers may wait: as many as are done within the time limit of a request, if their changes are few.
const WAITING: usize = 256;

/// Writers in the order in which they came.
#[derive(Debug)]
pub struct WriteQueue {
    first: Arc<Semaphore>,
    waiting: Semaphore,
}

/// The first place in the queue; the next writer follows when it is dropped.
#[derive(Debug)]
pub struct WritePlace(#[expect(dead_code, reason = "released when it is dropped")] OwnedSemaphorePermit);

/// So many writers wait that no more are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{WAITING} writers are waiting already; nothing was recorded, so try again in a moment")]
pub struct WriteQueueFull;

impl Default for WriteQueue {
    fn default() -> Self {
        Self { first: Arc::new(Semaphore::new(1)), waiting: Semaphore::new(WAITING) }
    }
}

impl WriteQueue {
    /// Waits until all who came before have written; a caller that stops waiting leaves the queue.
    ///
    /// # Errors
    /// [`WriteQueueFull`] at once where too many wait.
    pub async fn enter(&self) -> Result<WritePlace, WriteQueueFull> {
        let _waits = self.waiting.try_acquire().map_err(|_| WriteQueueFull)?;
        // Never closed.
        let first = Arc::clone(&self.first).acquire_owned().await.map_err(|_| WriteQueueFull)?;
        Ok(WritePlace(first))
    }

    /// How many writers wait.
    pub fn waiting(&self) -> usize {
        WAITING - self.waiting.available_permits()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn writers_follow_each_other_in_their_order_and_whoever_leaves_holds_up_nobody() {
        let queue = WriteQueue::default();
        let Poll::Ready(Ok(first)) = poll(pin!(queue.enter())) else { panic!("the queue is empty") };
        let mut third = {
            let mut second = Box::pin(queue.enter());
            let mut third = Box::pin(queue.enter());
            assert!(poll(second.as_mut()).is_pending() && poll(third.as_mut()).is_pending());
            third
        };
        let mut fourth = pin!(queue.enter());
        assert!(poll(fourth.as_mut()).is_pending());
        drop(first);
        let Poll::Ready(Ok(place)) = poll(third.as_mut()) else { panic!("the second has left") };
        assert!(poll(fourth.as_mut()).is_pending());
        drop(place);
        assert!(poll(fourth.as_mut()).is_ready());
    }

    #[test]
    fn a_full_queue_says_so_at_once() {
        let queue = WriteQueue::default();
        let Poll::Ready(Ok(_first)) = poll(pin!(queue.enter())) else { panic!("the queue is empty") };
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(queue.enter())).collect();
        assert!(waiting.iter_mut().all(|writer| poll(writer.as_mut()).is_pending()));
        assert_eq!(poll(pin!(queue.enter())).map(Result::err), Poll::Ready(Some(WriteQueueFull)));
        waiting.pop();
        assert!(poll(pin!(queue.enter())).is_pending());
    }
}
