//! Work that takes its time: how far it has come, and whether anybody still waits for it.
//!
//! Floor 0. Whoever begins work says by which [`Stop`] it may be stopped and who watches it ([`run`]). Whoever does it, many
//! calls further down, counts its steps ([`Steps`]) or asks now and then whether to go on ([`go_on`], [`check`]). The calls
//! between know nothing of that: it belongs to the thread, and [`carried`] takes it to another one.
//!
//! # How work is cancelled
//!
//! 1. Code that holds values of another library or is called by one (writers, readers, resolvers) calls [`check`] and
//!    returns its error. This is the default: outside a [`cancellable`] section nothing ever unwinds.
//! 2. Pure computations of this crate, whose signatures know no errors, call [`go_on`]. Their caller encloses them in a
//!    [`cancellable`] section. A cancelled computation unwinds to that section, which gives [`Stopped`].
//! 3. Nothing of another library stands between `go_on` and its section, neither a frame nor a value with a destructor:
//!    destructors may panic during unwinding, and that aborts the process. The standard library is exempt. The tests
//!    `program::cancellation` cancel at every check, look through the frames that unwind, and read the sources.
//!
//! What must not be left half done is [seen through](see_through).

#[cfg(test)]
mod model_tests;
mod once;
mod parallel;
mod primitives;
mod recent;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use thiserror::Error;

pub use once::{OnceMade, UpdateLock, Updating};
pub use parallel::in_parallel;
pub use recent::{Recent, RecentlyMade};

/// Why work did not come to its end: it was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it was stopped")]
pub struct Stopped;

impl From<Stopped> for io::Error {
    fn from(stopped: Stopped) -> Self {
        // Not `Interrupted`, after which whoever writes tries again.
        Self::other(stopped)
    }
}

impl Stopped {
    /// Whether it is the cause of an error.
    pub fn caused(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|cause| cause.is::<Self>())
    }
}

/// Asks work to stop, since nobody waits for it any more. Clones ask the same work.
///
/// Work that has begun to write is seen through, so that nobody is told of a write that it was stopped.
#[derive(Clone, Default)]
pub struct Stop(Arc<Request>);

#[derive(Default)]
struct Request {
    state: AtomicU8,
    probe: Option<Box<dyn Probe>>,
}

/// Observes the checks of some work, so that a test can cancel it at each of them.
pub trait Probe: Send + Sync {
    /// The work checks whether it was asked to stop; true asks it now.
    fn checks(&self) -> bool;

    /// The work is about to unwind from here to its [`cancellable`] section.
    fn unwinds(&self) {}
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stop").field(&self.0.state).finish()
    }
}

/// It may be stopped.
const GOING_ON: u8 = 0;
/// It was asked to stop.
const ASKED: u8 = 1;
/// It is seen through.
const SEEN_THROUGH: u8 = 2;

impl Stop {
    /// A request to stop that a probe may make at any check.
    pub fn probed(probe: impl Probe + 'static) -> Self {
        Self(Arc::new(Request { state: AtomicU8::default(), probe: Some(Box::new(probe)) }))
    }

    /// Asks it; false where it is seen through.
    pub fn ask(&self) -> bool {
        self.become_from_going_on(ASKED) != SEEN_THROUGH
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        self.0.state.load(Ordering::Acquire) == ASKED
    }

    /// Whether it was asked, at a check of the work itself.
    fn is_asked_at_check(&self) -> bool {
        if self.0.probe.as_ref().is_some_and(|probe| probe.checks()) {
            self.ask();
        }
        self.is_asked()
    }

    /// Lets the work go on to its end, whoever asks from now on.
    ///
    /// # Errors
    /// [`Stopped`] where it was asked before.
    pub fn see_through(&self) -> Result<(), Stopped> {
        if self.become_from_going_on(SEEN_THROUGH) == ASKED { Err(Stopped) } else { Ok(()) }
    }

    /// The state that it is in then: this one, or the one that it was in before where it did not go on.
    fn become_from_going_on(&self, state: u8) -> u8 {
        let changed = self.0.state.compare_exchange(GOING_ON, state, Ordering::AcqRel, Ordering::Acquire);
        changed.map_or_else(|before| before, |_| state)
    }
}

/// Is told how far work has come; stages may lie within each other, or go on side by side.
pub trait Watch: Send + Sync {
    /// A stage begins, of so many steps; 0 where nobody knows how many. Gives back a number of its own.
    fn begin(&self, stage: &'static str, steps: u64) -> u64;

    /// So many steps of a stage are done.
    fn reached(&self, stage: u64, done: u64);

    /// A stage ends.
    fn end(&self, stage: u64);
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
    /// Whether the thread is in a [`cancellable`] section.
    static UNWINDS: Cell<bool> = const { Cell::new(false) };
}

/// What the work of a thread is stopped and watched by.
#[derive(Clone)]
struct Current {
    stop: Stop,
    watch: Option<Arc<dyn Watch>>,
}

fn current<T>(take: impl FnOnce(&Current) -> T) -> Option<T> {
    CURRENT.with_borrow(|current| current.as_ref().map(take))
}

/// Restores what a thread worked on before, and whether it could unwind.
struct Before {
    current: Option<Current>,
    unwinds: bool,
}

impl Before {
    fn working_on(current: Option<Current>, unwinds: bool) -> Self {
        Self { current: CURRENT.replace(current), unwinds: UNWINDS.replace(unwinds) }
    }
}

impl Drop for Before {
    fn drop(&mut self) {
        CURRENT.set(self.current.take());
        UNWINDS.set(self.unwinds);
    }
}

/// Does work that ends soon after it is asked to stop, with the error of whatever [`check`] or [`cancellable`] saw it.
///
/// ```
/// use orgatlas::work::{Stop, Stopped, cancellable, check, go_on, run};
/// let stop = Stop::default();
/// assert_eq!(run(&stop, None, || cancellable(|| { go_on(); 3 })), Ok(3));
/// stop.ask();
/// assert_eq!(run(&stop, None, check), Err(Stopped));
/// assert_eq!(run(&stop, None, || cancellable(|| loop { go_on() })), Err::<(), _>(Stopped));
/// ```
pub fn run<T>(stop: &Stop, watch: Option<Arc<dyn Watch>>, work: impl FnOnce() -> T) -> T {
    let _before = Before::working_on(Some(Current { stop: stop.clone(), watch }), false);
    work()
}

/// Does a computation of this crate that unwinds to here when it is cancelled.
///
/// It must not hold values of other libraries with destructors, nor be called back by one, where it calls [`go_on`].
///
/// # Errors
/// [`Stopped`] where it was stopped before its end.
pub fn cancellable<T>(work: impl FnOnce() -> T) -> Result<T, Stopped> {
    let _restored = Restored(UNWINDS.replace(true));
    // What the work had begun is dropped by whoever catches this; what others see never changes in half.
    catch_unwind(AssertUnwindSafe(work)).map_err(stopped_or_panic)
}

/// Restores whether a thread can unwind.
struct Restored(bool);

impl Drop for Restored {
    fn drop(&mut self) {
        UNWINDS.set(self.0);
    }
}

/// That work was stopped, or else its panic goes on.
fn stopped_or_panic(panic: Box<dyn Any + Send>) -> Stopped {
    match panic.downcast::<Stopped>() {
        Ok(stopped) => *stopped,
        Err(panic) => resume_unwind(panic),
    }
}

/// A part of the present work, to be done on another thread: stopped and watched by the same.
///
/// Where it unwinds, whoever joins the thread resumes that.
pub fn carried<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let (carried, unwinds) = (current(Clone::clone), UNWINDS.get());
    move || {
        let _before = Before::working_on(carried, unwinds);
        work()
    }
}

/// Unwinds to the [`cancellable`] section that it is called in, if the present work was asked to stop.
///
/// Outside of a section it does nothing.
pub fn go_on() {
    if check().is_err() && UNWINDS.get() && !std::thread::panicking() {
        current(|current| current.stop.0.probe.as_ref().map(|probe| probe.unwinds()));
        resume_unwind(Box::new(Stopped));
    }
}

/// Lets the present work go on, unless it was asked to stop.
///
/// # Errors
/// [`Stopped`] if it was.
pub fn check() -> Result<(), Stopped> {
    if current(|current| current.stop.is_asked_at_check()) == Some(true) { Err(Stopped) } else { Ok(()) }
}

/// Sees the present work through from now on, whoever asks it to stop.
///
/// # Errors
/// [`Stopped`] where it was asked before.
pub fn see_through() -> Result<(), Stopped> {
    current(|current| current.stop.see_through()).unwrap_or(Ok(()))
}

/// How many small steps are done between two looks at whether to go on.
const STEPS_A_LOOK: u64 = 1_024;

/// A stage of the present work, whose steps are counted; it ends when this is dropped.
///
/// The work may be stopped at any step.
pub struct Steps {
    done: u64,
    /// How many are done at the next look.
    next_look: u64,
    a_look: u64,
    /// Who is told, and the number of the stage.
    watch: Option<(Arc<dyn Watch>, u64)>,
}

impl Steps {
    /// Begins a stage of so many steps; 0 where nobody knows how many.
    pub fn begin(stage: &'static str, steps: u64) -> Self {
        let watch = current(|current| current.watch.clone()).flatten();
        let watch = watch.map(|watch| {
            let number = watch.begin(stage, steps);
            (watch, number)
        });
        let a_look = STEPS_A_LOOK.min(steps / 64);
        Self { done: 0, next_look: a_look, a_look, watch }
    }

    /// Some steps more are done; unwinds as [`go_on`] does.
    pub fn add(&mut self, steps: u64) {
        if self.try_add(steps).is_err() {
            go_on();
        }
    }

    /// Some steps more are done, of work that has something to take back where it is stopped.
    ///
    /// # Errors
    /// [`Stopped`] where it was asked to stop.
    pub fn try_add(&mut self, steps: u64) -> Result<(), Stopped> {
        self.done += steps;
        if self.done < self.next_look {
            return Ok(());
        }
        self.next_look = self.done + self.a_look;
        if let Some((watch, stage)) = &self.watch {
            watch.reached(*stage, self.done);
        }
        check()
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Some((watch, stage)) = &self.watch {
            watch.end(*stage);
        }
    }
}

/// Items of which each is a step of a stage of a pure computation: cancelled, it unwinds as [`go_on`] does.
pub fn counted<I: IntoIterator>(stage: &'static str, steps: u64, items: I) -> impl Iterator<Item = I::Item> {
    let mut counted = Steps::begin(stage, steps);
    items.into_iter().inspect(move |_| counted.add(1))
}

/// Items of which each is a step of a stage, of work that returns an error where it is stopped.
pub fn try_counted<I: IntoIterator>(
    stage: &'static str,
    steps: u64,
    items: I,
) -> impl Iterator<Item = Result<I::Item, Stopped>> {
    let mut counted = Steps::begin(stage, steps);
    items.into_iter().map(move |item| counted.try_add(1).map(|()| item))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::thread;

    use super::*;

    #[test]
    fn what_is_seen_through_is_not_stopped_and_what_is_stopped_is_not_seen_through() {
        let stop = Stop::default();
        let seen = run(&stop, None, || {
            see_through().unwrap();
            assert!(!stop.ask());
            cancellable(go_on).unwrap();
            check()
        });
        assert_eq!(seen, Ok(()));
        let stop = Stop::default();
        assert!(stop.ask() && stop.ask());
        assert_eq!(run(&stop, None, see_through), Err(Stopped));
    }

    #[test]
    fn work_is_that_of_its_thread_until_it_ends_and_can_be_carried() {
        let (outer, inner) = (Stop::default(), Stop::default());
        inner.ask();
        run(&outer, None, || {
            assert_eq!(run(&inner, None, || cancellable(go_on)), Err(Stopped));
            cancellable(go_on).unwrap();
            let asked = || thread::scope(|scope| scope.spawn(check).join().unwrap());
            run(&inner, None, || {
                assert_eq!(asked(), Ok(()));
                let carried = thread::scope(|scope| scope.spawn(carried(check)).join().unwrap());
                assert_eq!(carried, Err(Stopped));
            });
        });
        assert_eq!(check(), Ok(()));
    }

    #[test]
    fn only_a_cancellable_section_unwinds_and_what_it_runs_on_other_threads() {
        let stop = Stop::default();
        stop.ask();
        run(&stop, None, || {
            let on_thread = || thread::scope(|scope| scope.spawn(carried(go_on)).join().is_err());
            go_on();
            Steps::begin("outside", 1).add(1);
            assert!(!on_thread());
            assert_eq!(cancellable(go_on), Err(Stopped));
            assert_eq!(cancellable(|| run(&stop, None, go_on)), Ok(()), "work begins outside of a section");
            assert_eq!(cancellable(on_thread), Ok(true));
            assert_eq!(cancellable(|| cancellable(go_on)), Ok(Err(Stopped)));
            go_on();
        });
    }

    #[test]
    fn a_panic_is_no_stop() {
        let panicked = catch_unwind(|| cancellable(|| resume_unwind(Box::new("a"))));
        assert!(panicked.unwrap_err().is::<&str>());
    }

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Watch for Told {
        fn begin(&self, stage: &'static str, steps: u64) -> u64 {
            self.0.lock().unwrap().push(format!("{stage} of {steps}"));
            steps
        }

        fn reached(&self, stage: u64, done: u64) {
            self.0.lock().unwrap().push(format!("{done} of {stage}"));
        }

        fn end(&self, stage: u64) {
            self.0.lock().unwrap().push(format!("end of {stage}"));
        }
    }

    #[test]
    fn whoever_watches_is_told_of_stages_within_each_other_and_stopping_ends_them() {
        let (told, stop) = (Arc::new(Told::default()), Stop::default());
        let steps = || {
            for step in counted("outer", 3, 0..3) {
                Steps::begin("inner", 128).add(2);
                if step == 1 {
                    stop.ask();
                }
            }
        };
        let outcome = run(&stop, Some(Arc::clone(&told) as _), || cancellable(steps));
        assert_eq!(outcome, Err(Stopped));
        let told = told.0.lock().unwrap().join(", ");
        assert_eq!(
            told,
            "outer of 3, 1 of 3, inner of 128, 2 of 128, end of 128, 2 of 3, inner of 128, 2 of 128, end of 128, 3 of 3, end of 3"
        );
    }
}
