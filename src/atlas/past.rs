use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use thiserror::Error;

use super::Snapshot;
use crate::coverage::{Indicator, IndicatorError};
use crate::graph::{Graph, Replay};
use crate::model::Violation;
use crate::storage::{History, LogError};
use crate::work::go_on;

/// How many graphs of the past are kept for the next question.
const KEPT: usize = 4;

/// Why a graph of the past cannot be shown.
#[derive(Debug, Error)]
pub enum PastError {
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

/// The way from a snapshot back to what was recorded before it.
pub(super) struct Past {
    history: History,
    kept: Mutex<VecDeque<Kept>>,
}

/// A graph of the past: what was recorded from its last commit until the commit after it.
struct Kept {
    snapshot: Arc<Snapshot>,
    from: Timestamp,
    until: Timestamp,
}

impl Past {
    pub(super) fn new(history: History) -> Self {
        Self { history, kept: Mutex::default() }
    }

    fn kept(&self, time: Timestamp) -> Option<Arc<Snapshot>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|k| k.from <= time && time < k.until);
        found.map(|k| Arc::clone(&k.snapshot))
    }

    fn keep(&self, kept: Kept) {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.truncate(KEPT - 1);
        all.push_front(kept);
    }
}

impl Snapshot {
    /// The graph as it was recorded at a time: what was reported then, whatever is known of that time now.
    ///
    /// Recorded indicators are defined as they were then; attributes, and indicators of files, are those of today. The first question about a time reads the log from its start;
    /// the last few answers are kept.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub fn recorded_at(self: &Arc<Self>, time: Timestamp) -> Result<Arc<Self>, PastError> {
        if time >= Timestamp::now() {
            return Ok(Arc::clone(self));
        }
        if let Some(kept) = self.past.kept(time) {
            return Ok(self.limit(kept));
        }
        let mut replay = Replay::default();
        let (mut version, mut from, mut until) = (0, Timestamp::MIN, None);
        for part in self.past.history.commits(0)? {
            go_on();
            let part = part?;
            if part.head.sequence > self.version {
                break;
            }
            if part.head.time > time {
                until = Some(part.head.time);
                break;
            }
            replay.apply(&part.changes)?;
            (version, from) = (part.head.sequence, part.head.time);
        }
        let Some(until) = until else { return Ok(Arc::clone(self)) };
        let snapshot = Arc::new(self.past_with(replay.finish(), version)?);
        self.past.keep(Kept { snapshot: Arc::clone(&snapshot), from, until });
        Ok(self.limit(snapshot))
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

    /// A whole graph of the past as far as this one sees it: what stood within its territories then.
    fn limit(&self, past: Arc<Self>) -> Arc<Self> {
        match self.territories() {
            Some(territories) => past.limited_to(territories),
            None => past,
        }
    }
}

impl fmt::Debug for Past {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Past").field("history", &self.history).finish_non_exhaustive()
    }
}
