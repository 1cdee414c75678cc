use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::log::{Damage, LogError, LogPosition, Place, Replay, Tail, check_header, scan};
use super::{CommitHead, CommitPart, folder};

/// The commits of a change log, for whoever asks what was recorded when.
#[derive(Clone, Debug)]
pub struct History {
    path: PathBuf,
    end: Arc<Mutex<LogPosition>>,
    damage: Option<Damage>,
}

impl History {
    pub(super) fn shared(path: PathBuf, end: Arc<Mutex<LogPosition>>) -> Self {
        Self { path, end, damage: None }
    }

    /// Reads the commits of a store that is not open, also of one that is damaged, and alters nothing.
    ///
    /// All up to the first damage can be read; a tail that was never acknowledged is left out.
    ///
    /// # Errors
    /// [`LogError`] when there is no log, or none that this program reads.
    pub fn read(dir: &Path) -> Result<Self, LogError> {
        let path = folder::log_path(dir);
        let failed = |source| LogError::File { path: path.clone(), source };
        let file = File::open(&path).map_err(failed)?;
        check_header(&file, &path)?;
        let scan = scan(&file, &path, LogPosition::start()).map_err(failed)?;
        let damage = if let Tail::Damaged(damage) = scan.tail { Some(damage) } else { None };
        Ok(Self { path, end: Arc::new(Mutex::new(scan.end)), damage })
    }

    /// The commits after one, in their order; after 0 are all. Damage is the last item, if there is any.
    ///
    /// # Errors
    /// [`LogError::File`] when the log cannot be opened.
    pub fn commits(&self, after: u64) -> Result<Commits, LogError> {
        let replay = Replay::of_log(self.open()?, &self.path, after, self.end().offset);
        Ok(Commits { replay, damage: self.damage.clone() })
    }

    /// The place behind the last commit.
    pub fn place(&self) -> Place {
        Place::behind(self.end())
    }

    /// The place before the first commit that is wanted, or behind the last; reads the log from its start.
    ///
    /// # Errors
    /// [`LogError`] when the log cannot be read.
    pub fn seek(&self, wanted: impl FnMut(&CommitHead) -> bool) -> Result<Place, LogError> {
        Replay::of_log(self.open()?, &self.path, 0, self.end().offset).seek(wanted)
    }

    /// The same from a place on, at which a commit ends.
    ///
    /// # Errors
    /// [`LogError`] when the log cannot be read.
    pub fn seek_from(
        &self,
        place: &Place,
        wanted: impl FnMut(&CommitHead) -> bool,
    ) -> Result<Place, LogError> {
        Replay::from_place(self.open()?, &self.path, place, self.end().offset).seek(wanted)
    }

    /// What follows a place, which then is behind it; `None` where nothing does yet.
    ///
    /// Between calls nothing is held but the place, so that many can follow the log at their own pace.
    ///
    /// # Errors
    /// [`LogError`] when the log cannot be read.
    pub fn next_part(&self, place: &mut Place) -> Result<Option<CommitPart>, LogError> {
        let mut replay = Replay::from_place(self.open()?, &self.path, place, self.end().offset);
        let part = replay.next().transpose()?;
        *place = replay.place();
        Ok(part)
    }

    fn end(&self) -> LogPosition {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<File, LogError> {
        File::open(&self.path).map_err(|source| LogError::File { path: self.path.clone(), source })
    }
}

/// Commits as they are read, part by part.
pub struct Commits {
    replay: Replay<File>,
    damage: Option<Damage>,
}

impl Iterator for Commits {
    type Item = Result<CommitPart, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.replay.next().or_else(|| self.damage.take().map(|damage| Err(damage.into())))
    }
}
