use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use data_encoding::HEXLOWER_PERMISSIVE;
use jiff::Timestamp;
use thiserror::Error;

use super::Redaction;
use crate::model::{Change, Origin};

/// Changes that become part of the record together, with who made them, when and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// Its number: one more than that of the commit before; the first is 1.
    pub sequence: u64,
    /// When it was made; recorded with the time of the commit before where that is later.
    pub time: Timestamp,
    /// Who made it.
    pub actor: String,
    /// Why it was made.
    pub reason: String,
    /// From where it came.
    pub origin: Origin,
    /// The text that was taken out of earlier commits with it, if that is what it says.
    pub redaction: Option<Redaction>,
    /// What it changes, in order.
    pub changes: Vec<Change>,
}

/// A commit without its changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitHead {
    /// Its number, from 1.
    pub sequence: u64,
    /// When it was recorded: never before the commit before it, whatever the clock showed.
    pub time: Timestamp,
    /// Who made it.
    pub actor: String,
    /// Why it was made.
    pub reason: String,
    /// How many changes it has.
    pub changes: u64,
    /// From where it came; `None` where it was made before that was recorded.
    pub origin: Option<Origin>,
    /// The text that was taken out of earlier commits with it, if that is what it says.
    pub redaction: Option<Redaction>,
}

/// Some changes of a commit: what is read at once, so that a commit of millions is never held whole.
///
/// The parts of a commit follow each other in the order of its changes; a part may hold none.
#[derive(Clone, Debug, PartialEq)]
pub struct CommitPart {
    /// The commit that it belongs to.
    pub head: Arc<CommitHead>,
    /// The changes that follow those of the part before.
    pub changes: Vec<Change>,
    /// Whether it is the last part of its commit.
    pub is_last: bool,
    /// The hash of the commit, with its last part.
    pub hash: Option<CommitHash>,
}

/// What a commit is known by: it covers the commit and, through the hash of the one before, all that came earlier.
///
/// ```
/// use orgatlas::storage::CommitHash;
/// let hash: CommitHash = "5c".repeat(32).parse()?;
/// assert_eq!(hash.to_string(), "5c".repeat(32));
/// assert!("5c".parse::<CommitHash>().is_err());
/// # Ok::<(), orgatlas::storage::CommitHashError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommitHash([u8; blake3::OUT_LEN]);

/// A text is no hash of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the hash of a commit has {} digits from 0 to f, as `orgatlas audit verify` prints it", 2 * blake3::OUT_LEN)]
pub struct CommitHashError;

impl From<blake3::Hash> for CommitHash {
    fn from(hash: blake3::Hash) -> Self {
        Self(*hash.as_bytes())
    }
}

impl FromStr for CommitHash {
    type Err = CommitHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(|_| CommitHashError)?;
        bytes.try_into().map(Self).map_err(|_| CommitHashError)
    }
}

impl fmt::Display for CommitHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER_PERMISSIVE.encode(&self.0))
    }
}
