//! The atlas: where writers and readers meet, and nowhere else.
//!
//! Readers take a [`Snapshot`], which never changes. A writer sends changes, which are checked against the
//! graph, written to the log, and only then seen: all of them at once. The next graph starts as a copy of the
//! one that is read, and shares with it all that the changes leave as it is; so a commit costs its own changes.

mod bounds;
mod declared;
mod folder;
mod follow;
mod past;
mod sight;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::{panic, thread};

use thiserror::Error;
use tokio::sync::watch;

use crate::coverage::{IndicatorCatalog, IndicatorError, Programme, ProgrammeError};
use crate::graph::{Graph, Replay};
use crate::model::{AttributeCatalog, AttributeError, Change, OrganizationId, Violation, today};
use crate::storage::{
    self, AnnounceError, CheckpointError, Commit, History, Image, OpenReport, Recorded, Store,
};
use crate::work::{Stopped, carried, caught, go_on, see_through};
use bounds::{Bounds, beyond_after, beyond_before, conceal};
use past::Past;
use sight::{Sight, Sights};

pub use past::PastError;

pub use declared::{definition_change, trial};
pub use folder::{ATTRIBUTES_FILE, INDICATORS_FILE, STORE_FILES, bundled_attributes};
pub use follow::{FollowError, Follower, Start};

/// Log bytes after which the state is written anew, so that opening need not replay more: at least so many,
/// and so many for each record of the state, since writing it costs in proportion.
const CHECKPOINT_BYTES: u64 = 1 << 20;
const CHECKPOINT_BYTES_PER_RECORD: u64 = 32;

/// From so many changes on, a commit is worth a thread that applies it while it is written.
const WRITTEN_MEANWHILE: usize = 10_000;

/// Why an atlas cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] storage::OpenError),
    /// A recorded value is not as the attributes of the store are declared.
    #[error("{file}: what is recorded does not fit: {violation}; declare it as it was")]
    Recorded {
        /// The file that declares them.
        file: PathBuf,
        /// The value at fault.
        violation: Violation,
    },
    /// The declarations of attributes are wrong.
    #[error("{file}: {cause}")]
    Attributes {
        /// The file at fault.
        file: PathBuf,
        /// What is wrong.
        cause: AttributeError,
    },
    /// A file of the store folder cannot be read or written.
    #[error("{file}: {cause}")]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The indicators of the store are wrong.
    #[error("{file}: {cause}")]
    Indicators {
        /// The file at fault.
        file: PathBuf,
        /// What is wrong.
        cause: IndicatorError,
    },
    /// A recorded indicator cannot be used by this program.
    #[error(
        "the recorded indicator \"{id}\" cannot be used: {cause}; withdraw it with the version of Orgatlas that \
         recorded it"
    )]
    Definition {
        /// Its id.
        id: String,
        /// What is wrong.
        cause: IndicatorError,
    },
    /// The programme that Orgatlas carries is wrong.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
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

/// A graph as it stood after one commit; it never changes.
#[derive(Debug)]
pub struct Snapshot {
    /// The graph.
    pub graph: Graph,
    /// How many commits made it.
    pub version: u64,
    /// The attributes that are declared.
    pub attributes: Arc<AttributeCatalog>,
    /// The programme that the indicators serve.
    pub programme: Arc<Programme>,
    /// The indicators that are known: the core ones, the programme's, those of the store's file, the recorded ones.
    pub indicators: Arc<IndicatorCatalog>,
    past: Arc<Past>,
    /// To what it is limited, if it is.
    sight: Option<Sight>,
    /// What those see of it who are limited to some territories.
    sights: Sights,
}

impl Snapshot {
    /// What changes that nobody records would make of it, seen with the same attributes, indicators and limits.
    #[must_use]
    pub fn altered(&self, graph: Graph) -> Self {
        let sight = self.territories().map(|ids| Sight::of(ids, &graph));
        Self { sight, ..self.with_graph(graph, self.version) }
    }

    /// Another whole graph, seen with the same attributes and indicators.
    fn with_graph(&self, graph: Graph, version: u64) -> Self {
        Self {
            graph,
            version,
            attributes: Arc::clone(&self.attributes),
            programme: Arc::clone(&self.programme),
            indicators: Arc::clone(&self.indicators),
            past: Arc::clone(&self.past),
            sight: None,
            sights: Sights::default(),
        }
    }
}

/// What a writer sends.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The changes, in their order.
    pub changes: Vec<Change>,
    /// Who makes them.
    pub actor: String,
    /// Why.
    pub reason: String,
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

/// A durable graph with one writer at a time and any number of readers.
pub struct Atlas {
    store: Mutex<Store>,
    current: RwLock<Arc<Snapshot>>,
    history: History,
    folder: PathBuf,
    /// The version that is shown. One number tells everybody who waits, however many commits came meanwhile.
    versions: watch::Sender<u64>,
}

impl Atlas {
    /// Opens a store folder, creating it where there is none.
    ///
    /// # Errors
    /// [`OpenError`], which names the file at fault.
    pub fn open(dir: &Path) -> Result<(Self, OpenReport), OpenError> {
        let mut replay = Replay::default();
        let (store, report) = Store::open(dir, &mut |recorded| {
            // Not an error, for which the checkpoint would be taken for damaged.
            go_on();
            match recorded {
                Recorded::Image(block) => replay.read_image(block)?,
                Recorded::ImageEnd => replay.finish_image()?,
                Recorded::Changes(changes) => replay.apply(&changes)?,
                Recorded::Anew => replay = Replay::default(),
            }
            Ok(())
        })?;
        let graph = replay.finish();
        let attributes = folder::attributes(dir, &graph)?;
        let (programme, indicators) = folder::indicators(dir, &attributes, &graph)?;
        let (version, history) = (store.sequence(), store.history());
        let snapshot = Arc::new(Snapshot {
            graph,
            version,
            attributes: Arc::new(attributes),
            programme: Arc::new(programme),
            indicators: Arc::new(indicators),
            past: Arc::new(Past::new(history.clone())),
            sight: None,
            sights: Sights::default(),
        });
        let atlas = Self {
            store: Mutex::new(store),
            current: RwLock::new(snapshot),
            history,
            folder: dir.to_owned(),
            versions: watch::Sender::new(version),
        };
        Ok((atlas, report))
    }

    /// The graph as it stands now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
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
        self.store.lock().unwrap_or_else(PoisonError::into_inner).announce(address)
    }

    /// Writes the whole state beside the log now, so that the next opening need not read all commits.
    ///
    /// # Errors
    /// [`CheckpointError`] when it cannot be written; nothing is lost then.
    pub fn checkpoint(&self) -> Result<(), CheckpointError> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        checkpoint(&mut store, &self.snapshot().graph)
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
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        Turn { atlas: self, store, current: self.snapshot() }
    }
}

/// A turn to write; readers go on meanwhile.
pub struct Turn<'a> {
    atlas: &'a Atlas,
    store: MutexGuard<'a, Store>,
    current: Arc<Snapshot>,
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
        let Self { atlas, mut store, current } = self;
        if let Some(expected) = proposal.expected.filter(|expected| *expected != current.version) {
            return Err(CommitError::Conflict { expected, found: current.version });
        }
        if proposal.changes.is_empty() {
            return Ok(Committed { version: current.version, changes: 0 });
        }
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
            changes: proposal.changes,
        };
        let mut graph = current.graph.clone();
        let judged = record(&mut store, &commit, || {
            caught(|| graph.apply(&commit.changes))
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

/// Writes the state anew if the log has grown enough since it was written last.
///
/// The log holds the truth, so a failure costs time at the next opening, and no more. It is tried again when the log has
/// grown as much again: on a full disk not every commit pays for an attempt.
fn checkpoint_if_due(store: &mut Store, graph: &Graph) {
    let records = (graph.organization_count() + graph.relation_count() + graph.annex_count()) as u64;
    let due = CHECKPOINT_BYTES.max(records * CHECKPOINT_BYTES_PER_RECORD);
    if store.untried_bytes() <= due {
        return;
    }
    if let Err(error) = checkpoint(store, graph) {
        tracing::warn!("{error}");
    }
}

fn checkpoint(store: &mut Store, graph: &Graph) -> Result<(), CheckpointError> {
    let annexes = graph.annexes().map(|annex| Change::PutAnnex(Box::new(annex.clone())));
    let (organizations, relations) = (graph.organization_count() as u64, graph.stated_count() as u64);
    let image = Image { organizations, relations, blocks: graph.image() };
    store.checkpoint(Some(image), annexes.chain(graph.definition_changes()))
}
