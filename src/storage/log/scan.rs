use std::io;
use std::path::Path;

use super::damage::{Damage, DamageCause, TornTail};
use super::file::ReadAt;
use super::format::{LogPosition, MARKER};
use super::read::{Blocks, Chain};
use crate::work::Steps;

/// What a log holds from a position on.
#[derive(Debug)]
pub(in crate::storage) struct Scan {
    /// The end of the last commit before which all is right.
    pub(in crate::storage) end: LogPosition,
    /// Where that commit begins; `None` where none was read.
    pub(in crate::storage) last: Option<u64>,
    /// What follows it.
    pub(in crate::storage) tail: Tail,
}

/// What stands after the last whole commit.
#[derive(Debug)]
pub(in crate::storage) enum Tail {
    /// Nothing.
    Clean,
    /// A commit that was never acknowledged.
    Torn(TornTail),
    /// Something that was written as a part of the record.
    Damaged(Damage),
}

/// Reads and checks all blocks from a position to the end of the file.
///
/// Where a block is not whole, its commit is a torn tail, unless a sound block of a later commit follows: a
/// commit is begun only when the one before is on the disk, so the block was sound once, and is damaged now.
/// A block that is sound but out of place is damage always, for no crash makes one.
pub(in crate::storage) fn scan(file: &impl ReadAt, path: &Path, from: LogPosition) -> io::Result<Scan> {
    let length = file.length()?;
    let mut blocks = Blocks::new(file, length);
    let mut chain = Chain::new(from);
    let damaged = |chain: &Chain, cause| {
        Tail::Damaged(Damage {
            path: path.to_owned(),
            offset: chain.offset,
            sequence: chain.sequence(),
            cause,
        })
    };
    let mut last = None;
    let mut steps = Steps::begin("reading the change log", length - from.offset.min(length));
    let tail = loop {
        if chain.whole.offset == length {
            break Tail::Clean;
        }
        if let Some(block) = blocks.read(chain.offset)? {
            steps.try_add(block.end - chain.offset)?;
            let begin = chain.whole.offset;
            match chain.add(&block) {
                Ok(()) if block.header.is_last => {
                    last = Some(begin);
                    continue;
                }
                Ok(()) => continue,
                Err(cause) => break damaged(&chain, cause),
            }
        }
        if later_commit_follows(&mut blocks, chain.offset, chain.sequence())? {
            break damaged(&chain, DamageCause::Checksum);
        }
        let LogPosition { sequence, offset, .. } = chain.whole;
        let bytes = length.saturating_sub(offset);
        break Tail::Torn(TornTail { sequence: sequence + 1, offset, bytes, kept: None });
    };
    Ok(Scan { end: chain.whole, last, tail })
}

/// Whether a sound block of a later commit stands somewhere behind an offset.
fn later_commit_follows<R: ReadAt>(blocks: &mut Blocks<R>, offset: u64, sequence: u64) -> io::Result<bool> {
    const STEP: u64 = 64 * 1024;
    let mut start = offset + 1;
    while start < blocks.end() {
        // A marker may lie across the border of two steps.
        let length = (STEP + MARKER.len() as u64 - 1).min(blocks.end() - start);
        let Some(bytes) = blocks.bytes(start, length as usize)? else { return Ok(false) };
        let markers: Vec<u64> = (start..)
            .zip(bytes.windows(MARKER.len()))
            .filter(|(_, w)| *w == MARKER)
            .map(|(at, _)| at)
            .collect();
        for at in markers {
            if blocks.read(at)?.is_some_and(|block| block.header.sequence > sequence) {
                return Ok(true);
            }
        }
        start += STEP;
    }
    Ok(false)
}
