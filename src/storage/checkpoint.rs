use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

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
        self.tried = self.log.end().offset;
        let folder = folder::state_path(&self.dir);
        let failed = |source| CheckpointError { folder: folder.clone(), source };
        let records_of_image = image.as_ref().map_or(0, |image| image.organizations + image.relations);
        check_room(&self.dir, records_of_image).map_err(failed)?;
        let opened = if self.is_abandoned {
            State::anew(&self.dir)
        } else {
            State::open(&folder).or_else(|_| State::anew(&self.dir))
        };
        let state = opened.map_err(|problem| failed(io::Error::other(problem)))?;
        let position = self.log.end();
        let written = state.write(position, image, records);
        self.is_abandoned = written.is_err();
        match written {
            // Sled keeps in memory what it has written.
            Ok(()) => state.close(),
            // It takes no more orders after an error of the disk.
            Err(source) => {
                state.abandon();
                return Err(failed(source));
            }
        }
        self.checkpointed = position.offset;
        Ok(())
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
