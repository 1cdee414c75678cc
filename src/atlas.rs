//! The atlas: where writers and readers meet, and nowhere else.
//!
//! Readers take a [`Snapshot`], which never changes. A writer sends changes, which are checked against the
//! graph, written to the log, and only then seen: all of them at once. The next graph starts as a copy of the
//! one that is read, and shares with it all that the changes leave as it is; so a commit costs its own changes.

mod bounds;
mod checkpoint;
mod clock;
mod declared;
mod departures;
mod folder;
mod follow;
mod journal;
mod open;
mod past;
mod primitives;
mod proposal;
mod redact;
mod restricted_view;
mod sight;
mod snapshot;
#[cfg(test)]
mod tests;
mod told;
mod touches;
mod turn;
mod write_queue;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;

use tokio::sync::watch;

use crate::storage::{AnnounceError, CheckpointError, History, Store};

use clock::Stamps;
use journal::Journal;

pub use clock::Clock;
pub use declared::{definition_change, trial};
pub use folder::{
    ATTRIBUTES_FILE, DISCLOSURE_FILE, INDICATORS_FILE, REVIEWED_FILE, STORE_FILES, bundled_attributes,
    disclosure, read_reviewed, write_reviewed,
};
pub use follow::{FollowError, Follower, Start};
pub use open::OpenError;
pub use past::PastError;
pub use proposal::{CommitError, Committed, Proposal};
pub use redact::{RedactionError, redact};
pub use snapshot::Snapshot;
pub use turn::Turn;
pub use write_queue::{WritePlace, WriteQueue, WriteQueueFull};

/// A durable graph with one writer at a time and any number of readers.
pub struct Atlas {
    journal: Journal<Store, Snapshot>,
    stamps: Stamps,
    history: History,
    folder: PathBuf,
    /// The version that is shown. One number tells everybody who waits, however many commits came meanwhile.
    versions: watch::Sender<u64>,
    write_queue: WriteQueue,
    /// What the latest commits took away from where it was, for readers who are limited to territories.
    departures: departures::Departures,
}

impl Atlas {
    /// The graph as it stands now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.journal.shown()
    }

    /// How many bytes the files of the store have.
    pub fn store_bytes(&self) -> u64 {
        folder::bytes(&self.folder)
    }

    /// Says in the lock of the store where its server answers.
    ///
    /// # Errors
    /// [`AnnounceError`] when the lock file cannot be written.
    pub fn announce(&self, address: &str) -> Result<(), AnnounceError> {
        self.journal.log().announce(address)
    }

    /// Writes the whole state beside the log now, so that the next opening need not read all commits.
    ///
    /// Commits go on meanwhile. Where another checkpoint is being written, this waits for it first.
    ///
    /// # Errors
    /// [`CheckpointError`] when it cannot be written; nothing is lost then.
    pub fn checkpoint(&self) -> Result<(), CheckpointError> {
        loop {
            let writing = self.journal.begin();
            let begun =
                writing.with_log(|store| store.begin_checkpoint().ok_or_else(|| store.checkpointing()));
            let snapshot = Arc::clone(writing.current());
            drop(writing);
            match begun {
                Ok(pending) => return checkpoint::write(&self.journal, pending, &snapshot.graph),
                Err(running) => drop(running.lock()),
            }
        }
    }

    /// By how much the clock is behind the last commit, if it is: it was set back, or was ahead then.
    pub fn clock_behind(&self) -> Option<SignedDuration> {
        self.stamps.behind()
    }

    /// What to tell an operator of a clock that is behind the last commit.
    pub fn clock_warning(&self) -> Option<String> {
        self.stamps.warning()
    }

    /// Records changes: all of them, durably, or none.
    ///
    /// Changes that are none leave the version as it is.
    ///
    /// # Errors
    /// [`CommitError`]; the graph is then as it was.
    pub fn commit(&self, proposal: Proposal) -> Result<Committed, CommitError> {
        self.turn().commit(proposal)
    }

    /// A turn to write, for changes that depend on what is recorded: nobody else writes until it ends.
    pub fn turn(&self) -> Turn<'_> {
        self.turn_at(None)
    }

    /// The same for a writer that waited in the [`WriteQueue`]: its place goes to the next writer when the turn ends.
    pub fn turn_at(&self, place: Option<Arc<WritePlace>>) -> Turn<'_> {
        Turn { atlas: self, writing: self.journal.begin(), place }
    }

    /// Where writers wait that must not block their thread.
    pub fn write_queue(&self) -> &WriteQueue {
        &self.write_queue
    }
}
