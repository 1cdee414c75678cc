use std::any::Any;
use std::borrow::Cow;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use blake3::Hash;
use jiff::Timestamp;
use thiserror::Error;

use super::Log;
use super::file::LogFile;
use super::format::{BlockHeader, LogPosition, SALT_LENGTH, StoredHead, StoredOrigin};
use crate::caught::message;
use crate::storage::commit::Commit;
use crate::storage::pack::Packer;
use crate::work::{Stopped, check};

/// How many bytes of payload a block has at most, unless a single change needs more.
const BLOCK_LIMIT: usize = 32 * 1024;

/// How many bytes are written at once.
const WRITE_SIZE: usize = 1024 * 1024;

/// Why a commit was not recorded.
#[derive(Debug, Error)]
pub enum AppendError {
    /// Its sequence is not the one that follows.
    #[error("commit {found} cannot follow commit {last}: its sequence must be {}", .last + 1)]
    Sequence {
        /// The sequence of the commit.
        found: u64,
        /// The last commit of the log.
        last: u64,
    },
    /// It could not be written, and the log is as it was.
    #[error(
        "{}: the commit was not recorded: {source}; see whether the disk is sound and not full, then try again",
        .path.display()
    )]
    File {
        /// The log.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It could not be written, nor could what was written of it be taken back.
    #[error(
        "{}: the commit may or may not have been recorded: {source}; mend the disk and open the store anew",
        .path.display()
    )]
    Unsettled {
        /// The log.
        path: PathBuf,
        /// What the system said when the commit was to be taken back.
        source: io::Error,
    },
    /// The disk did not take it, and it was taken back.
    #[error(
        "{}: the commit was not recorded, for the disk did not take it: {source}; mend the disk and open the store \
         anew, for nothing can follow before that",
        .path.display()
    )]
    Unsynced {
        /// The log.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The program failed while it made the commit, and the log is as it was.
    #[error(
        "{}: the commit was not recorded, for the program failed while it applied the changes: {message}; other commits \
         are recorded as before, so send it in parts to find the change at fault, and report this",
        .path.display()
    )]
    Panicked {
        /// The log.
        path: PathBuf,
        /// What the panic said.
        message: String,
    },
    /// The store can only be read.
    #[error(
        "{}: nothing can be recorded: the store was opened to be read alone, since its folder cannot be written to; give \
         this user the right to, or copy the store to a disk that takes it",
        .path.display()
    )]
    ReadOnly {
        /// The log.
        path: PathBuf,
    },
    /// Nobody waits for it any more, and the log is as it was.
    #[error(transparent)]
    Stopped(Stopped),
    /// An earlier commit is unsettled, or the disk did not take it.
    #[error(
        "{}: the disk failed while an earlier commit was recorded, so no other can follow; \
         mend the disk and open the store anew",
        .path.display()
    )]
    Refused {
        /// The log.
        path: PathBuf,
    },
}

impl AppendError {
    /// Whether it is for want of room alone: nothing was recorded, and the next commit may follow as soon as there is some.
    pub fn is_for_want_of_room(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        matches!(self, Self::File { source, .. } if matches!(source.kind(), StorageFull | QuotaExceeded | FileTooLarge))
    }
}

impl<F: LogFile> Log<F> {
    /// Records a commit if it is approved: when this returns, it is on the disk or was never there.
    ///
    /// `approve` is asked when all but the last block is written, so that it may judge while a large commit goes
    /// to the disk; without its last block it is none. A panic of `approve` is an error like any other.
    ///
    /// The recorded time is at least that of the commit before.
    pub(in crate::storage) fn append_if<E>(
        &mut self,
        commit: &Commit,
        approve: impl FnOnce() -> Result<(), E>,
    ) -> Result<Result<(), E>, AppendError> {
        if self.is_read_only {
            return Err(AppendError::ReadOnly { path: self.path.clone() });
        }
        if self.unsettled {
            return Err(AppendError::Refused { path: self.path.clone() });
        }
        if commit.sequence != self.end.sequence + 1 {
            return Err(AppendError::Sequence { found: commit.sequence, last: self.end.sequence });
        }
        let time = commit.time.max(self.last_time());
        let written =
            catch_unwind(AssertUnwindSafe(|| write(&mut self.file, self.end, (commit, time), approve)));
        let written = match written {
            Ok(written) => written,
            Err(panic) => return Err(self.take_back_panicked(&*panic)),
        };
        match written {
            Ok(Ok(end)) => {
                (self.end, self.last_time) = (end, Some(time));
                Ok(Ok(()))
            }
            Ok(Err(refusal)) => match self.take_back_written() {
                Ok(()) => Ok(Err(refusal)),
                Err(source) => Err(self.unsettle(source)),
            },
            Err(Failure::Write(source)) => Err(self.take_back(source)),
            Err(Failure::Sync(source)) => Err(self.take_back_unsynced(source)),
        }
    }

    /// Cuts off a commit that the disk did not take, and lets no other follow.
    ///
    /// After a sync that failed systems take for written what is not, so that another one that succeeds says nothing.
    fn take_back_unsynced(&mut self, source: io::Error) -> AppendError {
        self.unsettled = true;
        match self.file.truncate(self.end.offset) {
            Ok(()) => AppendError::Unsynced { path: self.path.clone(), source },
            Err(source) => self.unsettle(source),
        }
    }

    /// Cuts off what was written of a failed commit, so that the next one follows the last whole one.
    fn take_back(&mut self, source: io::Error) -> AppendError {
        match self.file.truncate(self.end.offset) {
            Ok(()) if Stopped::caused(&source) => AppendError::Stopped(Stopped),
            Ok(()) => AppendError::File { path: self.path.clone(), source },
            Err(source) => self.unsettle(source),
        }
    }

    /// Cuts off what was written of a commit during which the program failed, or unwound because it was stopped.
    fn take_back_panicked(&mut self, panic: &(dyn Any + Send)) -> AppendError {
        match self.take_back_written() {
            Ok(()) if panic.is::<Stopped>() => AppendError::Stopped(Stopped),
            Ok(()) => AppendError::Panicked { path: self.path.clone(), message: message(panic) },
            Err(source) => self.unsettle(source),
        }
    }

    /// Cuts off what was written of a refused commit: of a small one, nothing.
    fn take_back_written(&mut self) -> io::Result<()> {
        if self.file.length()? > self.end.offset { self.file.truncate(self.end.offset) } else { Ok(()) }
    }

    fn unsettle(&mut self, source: io::Error) -> AppendError {
        self.unsettled = true;
        AppendError::Unsettled { path: self.path.clone(), source }
    }
}

/// At what the writing of a commit failed.
enum Failure {
    Write(io::Error),
    Sync(io::Error),
}

impl From<io::Error> for Failure {
    fn from(source: io::Error) -> Self {
        Self::Write(source)
    }
}

/// Writes a commit behind the last, and waits until it is on the disk.
fn write<F: LogFile, E>(
    file: &mut F,
    from: LogPosition,
    (commit, time): (&Commit, Timestamp),
    approve: impl FnOnce() -> Result<(), E>,
) -> Result<Result<LogPosition, E>, Failure> {
    let head = StoredHead {
        time,
        actor: &commit.actor,
        reason: &commit.reason,
        changes: commit.changes.len() as u64,
    };
    let origin = StoredOrigin {
        origin: Cow::Borrowed(&commit.origin),
        redaction: commit.redaction.as_ref().map(Cow::Borrowed),
    };
    let head = postcard::to_stdvec(&head).and_then(|head| postcard::to_extend(&origin, head));
    let mut packer = Packer::new(BLOCK_LIMIT, head.map_err(io::Error::other)?);
    let mut writer =
        Writer { file, buffer: Vec::new(), from, end: LogPosition { sequence: commit.sequence, ..from } };
    for change in &commit.changes {
        packer.add(change, |payload| writer.block(payload, false))?;
    }
    if let Err(refusal) = approve() {
        return Ok(Err(refusal));
    }
    writer.block(packer.rest(), true)?;
    writer.write_out()?;
    writer.file.sync().map_err(Failure::Sync)?;
    Ok(Ok(writer.end))
}

struct Writer<'f, F> {
    file: &'f mut F,
    buffer: Vec<u8>,
    /// Where the commit starts.
    from: LogPosition,
    /// Where its next block goes.
    end: LogPosition,
}

impl<F: LogFile> Writer<'_, F> {
    fn block(&mut self, payload: &[u8], is_last: bool) -> io::Result<()> {
        check()?;
        let header = BlockHeader {
            length: u32::try_from(SALT_LENGTH + payload.len()).map_err(io::Error::other)?,
            sequence: self.end.sequence,
            is_first: self.end.offset == self.from.offset,
            is_last,
            is_salted: true,
            is_redacted: false,
            previous: self.end.hash,
        };
        let mut salt = [0; SALT_LENGTH];
        getrandom::fill(&mut salt).map_err(io::Error::other)?;
        let start = self.buffer.len();
        self.buffer.extend_from_slice(&header.to_bytes());
        self.buffer.extend_from_slice(&salt);
        self.buffer.extend_from_slice(payload);
        let hash: Hash = blake3::hash(&self.buffer[start..]);
        self.buffer.extend_from_slice(hash.as_bytes());
        self.end.hash = hash;
        self.end.offset += (self.buffer.len() - start) as u64;
        if self.buffer.len() >= WRITE_SIZE { self.write_out() } else { Ok(()) }
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.file.append(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}
