use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::fixture::{Plain, commit, define, exemption, large_commit, organization, put, relation, whole};
use super::log::LogPosition;
use super::{
    CheckpointReport, Commit, History, LogError, OpenError, OpenReport, Recorded, StateProblem, Store,
    VerifyError, set_checkpoint_aside, verify,
};
use crate::model::Change;

const NOTHING: OpenReport = OpenReport {
    checkpoint: 0,
    replayed: 0,
    rebuilt: None,
    torn_tail: None,
    is_read_only: false,
    edited: Vec::new(),
};

fn try_open(dir: &Path) -> Result<(Store, Plain, OpenReport), OpenError> {
    let mut plain = Plain::default();
    let (store, report) = Store::open(dir, &mut |recorded| {
        match recorded {
            Recorded::Image(block) => plain.read_image(block)?,
            Recorded::ImageEnd => plain.finish_image()?,
            Recorded::Changes(changes) => plain.apply(changes),
            Recorded::Anew => plain = Plain::default(),
        }
        Ok(())
    })?;
    Ok((store, plain, report))
}

pub(super) fn open(dir: &Path) -> (Store, Plain, OpenReport) {
    try_open(dir).unwrap()
}

fn checkpoint(store: &mut Store, plain: &Plain) {
    store.checkpoint(Some(plain.image()), plain.beside_image()).unwrap();
}

/// A store of three commits with a checkpoint after the second, closed.
fn written(dir: &Path) -> Vec<Commit> {
    let commits = vec![large_commit(1), commit(2, vec![put(3, "乙")]), commit(3, vec![put(4, "丙")])];
    let (mut store, _, _) = open(dir);
    for commit in &commits {
        store.append(commit).unwrap();
        if commit.sequence == 2 {
            checkpoint(&mut store, &Plain::of(&commits[..2]));
            assert_eq!(store.uncheckpointed_bytes(), 0);
        }
    }
    assert!(store.uncheckpointed_bytes() > 0);
    commits
}

#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Change>),
    Checkpoint,
    Reopen,
    LoseState,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (0..20usize, "[a-z]{1,8}").prop_map(|(number, name)| put(number, &name)),
        1 => (0..20usize).prop_map(|number| Change::RemoveOrganization(organization(number, "a").id)),
        4 => (0..20usize, 0..20usize).prop_map(|(a, b)| Change::PutRelation(relation(a, b))),
        1 => (0..20usize, 0..20usize).prop_map(|(a, b)| Change::RemoveRelation(relation(a, b).key())),
        2 => (0..20usize, "[a-z]{1,8}").prop_map(|(n, reason)| Change::PutAnnex(Box::new(exemption(n, &reason)))),
        1 => (0..20usize).prop_map(|n| Change::RemoveAnnex(exemption(n, "a").key())),
        2 => (0..5usize, 1..9u32, "[a-z]{1,8}").prop_map(|(n, version, text)| define(n, version, &text)),
        1 => (0..5usize).prop_map(|n| Change::RemoveIndicator(format!("ind-{n}").into())),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(change(), 0..12).prop_map(Step::Commit),
        2 => Just(Step::Checkpoint),
        2 => Just(Step::Reopen),
        1 => Just(Step::LoseState),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_reopened_state_is_that_of_a_plain_map(steps in prop::collection::vec(step(), 1..16)) {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, mut plain, _) = open(dir.path());
        for step in steps.into_iter().chain([Step::Reopen, Step::LoseState]) {
            match step {
                Step::Commit(changes) => {
                    store.append(&commit(store.sequence() + 1, changes.clone())).unwrap();
                    plain.apply(changes);
                }
                Step::Checkpoint => checkpoint(&mut store, &plain),
                Step::Reopen | Step::LoseState => {
                    let sequence = store.sequence();
                    drop(store);
                    let is_lost = matches!(step, Step::LoseState);
                    if is_lost {
                        fs::remove_dir_all(dir.path().join("state")).unwrap();
                    }
                    let (reopened, found, report) = open(dir.path());
                    prop_assert_eq!(&found, &plain);
                    prop_assert_eq!(reopened.sequence(), sequence);
                    prop_assert_eq!(report.checkpoint + report.replayed, sequence);
                    let missing = is_lost && sequence > 0;
                    prop_assert_eq!(report.rebuilt, missing.then_some(StateProblem::Missing));
                    store = reopened;
                }
            }
        }
    }
}

#[test]
fn a_half_created_folder_opens_as_an_empty_store() {
    let header = b"ORGATLAS\x01\0\0\0";
    let make: [&dyn Fn(&Path); 7] = [
        &|_| {},
        &|dir| fs::create_dir_all(dir).unwrap(),
        &|dir| {
            fs::create_dir_all(dir).unwrap();
            fs::write(dir.join("lock"), "").unwrap();
            fs::write(dir.join("changes.log"), "").unwrap();
        },
        &|dir| {
            fs::create_dir_all(dir).unwrap();
            fs::write(dir.join("changes.log"), &header[..5]).unwrap();
        },
        &|dir| {
            fs::create_dir_all(dir.join("state")).unwrap();
            fs::write(dir.join("changes.log"), header).unwrap();
        },
        &|dir| {
            fs::create_dir_all(dir.join("state/blobs")).unwrap();
            fs::write(dir.join("state/conf"), "segment_size: 5242").unwrap();
        },
        &|dir| {
            fs::create_dir_all(dir.join("state/blobs")).unwrap();
            fs::write(dir.join("state/db"), "").unwrap();
        },
    ];
    for (number, make) in make.iter().enumerate() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("new/store");
        make(&dir);
        let (mut store, plain, report) = open(&dir);
        assert_eq!((store.sequence(), plain), (0, Plain::default()), "{number}");
        // What stands in for a torn file of the engine is reported, as nobody knows what it was.
        assert_eq!(OpenReport { rebuilt: None, ..report }, NOTHING, "{number}");
        store.append(&commit(1, vec![put(1, "甲")])).unwrap();
        drop(store);
        assert_eq!(open(&dir).1.organizations.len(), 1);
    }
}

#[test]
fn opening_reads_the_checkpoint_and_only_the_commits_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let commits = written(dir.path());
    let (store, plain, report) = open(dir.path());
    assert_eq!(plain, Plain::of(&commits));
    assert_eq!(report, OpenReport { checkpoint: 2, replayed: 1, ..NOTHING });
    assert_eq!(store.sequence(), 3);
}

#[test]
fn a_second_opener_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _, _) = open(dir.path());
    store.announce("http://127.0.0.1:8080").unwrap();
    let refused = try_open(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("in use by process") && refused.contains("http://127.0.0.1:8080"), "{refused}");
    assert!(matches!(verify(dir.path()), Err(VerifyError::Lock(_))));
    drop(store);
    open(dir.path());
}

#[test]
fn a_damaged_checkpoint_is_set_aside_and_the_state_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let commits = written(dir.path());
    let file = dir.path().join("state/db");
    let mut bytes = fs::read(&file).unwrap();
    bytes.iter_mut().step_by(16).for_each(|byte| *byte ^= 1);
    fs::write(&file, bytes).unwrap();
    let (mut store, plain, report) = open(dir.path());
    assert_eq!(plain, Plain::of(&commits));
    assert_eq!((report.checkpoint, report.replayed), (0, 3));
    assert!(report.rebuilt.is_some());
    assert!(dir.path().join("state.damaged/db").is_file());
    assert!(store.uncheckpointed_bytes() > 0);
    checkpoint(&mut store, &plain);
    drop(store);
    let (_, plain, report) = open(dir.path());
    assert_eq!(plain, Plain::of(&commits));
    assert_eq!(report, OpenReport { checkpoint: 3, ..NOTHING });
}

#[test]
fn a_checkpoint_of_another_log_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let other = tempfile::tempdir().unwrap();
    let commits: Vec<_> = (1..=4).map(|n| commit(n, vec![put(n as usize, "丁")])).collect();
    let (mut store, _, _) = open(other.path());
    commits.iter().for_each(|commit| store.append(commit).unwrap());
    drop(store);
    fs::copy(other.path().join("changes.log"), dir.path().join("changes.log")).unwrap();
    let (_, plain, report) = open(dir.path());
    assert_eq!(plain, Plain::of(&commits));
    assert_eq!(report.rebuilt, Some(StateProblem::OtherLog { sequence: 2 }));
}

#[test]
fn a_log_that_ends_before_the_checkpoint_is_damage_and_not_a_torn_tail() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let log = dir.path().join("changes.log");
    let bytes = fs::read(&log).unwrap();
    let sound =
        |problem: VerifyError| matches!(problem, VerifyError::Log(LogError::Behind { checkpoint: 2, .. }));
    fs::remove_file(&log).unwrap();
    assert!(sound(verify(dir.path()).unwrap_err()), "no log at all");
    for length in [0, 5, LogPosition::start().offset as usize, 300, bytes.len() / 2] {
        fs::write(&log, &bytes[..length]).unwrap();
        let Err(OpenError::Log(LogError::Behind { sequence: 0, checkpoint: 2, .. })) = try_open(dir.path())
        else {
            panic!("{length}")
        };
        assert!(sound(verify(dir.path()).unwrap_err()), "{length}");
        // The state is all that is left of the commits, so it stays.
        assert!(sound(set_checkpoint_aside(dir.path()).unwrap_err()), "{length}");
        assert!(!dir.path().join("state.damaged").exists());
    }
}

#[test]
fn a_flipped_bit_in_the_log_is_never_a_wrong_state() {
    let dir = tempfile::tempdir().unwrap();
    let commits = written(dir.path());
    let log = dir.path().join("changes.log");
    let bytes = fs::read(&log).unwrap();
    let last = History::read(dir.path()).unwrap();
    assert_eq!(whole(last.commits(0).unwrap()), commits);
    for at in (0..bytes.len() - 400).step_by(bytes.len() / 12) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(&log, flipped).unwrap();
        if let Ok((_, plain, _)) = try_open(dir.path()) {
            assert_eq!(plain, Plain::of(&commits), "{at}");
        }
        assert!(matches!(verify(dir.path()), Err(VerifyError::Log(_))), "{at}");
        let history =
            History::read(dir.path()).map(|h| h.commits(0).unwrap().filter(|part| part.is_err()).count());
        assert!(matches!(history, Ok(1) | Err(_)), "{at}");
    }
}

#[test]
fn a_torn_tail_is_cut_off_kept_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    let commits = written(dir.path());
    let log = dir.path().join("changes.log");
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() - 1]).unwrap();
    let seen = verify(dir.path()).unwrap();
    assert_eq!((seen.commits, seen.torn_tail.map(|torn| torn.sequence)), (2, Some(3)));
    let (mut store, plain, report) = open(dir.path());
    assert_eq!(plain, Plain::of(&commits[..2]));
    let torn = report.torn_tail.unwrap();
    assert_eq!((torn.sequence, torn.offset + torn.bytes), (3, bytes.len() as u64 - 1));
    let kept = fs::read(torn.kept.unwrap()).unwrap();
    assert_eq!(kept, bytes[torn.offset as usize..bytes.len() - 1]);
    store.append(&commits[2]).unwrap();
    drop(store);
    // Salts differ.
    assert_eq!(fs::read(&log).unwrap().len(), bytes.len());
    assert_eq!(open(dir.path()).1, Plain::of(&commits));
}

#[test]
fn verifying_counts_what_is_there_and_leaves_it() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(verify(dir.path()), Err(VerifyError::Missing { .. })));
    written(dir.path());
    let report = verify(dir.path()).unwrap();
    assert_eq!((report.commits, report.changes, report.torn_tail), (3, 2002, None));
    assert!(matches!(
        report.checkpoint,
        CheckpointReport::Sound { sequence: 2, organizations: 2000, relations: 0, annexes: 0, blocks: 2.. }
    ));
    assert_eq!(open(dir.path()).2, OpenReport { checkpoint: 2, replayed: 1, ..NOTHING });
}

#[test]
fn the_history_is_read_while_commits_are_added() {
    let dir = tempfile::tempdir().unwrap();
    let commits = written(dir.path());
    let (mut store, _, _) = open(dir.path());
    let history = store.history();
    assert_eq!(whole(history.commits(0).unwrap()), commits);
    let next = commit(4, vec![put(9, "戊")]);
    let started = history.commits(2).unwrap();
    store.append(&next).unwrap();
    assert_eq!(whole(started), commits[2..]);
    assert_eq!(whole(history.commits(3).unwrap()), [next]);
    assert_eq!(history.commits(4).unwrap().count(), 0);
}

#[test]
fn a_place_in_the_history_goes_on_from_part_to_part_and_to_commits_to_come() {
    let dir = tempfile::tempdir().unwrap();
    let commits = written(dir.path());
    let (mut store, _, _) = open(dir.path());
    let history = store.history();
    let mut now = history.place();
    assert_eq!(history.next_part(&mut now).unwrap(), None);
    for after in 0..=3 {
        let mut place = history.seek(|head| head.sequence > after).unwrap();
        let parts = std::iter::from_fn(|| history.next_part(&mut place).transpose());
        assert_eq!(whole(parts), commits[after as usize..], "after {after}");
    }
    let next = commit(4, vec![put(9, "戊")]);
    store.append(&next).unwrap();
    let part = history.next_part(&mut now).unwrap().unwrap();
    assert_eq!((part.head.sequence, part.changes, part.is_last), (4, next.changes, true));
    assert_eq!(history.next_part(&mut now).unwrap(), None);
}

#[test]
fn a_refusal_of_what_is_recorded_names_the_commit_before() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let mut batches = 0;
    let refused = Store::open(dir.path(), &mut |recorded| {
        batches += 1;
        let is_one = matches!(recorded, Recorded::Changes(changes) if changes.len() == 1);
        if is_one { Err("no such kind".into()) } else { Ok(()) }
    });
    let message = refused.map(|_| ()).unwrap_err().to_string();
    assert!(message.ends_with("what is recorded after commit 2 is refused: no such kind"), "{message}");
    assert!(batches > 2);
}

#[test]
fn a_store_opens_without_a_checkpoint_that_can_neither_be_used_nor_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let commits = written(dir.path());
    let (state, aside) = (dir.path().join("state"), dir.path().join("state.damaged"));
    fs::remove_dir_all(&state).unwrap();
    fs::write(&state, "no folder").unwrap();
    fs::write(&aside, "no folder either").unwrap();
    let (mut store, plain, report) = open(dir.path());
    assert_eq!(plain, Plain::of(&commits));
    assert!(matches!(report.rebuilt, Some(StateProblem::Engine(_))));
    store.append(&commit(4, vec![])).unwrap();
    let refused = store.checkpoint(Some(plain.image()), std::iter::empty()).unwrap_err().to_string();
    assert!(
        refused.contains("no checkpoint could be taken") && refused.contains("nothing is lost"),
        "{refused}"
    );
    fs::remove_file(&aside).unwrap();
    checkpoint(&mut store, &plain);
    drop(store);
    assert_eq!(open(dir.path()).2, OpenReport { checkpoint: 4, ..NOTHING });
}

#[test]
fn a_store_and_its_history_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Store>();
    shared::<History>();
}
