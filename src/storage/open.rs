use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::{LockError, LogError, StateProblem, TornTail};
use crate::model::Change;
use crate::work::Stopped;

/// Why whoever receives the recorded state refuses it.
pub type ApplyError = Box<dyn std::error::Error + Send + Sync>;

/// What is handed out when a store is opened.
#[derive(Debug)]
pub enum Recorded<'r> {
    /// The next block of an image of the state, as it was handed over for the checkpoint.
    Image(&'r [u8]),
    /// The image is whole.
    ImageEnd,
    /// Changes that follow those before.
    Changes(Vec<Change>),
    /// All that came is void, for the checkpoint that it came from is damaged; what is recorded comes anew.
    Anew,
}

/// Why a store could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// It is in use, or cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Its change log cannot be used.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Its folder cannot be made or altered.
    #[error("{}: {source}; see whether the folder can be written to and the disk is not full", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is recorded is refused by whoever receives it.
    #[error("{}: what is recorded after commit {after} is refused: {source}", .dir.display())]
    Apply {
        /// The folder of the store.
        dir: PathBuf,
        /// The last commit that is wholly applied.
        after: u64,
        /// Why it is refused.
        source: ApplyError,
    },
}

/// What opening a store found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// The commit whose checkpoint was used; 0 for none.
    pub checkpoint: u64,
    /// How many commits were read from the log after that.
    pub replayed: u64,
    /// Why the checkpoint could not be used, if it could not: the state was rebuilt from the log, and what is left
    /// of the checkpoint stands in `state.damaged`.
    pub rebuilt: Option<StateProblem>,
    /// What was cut off the end of the log, if anything; where nothing can be written it stays, and counts for nothing.
    pub torn_tail: Option<TornTail>,
    /// Whether nothing can be written: the medium is read-only, or the folder belongs to somebody else.
    pub is_read_only: bool,
    /// Text files beside the log that hold something else than when they were read last; whoever reads them says so.
    pub edited: Vec<PathBuf>,
}
