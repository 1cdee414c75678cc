use std::borrow::Cow;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::{panic, thread};

use super::bounds::{Bounds, beyond_after, beyond_before, conceal};
use super::departures::Departures;
use super::journal::Writing;
use super::{Atlas, CommitError, Committed, Proposal, Snapshot, WritePlace, checkpoint, declared};
use crate::caught::message;
use crate::graph::Graph;
use crate::model::{Date, OrganizationId, Violation, today};
use crate::storage::{self, Commit, Store};
use crate::work::{Stopped, cancellable, carried, see_through};

/// From so many changes on, a commit is worth a thread that applies it while it is written.
const WRITTEN_MEANWHILE: usize = 10_000;

/// A turn to write; readers go on meanwhile.
pub struct Turn<'a> {
    pub(super) atlas: &'a Atlas,
    pub(super) writing: Writing<'a, Store, Snapshot>,
    /// The place in the queue of writers, where the writer waited there.
    pub(super) place: Option<Arc<WritePlace>>,
}

impl Turn<'_> {
    /// The graph as it stands, and will until this turn commits.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        self.writing.current()
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
        let Self { atlas, writing, place } = self;
        let current = Arc::clone(writing.current());
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
        let indicators = match declared::undeclared(
            &proposal.changes,
            &current.graph,
            &current.attributes,
            &current.indicators,
        ) {
            Ok(Cow::Borrowed(_)) => Arc::clone(&current.indicators),
            Ok(Cow::Owned(changed)) => Arc::new(changed),
            Err(violations) => {
                return Err(CommitError::Violations { changes: proposal.changes, violations });
            }
        };
        let commit = Commit {
            sequence: current.version + 1,
            time: atlas.stamps.next(),
            actor: proposal.actor,
            reason: proposal.reason,
            origin: proposal.origin,
            redaction: None,
            changes: proposal.changes,
        };
        let (version, changes) = (commit.sequence, commit.changes.len());
        let record = |store: &mut Store| {
            let limits = (territories, bounds.as_ref(), today);
            let graph = recorded(store, commit, &current.graph, limits, &atlas.departures)?;
            atlas.stamps.recorded(store.last_time());
            Ok::<_, CommitError>(current.followed_by(graph, indicators, version))
        };
        let shown = |store: &mut Store, next: &Snapshot| {
            atlas.versions.send_replace(next.version);
            // Begun while nobody else commits, and written while others do.
            checkpoint::begin_if_due(store, &next.graph)
        };
        let (next, pending) = writing.commit(record, |next| prepare(next, &current), shown)?;
        drop(place);
        if let Some(pending) = pending
            && let Err(error) = checkpoint::write(&atlas.journal, pending, &next.graph)
        {
            tracing::warn!("{error}");
        }
        Ok(Committed { version, changes })
    }
}

/// The graph with a commit that is recorded, if it may be.
fn recorded(
    store: &mut Store,
    commit: Commit,
    before: &Graph,
    (territories, bounds, today): (Option<&BTreeSet<OrganizationId>>, Option<&Bounds<'_>>, Date),
    departures: &Departures,
) -> Result<Graph, CommitError> {
    let mut graph = before.clone();
    let judged = record(store, &commit, || {
        cancellable(|| graph.apply(&commit.changes))
            .map_err(Refusal::Stopped)?
            .map_err(Refusal::Violations)?;
        let bounds = territories.map(|territories| Bounds::new(&graph, territories, today));
        let positions = bounds.map_or_else(Vec::new, |bounds| beyond_after(&bounds, &commit.changes));
        if positions.is_empty() { Ok(()) } else { Err(Refusal::Beyond(positions)) }
    })?;
    match judged {
        Ok(()) => {
            departures.note(commit.sequence, before, &graph, &commit.changes);
            Ok(graph)
        }
        Err(Refusal::Stopped(stopped)) => Err(stopped.into()),
        Err(Refusal::Violations(violations)) => {
            let concealed = violations.into_iter().map(|(position, violation)| match bounds {
                Some(bounds) => (position, conceal(bounds, violation)),
                None => (position, violation),
            });
            let violations = concealed.collect();
            Err(CommitError::Violations { changes: commit.changes, violations })
        }
        Err(Refusal::Beyond(positions)) => {
            let territories = territories.cloned().unwrap_or_default();
            Err(CommitError::Beyond { changes: commit.changes, positions, territories })
        }
    }
}

/// Lays out the next graph as the one before, so that readers find all as ready as it was.
///
/// Writers wait for this, since each graph inherits its layouts from the one before; the store is not locked. The commit
/// is on the disk, so the graph must be shown whatever goes wrong here: readers then lay it out themselves.
fn prepare(next: &Snapshot, current: &Snapshot) {
    let prepared = panic::catch_unwind(AssertUnwindSafe(|| next.graph.lay_out_as(&current.graph)));
    if let Err(panic) = prepared {
        let (version, cause) = (next.version, message(&*panic));
        tracing::error!("version {version} could not be laid out before it was shown: {cause}");
    }
}

/// Why the graph that a commit makes may not be.
pub(super) enum Refusal {
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
pub(super) fn record(
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
        let mut applying = Some(scope.spawn(carried(apply)));
        let outcome = store.append_if(commit, || {
            let applied = applying.take().map_or(Ok(Ok(())), thread::ScopedJoinHandle::join);
            // The log takes back what was written, and gives the panic to the caller as an error.
            let applied = applied.unwrap_or_else(|panic| panic::resume_unwind(panic));
            applied.and_then(|()| seen_through())
        });
        // Where writing failed before, a panic has no other consequence.
        applying.map(|applying| applying.join().map(drop).ok());
        outcome
    })
}
