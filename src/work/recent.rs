//! A bounded cache of shared values.

use std::sync::{Arc, PoisonError};

use super::once::UpdateLock;
use super::primitives::{Mutex, MutexGuard};

/// Shared values, the one used last first; what is used least goes when there are too many.
///
/// Whoever holds a value keeps it whole when it is evicted: what is cached with a value must therefore be inside it.
#[derive(Debug)]
pub struct Recent<T> {
    values: Mutex<Vec<Arc<T>>>,
    bound: usize,
}

impl<T> Recent<T> {
    /// No values, and room for so many.
    pub fn new(bound: usize) -> Self {
        Self { values: Mutex::new(Vec::new()), bound }
    }

    /// A value that fits, which is used now.
    pub fn find(&self, fits: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        used(&mut self.lock(), fits)
    }

    /// A value that fits; `make`, which must be quick, is asked where there is none.
    pub fn find_or_insert(&self, fits: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> Arc<T> {
        let mut values = self.lock();
        if let Some(found) = used(&mut values, fits) {
            return found;
        }
        let made = Arc::new(make());
        values.truncate(self.bound.saturating_sub(1));
        values.insert(0, Arc::clone(&made));
        made
    }

    /// All values, the one used last first.
    pub fn all(&self) -> Vec<Arc<T>> {
        self.lock().clone()
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> &mut Vec<Arc<T>> {
        self.values.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<T>>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A copy shares the values, and evicts on its own.
impl<T> Clone for Recent<T> {
    fn clone(&self) -> Self {
        Self { values: Mutex::new(self.all()), bound: self.bound }
    }
}

/// Shared values of which no more than one is made at a time, so that many callers who need the same one make it once, and
/// the memory of no more than one is taken.
#[derive(Debug)]
pub struct RecentlyMade<T> {
    recent: Recent<T>,
    making: UpdateLock,
}

impl<T> RecentlyMade<T> {
    /// No values, and room for so many.
    pub fn new(bound: usize) -> Self {
        Self { recent: Recent::new(bound), making: UpdateLock::default() }
    }

    /// The values that were made.
    pub fn recent(&self) -> &Recent<T> {
        &self.recent
    }

    /// The same, to be changed.
    pub fn recent_mut(&mut self) -> &mut Recent<T> {
        &mut self.recent
    }

    /// A value that fits, made now if there is none.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn find_or_make<E>(
        &self,
        fits: impl Fn(&T) -> bool,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(found) = self.recent.find(&fits) {
            return Ok(found);
        }
        let _making = self.making.lock();
        if let Some(found) = self.recent.find(&fits) {
            return Ok(found);
        }
        let made = make()?;
        Ok(self.recent.find_or_insert(fits, || made))
    }
}

/// A copy shares the values, and makes others on its own.
impl<T> Clone for RecentlyMade<T> {
    fn clone(&self) -> Self {
        Self { recent: self.recent.clone(), making: UpdateLock::default() }
    }
}

fn used<T>(values: &mut [Arc<T>], fits: impl Fn(&T) -> bool) -> Option<Arc<T>> {
    let position = values.iter().position(|value| fits(value))?;
    values[..=position].rotate_right(1);
    values.first().cloned()
}
