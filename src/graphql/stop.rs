use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_graphql::{Context, Result};

use super::error::{Code, error};

/// Asks a request that is being executed to stop, since nobody waits for it any more.
///
/// Fields that take their time look whether it was asked: those of the whole graph, lists, and reasons. To look
/// at every field would make large pages a third slower. A request that has begun to write is seen through, so
/// that nobody is told of a write that it was stopped. Clones ask the same request.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicU8>);

/// It may be stopped.
const GOING_ON: u8 = 0;
/// It was asked to stop.
const ASKED: u8 = 1;
/// It is seen through.
const WRITING: u8 = 2;

impl Stop {
    /// Asks it; false where it has begun to write and will be answered.
    pub fn ask(&self) -> bool {
        self.become_from_going_on(ASKED) != WRITING
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Acquire) == ASKED
    }

    /// The state that it is in then: this one, or the one that it was in before where it did not go on.
    fn become_from_going_on(&self, state: u8) -> u8 {
        let changed = self.0.compare_exchange(GOING_ON, state, Ordering::AcqRel, Ordering::Acquire);
        changed.map_or_else(|before| before, |_| state)
    }
}

/// Lets a field go on, unless its request was asked to stop.
pub(super) fn go_on(context: &Context<'_>) -> Result<()> {
    still_wanted(context.data_opt::<Stop>())
}

/// Lets a request go on, unless it was asked to stop.
pub(super) fn still_wanted(stop: Option<&Stop>) -> Result<()> {
    match stop {
        Some(stop) if stop.is_asked() => Err(stopped()),
        _ => Ok(()),
    }
}

/// Lets a field write, unless its request was asked to stop; from then on it cannot be.
pub(super) fn see_through(context: &Context<'_>) -> Result<()> {
    match context.data_opt::<Stop>() {
        Some(stop) if stop.become_from_going_on(WRITING) == ASKED => Err(stopped()),
        _ => Ok(()),
    }
}

fn stopped() -> async_graphql::Error {
    error(Code::Timeout, "the request was stopped")
}
