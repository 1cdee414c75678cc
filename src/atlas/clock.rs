use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// The clock by which commits are stamped: that of the system, or another one for tests.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that shows what a function says.
    pub fn of(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time that it shows.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::of(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Stamps commits so that time never runs backwards in the log, and warns when the clock does.
#[derive(Debug)]
pub(super) struct Stamps {
    clock: Clock,
    /// When the last commit was recorded.
    last: Mutex<Timestamp>,
    /// Whether the clock was behind that at the last look.
    is_behind: AtomicBool,
}

impl Stamps {
    /// Stamps for commits that follow one of a time.
    pub(super) fn new(clock: Clock, last: Timestamp) -> Self {
        Self { clock, last: Mutex::new(last), is_behind: AtomicBool::new(false) }
    }

    /// The time of the next commit: what the clock shows, or the time of the last commit while the clock is behind it.
    ///
    /// Warns once when the clock falls behind, and tells once when it has caught up.
    pub(super) fn next(&self) -> Timestamp {
        let (now, last) = (self.clock.now(), *self.last());
        let behind = behind(now, last);
        if self.is_behind.swap(behind.is_some(), Ordering::Relaxed) != behind.is_some() {
            match behind {
                Some(by) => tracing::warn!("{}", warning(by, last)),
                None => tracing::info!("the clock has passed the time of the last commit again"),
            }
        }
        now.max(last)
    }

    /// Notes that a commit was recorded.
    pub(super) fn recorded(&self, time: Timestamp) {
        *self.last() = time;
    }

    /// By how much the clock is behind the last commit, if it is.
    pub(super) fn behind(&self) -> Option<SignedDuration> {
        behind(self.clock.now(), *self.last())
    }

    /// What to tell an operator of that.
    pub(super) fn warning(&self) -> Option<String> {
        self.behind().map(|by| warning(by, *self.last()))
    }

    fn last(&self) -> MutexGuard<'_, Timestamp> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn behind(now: Timestamp, last: Timestamp) -> Option<SignedDuration> {
    let by = last.duration_since(now);
    by.is_positive().then_some(by)
}

/// What an operator is told of a clock that shows an earlier time than the last commit has.
fn warning(by: SignedDuration, last: Timestamp) -> String {
    let seconds = by.as_secs_f64();
    format!(
        "the clock is {seconds:.1} s behind the last commit, which was recorded at {last}: it was set back, or was ahead \
         then; until it passes that time commits are recorded with it, so that time never runs backwards in the log; \
         set the clock right"
    )
}
