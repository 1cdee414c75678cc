use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::copy_files;
use crate::storage::lock::Lock;
use crate::storage::log::{Log, LogPosition, Replay, Scan, Tail, Walk, check_header, holds, scan};
use crate::storage::{CommitHead, Damage, LockError, LogError, folder};

/// Why a backup could not be brought up to date.
#[derive(Debug, Error)]
pub enum BackupError {
    /// There is no store.
    #[error("{}: there is no store here to back up", .dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// Store and backup are one folder.
    #[error("{}: this is within the store itself; choose another folder, best on another disk", .dir.display())]
    Within {
        /// The folder.
        dir: PathBuf,
    },
    /// The backup is in use, or cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The change log of the store or of the backup cannot be used; the path tells which.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The backup holds commits that the store does not.
    #[error(
        "{}: this backup ends with commit {sequence}, which {} does not have: it is of another store, or the store \
         lost commits; keep it, and back up into another folder",
        .backup.display(), .store.display()
    )]
    Diverged {
        /// The folder of the backup.
        backup: PathBuf,
        /// The folder of the store.
        store: PathBuf,
        /// The last commit of the backup.
        sequence: u64,
    },
    /// A file of the backup cannot be written.
    #[error("{}: {source}; see whether the folder can be written to and the disk is not full", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The store is damaged; the backup has all that stands before.
    #[error("the backup holds all up to commit {}, and the store is damaged after it: {damage}", .sequence)]
    Damaged {
        /// The last commit that the backup has now.
        sequence: u64,
        /// Where the store is damaged.
        damage: Damage,
    },
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// Its last commit.
    pub sequence: u64,
    /// How many commits are new in it.
    pub added: u64,
    /// How many bytes were copied.
    pub copied: u64,
    /// How many bytes its log has.
    pub log_bytes: u64,
    /// Whether text that was taken out of the store since was taken out of it as well.
    pub redacted: bool,
}

/// Brings a backup of a store up to date, and makes it where there is none; what it holds is verified each time.
///
/// The store may be in use: what its log holds as whole commits is copied. `files` names the text files beside the log
/// that are copied too, where they are there.
///
/// # Errors
/// [`BackupError`]. The backup then holds what it held, or whole commits beyond.
///
/// # Examples
/// ```
/// use orgatlas::storage::{Restore, Store, back_up};
///
/// let folder = tempfile::tempdir()?;
/// let [store, backup, other] = ["store", "backup", "other"].map(|name| folder.path().join(name));
/// drop(Store::open(&store, &mut |_| Ok(()))?);
/// assert_eq!(back_up(&store, &backup, &[])?.sequence, 0);
/// let restored = Restore { backup: &backup, log: None, at: None }.make_store(&other, &[])?;
/// assert_eq!(restored.sequence, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn back_up(dir: &Path, to: &Path, files: &[&str]) -> Result<BackupReport, BackupError> {
    let path = folder::log_path(dir);
    if !path.is_file() {
        return Err(BackupError::Missing { dir: dir.to_owned() });
    }
    let on_folder = |source| BackupError::Folder { path: to.to_owned(), source };
    let place = std::path::absolute(to).map_err(on_folder)?;
    let there = place.ancestors().find_map(|above| fs::canonicalize(above).ok());
    if there.is_some_and(|there| fs::canonicalize(dir).is_ok_and(|store| there.starts_with(store))) {
        return Err(BackupError::Within { dir: to.to_owned() });
    }
    folder::create(to).map_err(on_folder)?;
    let failed = |source| LogError::File { path: path.clone(), source };
    let file = File::open(&path).map_err(failed)?;
    check_header(&file, &path)?;

    let _lock = Lock::take(to)?;
    let backup = folder::log_path(to);
    let opened =
        folder::open_log(&backup).map_err(|source| LogError::File { path: backup.clone(), source })?;
    let mut log = Log::begin(opened, &backup)?;
    // A backup that was cut short goes on behind its last whole commit.
    log.go_on(&log.scan(LogPosition::start())?)?;
    let from = log.end();
    let source = Source { file: &file, path: &path };
    let (found, redacted) = match source.follows(from)? {
        Follows::Here(found) => (found, false),
        Follows::Redacted(found) => (found, true),
        Follows::Not => {
            let (backup, store, sequence) = (to.to_owned(), dir.to_owned(), from.sequence);
            return Err(BackupError::Diverged { backup, store, sequence });
        }
    };
    let copied_from = if redacted {
        drop(log);
        source.copy_anew(to, found.end)?;
        LogPosition::start()
    } else {
        log.take_over(&file, found.end)?;
        from
    };
    copy_files(dir, to, files).map_err(on_folder)?;
    match found.tail {
        // The rest is a commit that is just being written, or was never acknowledged.
        Tail::Clean | Tail::Torn(_) => {}
        Tail::Damaged(damage) => return Err(BackupError::Damaged { sequence: found.end.sequence, damage }),
    }
    Ok(BackupReport {
        sequence: found.end.sequence,
        added: found.end.sequence - from.sequence,
        copied: found.end.offset - copied_from.offset,
        log_bytes: found.end.offset,
        redacted,
    })
}

/// The log of the store that is backed up.
struct Source<'a> {
    file: &'a File,
    path: &'a Path,
}

/// How a store goes on behind the end of a backup.
enum Follows {
    /// With what was scanned.
    Here(Scan),
    /// Likewise, but text was taken out of what the backup holds; all was scanned.
    Redacted(Scan),
    /// It does not: the backup holds commits that the store does not have.
    Not,
}

impl Source<'_> {
    fn follows(&self, end: LogPosition) -> Result<Follows, LogError> {
        let failed = |source| LogError::File { path: self.path.to_owned(), source };
        if holds(self.file, end).map_err(failed)? {
            let found = scan(self.file, self.path, end).map_err(failed)?;
            // A text may be as long as what took its place, so that nothing else shows.
            let is_redacted = |head: &CommitHead| {
                let redaction = head.redaction.as_ref();
                redaction.is_some_and(|redaction| redaction.commits().iter().any(|at| *at <= end.sequence))
            };
            let rest = Replay::between(self.file, self.path, end, found.end.offset);
            if rest.seek(is_redacted)?.sequence() == found.end.sequence {
                return Ok(Follows::Here(found));
            }
        }
        // Where text was taken out, what follows stands elsewhere, and has the hashes that it had.
        let found = scan(self.file, self.path, LogPosition::start()).map_err(failed)?;
        let mut walk = Walk::new(self.file, self.path, found.end.offset);
        while let Some(walked) = walk.advance()? {
            if walked.is_last() && walked.sequence() == end.sequence && walked.hash() == end.hash {
                return Ok(Follows::Redacted(found));
            }
        }
        Ok(Follows::Not)
    }

    /// Puts a copy of the whole log in the place of the backup's.
    fn copy_anew(&self, to: &Path, end: LogPosition) -> Result<(), BackupError> {
        let part = folder::redacting_path(to);
        let failed = |source| LogError::File { path: part.clone(), source };
        let on_folder = |source| BackupError::Folder { path: to.to_owned(), source };
        match fs::remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(on_folder(error)),
            _ => {}
        }
        let mut log = Log::begin(folder::open_log(&part).map_err(failed)?, &part)?;
        log.take_over(self.file, end)?;
        fs::rename(&part, folder::log_path(to)).and_then(|()| folder::sync(to)).map_err(on_folder)
    }
}
