//! The change log: the bytes, reading and checking them, appending to them.

mod append;
mod damage;
#[cfg(test)]
mod disk;
mod file;
mod format;
mod read;
mod redacted;
mod replay;
mod scan;
mod take_over;
#[cfg(test)]
mod tests;
mod walk;

use std::path::{Path, PathBuf};

pub use append::AppendError;
pub use damage::{Damage, DamageCause, LogError, TornTail};
pub(super) use file::{LogFile, ReadAt};
pub use format::LOG_FORMAT_VERSION;
pub(super) use format::LogPosition;
pub(super) use format::{FILE_HEADER_LENGTH, upgrade};
use format::{HeaderProblem, file_header};
pub(super) use redacted::{Vouching, payload_without, redacted};
pub use replay::Place;
pub(super) use replay::Replay;
pub(super) use scan::{Scan, Tail, scan};
pub(super) use walk::Walk;

/// A change log that is open for appends.
#[derive(Debug)]
pub(super) struct Log<F> {
    file: F,
    path: PathBuf,
    end: LogPosition,
    /// Whether a failed commit could not be taken back, so that nobody knows what is on the disk.
    unsettled: bool,
}

impl<F: LogFile> Log<F> {
    /// Takes a file as a log, empty so far, and writes its header if that never got onto the disk.
    ///
    /// Says also whether the header is new.
    pub(super) fn begin(mut file: F, path: &Path) -> Result<(Self, bool), LogError> {
        let failed = |source| LogError::File { path: path.to_owned(), source };
        let is_new = match check_header(&file, path) {
            Ok(()) => false,
            Err(LogError::Unfinished { .. }) => {
                file.truncate(0).map_err(failed)?;
                file.append(&file_header(LOG_FORMAT_VERSION)).map_err(failed)?;
                file.sync().map_err(failed)?;
                true
            }
            Err(error) => return Err(error),
        };
        let path = path.to_owned();
        Ok((Self { file, path, end: LogPosition::start(), unsettled: false }, is_new))
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

    /// Goes on after the last whole commit of a scan; what follows it is cut off.
    pub(super) fn go_on(&mut self, scan: &Scan) -> Result<(), LogError> {
        if let Tail::Damaged(damage) = &scan.tail {
            return Err(damage.clone().into());
        }
        if matches!(scan.tail, Tail::Torn(_)) {
            self.file.truncate(scan.end.offset).map_err(|source| self.failed(source))?;
        }
        // Whoever wrote the last commit may have died before it was on the disk: it counts from here on.
        self.file.sync().map_err(|source| self.failed(source))?;
        self.end = scan.end;
        Ok(())
    }

    fn failed(&self, source: std::io::Error) -> LogError {
        LogError::File { path: self.path.clone(), source }
    }
}

/// Whether a commit ends at a position of a log.
pub(super) fn holds(file: &impl ReadAt, position: LogPosition) -> std::io::Result<bool> {
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
/// [`LogError::Version`] and [`LogError::File`].
pub(super) fn check_header(file: &impl ReadAt, path: &Path) -> Result<(), LogError> {
    let failed = |source| LogError::File { path: path.to_owned(), source };
    let mut header = [0; FILE_HEADER_LENGTH];
    let length = file.read_full(&mut header, 0).map_err(failed)?;
    let nothing_follows = file.length().map_err(failed)? <= FILE_HEADER_LENGTH as u64;
    let path = || path.to_owned();
    match format::check_file_header(&header[..length], nothing_follows) {
        Ok(()) => Ok(()),
        Err(HeaderProblem::Unfinished) => Err(LogError::Unfinished { path: path() }),
        Err(HeaderProblem::NotALog) => Err(LogError::NotALog { path: path() }),
        Err(HeaderProblem::Version(found)) => Err(LogError::Version { path: path(), found }),
    }
}
