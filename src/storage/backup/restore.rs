use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use super::copy_files;
use crate::storage::lock::Lock;
use crate::storage::log::{Log, LogPosition, Place, Replay, Tail, check_header, holds, scan};
use crate::storage::{Damage, LockError, LogError, folder};

/// Why a store could not be made of a backup; nothing is left of the attempt.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// There is no backup.
    #[error("{}: there is no backup here: it would hold a file changes.log", .dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder holds something.
    #[error(
        "{}: this folder is not empty, and what is in it would be lost; move it away, or choose another",
        .dir.display()
    )]
    Occupied {
        /// The folder.
        dir: PathBuf,
    },
    /// The new store is in use, or cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A change log cannot be used; the path tells which.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The backup is damaged before what is wanted of it.
    #[error(
        "the backup is sound up to commit {sequence}{}, and that and every moment before can be restored, or another \
         backup; {damage}",
        .time.map_or_else(String::new, |time| format!(", recorded at {time}"))
    )]
    Damaged {
        /// The last commit before the damage.
        sequence: u64,
        /// When that was recorded; `None` where it is before the first.
        time: Option<Timestamp>,
        /// Where it is damaged.
        damage: Damage,
    },
    /// The log that is to follow the backup is of another store, or does not reach so far.
    #[error(
        "{}: this log does not hold commit {sequence}, with which the backup ends, so nothing of it can follow; \
         restore without it",
        .log.display()
    )]
    Diverged {
        /// The log.
        log: PathBuf,
        /// The last commit of the backup.
        sequence: u64,
    },
    /// The folder cannot be written to.
    #[error("{}: {source}; see whether the folder can be written to and the disk is not full", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What a store is to be made of.
#[derive(Clone, Copy, Debug)]
pub struct Restore<'a> {
    /// The folder of the backup.
    pub backup: &'a Path,
    /// A change log of the same store, also a damaged one, of which the commits after the backup's last are wanted.
    pub log: Option<&'a Path>,
    /// Only what was recorded until this moment.
    pub at: Option<Timestamp>,
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreReport {
    /// The last commit.
    pub sequence: u64,
    /// How many of the commits came from the log that follows the backup.
    pub followed: u64,
    /// Where that log is damaged, if it is: what stood behind is not restored.
    pub damage: Option<Damage>,
    /// What was recorded after the moment that was wanted, if anything is known of that.
    pub left_out: Option<LeftOut>,
}

/// Commits that were recorded after the moment that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// How many.
    pub commits: u64,
    /// When the first of them was recorded.
    pub first: Timestamp,
    /// On how many of them the clock showed no more than that moment, since it had been set back.
    pub stamped_before: u64,
}

/// A store that stands in a folder of its own within the one where it is to be; it is removed unless it is published.
#[derive(Debug)]
pub struct RestoredStore {
    dir: PathBuf,
    path: PathBuf,
    report: RestoreReport,
    /// Whether a part of it may be in its place, so that the rest has to say what that is.
    is_halfway: bool,
    _lock: Lock,
}

impl RestoredStore {
    /// The folder in which it stands until then, and can be opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to its place; its change log comes last, so that before there is no store and then a whole one.
    ///
    /// # Errors
    /// [`RestoreError::Folder`]; there is no store then.
    pub fn publish(mut self) -> Result<RestoreReport, RestoreError> {
        self.is_halfway = true;
        let log = folder::log_path(&self.path);
        let moved = || {
            for entry in fs::read_dir(&self.path)? {
                let from = entry?.path();
                if from != log && from != folder::lock_path(&self.path) {
                    fs::rename(&from, self.dir.join(from.file_name().unwrap_or_default()))?;
                }
            }
            folder::sync(&self.dir)?;
            fs::rename(&log, folder::log_path(&self.dir))?;
            folder::sync(&self.dir)
        };
        moved().map_err(|source| RestoreError::Folder { path: self.dir.clone(), source })?;
        self.is_halfway = false;
        Ok(self.report.clone())
    }
}

impl Drop for RestoredStore {
    fn drop(&mut self) {
        if !self.is_halfway {
            // What is left says no more than that an attempt was made.
            fs::remove_dir_all(&self.path).ok();
        }
    }
}

/// Removes what a restore left in a folder that did not come to its end; refuses one that holds anything else.
fn clear(dir: &Path, files: &[&str]) -> Result<(), RestoreError> {
    let on_folder = |source| RestoreError::Folder { path: dir.to_owned(), source };
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(on_folder)?;
    let mut found: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    found.retain(|path| *path != folder::lock_path(dir));
    let begun = [folder::restoring_path(dir), folder::restoring_log_path(dir)];
    let own: Vec<_> = folder::own_paths(dir, files).filter(|path| *path != folder::log_path(dir)).collect();
    let is_begun = found.iter().any(|path| begun.contains(path));
    let is_own = |path: &PathBuf| is_begun && (begun.contains(path) || own.contains(path));
    if !found.iter().all(is_own) {
        return Err(RestoreError::Occupied { dir: dir.to_owned() });
    }
    // What says that these are of an attempt goes last.
    found.sort_by_key(|path| begun.contains(path));
    for path in found {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(on_folder)?;
    }
    Ok(())
}

impl Restore<'_> {
    /// Makes a store of it in a folder that is empty or not there yet.
    ///
    /// `files` names the text files beside the log that are copied too, where they are there.
    ///
    /// # Errors
    /// [`RestoreError`]; there is no store in the folder then.
    pub fn make_store(self, dir: &Path, files: &[&str]) -> Result<RestoreReport, RestoreError> {
        self.begin(dir, files)?.publish()
    }

    /// Makes a store of it within a folder that is empty or not there yet, to be published when it is finished.
    ///
    /// What an earlier attempt left there is removed first: it was killed before its store was published.
    ///
    /// # Errors
    /// [`RestoreError`]; nothing is left of the attempt then.
    pub fn begin(self, dir: &Path, files: &[&str]) -> Result<RestoredStore, RestoreError> {
        let source = folder::log_path(self.backup);
        if !source.is_file() {
            return Err(RestoreError::Missing { dir: self.backup.to_owned() });
        }
        let on_folder = |source| RestoreError::Folder { path: dir.to_owned(), source };
        folder::create(dir).map_err(on_folder)?;
        let lock = Lock::take(dir)?;
        clear(dir, files)?;
        let path = folder::restoring_path(dir);
        fs::create_dir(&path).map_err(on_folder)?;
        let report = RestoreReport { sequence: 0, followed: 0, damage: None, left_out: None };
        let mut restored =
            RestoredStore { dir: dir.to_owned(), path, report, is_halfway: false, _lock: lock };
        let target = folder::log_path(&restored.path);
        restored.report = self.fill(&source, &target)?;
        copy_files(self.backup, &restored.path, files).map_err(on_folder)?;
        Ok(restored)
    }

    fn fill(&self, source: &Path, target: &Path) -> Result<RestoreReport, RestoreError> {
        let opened = folder::open_log(target);
        let opened = opened.map_err(|source| LogError::File { path: target.to_owned(), source })?;
        let mut log = Log::begin(opened, target)?;
        let file =
            File::open(source).map_err(|error| LogError::File { path: source.to_owned(), source: error })?;
        check_header(&file, source)?;
        let backup = Wanted::of(file, source, &Place::behind(LogPosition::start()), self.at)?;
        if let Some(damage) = backup.damage {
            let heads = Replay::of_log(&backup.file, source, 0, backup.end.offset);
            let last = heads.last().transpose()?;
            let time = last.map(|part| part.head.time);
            return Err(RestoreError::Damaged { sequence: backup.end.sequence, time, damage });
        }
        log.take_over(&backup.file, backup.end)?;
        let left_out = backup.left_out;
        let mut report = RestoreReport { sequence: backup.end.sequence, followed: 0, damage: None, left_out };
        if let Some(path) = self.log {
            let failed = |source| LogError::File { path: path.to_owned(), source };
            let file = File::open(path).map_err(failed)?;
            if backup.end.sequence == 0 {
                check_header(&file, path)?;
            }
            // A log that holds the end of the backup, or goes on behind it, is the right one, whatever of it is damaged.
            let holds = holds(&file, backup.end).map_err(failed)?;
            let rest = Wanted::of(file, path, &backup.place, self.at)?;
            if !holds && rest.end == backup.end {
                let (log, sequence) = (path.to_owned(), backup.end.sequence);
                return Err(RestoreError::Diverged { log, sequence });
            }
            log.take_over(&rest.file, rest.end)?;
            report.sequence = rest.end.sequence;
            report.followed = rest.end.sequence - backup.end.sequence;
            report.damage = rest.damage;
            // The log holds what the backup holds beyond that moment, and perhaps more.
            report.left_out = rest.left_out.or(report.left_out);
        }
        Ok(report)
    }
}

/// How far a log is wanted.
struct Wanted {
    file: File,
    end: LogPosition,
    /// The same with the time of the last commit.
    place: Place,
    /// Where it is damaged, if that is before what is wanted ends.
    damage: Option<Damage>,
    left_out: Option<LeftOut>,
}

impl Wanted {
    fn of(file: File, path: &Path, from: &Place, at: Option<Timestamp>) -> Result<Self, LogError> {
        let found = scan(&file, path, from.behind_whole())
            .map_err(|source| LogError::File { path: path.to_owned(), source })?;
        let damage = if let Tail::Damaged(damage) = found.tail { Some(damage) } else { None };
        let Some(at) = at else {
            let (end, place) = (found.end, Place::behind(found.end));
            return Ok(Self { file, end, place, damage, left_out: None });
        };
        let beyond = |place: &Place| {
            let replay = Replay::between(&file, path, place.behind_whole(), found.end.offset);
            replay.behind_time(place.latest())
        };
        let mut first = None;
        let place = beyond(from).seek(|head| {
            first = (head.time > at).then_some(head.time);
            first.is_some()
        })?;
        let end = place.behind_whole();
        let mut stamped_before = 0;
        beyond(&place).seek_stamped(|_, stamp| {
            stamped_before += u64::from(stamp <= at);
            false
        })?;
        let commits = found.end.sequence - end.sequence;
        let left_out = first.map(|first| LeftOut { commits, first, stamped_before });
        // A later commit was found: what is behind it is not wanted.
        let damage = damage.filter(|_| end == found.end);
        Ok(Self { file, end, place, damage, left_out })
    }
}
