use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use thiserror::Error;

use super::Snapshot;
use crate::coverage::{Indicator, IndicatorError};
use crate::graph::{Graph, Replay};
use crate::memory::{OutOfMemory, reserve};
use crate::model::Violation;
use crate::storage::{History, LogError, Place};
use crate::work::{RecentlyMade, Stopped, check};

/// About how many bytes an organisation and a relation take in a graph, with their indexes.
const ORGANIZATION_BYTES: u64 = 300;
const RELATION_BYTES: u64 = 80;

/// How many graphs of the past are kept for the next question.
const KEPT: usize = 4;

/// Why a graph of the past cannot be shown.
#[derive(Debug, Error)]
pub enum PastError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// There is no memory for it.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A definition that was recorded cannot be read.
    #[error("an indicator that was recorded cannot be read: {0}")]
    Indicator(#[from] IndicatorError),
    /// What the log holds breaks a rule.
    #[error("what was recorded breaks a rule: {0}")]
    Violation(#[from] Violation),
}

/// The way from a snapshot back to what was recorded before it; all versions share it.
pub(super) struct Past {
    history: History,
    kept: RecentlyMade<Kept>,
    /// Up to where the times of commits are known.
    read: Mutex<Option<Place>>,
}

/// A graph of the past: what was recorded from its last commit until the commit after it.
///
/// Times never run backwards in a log, so these stretches do not overlap, and no later commit changes them.
struct Kept {
    snapshot: Arc<Snapshot>,
    from: Timestamp,
    until: Timestamp,
}

impl Past {
    pub(super) fn new(history: History) -> Self {
        Self { history, kept: RecentlyMade::new(KEPT), read: Mutex::default() }
    }

    /// When a commit that is in the log was recorded.
    fn time_of(&self, version: u64) -> Result<Timestamp, LogError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match read.as_ref() {
            Some(place) if place.sequence() == version => return Ok(place.latest()),
            Some(place) if place.sequence() < version => {
                self.history.seek_from(place, |head| head.sequence > version)?
            }
            // An older snapshot than the one that asked last.
            _ => self.history.seek(|head| head.sequence > version)?,
        };
        let time = place.latest();
        if read.as_ref().is_none_or(|known| known.sequence() < version) {
            *read = Some(place);
        }
        Ok(time)
    }
}

impl Snapshot {
    /// The graph as it was recorded at a time: what was reported then, whatever is known of that time now.
    ///
    /// It holds the commits up to the first that was recorded later, the same that `restore --at` restores.
    /// Recorded indicators are defined as they were then; attributes, and indicators of files, are those of today. The first
    /// question about a time reads the log from its start; the last few answers are kept.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub fn recorded_at(self: &Arc<Self>, time: Timestamp) -> Result<Arc<Self>, PastError> {
        if time >= self.past.time_of(self.version)? {
            return Ok(Arc::clone(self));
        }
        let kept = self
            .past
            .kept
            .find_or_make(|kept| kept.from <= time && time < kept.until, || self.replayed(time))?;
        Ok(self.limit(Arc::clone(&kept.snapshot)))
    }

    /// The graph as it was recorded at a time before the last commit.
    fn replayed(&self, time: Timestamp) -> Result<Kept, PastError> {
        // It has hardly more than the graph of today.
        let (organizations, relations) = (self.graph.organization_count(), self.graph.relation_count());
        reserve(organizations as u64 * ORGANIZATION_BYTES + relations as u64 * RELATION_BYTES)?;
        let mut replay = Replay::default();
        let (mut version, mut from, mut until) = (0, Timestamp::MIN, Timestamp::MAX);
        for part in self.past.history.commits(0)? {
            check()?;
            let part = part?;
            if part.head.time > time {
                until = part.head.time;
                break;
            }
            replay.apply(&part.changes)?;
            (version, from) = (part.head.sequence, part.head.time);
        }
        Ok(Kept { snapshot: Arc::new(self.past_with(replay.finish(), version)?), from, until })
    }

    /// A whole graph of the past, seen with the indicators that were recorded in it.
    fn past_with(&self, graph: Graph, version: u64) -> Result<Self, IndicatorError> {
        if graph.has_definitions_of(&self.graph) {
            return Ok(self.with_graph(graph, version));
        }
        let mut indicators = self.indicators.without_recorded();
        for definition in graph.definitions() {
            // What was recorded then was checked then, by the attributes that were declared.
            indicators.put(Indicator::read(definition)?);
        }
        Ok(Self { indicators: Arc::new(indicators), ..self.with_graph(graph, version) })
    }

    /// A whole graph of the past as far as this one sees it: what stood within its territories then, small counts kept back.
    fn limit(&self, past: Arc<Self>) -> Arc<Self> {
        let seen = match self.territories() {
            Some(territories) => past.limited_to(territories),
            None => past,
        };
        if self.keeps_back { seen.for_readers() } else { seen }
    }
}

impl fmt::Debug for Past {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Past").field("history", &self.history).finish_non_exhaustive()
    }
}
