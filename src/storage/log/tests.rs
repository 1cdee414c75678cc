use std::convert::Infallible;
use std::path::Path;

use proptest::prelude::*;

use super::disk::{Disk, Fault};
use super::file::LogFile;
use super::format::{FILE_HEADER_LENGTH, LOG_FORMAT_VERSION, file_header};
use super::walk::Walk;
use super::{AppendError, DamageCause, Log, LogError, LogPosition, Tail, TornTail};
use crate::model::{Door, Network, Origin};
use crate::storage::fixture::{
    commit, every_annex, every_change, every_definition, every_task, large_commit, put, whole,
};
use crate::storage::{Commit, Redaction};

struct Opened {
    log: Log<Disk>,
    commits: Vec<Commit>,
    torn: Option<TornTail>,
}

fn open(disk: &Disk) -> Result<Opened, LogError> {
    let mut log = Log::begin(disk.clone(), Path::new("changes.log"))?;
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
        assert_eq!(disk.bytes().len(), bytes.len());
        assert_eq!(open(&disk).unwrap().commits, commits);
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
                LogError::Damage(damage) if at < FILE_HEADER_LENGTH => assert_eq!(damage.offset, 0),
                LogError::Damage(damage) => {
                    let sequence = if at < starts[1] { 1 } else { 2 };
                    assert_eq!(damage.sequence, sequence, "bit {bit} of byte {at}");
                    assert_eq!(damage.offset, starts[sequence as usize - 1] as u64);
                    assert_eq!(damage.cause, DamageCause::Checksum);
                }
                LogError::Version { .. } => assert!((8..FILE_HEADER_LENGTH).contains(&at)),
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
    bytes[8] = 3;
    assert_eq!(
        open(&Disk::of(bytes)).unwrap_err_text(),
        "changes.log: the change log has format version 3, and this program reads versions up to 2; \
         use the version of orgatlas that wrote it, or a later one; if none ever did, the file is damaged, and \
         `orgatlas restore` makes the store whole from a backup and what follows here"
    );
}

#[test]
fn a_failed_append_leaves_the_log_as_it_was_and_the_next_succeeds() {
    let faults = [Fault::ShortWrite(0), Fault::ShortWrite(1), Fault::ShortWrite(100)];
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

/// A sync that fails writes nothing, and so does the next one that succeeds: systems take for written what they tried.
#[test]
fn after_a_sync_that_failed_nothing_is_acknowledged_until_the_log_is_opened_anew() {
    let disk = Disk::default();
    let mut log = open(&disk).unwrap().log;
    let commits = small_commits(3);
    log.append(&commits[0]).unwrap();
    let before = disk.bytes();
    disk.fail_next(&[Fault::Sync]);
    assert!(matches!(log.append(&commits[1]), Err(AppendError::Unsynced { .. })));
    assert_eq!(disk.bytes(), before);
    assert!(matches!(log.append(&commits[1]), Err(AppendError::Refused { .. })));
    let mut log = open(&disk).unwrap().log;
    log.append(&commits[1]).unwrap();
    log.append(&commits[2]).unwrap();
    disk.crash(0, 0);
    assert_eq!(open(&disk).unwrap().commits, commits);
}

/// Whoever opens the log finds in the memory of the system what never came onto the disk: he takes it for recorded, so
/// it has to come there before anything follows.
#[test]
fn a_commit_that_was_found_is_on_the_disk_although_a_sync_failed_for_whoever_wrote_it() {
    let commits = small_commits(3);
    for end in [0, 1] {
        let disk = Disk::default();
        let mut log = open(&disk).unwrap().log;
        for commit in &commits[..end] {
            log.append(commit).unwrap();
        }
        disk.fail_next(&[Fault::Sync, Fault::Truncate]);
        assert!(matches!(log.append(&commits[end]), Err(AppendError::Unsettled { .. })));
        let mut opened = open(&disk).unwrap();
        assert_eq!(opened.commits, commits[..=end]);
        opened.log.append(&commits[end + 1]).unwrap();
        disk.crash(0, 0);
        assert_eq!(open(&disk).unwrap().commits, commits[..=end + 1]);
    }
}

#[test]
fn a_header_that_was_found_is_on_the_disk_although_a_sync_failed_for_whoever_wrote_it() {
    let mut disk = Disk::default();
    disk.append(&file_header(LOG_FORMAT_VERSION)).unwrap();
    disk.fail_next(&[Fault::Sync]);
    disk.sync().unwrap_err();
    let mut log = open(&disk).unwrap().log;
    disk.crash(0, 0);
    assert_eq!(disk.bytes(), file_header(LOG_FORMAT_VERSION));
    log.append(&commit(1, vec![])).unwrap();
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

/// A log as version 1 had it, and one of this version that was written at that time or later, hold the same.
///
/// The stored form has no names of fields: a field that is added anywhere in a change shows here, and asks for a new
/// format version. Salts keep two logs from being equal byte by byte, so payloads are compared.
fn check_stored(first: &[u8], commits: &[Commit]) {
    let disk = Disk::of(first.to_vec());
    let mut opened = open(&disk).unwrap();
    let without_origin = |commit: &Commit| Commit { origin: Origin::default(), ..commit.clone() };
    assert_eq!(opened.commits, commits.iter().map(without_origin).collect::<Vec<_>>());
    let packed = |bytes: Vec<u8>| {
        let end = bytes.len() as u64;
        let mut walk = Walk::new(Disk::of(bytes), Path::new("changes.log"), end);
        let mut packed = Vec::new();
        while let Some(walked) = walk.advance().unwrap() {
            packed.extend_from_slice(walked.content().unwrap().1);
        }
        packed
    };
    assert_eq!(packed(written(commits).0), packed(first.to_vec()));
    // Both versions stand in one log.
    let next = commit(commits.len() as u64 + 1, vec![]);
    opened.log.append(&next).unwrap();
    let log = open(&disk).unwrap().log;
    let heads = log.replay(LogPosition::start(), log.end().offset);
    let origins: Vec<_> =
        heads.map(Result::unwrap).filter(|p| p.is_last).map(|p| p.head.origin.clone()).collect();
    assert_eq!(origins.last(), Some(&Some(next.origin)));
    assert!(origins[..commits.len()].iter().all(Option::is_none));
}

#[test]
fn a_log_of_version_1_is_read_and_gone_on_with() {
    check_stored(include_bytes!("version_1.log"), &[every_change(), commit(2, vec![])]);
}

/// What a commit of this version is made of, from its origin to what was taken out, is read as it was written.
#[test]
fn a_log_of_version_2_is_read_as_ever() {
    let stored = include_bytes!("version_2.log");
    assert_eq!(open(&Disk::of(stored.to_vec())).unwrap().commits, commits_of_version_2());
}

/// The commits of the stored log of version 2.
fn commits_of_version_2() -> Vec<Commit> {
    let origin = Origin {
        door: Door::Http,
        network: Some(Network::Private),
        credential: Some("token 0123456789abcdef".into()),
        files: vec!["台账.xlsx".into()],
    };
    let redaction = Redaction::fixture();
    vec![
        Commit { origin, ..commit(1, vec![put(1, "甲")]) },
        Commit { redaction: Some(redaction), ..commit(2, vec![]) },
    ]
}

/// The same of what was added later: annexes.
#[test]
fn a_log_with_annexes_is_written_and_read_as_ever() {
    check_stored(include_bytes!("version_1_annexes.log"), &[every_annex(1)]);
}

/// And of what was added after that: tasks.
#[test]
fn a_log_with_tasks_is_written_and_read_as_ever() {
    check_stored(include_bytes!("version_1_tasks.log"), &[every_task(1)]);
}

/// And of what was added after that: definitions of indicators.
#[test]
fn a_log_with_definitions_is_written_and_read_as_ever() {
    check_stored(include_bytes!("version_1_definitions.log"), &[every_definition(1)]);
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
            let is_unsettled = matches!(result, Err(AppendError::Unsettled { .. }));
            let refuses = is_unsettled || matches!(result, Err(AppendError::Unsynced { .. }));
            if refuses || crash.is_some() {
                if let Some((survivors, written)) = crash {
                    disk.crash(survivors, written);
                }
                let opened = open(&disk).unwrap();
                log = opened.log;
                if is_unsettled && opened.commits.len() > acknowledged.len() {
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
