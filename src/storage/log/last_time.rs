use std::io;

use jiff::Timestamp;
use memchr::memmem;

use super::file::ReadAt;
use super::format::{BLOCK_HEADER_LENGTH, BlockHeader, FILE_HEADER_LENGTH, LogPosition, MARKER};
use super::read::Blocks;
use super::replay::head;

/// How many bytes are searched at once.
const WINDOW: u64 = 1 << 20;

/// The time of the last commit of a log, found from its end; `None` where there is none, or no head that can be read.
///
/// Costs as much as the last commit is long.
pub(super) fn last_time(file: &impl ReadAt, end: LogPosition) -> io::Result<Option<Timestamp>> {
    let mut blocks = Blocks::one_at_a_time(file, end.offset);
    let mut to = end.offset;
    let mut bytes = Vec::new();
    while end.sequence > 0 && to > FILE_HEADER_LENGTH as u64 {
        let from = to.saturating_sub(WINDOW).max(FILE_HEADER_LENGTH as u64);
        // A header may lie across the border of two windows.
        let length = (to - from + BLOCK_HEADER_LENGTH as u64).min(end.offset - from);
        bytes.resize(length as usize, 0);
        if file.read_full(&mut bytes, from)? < bytes.len() {
            return Ok(None);
        }
        let begins = |at: &usize| {
            let header = bytes.get(*at..*at + BLOCK_HEADER_LENGTH).and_then(BlockHeader::from_bytes);
            header.is_some_and(|header| header.is_first && header.sequence == end.sequence)
        };
        for at in memmem::rfind_iter(&bytes, &MARKER).filter(begins) {
            if let Some(block) = blocks.read(from + at as u64)? {
                return Ok(head(&block.header, block.payload).ok().map(|(head, _)| head.time));
            }
        }
        to = from;
    }
    Ok(None)
}
