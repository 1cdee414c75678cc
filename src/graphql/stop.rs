use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::{Context, Result};

use super::error::{Code, error};

/// Asks a request that is being executed to stop, since nobody waits for it any more.
///
/// Fields that take their time look whether it was asked: those of the whole graph, lists, and reasons. To look
/// at every field would make large pages a third slower. Clones ask the same request.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks it.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lets a field go on, unless its request was asked to stop.
pub(super) fn go_on(context: &Context<'_>) -> Result<()> {
    still_wanted(context.data_opt::<Stop>())
}

/// Lets a request go on, unless it was asked to stop.
pub(super) fn still_wanted(stop: Option<&Stop>) -> Result<()> {
    match stop {
        Some(stop) if stop.0.load(Ordering::Relaxed) => Err(error(Code::Timeout, "the request was stopped")),
        _ => Ok(()),
    }
}
