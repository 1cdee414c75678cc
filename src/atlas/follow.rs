use std::fmt;

use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::watch;

use super::Atlas;
use crate::storage::{CommitPart, History, LogError, Place};

/// From where on commits are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Those to come.
    Now,
    /// Those after a version.
    After(u64),
    /// Those made later than a moment.
    Since(Timestamp),
}

/// Why commits cannot be followed.
#[derive(Debug, Error)]
pub enum FollowError {
    /// The version to start from is not there yet.
    #[error("version {asked} is not recorded yet; the last is {found}")]
    Ahead {
        /// The version to start from.
        asked: u64,
        /// The version now.
        found: u64,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Somebody who reads the commits of an atlas at a pace of his own, and waits for those to come.
///
/// It holds a place in the log and nothing of what is recorded there, however far it falls behind.
pub struct Follower {
    history: History,
    place: Place,
    versions: watch::Receiver<u64>,
}

impl Atlas {
    /// The version of the graph, for whoever waits until it moves.
    pub fn versions(&self) -> watch::Receiver<u64> {
        self.versions.subscribe()
    }

    /// Follows the commits. A start in the past reads the log up to there.
    ///
    /// # Errors
    /// [`FollowError`] when the start is ahead of the graph, or the log cannot be read.
    pub fn follow(&self, start: Start) -> Result<Follower, FollowError> {
        let versions = self.versions();
        let found = *versions.borrow();
        let place = match start {
            // The log may be a commit ahead of what is shown; that one is still to come.
            Start::Now => match self.history.place() {
                place if place.sequence() == found => place,
                _ => self.history.seek(|head| head.sequence > found)?,
            },
            Start::After(asked) if asked > found => return Err(FollowError::Ahead { asked, found }),
            Start::After(asked) => self.history.seek(|head| head.sequence > asked)?,
            Start::Since(moment) => self.history.seek(|head| head.time > moment)?,
        };
        Ok(Follower { history: self.history.clone(), place, versions })
    }
}

impl Follower {
    /// The next part of a commit that the graph shows; `None` where it was all read.
    ///
    /// # Errors
    /// [`LogError`] when the log cannot be read.
    pub fn next_part(&mut self) -> Result<Option<CommitPart>, LogError> {
        // A commit is in the log a moment before the graph shows it.
        if self.place.sequence() >= *self.versions.borrow_and_update() {
            return Ok(None);
        }
        self.history.next_part(&mut self.place)
    }

    /// Waits for a commit; `false` when there will be none any more.
    pub async fn wait(&mut self) -> bool {
        self.versions.changed().await.is_ok()
    }
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower").field("place", &self.place).finish_non_exhaustive()
    }
}
