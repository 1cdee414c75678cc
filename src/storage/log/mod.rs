//! The change log: the bytes, reading and checking them, appending to them.

mod append;
mod damage;
#[cfg(test)]
mod disk;
mod file;
mod format;
mod last_time;
mod read;
mod redacted;
mod replay;
mod scan;
mod take_over;
#[cfg(test)]
mod tests;
mod walk;

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use append::AppendError;
pub use damage::{Damage, DamageCause, LogError, TornTail};
pub(super) use file::{LogFile, ReadAt};
pub use format::LOG_FORMAT_VERSION;
pub(super) use format::LogPosition;
pub(super) use format::{FILE_HEADER_LENGTH, upgrade};
use format::{HeaderProblem, MARKER, file_header};
use last_time::last_time;
pub(super) use redacted::{Vouching, payload_without, redacted};
pub use replay::Place;
pub(super) use replay::Replay;
pub(super) use scan::{Scan, Tail, scan};
pub(super) use walk::Walk;

/// How many bytes are copied at once.
const AT_ONCE: u64 = 1 << 20;

/// A change log that is open for appends.
#[derive(Debug)]
pub(super) struct Log<F> {
    file: F,
    path: PathBuf,
    end: LogPosition,
    /// When the last commit was recorded; `None` where that was not looked for yet.
    last_time: Option<Timestamp>,
    /// Whether nobody knows what is on the disk: a failed commit could not be taken back, or a sync failed.
    unsettled: bool,
    /// Whether the file can only be read.
    is_read_only: bool,
}

impl<F: LogFile> Log<F> {
    /// Takes a file as a log, empty so far, and writes its header if that never got onto the disk.
    pub(super) fn begin(mut file: F, path: &Path) -> Result<Self, LogError> {
        let failed = |source| LogError::File { path: path.to_owned(), source };
        match check_header(&file, path) {
            Ok(()) => {}
            Err(LogError::Unfinished { .. }) => {
                file.truncate(0).map_err(failed)?;
                file.append(&file_header(LOG_FORMAT_VERSION)).map_err(failed)?;
                file.sync().map_err(failed)?;
            }
            Err(error) => return Err(error),
        }
        Ok(Self::of(file, path, false))
    }

    /// Takes a file that can only be read as a log.
    pub(super) fn read_only(file: F, path: &Path) -> Result<Self, LogError> {
        check_header(&file, path)?;
        Ok(Self::of(file, path, true))
    }

    fn of(file: F, path: &Path, is_read_only: bool) -> Self {
        Self {
            file,
            path: path.to_owned(),
            end: LogPosition::start(),
            last_time: None,
            unsettled: false,
            is_read_only,
        }
    }

    /// The end of the last commit.
    pub(super) fn end(&self) -> LogPosition {
        self.end
    }

    /// The commits between two positions.
    pub(super) fn replay(&self, from: LogPosition, to: u64) -> Replay<&F> {
        Replay::between(&self.file, &self.path, from, to)
    }

    /// Whether a commit ends at a position.
    pub(super) fn holds(&self, position: LogPosition) -> Result<bool, LogError> {
        holds(&self.file, position).map_err(|source| self.failed(source))
    }

    /// Reads and checks what follows a position.
    pub(super) fn scan(&self, from: LogPosition) -> Result<Scan, LogError> {
        scan(&self.file, &self.path, from).map_err(|source| self.failed(source))
    }

    /// Goes on after the last whole commit of a scan; what follows it is cut off, or passed over where it can only be read.
    pub(super) fn go_on(&mut self, scan: &Scan) -> Result<(), LogError> {
        if let Tail::Damaged(damage) = &scan.tail {
            return Err(damage.clone().into());
        }
        if self.is_read_only {
            self.end = scan.end;
            return Ok(());
        }
        if matches!(scan.tail, Tail::Torn(_)) {
            self.file.truncate(scan.end.offset).map_err(|source| self.failed(source))?;
        }
        // Whoever wrote the last commit may have died before it was on the disk: it counts from here on.
        self.write_again(scan).and_then(|()| self.file.sync()).map_err(|source| self.failed(source))?;
        (self.end, self.last_time) = (scan.end, None);
        Ok(())
    }

    /// Lets the next commit be of any time.
    #[cfg(test)]
    pub(super) fn forget_time(&mut self) {
        self.last_time = Some(Timestamp::MIN);
    }

    /// When the last commit was recorded; the beginning of time where there is none, or none that can be read.
    pub(super) fn last_time(&mut self) -> Timestamp {
        // A log is damaged there only behind a checkpoint, and commits go on.
        let found = self.last_time.or_else(|| last_time(&self.file, self.end).ok().flatten());
        *self.last_time.insert(found.unwrap_or(Timestamp::MIN))
    }

    /// Writes the last commit of a scan once more, where it stands.
    ///
    /// Whoever wrote it may have met a sync that failed. The system then takes it for written, shows it, and says so of
    /// the next sync too, although it is not on the disk; whoever went on behind it would find it missing one day.
    fn write_again(&mut self, scan: &Scan) -> io::Result<()> {
        let mut from = match scan.last {
            Some(begin) if begin > LogPosition::start().offset => begin,
            Some(_) => 0,
            // Commits that were not read are before a checkpoint, which was taken when they were on the disk.
            None if scan.end.sequence > 0 => return Ok(()),
            None => 0,
        };
        let mut bytes = Vec::new();
        while from < scan.end.offset {
            bytes.resize(AT_ONCE.min(scan.end.offset - from) as usize, 0);
            if self.file.read_full(&mut bytes, from)? < bytes.len() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match self.file.write_at(&bytes, from) {
                // Some file systems need room for it. Then nothing can follow it either until there is some.
                Err(error) if error.kind() == io::ErrorKind::StorageFull => return Ok(()),
                written => written?,
            }
            from += bytes.len() as u64;
        }
        Ok(())
    }

    fn failed(&self, source: io::Error) -> LogError {
        LogError::File { path: self.path.clone(), source }
    }
}

/// Whether a commit ends at a position of a log.
pub(super) fn holds(file: &impl ReadAt, position: LogPosition) -> io::Result<bool> {
    if position.sequence == 0 {
        return Ok(position == LogPosition::start());
    }
    let mut hash = [0; blake3::OUT_LEN];
    let Some(offset) = position.offset.checked_sub(hash.len() as u64) else { return Ok(false) };
    Ok(file.read_full(&mut hash, offset)? == hash.len() && position.hash == hash)
}

/// Checks that a file is a change log that this program can read.
///
/// # Errors
/// [`LogError::Unfinished`] when so little is there that no commit was ever made, [`LogError::NotALog`],
/// [`LogError::Damage`] where blocks follow all the same, [`LogError::Version`] and [`LogError::File`].
pub(super) fn check_header(file: &impl ReadAt, path: &Path) -> Result<(), LogError> {
    let failed = |source| LogError::File { path: path.to_owned(), source };
    let mut header = [0; FILE_HEADER_LENGTH];
    let length = file.read_full(&mut header, 0).map_err(failed)?;
    let nothing_follows = file.length().map_err(failed)? <= FILE_HEADER_LENGTH as u64;
    let path = || path.to_owned();
    match format::check_file_header(&header[..length], nothing_follows) {
        Ok(()) => Ok(()),
        Err(HeaderProblem::Unfinished) => Err(LogError::Unfinished { path: path() }),
        Err(HeaderProblem::NotALog) => {
            let mut marker = MARKER;
            let read = file.read_full(&mut marker, FILE_HEADER_LENGTH as u64).map_err(failed)?;
            if read == MARKER.len() && marker == MARKER {
                let cause = DamageCause::Checksum;
                return Err(Damage { path: path(), offset: 0, sequence: 1, cause }.into());
            }
            Err(LogError::NotALog { path: path() })
        }
        Err(HeaderProblem::Version(found)) => Err(LogError::Version { path: path(), found }),
    }
}
