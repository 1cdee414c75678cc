use std::sync::Arc;

use jiff::Timestamp;

use crate::model::Change;

/// Changes that become part of the record together, with who made them, when and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// Its number: one more than that of the commit before; the first is 1.
    pub sequence: u64,
    /// When it was made.
    pub time: Timestamp,
    /// Who made it.
    pub actor: String,
    /// Why it was made.
    pub reason: String,
    /// What it changes, in order.
    pub changes: Vec<Change>,
}

/// A commit without its changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitHead {
    /// Its number, from 1.
    pub sequence: u64,
    /// When it was made.
    pub time: Timestamp,
    /// Who made it.
    pub actor: String,
    /// Why it was made.
    pub reason: String,
    /// How many changes it has.
    pub changes: u64,
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
}
