//! Every interleaving of writers, a checkpoint and readers, tried by a model checker.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use loom::model::Builder;
use loom::thread;

use journal::Journal;

mod primitives {
    pub(super) use loom::sync::{Mutex, MutexGuard, RwLock};
}

#[expect(
    clippy::duplicate_mod,
    reason = "once with the primitives of the standard library, once with the checker's"
)]
#[path = "../journal.rs"]
mod journal;

/// Commits by their sequence numbers, and the last of which a checkpoint was written.
#[derive(Default)]
struct Log {
    commits: Vec<u64>,
    is_checkpointing: bool,
    checkpointed: u64,
}

fn write(journal: &Journal<Log, u64>) {
    let writing = journal.begin();
    let next = **writing.current() + 1;
    let record = |log: &mut Log| {
        // The writer saw all that is recorded.
        assert_eq!(log.commits.len() as u64 + 1, next);
        log.commits.push(next);
        Ok::<_, ()>(next)
    };
    let is_prepared = AtomicBool::new(false);
    let prepare = |_: &u64| is_prepared.store(true, Ordering::Relaxed);
    let shown = |log: &mut Log, shown: &u64| {
        assert_eq!((*shown, is_prepared.load(Ordering::Relaxed)), (next, true));
        // What a checkpoint holds is all that the log holds at its position.
        assert_eq!(log.commits.len() as u64, next);
        !std::mem::replace(&mut log.is_checkpointing, true)
    };
    let (value, checkpoints) = writing.commit(record, prepare, shown).unwrap();
    if checkpoints {
        let mut log = journal.log();
        assert!(log.checkpointed < *value);
        (log.checkpointed, log.is_checkpointing) = (*value, false);
    }
}

#[test]
fn readers_see_what_is_recorded_and_never_an_older_version_again() {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(|| {
        let journal = Arc::new(Journal::new(Log::default(), Arc::new(0)));
        let writers = [(); 2].map(|()| {
            let journal = Arc::clone(&journal);
            thread::spawn(move || write(&journal))
        });
        let (first, second) = (journal.shown(), journal.shown());
        assert!(first <= second);
        assert!(journal.log().commits.len() as u64 >= *second);
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!((*journal.shown(), journal.log().commits.clone()), (2, vec![1, 2]));
    });
}

#[test]
fn a_write_that_is_refused_or_given_up_changes_nothing_and_lets_others_write() {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(|| {
        let journal = Arc::new(Journal::new(Log::default(), Arc::new(0)));
        let refused = {
            let journal = Arc::clone(&journal);
            thread::spawn(move || {
                drop(journal.begin());
                let refusal = journal.begin().commit(|_| Err::<u64, _>("refused"), |_| {}, |_, _| {});
                assert_eq!(refusal.err(), Some("refused"));
            })
        };
        write(&journal);
        refused.join().unwrap();
        assert_eq!(*journal.shown(), 1);
    });
}
