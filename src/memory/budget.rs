use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use thiserror::Error;

use super::MemorySize;
use super::available::resident;

/// Up to this many bytes a reservation is small: it never queues, and may use the last part of the budget, so that
/// small requests are answered while large ones wait.
const SMALL: u64 = 1 << 20;

/// The part of the budget that only small reservations may use, as a divisor.
const KEPT_FOR_SMALL: u64 = 8;

/// How many reservations may wait; more are refused at once.
const MOST_WAITING: usize = 64;

/// The part of all memory that requests may use however large the graph is, as a divisor.
const LEAST_FOR_REQUESTS: u64 = 4;

/// Memory that concurrent work shares, in bytes.
///
/// Reservations are granted in the order in which they were asked for, except small ones, which never wait.
#[derive(Debug)]
pub struct Budget {
    /// What the process may occupy in all.
    total: u64,
    /// What may be reserved.
    capacity: u64,
    /// Whether what the process occupies is looked at, too.
    is_measured: bool,
    state: Mutex<State>,
    released: Condvar,
    refused: AtomicU64,
    evictable: Mutex<Vec<Weak<dyn Evict>>>,
}

#[derive(Debug, Default)]
struct State {
    reserved: u64,
    /// What of it is in reservations that are not small.
    large: u64,
    /// The tickets of those that wait, the first first.
    queue: VecDeque<u64>,
    next_ticket: u64,
}

/// A cache that can release memory that others need.
pub trait Evict: Send + Sync + fmt::Debug {
    /// Releases what it can do without.
    fn evict(&self);
}

/// Bytes of a budget, released on drop.
#[derive(Debug)]
pub struct Reservation {
    budget: Arc<Budget>,
    bytes: u64,
    is_large: bool,
}

/// Memory that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub struct OutOfMemory {
    /// How many bytes were asked for.
    pub needed: u64,
    /// How many bytes one request can have at most.
    pub capacity: u64,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (needed, capacity) = (MemorySize(self.needed), MemorySize(self.capacity));
        if self.needed > self.capacity {
            return write!(
                f,
                "the request needs about {needed} of memory, but the server has {capacity} for requests; ask for less at \
                 a time"
            );
        }
        write!(
            f,
            "the request needs about {needed} of memory, which the server does not have free now; try again in a \
             moment, or ask for less"
        )
    }
}

impl Budget {
    /// A budget of so many bytes, without regard to what the process occupies beside.
    pub fn new(bytes: u64) -> Self {
        Self {
            total: bytes,
            capacity: bytes,
            is_measured: false,
            state: Mutex::default(),
            released: Condvar::new(),
            refused: AtomicU64::new(0),
            evictable: Mutex::default(),
        }
    }

    /// A budget for a process that may occupy so many bytes in all; what it occupies now is set aside.
    ///
    /// Large reservations are granted only as long as the process then stays within the total by what it occupies, so
    /// that estimates that are too low do no harm.
    pub fn of_process(total: u64) -> Self {
        let set_aside = resident().unwrap_or_default();
        let capacity = total.saturating_sub(set_aside).max(total / LEAST_FOR_REQUESTS);
        Self { total, capacity, is_measured: true, ..Self::new(capacity) }
    }

    /// What the process may occupy in all.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many bytes may be reserved.
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// How many bytes are reserved.
    pub fn reserved(&self) -> u64 {
        self.state().reserved
    }

    /// How many reservations wait.
    pub fn waiting(&self) -> usize {
        self.state().queue.len()
    }

    /// How many reservations were refused so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Adds a cache that is asked to release memory before anything waits. It is forgotten when it is dropped.
    pub fn add_evictable(&self, cache: Weak<dyn Evict>) {
        let mut caches = self.evictable.lock().unwrap_or_else(PoisonError::into_inner);
        caches.retain(|cache| cache.strong_count() > 0);
        caches.push(cache);
    }

    /// Reserves bytes that are free now.
    ///
    /// # Errors
    /// [`OutOfMemory`] where they are not.
    pub fn try_reserve(self: &Arc<Self>, bytes: u64) -> Result<Reservation, OutOfMemory> {
        self.reserve(bytes, Duration::ZERO)
    }

    /// Reserves bytes, and waits for them no longer than `patience`. Blocks the thread.
    ///
    /// # Errors
    /// [`OutOfMemory`] where they do not become free, or too many others wait.
    pub fn reserve(self: &Arc<Self>, bytes: u64, patience: Duration) -> Result<Reservation, OutOfMemory> {
        let mut state = self.state();
        if state.queue.is_empty() || bytes <= SMALL {
            if self.fits(&state, bytes) {
                return Ok(self.take(&mut state, bytes));
            }
            drop(state);
            self.evict();
            state = self.state();
            if self.fits(&state, bytes) {
                return Ok(self.take(&mut state, bytes));
            }
        }
        if patience.is_zero() || bytes > self.most(bytes) || state.queue.len() >= MOST_WAITING {
            return Err(self.refuse(bytes));
        }
        self.wait(state, bytes, Instant::now() + patience)
    }

    /// Counts bytes that are occupied already, such as those of an answer, whether they fit or not.
    pub fn overdraw(self: &Arc<Self>, bytes: u64) -> Reservation {
        self.take(&mut self.state(), bytes)
    }

    fn wait(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State>,
        bytes: u64,
        until: Instant,
    ) -> Result<Reservation, OutOfMemory> {
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.queue.push_back(ticket);
        loop {
            if state.queue.front() == Some(&ticket) && self.fits(&state, bytes) {
                state.queue.pop_front();
                let reservation = self.take(&mut state, bytes);
                // There may be room for the next one, too.
                self.released.notify_all();
                return Ok(reservation);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.queue.retain(|waiting| *waiting != ticket);
                self.released.notify_all();
                return Err(self.refuse(bytes));
            }
            // What the process occupies falls without anybody being told.
            let look = left.min(Duration::from_millis(50));
            (state, _) = self.released.wait_timeout(state, look).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The most that reservations of a size may come to in all.
    fn most(&self, bytes: u64) -> u64 {
        if bytes <= SMALL { self.capacity } else { self.capacity - self.capacity / KEPT_FOR_SMALL }
    }

    fn fits(&self, state: &State, bytes: u64) -> bool {
        if state.reserved.saturating_add(bytes) > self.most(bytes) {
            return false;
        }
        // A single one is never refused for what the process occupies: nothing that is released would help it.
        if !self.is_measured || bytes <= SMALL || state.large == 0 {
            return true;
        }
        resident().is_none_or(|resident| resident.saturating_add(bytes) <= self.total)
    }

    fn take(self: &Arc<Self>, state: &mut State, bytes: u64) -> Reservation {
        let is_large = bytes > SMALL;
        state.reserved += bytes;
        state.large += if is_large { bytes } else { 0 };
        Reservation { budget: Arc::clone(self), bytes, is_large }
    }

    fn refuse(&self, needed: u64) -> OutOfMemory {
        self.refused.fetch_add(1, Ordering::Relaxed);
        OutOfMemory { needed, capacity: self.most(needed) }
    }

    fn evict(&self) {
        let caches = self.evictable.lock().unwrap_or_else(PoisonError::into_inner).clone();
        caches.iter().filter_map(Weak::upgrade).for_each(|cache| cache.evict());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// How many bytes are reserved.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        state.reserved -= self.bytes;
        state.large -= if self.is_large { self.bytes } else { 0 };
        let is_awaited = !state.queue.is_empty();
        drop(state);
        if is_awaited {
            self.budget.released.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIB: u64 = 1 << 20;
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_does_not_fit_is_refused_and_the_last_part_is_for_small_ones() {
        let budget = Arc::new(Budget::new(80 * MIB));
        let held = budget.try_reserve(70 * MIB).unwrap();
        assert!(budget.try_reserve(2 * MIB).is_err());
        let small = budget.try_reserve(MIB).unwrap();
        assert_eq!((budget.reserved(), budget.refused()), (71 * MIB, 1));
        let never = budget.reserve(71 * MIB, LONG).unwrap_err();
        assert!(
            never.to_string().contains("needs about 71 MiB of memory, but the server has 70 MiB"),
            "{never}"
        );
        drop((held, small));
        assert_eq!(budget.reserved(), 0);
        let busy = budget.overdraw(90 * MIB);
        assert!(budget.try_reserve(1).unwrap_err().to_string().contains("try again in a moment"));
        drop(busy);
        assert!(budget.try_reserve(70 * MIB).is_ok());
    }

    #[test]
    fn a_large_one_that_waits_is_not_overtaken_by_smaller_ones() {
        let budget = Arc::new(Budget::new(80 * MIB));
        let held = budget.try_reserve(60 * MIB).unwrap();
        std::thread::scope(|scope| {
            let first = scope.spawn(|| budget.reserve(50 * MIB, LONG).map(|held| held.bytes()));
            while budget.waiting() == 0 {
                std::thread::yield_now();
            }
            // It would fit, but the first is before it.
            assert!(budget.try_reserve(5 * MIB).is_err());
            drop(held);
            assert_eq!(first.join().unwrap(), Ok(50 * MIB));
        });
        assert!(budget.try_reserve(5 * MIB).is_ok());
    }

    #[test]
    fn no_more_wait_than_may_and_each_no_longer_than_it_said() {
        let budget = Arc::new(Budget::new(80 * MIB));
        let _held = budget.try_reserve(60 * MIB).unwrap();
        assert!(budget.reserve(50 * MIB, Duration::from_millis(1)).is_err());
        assert_eq!(budget.waiting(), 0);
        budget.state().queue.extend(0..MOST_WAITING as u64);
        assert!(budget.reserve(50 * MIB, LONG).is_err());
    }

    #[derive(Debug, Default)]
    struct Cache(Mutex<Option<Reservation>>);

    impl Evict for Cache {
        fn evict(&self) {
            drop(self.0.lock().unwrap().take());
        }
    }

    #[test]
    fn caches_release_what_others_need() {
        let budget = Arc::new(Budget::new(80 * MIB));
        let cache = Arc::new(Cache::default());
        budget.add_evictable(Arc::downgrade(&cache) as Weak<dyn Evict>);
        *cache.0.lock().unwrap() = Some(budget.try_reserve(60 * MIB).unwrap());
        let held = budget.try_reserve(10 * MIB).unwrap();
        assert!(cache.0.lock().unwrap().is_some());
        assert!(budget.try_reserve(50 * MIB).is_ok());
        assert!(cache.0.lock().unwrap().is_none());
        drop(held);
    }

    proptest! {
        #[test]
        fn what_is_reserved_is_the_sum_of_what_is_held(steps in prop::collection::vec((0..40_u64, any::<prop::sample::Index>(), any::<bool>()), 0..60)) {
            let budget = Arc::new(Budget::new(100 * MIB));
            let mut held: Vec<Reservation> = Vec::new();
            for (size, at, gives_back) in steps {
                if gives_back && !held.is_empty() {
                    held.swap_remove(at.index(held.len()));
                } else {
                    let before: u64 = held.iter().map(Reservation::bytes).sum();
                    let most = if size <= 1 { 100 * MIB } else { 100 * MIB - 100 * MIB / 8 };
                    let taken = budget.try_reserve(size * MIB);
                    prop_assert_eq!(taken.is_ok(), before + size * MIB <= most);
                    held.extend(taken.ok());
                }
                prop_assert_eq!(budget.reserved(), held.iter().map(Reservation::bytes).sum::<u64>());
            }
        }
    }
}
