use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::lock::Lock;
use super::log::{LogPosition, Replay, Tail, Vouching, Walk, check_header, holds, scan};
use super::state::{State, StateCopy};
use super::{LockError, LogError, StateProblem, TornTail, folder};
use crate::work::{Steps, Stopped, check};

/// Why a store could not be verified, or is not as it was written.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// There is none.
    #[error("{}: there is no store here; importing into this folder makes one", .dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// It is in use, or cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A new checkpoint cannot be begun.
    #[error(
        "no checkpoint can be begun: {0}; see whether the folder can be written to and the disk is not full"
    )]
    Checkpoint(StateProblem),
    /// Its change log is damaged, or cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What a store holds, all of it read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many commits there are.
    pub commits: u64,
    /// How many changes they hold.
    pub changes: u64,
    /// How many bytes the log has, a torn tail included.
    pub log_bytes: u64,
    /// The end of the log that is no whole commit; the next opening cuts it off.
    pub torn_tail: Option<TornTail>,
    /// The checkpoint.
    pub checkpoint: CheckpointReport,
}

/// What a checkpoint holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckpointReport {
    /// None was taken yet.
    Absent,
    /// All of it is as it was written.
    Sound {
        /// The commit at which it was taken.
        sequence: u64,
        /// How many organisations it holds.
        organizations: u64,
        /// How many relations it holds.
        relations: u64,
        /// How many annexes it holds.
        annexes: u64,
        /// How many blocks it is made of.
        blocks: u64,
    },
    /// It cannot be used; the next opening rebuilds the state from the log.
    Unsound(StateProblem),
}

/// Reads all of a store that is not open, and checks every block, the log's and the checkpoint's.
///
/// Alters neither the log nor what the checkpoint holds.
///
/// # Errors
/// [`VerifyError`]: there is no store, it is in use, or its log is damaged before its end, lacks commits that
/// the checkpoint has, or is of another format. An unsound checkpoint is no error, as nothing is lost with it.
pub fn verify(dir: &Path) -> Result<VerifyReport, VerifyError> {
    let WholeLog { path, file, end, torn_tail, copy, _lock } = WholeLog::verify(dir)?;
    let checkpoint = verify_checkpoint(copy.as_ref().map_or(dir, StateCopy::path), &path, &file, end)?;
    // A checkpoint that was not read to its end is not known to be unsound.
    check()?;
    let mut changes = 0;
    let mut vouching = Vouching::default();
    let mut steps = Steps::begin("counting changes", end.sequence);
    for part in Replay::of_log(&file, &path, 0, end.offset) {
        let part = part?;
        changes += part.changes.len() as u64;
        part.head.redaction.iter().for_each(|redaction| vouching.hear(redaction));
        check()?;
        steps.try_add(u64::from(part.is_last))?;
    }
    drop(steps);
    let mut walk = Walk::new(&file, &path, end.offset);
    while let Some(walked) = walk.advance()? {
        check()?;
        vouching.see(&walked);
    }
    vouching.settle(&path).map_err(LogError::from)?;
    let log_bytes = file.metadata().map_err(|source| LogError::File { path, source })?.len();
    Ok(VerifyReport { commits: end.sequence, changes, log_bytes, torn_tail, checkpoint })
}

/// Whether a folder holds a store, or what is left of one.
pub fn is_store(dir: &Path) -> bool {
    folder::log_path(dir).is_file() || folder::state_path(dir).is_dir()
}

/// Sets the checkpoint of a store that is not open aside, so that the next opening makes its state of the log alone.
///
/// All of the log is verified first. What is set aside stands in `state.damaged`.
///
/// # Errors
/// [`VerifyError`]: there is no store, it is in use, its log is damaged or lacks commits that the checkpoint has, or the
/// disk does not do what it is asked.
pub fn set_checkpoint_aside(dir: &Path) -> Result<(), VerifyError> {
    require(dir)?;
    let _lock = Lock::take(dir)?;
    WholeLog::verify_locked(dir, None)?;
    State::anew(dir).map_err(VerifyError::Checkpoint)?.close();
    Ok(())
}

fn require(dir: &Path) -> Result<(), VerifyError> {
    if is_store(dir) { Ok(()) } else { Err(VerifyError::Missing { dir: dir.to_owned() }) }
}

/// The log of a store that nobody else opens meanwhile, every block of which is as it was written.
struct WholeLog {
    path: PathBuf,
    file: File,
    /// The end of its last whole commit.
    end: LogPosition,
    torn_tail: Option<TornTail>,
    /// The checkpoint, where that of the store itself cannot be opened.
    copy: Option<StateCopy>,
    _lock: Option<Lock>,
}

impl WholeLog {
    fn verify(dir: &Path) -> Result<Self, VerifyError> {
        require(dir)?;
        let lock = Lock::take_to_read(dir)?;
        // Without a copy the checkpoint is found unsound, which is no error.
        let copy = if lock.is_none() { StateCopy::of(dir).ok() } else { None };
        let whole = Self::verify_locked(dir, copy)?;
        Ok(Self { _lock: lock, ..whole })
    }

    /// Likewise, for whoever has the lock.
    fn verify_locked(dir: &Path, copy: Option<StateCopy>) -> Result<Self, VerifyError> {
        let (path, state) = (folder::log_path(dir), folder::state_path(dir));
        let checkpoint = last_checkpointed(&folder::state_path(copy.as_ref().map_or(dir, StateCopy::path)));
        let behind =
            |sequence| LogError::Behind { path: path.clone(), sequence, checkpoint, state: state.clone() };
        let failed = |source| LogError::File { path: path.clone(), source };
        let opened = File::open(&path).map_err(failed).and_then(|file| {
            check_header(&file, &path)?;
            Ok(file)
        });
        let is_gone = match &opened {
            Err(LogError::File { source, .. }) => source.kind() == ErrorKind::NotFound,
            // Not even the header is left.
            Err(LogError::Unfinished { .. }) => true,
            _ => false,
        };
        if is_gone && checkpoint > 0 {
            return Err(behind(0).into());
        }
        let file = opened?;
        let scan = scan(&file, &path, LogPosition::start()).map_err(failed)?;
        let torn_tail = match scan.tail {
            Tail::Damaged(damage) => return Err(LogError::from(damage).into()),
            // More is gone than a commit that was never acknowledged.
            _ if scan.end.sequence < checkpoint => return Err(behind(scan.end.sequence).into()),
            Tail::Clean => None,
            Tail::Torn(torn) => Some(torn),
        };
        Ok(Self { path, file, end: scan.end, torn_tail, copy, _lock: None })
    }
}

/// The commit at which the checkpoint was taken; 0 where there is none, or none that says so.
fn last_checkpointed(folder: &Path) -> u64 {
    let state = if folder.is_dir() { State::open(folder).ok() } else { None };
    state.map_or(0, |state| {
        let contents = state.contents();
        state.close();
        contents.ok().flatten().map_or(0, |contents| contents.position().sequence)
    })
}

fn verify_checkpoint(
    dir: &Path,
    path: &Path,
    file: &File,
    end: LogPosition,
) -> Result<CheckpointReport, LogError> {
    let folder = folder::state_path(dir);
    let lost = |problem| {
        if end.sequence == 0 { CheckpointReport::Absent } else { CheckpointReport::Unsound(problem) }
    };
    if !folder.is_dir() {
        return Ok(lost(StateProblem::Missing));
    }
    let read = State::open(&folder).and_then(|state| {
        let contents = state.verify();
        let records = contents.as_ref().ok().and_then(Option::as_ref).map(|c| state.verify_records(c));
        state.close();
        records.transpose().and(contents)
    });
    let contents = match read {
        Ok(Some(contents)) => contents,
        Ok(None) => return Ok(lost(StateProblem::Contents)),
        Err(problem) => return Ok(CheckpointReport::Unsound(problem)),
    };
    let taken_at = contents.position();
    if !holds(file, taken_at).map_err(|source| LogError::File { path: path.to_owned(), source })? {
        return Ok(CheckpointReport::Unsound(StateProblem::OtherLog { sequence: taken_at.sequence }));
    }
    if taken_at.sequence == 0 {
        return Ok(CheckpointReport::Absent);
    }
    Ok(CheckpointReport::Sound {
        sequence: taken_at.sequence,
        organizations: contents.all_organizations(),
        relations: contents.all_relations(),
        annexes: contents.annexes,
        blocks: contents.blocks,
    })
}
