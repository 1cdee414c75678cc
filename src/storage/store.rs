use std::convert::Infallible;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::lock::Lock;
use super::log::{Log, LogPosition};
use super::recover::open;
use super::{
    AnnounceError, AppendError, ApplyError, Commit, History, OpenError, OpenReport, Recorded, folder,
};
use crate::work::UpdateLock;

/// A store that is open: its folder is locked until this is dropped.
///
/// ```
/// use orgatlas::model::{Change, Door, Organization, OrganizationKind, Origin};
/// use orgatlas::storage::{Commit, Recorded, Store};
/// # let folder = tempfile::tempdir()?;
/// # let dir = folder.path();
/// let (mut store, _) = Store::open(dir, &mut |_| Ok(()))?;
/// let enterprise = Organization::new("ent-1".parse()?, OrganizationKind::Enterprise, "示例制造");
/// store.append(&Commit {
///     sequence: store.sequence() + 1,
///     time: jiff::Timestamp::UNIX_EPOCH,
///     actor: "clerk".to_owned(),
///     reason: "founded".to_owned(),
///     origin: Origin::by(Door::Library),
///     redaction: None,
///     changes: vec![Change::PutOrganization(Box::new(enterprise))],
/// })?;
/// drop(store);
///
/// let mut found = Vec::new();
/// let (store, _) = Store::open(dir, &mut |recorded| {
///     match recorded {
///         Recorded::Changes(changes) => found.extend(changes),
///         Recorded::Anew => found.clear(),
///         // No checkpoint was taken.
///         Recorded::Image(_) | Recorded::ImageEnd => {}
///     }
///     Ok(())
/// })?;
/// assert_eq!((store.sequence(), found.len()), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Store {
    pub(super) dir: PathBuf,
    pub(super) log: Log<File>,
    /// Where the log ended when the checkpoint was taken.
    pub(super) checkpointed: u64,
    /// Where it ended when one was tried last.
    pub(super) tried: u64,
    /// Whether this process left the folder of the checkpoint after an error, so that only a new one can be written.
    pub(super) is_abandoned: bool,
    /// Held while a checkpoint is written.
    pub(super) checkpointing: Arc<UpdateLock>,
    /// Where the log ends, shared with those who read it.
    pub(super) end: Arc<Mutex<LogPosition>>,
    /// Released last; none where the store can only be read.
    pub(super) lock: Option<Lock>,
}

impl Store {
    /// Opens the store in a folder, and makes it where there is none or only a part of one.
    ///
    /// The recorded state goes to `apply` in batches: first the checkpoint, its image before the records beside it,
    /// then the commits after it in their order. A commit of many changes comes in several batches. Every block is
    /// verified before it is handed out; if one is damaged, or `apply` refuses it, all comes anew from the log. A store that
    /// cannot be written to is opened to be read: nothing of it changes, and every commit is refused.
    ///
    /// # Errors
    /// [`OpenError`]: the store is in use, the log is damaged before its end or of another format, the disk does
    /// not do what it is asked, or `apply` refuses what comes from the log.
    pub fn open(
        dir: &Path,
        apply: &mut dyn FnMut(Recorded<'_>) -> Result<(), ApplyError>,
    ) -> Result<(Self, OpenReport), OpenError> {
        open(dir, apply)
    }

    /// The sequence of the last commit; 0 where there is none.
    pub fn sequence(&self) -> u64 {
        self.log.end().sequence
    }

    /// When the last commit was recorded; the beginning of time where there is none. The next one is recorded no earlier.
    pub fn last_time(&mut self) -> Timestamp {
        self.log.last_time()
    }

    /// Records a commit: when this returns, it is on the disk.
    ///
    /// # Errors
    /// [`AppendError`]; the log is then as it was and the next commit may be tried, except after
    /// [`AppendError::Unsettled`] and [`AppendError::Unsynced`], which refuse all others until the store is opened anew.
    pub fn append(&mut self, commit: &Commit) -> Result<(), AppendError> {
        self.append_if(commit, || Ok::<_, Infallible>(())).map(|_| ())
    }

    /// Records a commit as programs did that recorded what the clock showed.
    #[cfg(test)]
    pub(crate) fn append_stamped(&mut self, commit: &Commit) -> Result<(), AppendError> {
        self.log.forget_time();
        self.append(commit)
    }

    /// Records a commit if it is approved: when this returns, it is on the disk or was never there.
    ///
    /// `approve` is asked when most of a large commit is written, so that it may judge meanwhile; until it agrees,
    /// nothing is recorded. Its refusal is given back.
    ///
    /// # Errors
    /// Those of [`Store::append`].
    pub fn append_if<E>(
        &mut self,
        commit: &Commit,
        approve: impl FnOnce() -> Result<(), E>,
    ) -> Result<Result<(), E>, AppendError> {
        let outcome = self.log.append_if(commit, approve)?;
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = self.log.end();
        Ok(outcome)
    }

    /// Lets other processes that find the store locked know at which address it is served.
    ///
    /// # Errors
    /// [`AnnounceError`] when the lock file cannot be written.
    pub fn announce(&mut self, address: &str) -> Result<(), AnnounceError> {
        self.lock.as_mut().map_or(Ok(()), |lock| lock.announce(address))
    }

    /// The commits so far and those to come, to be read while others are appended.
    pub fn history(&self) -> History {
        History::shared(folder::log_path(&self.dir), Arc::clone(&self.end))
    }
}
