//! The order of a write among readers, other writers and checkpoints.
//!
//! A test tries every interleaving of it (`tests/model.rs`).

use std::sync::{Arc, PoisonError};

use super::primitives::{Mutex, MutexGuard, RwLock};

/// A log, and what readers are shown of it.
///
/// Locks are taken in this order: `writing`, `log`, `shown`. Readers take `shown` alone, for as long as a counter is
/// raised.
pub(super) struct Journal<L, T> {
    /// Held by a writer from its look at what is shown until what it wrote is shown.
    writing: Mutex<()>,
    /// Locked while a commit is appended, not while the next value is prepared or a checkpoint written.
    log: Mutex<L>,
    shown: RwLock<Arc<T>>,
}

/// A write: nobody else writes until it ends.
pub(super) struct Writing<'j, L, T> {
    journal: &'j Journal<L, T>,
    current: Arc<T>,
    _alone: MutexGuard<'j, ()>,
}

impl<L, T> Journal<L, T> {
    pub(super) fn new(log: L, shown: Arc<T>) -> Self {
        Self { writing: Mutex::new(()), log: Mutex::new(log), shown: RwLock::new(shown) }
    }

    /// What is shown now.
    pub(super) fn shown(&self) -> Arc<T> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn log(&self) -> MutexGuard<'_, L> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a write when all before have ended.
    pub(super) fn begin(&self) -> Writing<'_, L, T> {
        let alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        Writing { journal: self, current: self.shown(), _alone: alone }
    }
}

impl<L, T> Writing<'_, L, T> {
    /// What is shown, and will be until this write ends.
    pub(super) fn current(&self) -> &Arc<T> {
        &self.current
    }

    /// Does something with the log while nobody else writes: what is shown is what it ends with.
    pub(super) fn with_log<R>(&self, act: impl FnOnce(&mut L) -> R) -> R {
        act(&mut self.journal.log())
    }

    /// Records a commit and shows what it leads to.
    ///
    /// `record` makes it last. From then on it is shown whatever happens, so `prepare`, which readies it for readers,
    /// must not unwind. `shown` is called when it is shown and nobody else has written yet.
    ///
    /// # Errors
    /// Those of `record`; everything is then as it was.
    pub(super) fn commit<R, E>(
        self,
        record: impl FnOnce(&mut L) -> Result<T, E>,
        prepare: impl FnOnce(&T),
        shown: impl FnOnce(&mut L, &T) -> R,
    ) -> Result<(Arc<T>, R), E> {
        let next = Arc::new(self.with_log(record)?);
        prepare(&next);
        *self.journal.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&next);
        let after = self.with_log(|log| shown(log, &next));
        Ok((next, after))
    }
}
