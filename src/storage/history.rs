use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::log::{Damage, LogError, LogPosition, Replay, Tail, check_header, scan};
use super::{CommitPart, folder};

/// The commits of a change log, for whoever asks what was recorded when.
#[derive(Clone, Debug)]
pub struct History {
    path: PathBuf,
    end: Arc<AtomicU64>,
    damage: Option<Damage>,
}

impl History {
    pub(super) fn shared(path: PathBuf, end: Arc<AtomicU64>) -> Self {
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
        Ok(Self { path, end: Arc::new(scan.end.offset.into()), damage })
    }

    /// The commits after one, in their order; after 0 are all. Damage is the last item, if there is any.
    ///
    /// # Errors
    /// [`LogError::File`] when the log cannot be opened.
    pub fn commits(&self, after: u64) -> Result<Commits, LogError> {
        let file =
            File::open(&self.path).map_err(|source| LogError::File { path: self.path.clone(), source })?;
        let replay = Replay::of_log(file, &self.path, after, self.end.load(Ordering::Acquire));
        Ok(Commits { replay, damage: self.damage.clone() })
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
