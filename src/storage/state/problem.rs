use thiserror::Error;

use super::STATE_FORMAT_VERSION;
use crate::work::Stopped;

/// Why a checkpoint cannot be used; the state is then rebuilt from the change log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateProblem {
    /// The work was cancelled before all was read; nothing is known to be wrong.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// There is no folder of it, although there are commits.
    #[error("the folder is missing")]
    Missing,
    /// The engine cannot read its files.
    #[error("its files cannot be read: {0}")]
    Engine(String),
    /// The disk has no room for the engine to open its files; they may well be sound.
    #[error("it is not read, for the disk is full: {free} bytes are free; make room")]
    NoRoom {
        /// How many bytes are free.
        free: u64,
    },
    /// The store cannot be written to, and there is no copy that could be opened.
    #[error("it cannot be copied to the folder for temporary files: {0}")]
    NoCopy(String),
    /// It is of another format.
    #[error("it has format version {found}, and this program reads versions up to {STATE_FORMAT_VERSION}")]
    Version {
        /// Its format version.
        found: u32,
    },
    /// What it says of its contents is not there, or not as it was written.
    #[error("its table of contents is missing or damaged")]
    Contents,
    /// One of its blocks is not there, or not as it was written.
    #[error("its block {number} of {blocks} is missing or damaged")]
    Block {
        /// The number of the block, from 1.
        number: u64,
        /// How many blocks it has.
        blocks: u64,
    },
    /// A block is as it was written, and means nothing to this program.
    #[error("its block {number} cannot be read: {cause}")]
    Content {
        /// The number of the block, from 1.
        number: u64,
        /// What is wrong.
        cause: String,
    },
    /// Its blocks are as they were written, and whoever receives them refuses them.
    #[error("what it holds is refused: {cause}")]
    Refused {
        /// Why.
        cause: String,
    },
    /// All its blocks are sound, and yet not those that belong together.
    #[error("its blocks are not those of its table of contents")]
    Mixture,
    /// The change log does not hold the commit at which it was taken.
    #[error("it was taken at a commit {sequence} that the change log does not hold")]
    OtherLog {
        /// The commit at which it was taken.
        sequence: u64,
    },
}
