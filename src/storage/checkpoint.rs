use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::state::State;
use super::{Store, folder};
use crate::model::Change;

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

impl Store {
    /// Writes the whole state beside the log, so that the next opening need not read all commits: an image of it,
    /// and as changes what the image leaves out.
    ///
    /// The rest are the changes that put all annexes, and then those that put all definitions of indicators.
    /// The state must be that after the last commit. A crash at any moment leaves either this checkpoint or the
    /// one before.
    ///
    /// # Errors
    /// [`CheckpointError`] when the state cannot be written; the store goes on without.
    pub fn checkpoint(
        &mut self,
        image: Option<Image<impl Iterator<Item = Vec<u8>> + Send>>,
        records: impl Iterator<Item = Change> + Send,
    ) -> Result<(), CheckpointError> {
        let folder = folder::state_path(&self.dir);
        let failed = |source| CheckpointError { folder: folder.clone(), source };
        let state = State::open(&folder)
            .or_else(|_| State::anew(&self.dir))
            .map_err(|problem| failed(io::Error::other(problem)))?;
        let position = self.log.end();
        let written = state.write(position, image, records);
        // Sled keeps in memory what it has written, and takes no more orders after an error of the disk.
        state.close();
        written.map_err(failed)?;
        self.checkpointed = position.offset;
        Ok(())
    }

    /// How many bytes of the log an opening would read after the checkpoint.
    pub fn uncheckpointed_bytes(&self) -> u64 {
        self.log.end().offset - self.checkpointed
    }
}
