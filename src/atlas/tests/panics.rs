//! A panic while a commit is applied costs that commit and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::super::Atlas;
use super::super::turn::{Refusal, record};
use super::{enterprise, proposal};
use crate::model::{Door, Origin};
use crate::storage::{AppendError, Commit, Store};

/// A commit of a few changes, and one that is applied on a thread of its own while it is written.
const SIZES: [usize; 2] = [3, 12_000];

fn commit(sequence: u64, count: usize) -> Commit {
    let changes = (0..count).map(|number| enterprise(number, "示例制造")).collect();
    let (actor, reason) = ("clerk".to_owned(), "test".to_owned());
    let time = jiff::Timestamp::now();
    Commit { sequence, time, actor, reason, origin: Origin::by(Door::Library), redaction: None, changes }
}

#[test]
fn a_panic_in_apply_leaves_the_log_usable_and_says_what_happened() {
    for size in SIZES {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, _) = Store::open(folder.path(), &mut |_| Ok(())).unwrap();
        store.append(&commit(1, 2)).unwrap();
        let failed =
            record(&mut store, &commit(2, size), || resume_unwind(Box::new("position 7 is out of bounds")));
        let Err(error) = failed else { panic!("it was recorded") };
        assert!(matches!(error, AppendError::Panicked { .. }), "{error}");
        let said = error.to_string();
        assert!(said.contains("was not recorded") && said.contains("position 7 is out of bounds"), "{said}");
        // Nothing of it is left, and the next commit takes its number.
        assert!(record(&mut store, &commit(2, size), || Ok::<_, Refusal>(())).unwrap().is_ok());
        drop(store);
        let (atlas, report) = Atlas::open(folder.path()).unwrap();
        assert_eq!((atlas.snapshot().version, report.torn_tail), (2, None));
        assert_eq!(atlas.snapshot().graph.organization_count(), size);
    }
}

#[test]
fn a_panic_while_a_turn_is_held_lets_the_next_writer_write() {
    let folder = tempfile::tempdir().unwrap();
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    let failed = catch_unwind(AssertUnwindSafe(|| {
        let _turn = atlas.turn();
        resume_unwind(Box::new("while it looks at the graph"));
    }));
    assert!(failed.is_err());
    assert_eq!(atlas.commit(proposal(vec![enterprise(1, "甲")])).unwrap().version, 1);
}
