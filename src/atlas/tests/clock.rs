//! Time never runs backwards in the log, and a moment means the same commits wherever it is said.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::super::{Atlas, Clock, Start};
use super::{enterprise, proposal};
use crate::model::{Door, Origin};
use crate::storage::{Commit, LeftOut, Restore, RestoreReport, Store};

fn hour(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
}

/// A log as programs wrote it that recorded what the clock showed; each commit founds one enterprise.
fn log_of(dir: &Path, hours: &[i64]) {
    let (mut store, _) = Store::open(dir, &mut |_| Ok(())).unwrap();
    for (sequence, time) in (1..).zip(hours) {
        let (actor, reason, origin) = ("clerk".to_owned(), "test".to_owned(), Origin::by(Door::Library));
        let changes = vec![enterprise(sequence as usize, "甲")];
        let time = hour(*time);
        store
            .append_stamped(&Commit { sequence, time, actor, reason, origin, redaction: None, changes })
            .unwrap();
    }
}

fn restored(dir: &Path, at: Timestamp) -> RestoreReport {
    let target = tempfile::tempdir().unwrap();
    let restore = Restore { backup: dir, log: None, at: Some(at) };
    let report = restore.make_store(target.path(), &[]).unwrap();
    let (atlas, _) = Atlas::open(target.path()).unwrap();
    assert_eq!(atlas.snapshot().version, report.sequence);
    report
}

/// The times of all commits as they are read.
fn times(atlas: &Atlas) -> Vec<Timestamp> {
    let parts = atlas.history.commits(0).unwrap().map(Result::unwrap);
    parts.filter(|part| part.is_last).map(|part| part.head.time).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_moment_means_the_same_commits_everywhere_also_where_the_clock_was_set_back(
        hours in prop::collection::vec(0i64..9, 1..9),
        moments in prop::collection::vec(-1i64..10, 1..9),
    ) {
        let folder = tempfile::tempdir().unwrap();
        log_of(folder.path(), &hours);
        let (atlas, _) = Atlas::open(folder.path()).unwrap();
        let snapshot = atlas.snapshot();
        let mut latest = i64::MIN;
        let counted: Vec<i64> = hours.iter().map(|hour| { latest = latest.max(*hour); latest }).collect();
        prop_assert_eq!(times(&atlas), counted.iter().map(|time| hour(*time)).collect::<Vec<_>>());
        // In any order, so that what is kept of one answer must not change another.
        for moment in moments {
            let expected = counted.iter().filter(|counted| **counted <= moment).count();
            let recorded = snapshot.recorded_at(hour(moment)).unwrap();
            prop_assert_eq!((recorded.version, recorded.graph.organization_count()), (expected as u64, expected));
            let report = restored(folder.path(), hour(moment));
            prop_assert_eq!(report.sequence, expected as u64);
            let left_out = counted.get(expected).map(|first| LeftOut {
                commits: (hours.len() - expected) as u64,
                first: hour(*first),
                stamped_before: hours[expected..].iter().filter(|stamp| **stamp <= moment).count() as u64,
            });
            prop_assert_eq!(report.left_out, left_out);
            let mut follower = atlas.follow(Start::Since(hour(moment))).unwrap();
            let next = follower.next_part().unwrap().map(|part| part.head.sequence as usize);
            prop_assert_eq!(next, (expected < hours.len()).then_some(expected + 1));
        }
    }
}

#[test]
fn a_clock_that_is_set_back_neither_turns_the_log_back_nor_hides_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let shown = Arc::new(Mutex::new(hour(10)));
    let clock = |shown: &Arc<Mutex<Timestamp>>| {
        let shown = Arc::clone(shown);
        Clock::of(move || *shown.lock().unwrap())
    };
    let (atlas, _) = Atlas::open_by(folder.path(), clock(&shown)).unwrap();
    let commit = |number: usize, now: Timestamp| {
        *shown.lock().unwrap() = now;
        atlas.commit(proposal(vec![enterprise(number, "甲")])).unwrap();
    };
    commit(1, hour(10));
    assert_eq!((atlas.clock_behind(), atlas.clock_warning()), (None, None));
    commit(2, hour(9));
    assert_eq!(atlas.clock_behind(), Some(SignedDuration::from_hours(1)));
    let warning = atlas.clock_warning().unwrap();
    assert!(warning.starts_with("the clock is 3600.0 s behind the last commit"), "{warning}");
    commit(3, hour(11));
    assert_eq!(atlas.clock_behind(), None);
    assert_eq!(times(&atlas), [hour(10), hour(10), hour(11)]);
    let snapshot = atlas.snapshot();
    for (version, time) in (1..).zip(times(&atlas)) {
        assert!(snapshot.recorded_at(time).unwrap().version >= version);
        assert!(restored(folder.path(), time).sequence >= version);
    }
    drop(atlas);
    // Also where the last commit is known from the log alone, behind a checkpoint.
    *shown.lock().unwrap() = hour(8);
    let (atlas, _) = Atlas::open_by(folder.path(), clock(&shown)).unwrap();
    atlas.checkpoint().unwrap();
    drop(atlas);
    let (atlas, report) = Atlas::open_by(folder.path(), clock(&shown)).unwrap();
    assert_eq!((report.replayed, atlas.clock_behind()), (0, Some(SignedDuration::from_hours(3))));
    atlas.commit(proposal(vec![enterprise(4, "甲")])).unwrap();
    assert_eq!(times(&atlas)[3], hour(11));
}

#[test]
fn the_time_of_a_last_commit_of_many_blocks_is_found_from_the_end_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (atlas, _) = Atlas::open_by(folder.path(), Clock::of(|| hour(5))).unwrap();
    atlas.commit(proposal(vec![enterprise(0, "乙")])).unwrap();
    let name = "长".repeat(100);
    atlas.commit(proposal((0..20_000).map(|number| enterprise(number, &name)).collect())).unwrap();
    atlas.checkpoint().unwrap();
    drop(atlas);
    assert!(fs::metadata(folder.path().join("changes.log")).unwrap().len() > 2 << 20);
    let (atlas, report) = Atlas::open_by(folder.path(), Clock::of(|| hour(4))).unwrap();
    assert_eq!((report.replayed, atlas.clock_behind()), (0, Some(SignedDuration::from_hours(1))));
}
