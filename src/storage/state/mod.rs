//! The checkpoint: the whole state at one commit, as packed blocks in sled.
//!
//! ```text
//! key [0]                                 contents: format version (4), BLAKE3 of what follows (32), postcard
//! key [1], generation (8), number (8)     block: BLAKE3 of what follows (32), the key, content
//! ```
//!
//! The first blocks hold an image as it was handed over, if there is one; the others hold changes (see `pack`).
//!
//! Numbers in keys are big-endian, so that blocks stand in their order. A new checkpoint is a new generation
//! beside the one in use; the contents then name the new one, and only then does the old one go.

mod contents;
mod copy;
mod engine;
mod problem;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};
use std::{fs, io};

pub(super) use contents::Contents;
pub use contents::STATE_FORMAT_VERSION;
pub(super) use copy::StateCopy;
pub(super) use engine::THREADS;
use engine::guarded;
pub use problem::StateProblem;
pub(super) use read::Batch;

use super::folder;

/// A folder that sled has open.
#[derive(Debug)]
pub(super) struct State {
    database: sled::Db,
    folder: PathBuf,
}

impl State {
    /// Opens the folder, and makes it where there is none.
    pub(super) fn open(folder: &Path) -> Result<Self, StateProblem> {
        let database = engine::open(folder)?;
        Ok(Self { database, folder: folder.to_owned() })
    }

    /// Sets aside what stands in a store's folder of the checkpoint, and opens a new one in its place.
    pub(super) fn anew(dir: &Path) -> Result<Self, StateProblem> {
        let folder = folder::state_path(dir);
        let unusable = |error: io::Error| StateProblem::Engine(error.to_string());
        set_aside(&folder, &folder::damaged_state_path(dir)).map_err(unusable)?;
        let state = Self::open(&folder)?;
        if let Err(error) = state.begin().and_then(|()| folder::sync(dir)) {
            state.abandon();
            return Err(unusable(error));
        }
        Ok(state)
    }

    /// Leaves the folder as it is after an error of the disk: closing it could wait for ever until all is written.
    ///
    /// What the engine has in memory stays there, and nobody opens the folder again while the process runs.
    pub(super) fn abandon(self) {
        std::mem::forget(self.database);
    }

    /// Closes the folder; sled may panic even then if its files are damaged.
    pub(super) fn close(self) {
        let _ = guarded(move || {
            drop(self.database);
            Ok(())
        });
    }
}

fn set_aside(folder: &Path, aside: &Path) -> io::Result<()> {
    let unless_missing = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    unless_missing(fs::remove_dir_all(aside))?;
    unless_missing(fs::rename(folder, aside))
}

const CONTENTS_KEY: [u8; 1] = [0];
const BLOCK_KEY_LENGTH: usize = 17;
const CHECKSUM_LENGTH: usize = blake3::OUT_LEN;

/// What stands in a block before the changes: the key too, so that no block can stand in another's place.
const BLOCK_HEADER_LENGTH: usize = CHECKSUM_LENGTH + BLOCK_KEY_LENGTH;

fn block_key(generation: u64, number: u64) -> [u8; BLOCK_KEY_LENGTH] {
    let mut key = [0; BLOCK_KEY_LENGTH];
    key[..9].copy_from_slice(&generation_prefix(generation));
    key[9..].copy_from_slice(&number.to_be_bytes());
    key
}

/// How the keys of all blocks of a generation start.
fn generation_prefix(generation: u64) -> [u8; 9] {
    let mut prefix = [1; 9];
    prefix[1..].copy_from_slice(&generation.to_be_bytes());
    prefix
}
