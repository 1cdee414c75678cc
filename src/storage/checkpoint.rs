use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::log::LogPosition;
use super::state::State;
use super::{Store, folder};
use crate::model::Change;
use crate::work::{UpdateLock, Updating};

/// Why no checkpoint was taken; the record itself is not touched.
#[derive(Debug, Error)]
#[error(
    "{}: no checkpoint could be taken: {source}; nothing is lost, but opening takes longer until there is room \
     on the disk for another attempt",
    .folder.display()
)]
pub struct CheckpointError {
    pub(super) folder: PathBuf,
    pub(super) source: io::Error,
}

/// An image of the state, or of a part of it: blocks of bytes that mean something to whoever hands them over.
#[derive(Debug)]
pub struct Image<B> {
    /// How many organisations it holds.
    pub organizations: u64,
    /// How many relations it holds.
    pub relations: u64,
    /// The blocks, of about 100 KiB each: they are given back as they are, in this order.
    pub blocks: B,
}

/// How many bytes a record takes in a checkpoint at the most, about; they take half of that.
const BYTES_PER_RECORD: u64 = 128;

/// How many bytes are left to the log.
const ROOM_FOR_LOG: u64 = 4 << 20;

/// Checks that the disk has room for a checkpoint of so many records beside the one that is there, and some more.
fn check_room(dir: &Path, records: u64) -> io::Result<()> {
    let needed = records * BYTES_PER_RECORD + ROOM_FOR_LOG;
    match fs2::available_space(dir) {
        Ok(free) if free < needed => {
            let cause = format!("the disk is full: {free} bytes are free, and about {needed} are needed");
            Err(io::Error::new(ErrorKind::StorageFull, cause))
        }
        // Where nobody knows, it is tried.
        _ => Ok(()),
    }
}

/// A checkpoint that is being written beside the log, while commits go on. There is never more than one.
///
/// It holds for the commit that was the last when it was begun, which is on the disk.
#[derive(Debug)]
pub struct PendingCheckpoint {
    dir: PathBuf,
    position: LogPosition,
    is_abandoned: bool,
    _only: Updating<Arc<UpdateLock>>,
}

/// A checkpoint that was written, or could not be.
#[derive(Debug)]
pub struct EndedCheckpoint {
    pending: PendingCheckpoint,
    written: Result<(), CheckpointError>,
}

impl PendingCheckpoint {
    /// Writes the whole state beside the log, so that the next opening need not read all commits: an image of it,
    /// and as changes what the image leaves out.
    ///
    /// The rest are the changes that put all annexes, and then those that put all definitions of indicators.
    /// The state must be that after the commit at which this was begun. A crash at any moment leaves either this
    /// checkpoint or the one before.
    #[must_use = "the store must learn of it by `end_checkpoint`"]
    pub fn write(
        mut self,
        image: Option<Image<impl Iterator<Item = Vec<u8>> + Send>>,
        records: impl Iterator<Item = Change> + Send,
    ) -> EndedCheckpoint {
        let folder = folder::state_path(&self.dir);
        let written = self.try_write(image, records).map_err(|source| CheckpointError { folder, source });
        EndedCheckpoint { pending: self, written }
    }

    fn try_write(
        &mut self,
        image: Option<Image<impl Iterator<Item = Vec<u8>> + Send>>,
        records: impl Iterator<Item = Change> + Send,
    ) -> io::Result<()> {
        let records_of_image = image.as_ref().map_or(0, |image| image.organizations + image.relations);
        check_room(&self.dir, records_of_image)?;
        let opened = if self.is_abandoned {
            State::anew(&self.dir)
        } else {
            State::open(&folder::state_path(&self.dir)).or_else(|_| State::anew(&self.dir))
        };
        let state = opened.map_err(io::Error::other)?;
        let written = state.write(self.position, image, records);
        self.is_abandoned = written.is_err();
        match written {
            // Sled keeps in memory what it has written.
            Ok(()) => state.close(),
            // It takes no more orders after an error of the disk.
            Err(_) => state.abandon(),
        }
        written
    }
}

impl Store {
    /// Begins a checkpoint of the state after the last commit; `None` while another one is written, and where the store
    /// can only be read.
    pub fn begin_checkpoint(&mut self) -> Option<PendingCheckpoint> {
        self.lock.as_ref()?;
        let only = UpdateLock::try_lock_shared(&self.checkpointing)?;
        let position = self.log.end();
        self.tried = position.offset;
        let (dir, is_abandoned) = (self.dir.clone(), self.is_abandoned);
        Some(PendingCheckpoint { dir, position, is_abandoned, _only: only })
    }

    /// Takes note of a checkpoint that was written, or could not be.
    ///
    /// # Errors
    /// [`CheckpointError`] when it could not be; the store goes on without.
    pub fn end_checkpoint(&mut self, ended: EndedCheckpoint) -> Result<(), CheckpointError> {
        let EndedCheckpoint { pending, written } = ended;
        self.is_abandoned = pending.is_abandoned;
        if written.is_ok() {
            self.checkpointed = pending.position.offset;
        }
        written
    }

    /// Held while a checkpoint is written, so that a caller can wait until it is.
    pub fn checkpointing(&self) -> Arc<UpdateLock> {
        Arc::clone(&self.checkpointing)
    }

    /// Writes the whole state beside the log, as [`PendingCheckpoint::write`] does; nothing if one is being written.
    ///
    /// # Errors
    /// [`CheckpointError`] when the state cannot be written; the store goes on without.
    pub fn checkpoint(
        &mut self,
        image: Option<Image<impl Iterator<Item = Vec<u8>> + Send>>,
        records: impl Iterator<Item = Change> + Send,
    ) -> Result<(), CheckpointError> {
        let Some(pending) = self.begin_checkpoint() else { return Ok(()) };
        let ended = pending.write(image, records);
        self.end_checkpoint(ended)
    }

    /// How many bytes of the log an opening would read after the checkpoint.
    pub fn uncheckpointed_bytes(&self) -> u64 {
        self.log.end().offset - self.checkpointed
    }

    /// How many bytes came to the log since a checkpoint was taken, or could not be.
    pub fn untried_bytes(&self) -> u64 {
        self.log.end().offset - self.tried
    }
}
