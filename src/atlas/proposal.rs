use std::collections::BTreeSet;

use thiserror::Error;

use crate::model::{Change, OrganizationId, Origin, UnfitText, Violation, check_text};
use crate::storage;
use crate::work::Stopped;

/// What a writer sends.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The changes, in their order.
    pub changes: Vec<Change>,
    /// Who makes them.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// From where they come.
    pub origin: Origin,
    /// The version that they were made up for; `None` where that does not matter.
    pub expected: Option<u64>,
}

/// What a commit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The version of the graph now.
    pub version: u64,
    /// How many changes were made.
    pub changes: usize,
}

impl Proposal {
    /// Refuses one of which a text beside the changes is not to be recorded.
    pub(super) fn check_what_is_said(&self) -> Result<(), CommitError> {
        let files = self.origin.files.iter().map(|name| ("the name of a file", name.as_ref()));
        let said = [("the reason", self.reason.as_str()), ("the actor", &self.actor)];
        for (what, text) in said.into_iter().chain(files) {
            check_text(text).map_err(|unfit| CommitError::Text { what, unfit })?;
        }
        Ok(())
    }
}

/// Why a commit is refused; nothing of it is recorded then.
#[derive(Debug, Error)]
pub enum CommitError {
    /// Changes break rules.
    #[error(
        "{} changes break a rule, the first: {}",
        .violations.len(),
        .violations.first().map_or_else(String::new, |(_, violation)| violation.to_string())
    )]
    Violations {
        /// The changes, given back.
        changes: Vec<Change>,
        /// The rules broken, each with the position of the change at fault.
        violations: Vec<(usize, Violation)>,
    },
    /// The graph has moved on since the changes were made up.
    #[error("the graph is at version {found}, not at {expected} any more: look again and repeat")]
    Conflict {
        /// The version that the changes were made up for.
        expected: u64,
        /// The version now.
        found: u64,
    },
    /// Changes concern what is not within the territories to which they are limited.
    #[error(
        "{} changes concern what is not within {}; nothing was changed",
        .positions.len(),
        .territories.iter().map(OrganizationId::as_str).collect::<Vec<_>>().join(", ")
    )]
    Beyond {
        /// The changes, given back.
        changes: Vec<Change>,
        /// The positions of those at fault.
        positions: Vec<usize>,
        /// The territories.
        territories: BTreeSet<OrganizationId>,
    },
    /// What is said of the changes is not recorded.
    #[error("{what} {unfit}")]
    Text {
        /// What of it: the reason, the name of whoever makes them, the name of a file.
        what: &'static str,
        /// Why.
        unfit: UnfitText,
    },
    /// Whoever sent the changes waits no more.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The log could not be written.
    #[error(transparent)]
    Store(storage::AppendError),
}

impl From<storage::AppendError> for CommitError {
    fn from(error: storage::AppendError) -> Self {
        match error {
            storage::AppendError::Stopped(stopped) => Self::Stopped(stopped),
            error => Self::Store(error),
        }
    }
}
