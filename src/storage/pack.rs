//! Changes as bytes: one after another in blocks, in the log and in the checkpoint alike.

use std::io;

use crate::model::Change;

/// Fills blocks with changes; no change is ever divided between two.
pub(super) struct Packer {
    /// How many bytes a block holds at most, unless a single change needs more.
    limit: usize,
    bytes: Vec<u8>,
}

impl Packer {
    /// A packer whose first block starts with some bytes.
    pub(super) fn new(limit: usize, bytes: Vec<u8>) -> Self {
        Self { limit, bytes }
    }

    /// Adds a change; if the block would be too large with it, the block goes to `emit` first.
    pub(super) fn add(
        &mut self,
        change: &Change,
        emit: impl FnOnce(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let before = self.bytes.len();
        postcard::to_io(change, &mut self.bytes).map_err(io::Error::other)?;
        if self.bytes.len() > self.limit && before > 0 {
            emit(&self.bytes[..before])?;
            self.bytes.drain(..before);
        }
        Ok(())
    }

    /// The block that is not full yet.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads the changes of a block.
pub(super) fn unpack(mut bytes: &[u8]) -> Result<Vec<Change>, postcard::Error> {
    // Changes are seldom shorter than this, and a guess that is too low costs a copy of a short list.
    let mut changes = Vec::with_capacity(bytes.len() / 64);
    while !bytes.is_empty() {
        let (change, rest) = postcard::take_from_bytes(bytes)?;
        changes.push(change);
        bytes = rest;
    }
    Ok(changes)
}
