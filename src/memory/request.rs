use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Budget, OutOfMemory, Reservation};

thread_local! {
    static CURRENT: RefCell<Option<Arc<RequestMemory>>> = const { RefCell::new(None) };
}

/// What one request has reserved, released when it is dropped.
#[derive(Debug)]
pub struct RequestMemory {
    budget: Arc<Budget>,
    patience: Duration,
    held: Mutex<Vec<Reservation>>,
}

impl RequestMemory {
    /// Nothing reserved yet; each reservation may wait so long.
    pub fn new(budget: &Arc<Budget>, patience: Duration) -> Self {
        Self { budget: Arc::clone(budget), patience, held: Mutex::default() }
    }

    /// Does work of the request on this thread: what it reserves is reserved for the request.
    pub fn enter<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        let _before = Before(CURRENT.replace(Some(Arc::clone(self))));
        work()
    }
}

/// Puts back what was current before, also where the work unwinds.
struct Before(Option<Arc<RequestMemory>>);

impl Drop for Before {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Reserves bytes for the request that this thread works for, until the request is over.
///
/// Work for nobody, such as a command's, has no budget and is not counted.
///
/// # Errors
/// [`OutOfMemory`] where they are not free and do not become free.
pub fn reserve(bytes: u64) -> Result<(), OutOfMemory> {
    let Some(request) = CURRENT.with_borrow(Clone::clone) else { return Ok(()) };
    let reservation = request.budget.reserve(bytes, request.patience)?;
    request.held.lock().unwrap_or_else(PoisonError::into_inner).push(reservation);
    Ok(())
}

/// Reserves bytes for something that outlives the request that this thread works for, such as an entry of a cache.
///
/// `None` for work without a budget.
///
/// # Errors
/// [`OutOfMemory`] where they are not free and do not become free.
pub fn lend(bytes: u64) -> Result<Option<Reservation>, OutOfMemory> {
    let Some(request) = CURRENT.with_borrow(Clone::clone) else { return Ok(None) };
    request.budget.reserve(bytes, request.patience).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_reserves_is_released_with_it_and_what_it_lends_is_not() {
        let budget = Arc::new(Budget::new(100 << 20));
        let request = Arc::new(RequestMemory::new(&budget, Duration::ZERO));
        let lent = request.enter(|| {
            reserve(10 << 20).unwrap();
            reserve(5 << 20).unwrap();
            assert!(reserve(90 << 20).is_err());
            lend(20 << 20).unwrap()
        });
        assert_eq!(budget.reserved(), 35 << 20);
        drop(request);
        assert_eq!(budget.reserved(), 20 << 20);
        drop(lent);
        assert_eq!(budget.reserved(), 0);
        // Work for nobody.
        assert!(reserve(u64::MAX).is_ok());
    }
}
