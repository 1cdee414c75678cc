//! Work that many threads need at the same time and one of them does.
//!
//! A thread that is cancelled while it works, or panics, lets the next one begin; a thread that is cancelled while it
//! waits stops waiting. `model_tests.rs` includes this file a second time, with the primitives of a model checker.

use std::ops::Deref;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::go_on;
use super::primitives::{Condvar, Mutex, MutexGuard};

/// How long a thread waits before it looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(10);

/// A lock that is held during long work and whose waiters can be cancelled.
#[derive(Debug, Default)]
pub struct UpdateLock {
    is_held: Mutex<bool>,
    released: Condvar,
}

/// The hold of an [`UpdateLock`], released on drop.
#[derive(Debug)]
pub struct Updating<L: Deref<Target = UpdateLock>>(L);

impl UpdateLock {
    /// Waits until no other thread holds the lock.
    pub fn lock(&self) -> Updating<&Self> {
        let mut is_held = lock(&self.is_held);
        while *is_held {
            let waited = self.released.wait_timeout(is_held, LOOK);
            (is_held, _) = waited.unwrap_or_else(PoisonError::into_inner);
            go_on();
        }
        *is_held = true;
        drop(is_held);
        Updating(self)
    }

    /// Takes the lock unless another thread holds it; the hold can go to another thread.
    pub fn try_lock_shared(this: &Arc<Self>) -> Option<Updating<Arc<Self>>> {
        let was_held = std::mem::replace(&mut *lock(&this.is_held), true);
        (!was_held).then(|| Updating(Arc::clone(this)))
    }
}

impl<L: Deref<Target = UpdateLock>> Drop for Updating<L> {
    fn drop(&mut self) {
        *lock(&self.0.is_held) = false;
        // All, since the one that is woken may have been cancelled.
        self.0.released.notify_all();
    }
}

/// A value that the first thread that needs it makes, while others that need it wait.
#[derive(Debug)]
pub struct OnceMade<T> {
    made: Mutex<Option<T>>,
    making: UpdateLock,
}

impl<T> Default for OnceMade<T> {
    fn default() -> Self {
        Self { made: Mutex::new(None), making: UpdateLock::default() }
    }
}

impl<T: Clone> OnceMade<T> {
    /// The value, if it was made.
    pub fn get(&self) -> Option<T> {
        lock(&self.made).clone()
    }

    /// The value, to be changed or dropped.
    pub fn made_mut(&mut self) -> &mut Option<T> {
        self.made.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value, made now if it was not yet.
    pub fn get_or_make(&self, make: impl FnOnce() -> T) -> T {
        if let Some(made) = self.get() {
            return made;
        }
        let _making = self.making.lock();
        if let Some(made) = self.get() {
            return made;
        }
        let made = make();
        *lock(&self.made) = Some(made.clone());
        made
    }
}

/// A copy has the value if it was made, and makes its own otherwise.
impl<T: Clone> Clone for OnceMade<T> {
    fn clone(&self) -> Self {
        Self { made: Mutex::new(self.get()), making: UpdateLock::default() }
    }
}

/// A lock on data that is always whole, so that a panic of another thread does not matter.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
