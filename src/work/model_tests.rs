//! Every interleaving of the locks and caches of this floor, tried by a model checker.
//!
//! The files are compiled a second time, with the checker's primitives in place of those of the standard library.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::model::Builder;
use loom::thread;

use super::go_on;
use once::{OnceMade, UpdateLock};
use recent::{Recent, RecentlyMade};

mod primitives {
    pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
}

#[expect(
    clippy::duplicate_mod,
    unreachable_pub,
    reason = "once with the primitives of the standard library, once with the checker's"
)]
#[path = "once.rs"]
mod once;

#[expect(
    clippy::duplicate_mod,
    unreachable_pub,
    reason = "once with the primitives of the standard library, once with the checker's"
)]
#[path = "recent.rs"]
mod recent;

/// Tries every interleaving in which threads are preempted at most twice where they would go on.
fn model(interleaving: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(interleaving);
}

#[test]
fn of_many_who_need_a_value_one_makes_it() {
    model(|| {
        let (once, made) = (Arc::new(OnceMade::default()), Arc::new(AtomicUsize::new(0)));
        let ask = |once: &OnceMade<usize>, made: &AtomicUsize| {
            assert_eq!(once.get_or_make(|| made.fetch_add(1, Ordering::Relaxed) + 1), 1);
        };
        let asking = [(); 2].map(|()| {
            let (once, made) = (Arc::clone(&once), Arc::clone(&made));
            thread::spawn(move || ask(&once, &made))
        });
        ask(&once, &made);
        for thread in asking {
            thread.join().unwrap();
        }
        assert_eq!(made.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_maker_that_unwinds_lets_another_make_the_value() {
    model(|| {
        let once = Arc::new(OnceMade::default());
        let stopped = {
            let once = Arc::clone(&once);
            thread::spawn(move || {
                let unwound =
                    catch_unwind(AssertUnwindSafe(|| once.get_or_make(|| resume_unwind(Box::new(())))));
                // Another may have made it before.
                assert!(unwound.is_err() || unwound.is_ok_and(|made| made == 7));
            })
        };
        assert_eq!(once.get_or_make(|| 7), 7);
        stopped.join().unwrap();
        assert_eq!(once.clone().get(), Some(7));
    });
}

#[test]
fn a_lock_that_cannot_be_waited_for_is_held_by_one() {
    model(|| {
        let (lock, held) = (Arc::new(UpdateLock::default()), Arc::new(AtomicUsize::new(0)));
        let hold = |lock: &Arc<UpdateLock>, held: &AtomicUsize| {
            if let Some(_only) = UpdateLock::try_lock_shared(lock) {
                assert_eq!(held.fetch_add(1, Ordering::Relaxed), 0);
                held.fetch_sub(1, Ordering::Relaxed);
            }
        };
        let other = {
            let (lock, held) = (Arc::clone(&lock), Arc::clone(&held));
            thread::spawn(move || hold(&lock, &held))
        };
        hold(&lock, &held);
        // Whoever waits gets it after whoever tried.
        drop(lock.lock());
        other.join().unwrap();
    });
}

/// A layout of a day, numbered, and the results that are cached with it.
struct Layout {
    day: u32,
    number: usize,
    result: OnceMade<usize>,
}

#[test]
fn results_stay_with_the_layout_that_they_were_computed_by_whatever_is_evicted() {
    model(|| {
        let (layouts, made) = (Arc::new(RecentlyMade::<Layout>::new(1)), Arc::new(AtomicUsize::new(0)));
        let ask = |layouts: &RecentlyMade<Layout>, made: &AtomicUsize, day: u32| {
            let make = || {
                let number = made.fetch_add(1, Ordering::Relaxed);
                Ok::<_, Infallible>(Layout { day, number, result: OnceMade::default() })
            };
            let Ok(layout) = layouts.find_or_make(|layout| layout.day == day, make);
            assert_eq!(layout.day, day);
            assert_eq!(layout.result.get_or_make(|| layout.number), layout.number);
        };
        let asking = [1, 2].map(|day| {
            let (layouts, made) = (Arc::clone(&layouts), Arc::clone(&made));
            thread::spawn(move || ask(&layouts, &made, day))
        });
        ask(&layouts, &made, 1);
        for thread in asking {
            thread.join().unwrap();
        }
        assert_eq!(layouts.recent().all().len(), 1);
    });
}

#[test]
fn a_copy_shares_what_was_made_and_what_is_done_to_it_does_not_show_in_the_original() {
    model(|| {
        let mut recent = Recent::new(2);
        recent.find_or_insert(|value| *value == 1, || 1);
        let original = Arc::new(recent.clone());
        let reading = {
            let original = Arc::clone(&original);
            thread::spawn(move || {
                original.find_or_insert(|value| *value == 2, || 2);
                assert!(original.find(|value| *value == 1).is_some());
            })
        };
        recent.values_mut().clear();
        let mut copy = RecentlyMade::<u32>::clone(&RecentlyMade::new(1));
        copy.recent_mut().values_mut().push(Arc::new(3));
        *OnceMade::<u32>::default().made_mut() = None;
        reading.join().unwrap();
        assert_eq!(original.all().len(), 2);
    });
}
