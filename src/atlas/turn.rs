use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::{panic, thread};

use super::bounds::{Bounds, beyond_after, beyond_before, conceal};
use super::checkpoint::checkpoint_if_due;
use super::{Atlas, CommitError, Committed, Proposal, Snapshot, WritePlace, declared};
use crate::model::{OrganizationId, Violation, today};
use crate::storage::{self, Commit, Store};
use crate::work::{Stopped, carried, see_through, unless_stopped};

/// From so many changes on, a commit is worth a thread that applies it while it is written.
const WRITTEN_MEANWHILE: usize = 10_000;

/// A turn to write; readers go on meanwhile.
pub struct Turn<'a> {
    pub(super) atlas: &'a Atlas,
    pub(super) store: MutexGuard<'a, Store>,
    pub(super) current: Arc<Snapshot>,
    /// The place in the queue of writers, where the writer waited there.
    pub(super) place: Option<Arc<WritePlace>>,
}

impl Turn<'_> {
    /// The graph as it stands, and will until this turn commits.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.current
    }

    /// Records changes as [`Atlas::commit`] does, and ends the turn.
    ///
    /// # Errors
    /// [`CommitError`]; the graph is then as it was.
    pub fn commit(self, proposal: Proposal) -> Result<Committed, CommitError> {
        self.commit_within(proposal, None)
    }

    /// Records changes that may be limited to what stands within some territories, and ends the turn.
    ///
    /// # Errors
    /// [`CommitError`]; the graph is then as it was.
    pub fn commit_within(
        self,
        proposal: Proposal,
        territories: Option<&BTreeSet<OrganizationId>>,
    ) -> Result<Committed, CommitError> {
        let Self { atlas, mut store, current, place: _place } = self;
        if let Some(expected) = proposal.expected.filter(|expected| *expected != current.version) {
            return Err(CommitError::Conflict { expected, found: current.version });
        }
        if proposal.changes.is_empty() {
            return Ok(Committed { version: current.version, changes: 0 });
        }
        proposal.check_what_is_said()?;
        let today = today();
        let bounds = territories.map(|territories| Bounds::new(&current.graph, territories, today));
        if let (Some(territories), Some(bounds)) = (territories, &bounds) {
            let positions = beyond_before(bounds, &proposal.changes);
            if !positions.is_empty() {
                let (changes, territories) = (proposal.changes, territories.clone());
                return Err(CommitError::Beyond { changes, positions, territories });
            }
        }
        let indicators =
            match declared::undeclared(&proposal.changes, &current.attributes, &current.indicators) {
                Ok(Cow::Borrowed(_)) => Arc::clone(&current.indicators),
                Ok(Cow::Owned(changed)) => Arc::new(changed),
                Err(violations) => {
                    return Err(CommitError::Violations { changes: proposal.changes, violations });
                }
            };
        let commit = Commit {
            sequence: current.version + 1,
            time: jiff::Timestamp::now(),
            actor: proposal.actor,
            reason: proposal.reason,
            origin: proposal.origin,
            redaction: None,
            changes: proposal.changes,
        };
        let mut graph = current.graph.clone();
        let judged = record(&mut store, &commit, || {
            unless_stopped(|| graph.apply(&commit.changes))
                .map_err(Refusal::Stopped)?
                .map_err(Refusal::Violations)?;
            let bounds = territories.map(|territories| Bounds::new(&graph, territories, today));
            let positions = bounds.map_or_else(Vec::new, |bounds| beyond_after(&bounds, &commit.changes));
            if positions.is_empty() { Ok(()) } else { Err(Refusal::Beyond(positions)) }
        })?;
        match judged {
            Ok(()) => {}
            Err(Refusal::Stopped(stopped)) => return Err(stopped.into()),
            Err(Refusal::Violations(violations)) => {
                let concealed = violations.into_iter().map(|(position, violation)| match &bounds {
                    Some(bounds) => (position, conceal(bounds, violation)),
                    None => (position, violation),
                });
                let violations = concealed.collect();
                return Err(CommitError::Violations { changes: commit.changes, violations });
            }
            Err(Refusal::Beyond(positions)) => {
                let territories = territories.cloned().unwrap_or_default();
                return Err(CommitError::Beyond { changes: commit.changes, positions, territories });
            }
        }
        let next = Arc::new(Snapshot { indicators, ..current.with_graph(graph, commit.sequence) });
        // Readers find all as ready as before.
        next.graph.lay_out_as(&current.graph);
        *atlas.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&next);
        atlas.versions.send_replace(commit.sequence);
        checkpoint_if_due(&mut store, &next.graph);
        Ok(Committed { version: commit.sequence, changes: commit.changes.len() })
    }
}

/// Why the graph that a commit makes may not be.
enum Refusal {
    /// Changes break rules.
    Violations(Vec<(usize, Violation)>),
    /// Changes, by their positions, concern what is not within the territories to which they are limited.
    Beyond(Vec<usize>),
    /// Nobody waits for it any more.
    Stopped(Stopped),
}

/// Records a commit if whoever makes its graph does not refuse, and nobody has stopped it by then.
///
/// A large commit is applied while it is written; the log takes it for none until the graph agrees.
fn record(
    store: &mut Store,
    commit: &Commit,
    apply: impl FnOnce() -> Result<(), Refusal> + Send,
) -> Result<Result<(), Refusal>, storage::AppendError> {
    // From here on it is on the disk or about to be.
    let seen_through = || see_through().map_err(Refusal::Stopped);
    if commit.changes.len() < WRITTEN_MEANWHILE {
        return store.append_if(commit, || apply().and_then(|()| seen_through()));
    }
    thread::scope(|scope| {
        let applying = scope.spawn(carried(apply));
        store.append_if(commit, || {
            let applied = applying.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
            applied.and_then(|()| seen_through())
        })
    })
}
