use std::io;
use std::ops::Range;

use blake3::Hash;

use super::damage::DamageCause;
use super::file::ReadAt;
use super::format::{BLOCK_HEADER_LENGTH, BlockHeader, HASH_LENGTH, LogPosition, SALT_LENGTH};

/// How many bytes are read at once.
const WINDOW: usize = 1024 * 1024;

/// How many where a single block is wanted.
const WINDOW_OF_ONE: usize = 64 * 1024;

/// A block whose checksum is right.
pub(super) struct Block<'b> {
    pub(super) header: BlockHeader,
    /// The payload, without what stands between it and the header.
    pub(super) payload: &'b [u8],
    /// The hash that the next block continues.
    pub(super) hash: Hash,
    /// The hash of what is there now: another one where text was taken out.
    pub(super) checksum: Hash,
    /// All bytes of it.
    pub(super) bytes: &'b [u8],
    pub(super) end: u64,
}

/// What a block from which text was taken out is known by.
pub(super) fn redacted_checksum(header: &[u8], payload: &[u8], hash: Hash) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(header).update(payload).update(hash.as_bytes());
    hasher.finalize()
}

/// Reads blocks of a log up to a given end, many at a time.
pub(super) struct Blocks<R> {
    file: R,
    end: u64,
    at_once: usize,
    window: Vec<u8>,
    window_offset: u64,
}

impl<R: ReadAt> Blocks<R> {
    pub(super) fn new(file: R, end: u64) -> Self {
        Self { file, end, at_once: WINDOW, window: Vec::new(), window_offset: 0 }
    }

    /// Reads no more at once than a single block is likely to need.
    pub(super) fn one_at_a_time(file: R, end: u64) -> Self {
        Self { at_once: WINDOW_OF_ONE, ..Self::new(file, end) }
    }

    /// Where reading ends.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// The block at an offset; `None` if the bytes there are no whole block with a right checksum.
    pub(super) fn read(&mut self, offset: u64) -> io::Result<Option<Block<'_>>> {
        let Some(header) = self.bytes(offset, BLOCK_HEADER_LENGTH)?.and_then(BlockHeader::from_bytes) else {
            return Ok(None);
        };
        let covered = BLOCK_HEADER_LENGTH + header.length as usize;
        let Some(bytes) = self.bytes(offset, covered + HASH_LENGTH)? else { return Ok(None) };
        let (content, stored) = bytes.split_at(covered);
        let (head, body) = content.split_at(BLOCK_HEADER_LENGTH);
        let Some(hash) = stored.first_chunk().copied().map(Hash::from_bytes) else { return Ok(None) };
        let (payload, checksum, is_right) = if header.is_redacted {
            let Some((checksum, payload)) = body.split_first_chunk::<HASH_LENGTH>() else { return Ok(None) };
            let found = redacted_checksum(head, payload, hash);
            (payload, found, found == *checksum)
        } else {
            let salt = if header.is_salted { SALT_LENGTH } else { 0 };
            let Some(payload) = body.get(salt..) else { return Ok(None) };
            let found = blake3::hash(content);
            (payload, found, found == hash)
        };
        let end = offset + bytes.len() as u64;
        Ok(is_right.then_some(Block { header, payload, hash, checksum, bytes, end }))
    }

    /// Bytes at an offset; `None` if the end is nearer.
    pub(super) fn bytes(&mut self, offset: u64, length: usize) -> io::Result<Option<&[u8]>> {
        let left = self.end.saturating_sub(offset);
        if (length as u64) > left {
            return Ok(None);
        }
        if self.within(offset, length).is_none() {
            let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(self.at_once.max(length));
            self.window.resize(wanted, 0);
            let filled = self.file.read_full(&mut self.window, offset)?;
            self.window.truncate(filled);
            self.window_offset = offset;
        }
        Ok(self.within(offset, length).map(|range| &self.window[range]))
    }

    fn within(&self, offset: u64, length: usize) -> Option<Range<usize>> {
        let start = usize::try_from(offset.checked_sub(self.window_offset)?).ok()?;
        let end = start.checked_add(length)?;
        (end <= self.window.len()).then_some(start..end)
    }
}

/// Follows blocks from commit to commit and checks that each continues the one before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    /// The end of the last whole commit.
    pub(super) whole: LogPosition,
    /// The end of the last block.
    pub(super) offset: u64,
    hash: Hash,
}

impl Chain {
    pub(super) fn new(from: LogPosition) -> Self {
        Self { whole: from, offset: from.offset, hash: from.hash }
    }

    /// The commit that the next block must belong to.
    pub(super) fn sequence(&self) -> u64 {
        self.whole.sequence + 1
    }

    /// Adds the block that stands at [`Chain::offset`].
    pub(super) fn add(&mut self, block: &Block<'_>) -> Result<(), DamageCause> {
        let header = &block.header;
        if header.sequence != self.sequence() {
            return Err(DamageCause::Sequence { found: header.sequence });
        }
        if header.previous != self.hash {
            return Err(DamageCause::Chain);
        }
        if header.is_first != (self.offset == self.whole.offset) {
            return Err(DamageCause::Bounds);
        }
        self.offset = block.end;
        self.hash = block.hash;
        if header.is_last {
            self.whole = LogPosition { sequence: header.sequence, offset: block.end, hash: block.hash };
        }
        Ok(())
    }
}
