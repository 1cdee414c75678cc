use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::storage::fixture::{Plain, commit, large_commit, put};
use crate::storage::tests::open;
use crate::storage::{Commit, History, Store};

/// A moment after the first, in hours.
fn hour(number: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(number)
}

/// Five commits, an hour apart, of which the second has several blocks.
fn commits() -> Vec<Commit> {
    let changes = |sequence: u64| match sequence {
        2 => large_commit(2).changes,
        _ => vec![put(sequence as usize, "甲"), put(7, &format!("乙{sequence}"))],
    };
    let timed = |sequence: u64| Commit { time: hour(sequence as i64), ..commit(sequence, changes(sequence)) };
    (1..=5).map(timed).collect()
}

fn record(dir: &Path, commits: &[Commit]) {
    let (mut store, _) = Store::open(dir, &mut |_| Ok(())).unwrap();
    commits.iter().for_each(|commit| store.append(commit).unwrap());
}

/// What a store holds.
fn held(dir: &Path) -> Plain {
    let (_, plain, _) = open(dir);
    plain
}

struct Folders {
    _root: tempfile::TempDir,
    store: PathBuf,
    backup: PathBuf,
    restored: PathBuf,
}

/// A store with some commits, beside nothing.
fn folders(commits: &[Commit]) -> Folders {
    let root = tempfile::tempdir().unwrap();
    let [store, backup, restored] = ["store", "backup", "restored"].map(|name| root.path().join(name));
    record(&store, commits);
    Folders { _root: root, store, backup, restored }
}

fn log(dir: &Path) -> Vec<u8> {
    fs::read(folder::log_path(dir)).unwrap()
}

fn change_log(dir: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = log(dir);
    change(&mut bytes);
    fs::write(folder::log_path(dir), bytes).unwrap();
}

fn restore<'a>(backup: &'a Path) -> Restore<'a> {
    Restore { backup, log: None, at: None }
}

#[test]
fn a_backup_takes_what_is_new_while_the_store_is_in_use_and_can_be_restored() {
    let commits = commits();
    let Folders { _root, store, backup, restored } = folders(&commits[..2]);
    fs::write(store.join("attributes.toml"), "a").unwrap();
    let files = ["attributes.toml", "none.toml"];
    let first = back_up(&store, &backup, &files).unwrap();
    assert_eq!((first.sequence, first.added), (2, 2));
    let (mut open, _) = Store::open(&store, &mut |_| Ok(())).unwrap();
    for commit in &commits[2..] {
        open.append(commit).unwrap();
        let next = back_up(&store, &backup, &files).unwrap();
        assert_eq!((next.sequence, next.added), (commit.sequence, 1));
        assert!(next.copied < first.copied && next.log_bytes == log(&backup).len() as u64);
        assert_eq!(log(&backup), log(&store));
    }
    assert_eq!(back_up(&store, &backup, &files).unwrap().copied, 0);
    assert_eq!(restore(&backup).make_store(&restored, &files).unwrap().sequence, 5);
    assert_eq!(held(&restored), Plain::of(&commits));
    assert_eq!(fs::read(restored.join("attributes.toml")).unwrap(), b"a");
    assert!(!restored.join("none.toml").exists() && !restored.join("changes.log.part").exists());
}

#[test]
fn any_moment_can_be_restored() {
    let commits = commits();
    let Folders { _root, store, backup, restored } = folders(&commits);
    back_up(&store, &backup, &[]).unwrap();
    for (at, sequence) in
        [(hour(0), 0), (hour(1), 1), (hour(3), 3), (hour(4) - SignedDuration::from_secs(1), 3), (hour(9), 5)]
    {
        let report = Restore { at: Some(at), ..restore(&backup) }.make_store(&restored, &[]).unwrap();
        assert_eq!(
            report,
            (RestoreReport { sequence, followed: 0, damage: None, left_out: report.left_out })
        );
        assert_eq!(held(&restored), Plain::of(&commits[..sequence as usize]));
        fs::remove_dir_all(&restored).unwrap();
    }
}

#[test]
fn a_damaged_log_is_made_whole_from_a_backup_and_what_follows_in_the_log_itself() {
    let commits = commits();
    let Folders { _root, store, backup, restored } = folders(&commits[..3]);
    back_up(&store, &backup, &[]).unwrap();
    record(&store, &commits[3..]);
    change_log(&store, |bytes| bytes[5_000] ^= 1);
    assert!(History::read(&store).unwrap().commits(0).unwrap().any(|part| part.is_err()));
    let damaged = folder::log_path(&store);
    let follow = |at| Restore { backup: &backup, log: Some(&damaged), at };
    let report = follow(None).make_store(&restored, &[]).unwrap();
    assert_eq!(report, (RestoreReport { sequence: 5, followed: 2, damage: None, left_out: None }));
    assert_eq!(held(&restored), Plain::of(&commits));
    fs::remove_dir_all(&restored).unwrap();
    assert_eq!(follow(Some(hour(4))).make_store(&restored, &[]).unwrap().followed, 1);
    fs::remove_dir_all(&restored).unwrap();
    // What stands behind a second place of damage is not restored, and that is said.
    let end = log(&backup).len();
    change_log(&store, |bytes| bytes[end + 60] ^= 1);
    let report = follow(None).make_store(&restored, &[]).unwrap();
    assert_eq!((report.sequence, report.damage.unwrap().sequence), (3, 4));
}

#[test]
fn what_follows_a_backup_is_read_also_where_the_log_is_damaged_at_its_head_or_at_the_end_of_the_backup() {
    let commits = commits();
    let Folders { _root, store, backup, restored } = folders(&commits[..3]);
    back_up(&store, &backup, &[]).unwrap();
    record(&store, &commits[3..]);
    // A byte of the mark, one of the version, and one of the hash with which the last block of the backup ends.
    for at in [3, 8, log(&backup).len() - 5] {
        change_log(&store, |bytes| bytes[at] ^= 1);
        let (path, backup) = (folder::log_path(&store), &backup);
        Restore { backup, log: Some(&path), at: None }.make_store(&restored, &[]).unwrap();
        assert_eq!(held(&restored), Plain::of(&commits), "{at}");
        fs::remove_dir_all(&restored).unwrap();
        change_log(&store, |bytes| bytes[at] ^= 1);
    }
}

#[test]
fn a_damaged_store_is_backed_up_as_far_as_it_is_sound() {
    let commits = commits();
    let Folders { _root, store, backup, .. } = folders(&commits[..3]);
    let third = log(&store).len();
    record(&store, &commits[3..]);
    change_log(&store, |bytes| bytes[third + 60] ^= 1);
    let error = back_up(&store, &backup, &[]).unwrap_err();
    assert!(matches!(error, BackupError::Damaged { sequence: 3, .. }), "{error}");
    assert_eq!(held(&backup), Plain::of(&commits[..3]));
}

#[test]
fn a_backup_that_was_cut_short_goes_on_and_a_commit_that_is_being_written_is_left_out() {
    let commits = commits();
    let Folders { _root, store, backup, .. } = folders(&commits);
    let whole = log(&store);
    back_up(&store, &backup, &[]).unwrap();
    for cut in [0, 5, 100, whole.len() - 1] {
        change_log(&backup, |bytes| bytes.truncate(cut));
        back_up(&store, &backup, &[]).unwrap();
        assert_eq!(log(&backup), whole, "cut at {cut}");
    }
    change_log(&store, |bytes| bytes.truncate(whole.len() - 1));
    fs::remove_dir_all(&backup).unwrap();
    assert_eq!(back_up(&store, &backup, &[]).unwrap().sequence, 4);
}

#[test]
fn what_cannot_be_done_is_refused_with_the_remedy_and_leaves_all_as_it_was() {
    let commits = commits();
    let Folders { _root, store, backup, restored } = folders(&commits[..3]);
    let refused = |outcome: Result<BackupReport, BackupError>| outcome.unwrap_err().to_string();
    assert!(refused(back_up(&restored, &backup, &[])).contains("no store here"));
    assert!(refused(back_up(&store, &store, &[])).contains("the store itself"));
    back_up(&store, &backup, &[]).unwrap();
    let kept = log(&backup);
    let other = folders(&[commit(1, vec![put(1, "丁")])]);
    assert!(refused(back_up(&other.store, &backup, &[])).contains("into another folder"));
    let open = Store::open(&backup, &mut |_| Ok(())).unwrap();
    assert!(refused(back_up(&store, &backup, &[])).contains("is in use by"));
    drop(open);
    assert_eq!(log(&backup), kept);

    let refused = |restore: Restore<'_>, dir: &Path| restore.make_store(dir, &[]).unwrap_err().to_string();
    assert!(refused(restore(&restored), &store).contains("no backup here"));
    assert!(refused(restore(&backup), &store).contains("not empty"));
    let foreign = folder::log_path(&other.store);
    let follow = Restore { log: Some(&foreign), ..restore(&backup) };
    assert!(refused(follow, &restored).contains("does not hold commit 3"));
    assert_eq!(fs::read_dir(&restored).unwrap().count(), 1, "only the lock is left");
    change_log(&backup, |bytes| bytes[5_000] ^= 1);
    let message = refused(restore(&backup), &restored);
    assert!(message.contains("sound up to commit 1, recorded at 1970-01-01T01:00:00Z"), "{message}");
    let earlier = Restore { at: Some(hour(0)), ..restore(&backup) };
    assert_eq!(earlier.make_store(&restored, &[]).unwrap().sequence, 0);
}

#[test]
fn what_a_killed_restore_left_keeps_no_other_from_its_work_and_nothing_else_is_removed() {
    let Folders { _root, store, backup, restored } = folders(&commits()[..3]);
    let files = ["a.toml"];
    fs::write(store.join("a.toml"), "a = 1").unwrap();
    back_up(&store, &backup, &files).unwrap();
    // What stands there at any moment, by names of the files, folders with a slash.
    let table: [(&[&str], bool); 12] = [
        (&[], true),
        (&["lock"], true),
        (&["lock", ".restoring/"], true),
        (&["lock", ".restoring/changes.log", ".restoring/a.toml.part"], true),
        (&["lock", ".restoring/changes.log", ".restoring/a.toml", ".restoring/state/db"], true),
        (&["lock", ".restoring/changes.log", "a.toml", ".a.toml.seal", "state/db"], true),
        (&["lock", "changes.log.part", "a.toml", "a.toml.part"], true),
        (&["a.toml"], false),
        (&["state/db"], false),
        (&[".restoring/changes.log", "b.toml"], false),
        (&["changes.log.part", "changes.log"], false),
        (&[".restoring/", "changes.log"], false),
    ];
    for (number, (left, taken)) in table.into_iter().enumerate() {
        let dir = restored.join(number.to_string());
        for name in left {
            fs::create_dir_all(dir.join(name).parent().unwrap()).unwrap();
            if name.ends_with('/') {
                fs::create_dir_all(dir.join(name)).unwrap();
            } else {
                fs::write(dir.join(name), "left").unwrap();
            }
        }
        let made = restore(&backup).make_store(&dir, &files);
        assert_eq!(
            made.as_ref().map(|report| report.sequence).ok(),
            taken.then_some(3),
            "{left:?}: {made:?}"
        );
        if taken {
            assert_eq!(held(&dir), held(&store), "{left:?}");
            assert_eq!(fs::read_to_string(dir.join("a.toml")).unwrap(), "a = 1");
            assert!(!dir.join(".restoring").exists(), "{left:?}");
        } else {
            assert!(left.iter().all(|name| dir.join(name).exists()), "{left:?}");
        }
    }
}

#[test]
fn a_restore_that_is_not_published_leaves_no_store() {
    let Folders { _root, store, backup, restored } = folders(&commits()[..3]);
    back_up(&store, &backup, &[]).unwrap();
    let begun = restore(&backup).begin(&restored, &[]).unwrap();
    assert!(folder::log_path(begun.path()).is_file() && !folder::log_path(&restored).exists());
    drop(begun);
    assert_eq!(fs::read_dir(&restored).unwrap().count(), 1, "only the lock is left");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_flipped_bit_of_a_backup_goes_unseen(position in any::<prop::sample::Index>(), bit in 0..8u8) {
        let Folders { _root, store, backup, restored } = folders(&commits()[..3]);
        back_up(&store, &backup, &[]).unwrap();
        let whole = log(&backup);
        let at = position.index(whole.len());
        change_log(&backup, |bytes| bytes[at] ^= 1 << bit);
        let damaged = log(&backup);
        match restore(&backup).make_store(&restored, &[]) {
            // Damage to the very last commit cannot be told from one that was cut short.
            Ok(report) => prop_assert!(report.sequence == 2 && held(&restored) == Plain::of(&commits()[..2])),
            Err(error) => prop_assert!(error.to_string().contains("changes.log"), "{}", error),
        }
        match back_up(&store, &backup, &[]) {
            Ok(report) => prop_assert!(report.sequence == 3 && log(&backup) == whole),
            Err(error) => {
                prop_assert!(error.to_string().contains("backup"), "{}", error);
                prop_assert!(log(&backup) == damaged, "a damaged backup is left as it is");
            }
        }
    }
}
