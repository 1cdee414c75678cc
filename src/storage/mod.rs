//! A store on disk: an append-only change log, which is the truth, and a checkpoint of the state behind it.
//!
//! Floor 2, on top of the model alone, and the only place that names the engine of the checkpoint (sled).
//!
//! A store is a folder of three things:
//!
//! - `changes.log`: every commit since the first, chained by hashes. A commit is acknowledged when it is on
//!   the disk here, and nothing else is ever needed to rebuild the state.
//! - `state/`: the whole state at one commit, as blocks with checksums: an image of it, which means something only
//!   to whoever hands it over, and changes. It only makes opening quick: each block is verified before it is used,
//!   and at the first doubt all of it is void and set aside as `state.damaged`.
//! - `lock`: held by the process that has the store open, with its number and the address that it serves.
//!
//! What holds, always:
//!
//! 1. A commit that was acknowledged is found by every later opening, or opening fails and says where the
//!    damage is. The one exception is damage to the very last commit, which nothing tells from a commit that
//!    was cut short: it is cut off, kept in `changes.log.cut`, and reported.
//! 2. A commit is there as a whole or not at all.
//! 3. Sequences count from 1 without gaps.
//! 4. Damage to the checkpoint costs time, never data.

mod audit;
mod backup;
mod checkpoint;
mod commit;
#[cfg(test)]
mod fixture;
mod folder;
mod history;
mod lock;
mod log;
mod new_store;
mod open;
mod pack;
mod read_ahead;
mod recover;
mod redact;
mod redaction;
mod rewriter;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod verify;

pub use audit::{AuditError, AuditReport, audit};
pub use backup::{
    BackupError, BackupReport, LeftOut, Restore, RestoreError, RestoreReport, RestoredStore, back_up,
};
pub use checkpoint::{CheckpointError, EndedCheckpoint, Image, PendingCheckpoint};
pub use commit::{Commit, CommitHash, CommitHashError, CommitHead, CommitPart};
pub use folder::is_read_only;
pub use history::{Commits, History};
pub use lock::{AnnounceError, Holder, LockError};
pub use log::{AppendError, Damage, DamageCause, LOG_FORMAT_VERSION, LogError, Place, TornTail};
pub use new_store::NewStore;
pub use open::{ApplyError, OpenError, OpenReport, Recorded};
pub use redact::{Redact, RedactError, RedactReport};
pub use redaction::Redaction;
pub use rewriter::REDACTED;
pub use state::{STATE_FORMAT_VERSION, StateProblem};
pub use store::Store;

/// How the names of the threads begin in which the checkpoint is written and read: what they panic at becomes a problem
/// of the checkpoint.
pub const ENGINE_THREADS: &str = state::THREADS;
pub use verify::{CheckpointReport, VerifyError, VerifyReport, is_store, set_checkpoint_aside, verify};
