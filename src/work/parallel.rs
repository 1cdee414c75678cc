use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::carried;

/// How many results a thread makes ahead of whoever takes them.
const AHEAD: usize = 2;

/// Makes something of each item, on as many threads as there are processors, and takes it in the order of the items.
///
/// Each thread begins with a state of its own, and is stopped with the present work. Whoever takes may unwind; then no
/// more is made. In a `cancellable` section the threads unwind too, and elsewhere they never do.
pub fn in_parallel<I: Sync, S, T: Send>(
    items: &[I],
    begin: impl Fn() -> S + Sync,
    make: impl Fn(&mut S, &I) -> T + Sync,
    take: impl FnMut(T),
) {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    on_threads(processors, items, begin, make, take);
}

fn on_threads<I: Sync, S, T: Send>(
    threads: usize,
    items: &[I],
    begin: impl Fn() -> S + Sync,
    make: impl Fn(&mut S, &I) -> T + Sync,
    mut take: impl FnMut(T),
) {
    let threads = threads.min(items.len());
    if threads < 2 {
        let mut state = begin();
        return items.iter().for_each(|item| take(make(&mut state, item)));
    }
    let (begin, make) = (&begin, &make);
    thread::scope(|scope| {
        let works = |first| {
            let (sender, receiver) = sync_channel(AHEAD);
            let thread = scope.spawn(carried(move || {
                let mut state = begin();
                let own = items.iter().skip(first).step_by(threads);
                own.map(|item| make(&mut state, item)).try_for_each(|made| sender.send(made)).ok();
            }));
            (receiver, Some(thread))
        };
        let mut working: Vec<_> = (0..threads).map(works).collect();
        for number in 0..items.len() {
            let (receiver, thread) = &mut working[number % threads];
            match receiver.recv() {
                Ok(made) => take(made),
                // A thread that does not come so far has panicked.
                Err(_) => {
                    if let Some(Err(panic)) = thread.take().map(thread::ScopedJoinHandle::join) {
                        resume_unwind(panic);
                    }
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::super::{Stop, Stopped, cancellable, go_on, run};
    use super::*;

    #[test]
    fn what_is_made_is_taken_in_order_however_many_threads_make_it() {
        for (threads, count) in [(1, 5), (2, 0), (2, 1), (3, 1_000), (8, 9)] {
            let items: Vec<u32> = (0..count).collect();
            let mut taken = Vec::new();
            on_threads(threads, &items, || 2, |two, item| item * *two, |made| taken.push(made));
            assert!(
                taken.into_iter().eq((0..count).map(|item| item * 2)),
                "{threads} threads, {count} items"
            );
        }
    }

    #[test]
    fn panics_of_either_side_end_it() {
        let items: Vec<u32> = (0..1_000).collect();
        let panic = |text: &'static str| -> u32 { resume_unwind(Box::new(text)) };
        let ended = |at: u32, taken: u32| {
            let make = |(): &mut (), item: &u32| if *item == at { panic("making") } else { *item };
            let take = |item| {
                if item == taken {
                    panic("taking");
                }
            };
            let ended = catch_unwind(AssertUnwindSafe(|| on_threads(2, &items, || (), make, take)));
            *ended.unwrap_err().downcast::<&str>().unwrap()
        };
        assert_eq!(ended(500, 1_000), "making");
        assert_eq!(ended(1_000, 500), "taking");
    }

    #[test]
    fn each_thread_is_stopped_with_the_work_that_it_belongs_to() {
        let stop = Stop::default();
        let endless = || {
            let make = |(): &mut (), _: &u32| {
                stop.ask();
                loop {
                    go_on();
                }
            };
            on_threads(2, &[1, 2], || (), make, |never: ()| never);
        };
        assert_eq!(run(&stop, None, || cancellable(endless)), Err(Stopped));
    }
}
