use std::convert::Infallible;
use std::path::Path;

use proptest::prelude::*;

use super::disk::{Disk, Fault};
use super::file::LogFile;
use super::format::FILE_HEADER_LENGTH;
use super::{AppendError, DamageCause, Log, LogError, LogPosition, Tail, TornTail};
use crate::storage::Commit;
use crate::storage::fixture::{
    commit, every_annex, every_change, every_definition, every_task, large_commit, put, whole,
};

struct Opened {
    log: Log<Disk>,
    commits: Vec<Commit>,
    torn: Option<TornTail>,
}

fn open(disk: &Disk) -> Result<Opened, LogError> {
    let (mut log, _) = Log::begin(disk.clone(), Path::new("changes.log"))?;
    let scan = log.scan(LogPosition::start())?;
    log.go_on(&scan)?;
    let commits = whole(log.replay(LogPosition::start(), log.end().offset));
    assert_eq!(log.end().sequence, commits.len() as u64);
    Ok(Opened { log, commits, torn: if let Tail::Torn(torn) = scan.tail { Some(torn) } else { None } })
}

impl<F: LogFile> Log<F> {
    fn append(&mut self, commit: &Commit) -> Result<(), AppendError> {
        let Ok(()) = self.append_if(commit, || Ok::<_, Infallible>(()))?;
        Ok(())
    }
}

/// A log of some commits, and where each starts.
fn written(commits: &[Commit]) -> (Vec<u8>, Vec<usize>) {
    let disk = Disk::default();
    let mut log = open(&disk).unwrap().log;
    let mut starts = Vec::new();
    for commit in commits {
        starts.push(log.end().offset as usize);
        log.append(commit).unwrap();
    }
    (disk.bytes(), starts)
}

fn small_commits(count: u64) -> Vec<Commit> {
    (1..=count).map(|n| commit(n, vec![put(n as usize, "甲"), put(0, "乙")])).collect()
}

#[test]
fn commits_are_read_as_they_were_written() {
    let huge = "大".repeat(50_000);
    let commits = [
        commit(1, vec![]),
        large_commit(2),
        commit(3, vec![put(1, "甲"), put(2, &huge), put(3, "丙")]),
        large_commit(4),
    ];
    let (bytes, _) = written(&commits);
    let opened = open(&Disk::of(bytes)).unwrap();
    assert_eq!(opened.commits, commits);
    assert_eq!(opened.torn, None);
}

#[test]
fn a_tail_torn_at_any_byte_leaves_exactly_the_commits_before() {
    let commits = small_commits(3);
    let (bytes, starts) = written(&commits);
    for length in starts[2]..bytes.len() {
        let disk = Disk::of(bytes[..length].to_vec());
        let mut opened = open(&disk).unwrap();
        assert_eq!(opened.commits, commits[..2], "{length}");
        let cut = (length - starts[2]) as u64;
        assert_eq!(opened.torn.map_or(0, |torn| torn.bytes), cut);
        opened.log.append(&commits[2]).unwrap();
        assert_eq!(disk.bytes(), bytes);
    }
}

#[test]
fn a_large_commit_torn_anywhere_is_not_there_at_all() {
    let mut commits = small_commits(1);
    commits.push(large_commit(2));
    let (bytes, starts) = written(&commits);
    for length in (starts[1]..bytes.len()).step_by(4999) {
        assert_eq!(open(&Disk::of(bytes[..length].to_vec())).unwrap().commits, commits[..1], "{length}");
        let mut holed = bytes.clone();
        holed[length..(length + 4096).min(bytes.len())].fill(0);
        assert_eq!(open(&Disk::of(holed)).unwrap().commits, commits[..1], "{length}");
    }
}

#[test]
fn a_flipped_bit_before_the_last_commit_is_damage_and_is_named() {
    let (bytes, starts) = written(&small_commits(3));
    for at in 0..starts[2] {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let Err(error) = open(&Disk::of(flipped)) else { panic!("bit {bit} of byte {at}") };
            match error {
                LogError::Damage(damage) => {
                    let sequence = if at < starts[1] { 1 } else { 2 };
                    assert_eq!(damage.sequence, sequence, "bit {bit} of byte {at}");
                    assert_eq!(damage.offset, starts[sequence as usize - 1] as u64);
                    assert_eq!(damage.cause, DamageCause::Checksum);
                }
                LogError::NotALog { .. } | LogError::Version { .. } => assert!(at < FILE_HEADER_LENGTH),
                other => panic!("{other}"),
            }
        }
    }
}

#[test]
fn a_flipped_bit_in_the_last_commit_leaves_the_commits_before() {
    let commits = small_commits(3);
    let (bytes, starts) = written(&commits);
    for at in starts[2]..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        assert_eq!(open(&Disk::of(flipped)).unwrap().commits, commits[..2], "{at}");
    }
}

#[test]
fn an_edit_of_the_past_shows_although_its_own_checksum_is_right() {
    let mut commits = small_commits(3);
    let (bytes, starts) = written(&commits);
    commits[0].changes = vec![put(1, "丙"), put(0, "丁")];
    let (edited, _) = written(&commits[..1]);
    let mut forged = bytes;
    forged[..starts[1]].copy_from_slice(&edited);
    let error = open(&Disk::of(forged)).unwrap_err_text();
    assert_eq!(
        error,
        format!(
            "changes.log: damaged at byte {}, in commit 2: it does not continue the block before, so what stands \
             before it was altered; `orgatlas restore` makes the store whole from a backup and what follows here; \
             what can be read here is up to commit 1",
            starts[1]
        )
    );
}

#[test]
fn a_commit_that_is_missing_in_the_middle_shows() {
    let (mut bytes, starts) = written(&small_commits(3));
    bytes.drain(starts[1]..starts[2]);
    let Err(LogError::Damage(damage)) = open(&Disk::of(bytes)) else { panic!() };
    assert_eq!((damage.sequence, damage.cause), (2, DamageCause::Sequence { found: 3 }));
}

#[test]
fn a_newer_format_is_refused() {
    let (mut bytes, _) = written(&small_commits(1));
    bytes[8] = 2;
    assert_eq!(
        open(&Disk::of(bytes)).unwrap_err_text(),
        "changes.log: the change log has format version 2, and this program reads version 1; \
         use the version of orgatlas that wrote it, or a later one"
    );
}

#[test]
fn a_failed_append_leaves_the_log_as_it_was_and_the_next_succeeds() {
    let faults = [Fault::ShortWrite(0), Fault::ShortWrite(1), Fault::ShortWrite(100), Fault::Sync];
    for fault in faults {
        let disk = Disk::default();
        let mut log = open(&disk).unwrap().log;
        let commits = [commit(1, vec![put(1, "甲")]), large_commit(2)];
        log.append(&commits[0]).unwrap();
        let before = disk.bytes();
        disk.fail_next(&[fault]);
        assert!(matches!(log.append(&large_commit(2)), Err(AppendError::File { .. })), "{fault:?}");
        assert_eq!(disk.bytes(), before);
        log.append(&commits[1]).unwrap();
        assert_eq!(open(&disk).unwrap().commits, commits);
    }
}

#[test]
fn a_commit_that_cannot_be_taken_back_ends_the_appends_until_the_log_is_opened_anew() {
    for faults in [[Fault::ShortWrite(40), Fault::Truncate], [Fault::Sync, Fault::Sync]] {
        let disk = Disk::default();
        let mut log = open(&disk).unwrap().log;
        log.append(&commit(1, vec![])).unwrap();
        disk.fail_next(&faults);
        assert!(matches!(log.append(&commit(2, vec![])), Err(AppendError::Unsettled { .. })));
        assert!(matches!(log.append(&commit(2, vec![])), Err(AppendError::Refused { .. })));
        let mut opened = open(&disk).unwrap();
        let next = opened.commits.len() as u64 + 1;
        opened.log.append(&commit(next, vec![])).unwrap();
        assert_eq!(opened.commits[0], commit(1, vec![]));
    }
}

#[test]
fn a_commit_that_is_not_approved_was_never_there() {
    let disk = Disk::default();
    let mut log = open(&disk).unwrap().log;
    log.append(&commit(1, vec![put(1, "甲")])).unwrap();
    let before = disk.bytes();
    let huge = "大".repeat(50_000);
    let large = commit(2, (0..10).map(|number| put(number, &huge)).collect());
    for refused in [commit(2, vec![put(2, "乙")]), large.clone()] {
        assert_eq!(log.append_if(&refused, || Err("no")).unwrap(), Err("no"));
        assert_eq!(disk.bytes(), before);
    }
    // What is written by the time when a large one is judged is no commit if the power goes then.
    let judged = log.append_if(&large, || {
        assert!(disk.bytes().len() > before.len());
        assert_eq!(open(&Disk::of(disk.bytes())).unwrap().commits.len(), 1);
        Ok::<_, ()>(())
    });
    assert_eq!(judged.unwrap(), Ok(()));
    assert_eq!(open(&disk).unwrap().commits.len(), 2);
}

#[test]
fn a_commit_out_of_order_is_refused() {
    let mut log = open(&Disk::default()).unwrap().log;
    let error = log.append(&commit(2, vec![])).unwrap_err().to_string();
    assert_eq!(error, "commit 2 cannot follow commit 0: its sequence must be 1");
}

/// The stored form has no names of fields: a field that is added anywhere in a change shows here, and asks for a
/// new format version.
#[test]
fn a_log_of_version_1_is_written_and_read_as_ever() {
    let stored = include_bytes!("version_1.log");
    let commits = [every_change(), commit(2, vec![])];
    assert_eq!(open(&Disk::of(stored.to_vec())).unwrap().commits, commits);
    assert_eq!(written(&commits).0, stored);
}

/// The same of what was added later: annexes.
#[test]
fn a_log_with_annexes_is_written_and_read_as_ever() {
    let stored = include_bytes!("version_1_annexes.log");
    let commits = [every_annex(1)];
    assert_eq!(open(&Disk::of(stored.to_vec())).unwrap().commits, commits);
    assert_eq!(written(&commits).0, stored);
}

/// And of what was added after that: tasks.
#[test]
fn a_log_with_tasks_is_written_and_read_as_ever() {
    let stored = include_bytes!("version_1_tasks.log");
    let commits = [every_task(1)];
    assert_eq!(open(&Disk::of(stored.to_vec())).unwrap().commits, commits);
    assert_eq!(written(&commits).0, stored);
}

/// And of what was added after that: definitions of indicators.
#[test]
fn a_log_with_definitions_is_written_and_read_as_ever() {
    let stored = include_bytes!("version_1_definitions.log");
    let commits = [every_definition(1)];
    assert_eq!(open(&Disk::of(stored.to_vec())).unwrap().commits, commits);
    assert_eq!(written(&commits).0, stored);
}

/// Which sectors came onto the disk: any, or all but one.
fn sectors() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), (0..8u32).prop_map(|missing| !(1 << missing)), Just(u64::MAX)]
}

#[test]
fn a_read_that_fails_is_told_and_alters_nothing() {
    let commits = small_commits(3);
    let disk = Disk::of(written(&commits).0);
    disk.fail_next(&[Fault::Read]);
    let refused = open(&disk).unwrap_err_text();
    assert!(refused.contains("changes.log: input/output error; see whether the disk is sound"), "{refused}");
    assert_eq!(open(&disk).unwrap().commits, commits);
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![(0..3000usize).prop_map(Fault::ShortWrite), Just(Fault::Sync), Just(Fault::Truncate),]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// After any faults and losses of power, all that was acknowledged is there, and at most the one commit
    /// more that was under way when the power went or the log gave up.
    #[test]
    fn no_fault_and_no_loss_of_power_loses_an_acknowledged_commit(
        steps in prop::collection::vec((prop::collection::vec(fault(), 0..3), 0..60usize), 1..12),
        crashes in prop::collection::vec(prop::option::of((0..4000usize, sectors())), 12),
    ) {
        let disk = Disk::default();
        let mut log = open(&disk).unwrap().log;
        let mut acknowledged: Vec<Commit> = Vec::new();
        for ((faults, size), crash) in steps.into_iter().zip(crashes) {
            disk.fail_next(&faults);
            let next = commit(log.end().sequence + 1, (0..size).map(|n| put(n, "甲")).collect());
            let result = log.append(&next);
            if result.is_ok() {
                acknowledged.push(next.clone());
            }
            disk.fail_next(&[]);
            let refuses = matches!(result, Err(AppendError::Unsettled { .. }));
            if refuses || crash.is_some() {
                if let Some((survivors, written)) = crash {
                    disk.crash(survivors, written);
                }
                let opened = open(&disk).unwrap();
                log = opened.log;
                if refuses && opened.commits.len() > acknowledged.len() {
                    acknowledged.push(next);
                }
                prop_assert_eq!(&opened.commits, &acknowledged);
            }
        }
    }
}

/// The message of a refusal.
trait Refused {
    fn unwrap_err_text(self) -> String;
}

impl Refused for Result<Opened, LogError> {
    fn unwrap_err_text(self) -> String {
        match self {
            Ok(_) => panic!("it was opened"),
            Err(error) => error.to_string(),
        }
    }
}
