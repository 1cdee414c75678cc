use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::state::State;
use super::{Store, folder};
use crate::model::{Change, Organization, Relation};

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

impl Store {
    /// Writes the whole state beside the log, so that the next opening need not read all commits.
    ///
    /// The rest are the changes that put all annexes, and then those that put all definitions of indicators.
    /// The state must be that after the last commit. A crash at any moment leaves either this checkpoint or the
    /// one before.
    ///
    /// # Errors
    /// [`CheckpointError`] when the state cannot be written; the store goes on without.
    pub fn checkpoint(
        &mut self,
        organizations: impl Iterator<Item = Organization> + Send,
        relations: impl Iterator<Item = Relation> + Send,
        rest: impl Iterator<Item = Change> + Send,
    ) -> Result<(), CheckpointError> {
        let folder = folder::state_path(&self.dir);
        let failed = |source| CheckpointError { folder: folder.clone(), source };
        let state = State::open(&folder)
            .or_else(|_| State::anew(&self.dir))
            .map_err(|problem| failed(io::Error::other(problem)))?;
        let position = self.log.end();
        let written = state.write(position, organizations, relations, rest);
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
