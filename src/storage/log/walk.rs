use std::path::{Path, PathBuf};

use super::damage::LogError;
use super::file::ReadAt;
use super::format::{BlockHeader, LogPosition};
use super::read::{Block, Blocks, Chain};
use super::replay::{head, next_block};
use super::{Damage, DamageCause};
use crate::storage::commit::CommitHead;

/// Goes through the blocks of a log one by one, each checked and found to continue the one before.
pub(in crate::storage) struct Walk<R> {
    blocks: Blocks<R>,
    path: PathBuf,
    chain: Chain,
    /// How many blocks of the current commit came.
    number: u64,
}

/// A block, and where it stands.
pub(in crate::storage) struct Walked<'b> {
    pub(super) block: Block<'b>,
    /// Where it starts.
    pub(in crate::storage) offset: u64,
    /// Which block of its commit it is, from 0.
    pub(in crate::storage) number: u64,
    path: &'b Path,
}

impl<R: ReadAt> Walk<R> {
    /// Begins at the start of a log that was found whole up to an offset.
    pub(in crate::storage) fn new(file: R, path: &Path, to: u64) -> Self {
        let (blocks, chain) = (Blocks::new(file, to), Chain::new(LogPosition::start()));
        Self { blocks, path: path.to_owned(), chain, number: 0 }
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// [`LogError`] where the log cannot be read, or is damaged.
    pub(in crate::storage) fn advance(&mut self) -> Result<Option<Walked<'_>>, LogError> {
        let offset = self.chain.offset;
        let Some(block) = next_block(&mut self.blocks, &mut self.chain, &self.path)? else {
            return Ok(None);
        };
        let number = if block.header.is_first { 0 } else { self.number + 1 };
        self.number = number;
        Ok(Some(Walked { block, offset, number, path: &self.path }))
    }
}

impl<'b> Walked<'b> {
    /// The commit that it belongs to.
    pub(in crate::storage) fn sequence(&self) -> u64 {
        self.header().sequence
    }

    pub(super) fn header(&self) -> BlockHeader {
        self.block.header
    }

    /// Whether it is the last of its commit.
    pub(in crate::storage) fn is_last(&self) -> bool {
        self.header().is_last
    }

    /// Whether text was taken out of it.
    pub(in crate::storage) fn is_redacted(&self) -> bool {
        self.header().is_redacted
    }

    /// What it holds.
    pub(in crate::storage) fn payload(&self) -> &'b [u8] {
        self.block.payload
    }

    /// All bytes of it.
    pub(in crate::storage) fn bytes(&self) -> &'b [u8] {
        self.block.bytes
    }

    /// The hash that the next block continues.
    pub(in crate::storage) fn hash(&self) -> blake3::Hash {
        self.block.hash
    }

    /// The hash of what it holds now.
    pub(in crate::storage) fn checksum(&self) -> blake3::Hash {
        self.block.checksum
    }

    /// The head of the commit that it begins, and the changes behind it; of any other block no head.
    ///
    /// # Errors
    /// [`Damage`] where it means nothing to this program.
    pub(in crate::storage) fn content(&self) -> Result<(Option<CommitHead>, &'b [u8]), Damage> {
        if !self.header().is_first {
            return Ok((None, self.payload()));
        }
        let (head, packed) = head(&self.header(), self.payload()).map_err(|cause| self.unreadable(cause))?;
        Ok((Some(head), packed))
    }

    /// The damage that this block cannot be read.
    pub(in crate::storage) fn unreadable(&self, cause: String) -> Damage {
        let cause = DamageCause::Content(cause);
        Damage { path: self.path.to_owned(), offset: self.offset, sequence: self.sequence(), cause }
    }
}
