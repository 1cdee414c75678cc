//! A checkpoint is written while commits go on, and holds for the commit at which it was begun.

use std::sync::Arc;
use std::thread;

use super::super::{Atlas, checkpoint};
use super::{enterprise, proposal};

#[test]
fn commits_go_on_while_a_checkpoint_is_written_and_there_is_never_a_second_one() {
    let folder = tempfile::tempdir().unwrap();
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    let commit = |number: usize| atlas.commit(proposal(vec![enterprise(number, "甲")])).unwrap().version;
    commit(1);
    let then = atlas.snapshot();
    let pending = atlas.journal.log().begin_checkpoint().unwrap();
    assert!(atlas.journal.log().begin_checkpoint().is_none());
    // Large enough to make one due, which is left to the next commit.
    let name = "长".repeat(1_000);
    atlas.commit(proposal((0..1_000).map(|number| enterprise(number, &name)).collect())).unwrap();
    assert_eq!(commit(2), 3);
    thread::scope(|scope| {
        // Waits for the one that is being written, and holds for the last commit.
        let waiting = scope.spawn(|| atlas.checkpoint());
        checkpoint::write(&atlas.journal, pending, &then.graph).unwrap();
        waiting.join().unwrap().unwrap();
    });
    let expected = atlas.snapshot();
    commit(3);
    drop(atlas);
    let (atlas, report) = Atlas::open(folder.path()).unwrap();
    assert_eq!((report.checkpoint, report.replayed, report.rebuilt), (3, 1, None));
    atlas.commit(proposal(vec![enterprise(3, "乙")])).unwrap();
    assert_eq!(atlas.snapshot().graph.organization_count(), expected.graph.organization_count());
}

#[test]
fn a_checkpoint_that_was_begun_and_dropped_lets_the_next_one_begin() {
    let folder = tempfile::tempdir().unwrap();
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    atlas.commit(proposal(vec![enterprise(1, "甲")])).unwrap();
    drop(atlas.journal.log().begin_checkpoint());
    let atlas = Arc::new(atlas);
    atlas.checkpoint().unwrap();
    drop(atlas);
    let (_, report) = Atlas::open(folder.path()).unwrap();
    assert_eq!((report.checkpoint, report.rebuilt), (1, None));
}
