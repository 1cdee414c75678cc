//! What all mutations have in common: who may, why, on which version, and what the rest of the request sees.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Error, ErrorExtensions, Result};

use super::change_read::{beyond, broken_rules};
use super::error::{Code, bad_input, error, stopped, unrecorded};
use super::permission;
use super::seen::Seen;
use crate::access::Access;
use crate::atlas::{CommitError, Committed, Proposal, Snapshot, Turn, WritePlace};
use crate::model::{Change, Origin, Violation, check_text};

/// A write that may be made: nobody else writes until it is made or dropped.
pub(super) struct Writing<'a> {
    access: &'a Access,
    seen: &'a Seen,
    reason: String,
    origin: Origin,
    turn: Turn<'a>,
    /// The graph that is written to, as who asks sees it.
    snapshot: Arc<Snapshot>,
}

/// The place in the queue of writers with which a request came.
pub(super) struct QueuedWriter {
    place: Mutex<Option<Arc<WritePlace>>>,
    /// Whether the request writes once, so that its place is free as soon as that is done.
    writes_once: bool,
}

impl QueuedWriter {
    pub(super) fn new(place: WritePlace, writes_once: bool) -> Self {
        Self { place: Mutex::new(Some(Arc::new(place))), writes_once }
    }

    /// The place for a write, which keeps it until it is made.
    fn place(&self) -> Option<Arc<WritePlace>> {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        // Between two writes of one request the place is kept: waiting for another one would occupy a thread.
        if self.writes_once { place.take() } else { place.clone() }
    }
}

/// Why nothing was written.
pub(super) enum Unwritten {
    /// Changes break rules; they are given back with the position of each at fault.
    Violations(Vec<Change>, Vec<(usize, Violation)>),
    /// Anything else, as the client is told.
    Error(Error),
}

impl<'a> Writing<'a> {
    /// Begins a write.
    ///
    /// # Errors
    /// UNAUTHENTICATED or FORBIDDEN where who asks may not write, BAD_USER_INPUT for the reason, CONFLICT where
    /// the graph is at another version than expected.
    pub(super) fn begin(context: &'a Context<'a>, expected: Option<u64>, reason: &str) -> Result<Self> {
        let access = permission::writer(context)?;
        let reason = checked(reason)?;
        let credential = access.credential.clone();
        let origin = Origin { credential, ..context.data_opt::<Origin>().cloned().unwrap_or_default() };
        let seen = context.data::<Seen>()?;
        let place = context.data_opt::<QueuedWriter>().and_then(QueuedWriter::place);
        let turn = seen.atlas().turn_at(place);
        let found = turn.snapshot().version;
        match expected {
            Some(expected) if expected != found => Err(conflict(expected, found)),
            _ => {
                let snapshot = seen.see(turn.snapshot());
                Ok(Self { access, seen, reason, origin, turn, snapshot })
            }
        }
    }

    /// The graph that is written to, as it stands.
    pub(super) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Who writes.
    pub(super) fn actor(&self) -> &str {
        &self.access.actor
    }

    /// The same write, of what was read from files of these names.
    #[must_use]
    pub(super) fn of_files(mut self, names: impl IntoIterator<Item = Arc<str>>) -> Self {
        self.origin.files = names.into_iter().collect();
        self
    }

    /// Makes the changes, all of them durably or none; the rest of the request sees them.
    pub(super) fn commit(self, changes: Vec<Change>) -> Result<Committed, Unwritten> {
        permission::to_make(self.access, &changes).map_err(Unwritten::Error)?;
        let (actor, reason) = (self.access.actor.clone(), self.reason);
        let proposal = Proposal { changes, actor, reason, origin: self.origin, expected: None };
        // What a snapshot holds on to cannot take the next commit.
        drop(self.snapshot);
        let committed = self.turn.commit_within(proposal, self.access.territories.as_ref());
        self.seen.look_again();
        committed.map_err(|refusal| match refusal {
            CommitError::Violations { changes, violations } => Unwritten::Violations(changes, violations),
            CommitError::Conflict { expected, found } => Unwritten::Error(conflict(expected, found)),
            CommitError::Beyond { changes, positions, territories } => {
                Unwritten::Error(beyond(&changes, &positions, &territories))
            }
            refusal @ CommitError::Text { .. } => Unwritten::Error(bad_input(refusal.to_string())),
            CommitError::Stopped(cause) => Unwritten::Error(stopped(cause)),
            CommitError::Store(failure) => Unwritten::Error(unrecorded(&failure)),
        })
    }
}

/// Violations are named by the place of their change among the changes.
impl From<Unwritten> for Error {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::Violations(changes, violations) => broken_rules(&changes, &violations),
            Unwritten::Error(error) => error,
        }
    }
}

/// A reason that may be recorded.
fn checked(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(bad_input("reason is empty; say why, for those who read the record later"));
    }
    check_text(reason).map_err(|unfit| bad_input(format!("reason {unfit}")))?;
    Ok(reason.to_owned())
}

fn conflict(expected: u64, found: u64) -> Error {
    let refusal = CommitError::Conflict { expected, found };
    error(Code::Conflict, refusal.to_string()).extend_with(|_, extensions| {
        extensions.set("expected", expected);
        extensions.set("found", found);
    })
}
