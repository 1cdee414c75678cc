//! Admission: which requests are executed now, which wait, and which are refused, by processors and by memory.
//!
//! Requests that are known to be cheap take a permit of their own, so that they never queue behind heavy ones. Heavy
//! requests share few permits, and clients take turns ([`FairQueue`]). Answers to subscribers have permits of their own,
//! too. Memory is reserved from one budget for all ([`crate::memory`]).

mod body;
mod client;
mod fair_queue;
mod shares;

use std::sync::Arc;

use tokio::sync::Semaphore;

pub(super) use self::body::counted;
pub(super) use self::client::{Client, Clients};
pub(super) use self::fair_queue::{FairQueue, Full, HeavyPermit};
pub(super) use self::shares::{Share, Shares};

/// How many heavy requests are executed at the same time on one processor, and never fewer than [`LEAST_HEAVY`].
const HEAVY_A_PROCESSOR: usize = 1;

/// With two, one that takes long does not stop all others.
const LEAST_HEAVY: usize = 2;

/// How many answers to subscribers are computed at the same time.
const NOTICES: usize = 2;

/// What decides when a request is executed.
pub(super) enum Class {
    /// A request that is known or expected to be cheap.
    Light,
    /// A request that may take long.
    Heavy(Client),
    /// An answer to a subscriber.
    Notice,
}

/// The permits of a server beside those that all executed requests need.
pub(super) struct Admission {
    pub(super) heavy: FairQueue,
    pub(super) notices: Arc<Semaphore>,
    pub(super) subscribers: Shares,
    pub(super) clients: Clients,
}

impl Default for Admission {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            heavy: FairQueue::new((HEAVY_A_PROCESSOR * processors).max(LEAST_HEAVY)),
            notices: Arc::new(Semaphore::new(NOTICES)),
            subscribers: Shares::default(),
            clients: Clients::default(),
        }
    }
}
