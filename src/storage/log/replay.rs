use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::damage::{Damage, DamageCause, LogError};
use super::file::ReadAt;
use super::format::{BlockHeader, LogPosition, StoredHead};
use super::read::{Blocks, Chain};
use crate::storage::commit::{CommitHead, CommitPart};
use crate::storage::pack::unpack;

/// Reads the commits of a stretch of a log that was found to be whole, and checks them once more.
pub(in crate::storage) struct Replay<R> {
    blocks: Blocks<R>,
    path: PathBuf,
    chain: Chain,
    /// Commits up to this one are checked but not handed out.
    after: u64,
    /// The commit that is being read, and how many of its changes are still to come.
    current: Option<(Arc<CommitHead>, u64)>,
    failed: bool,
}

impl<R: ReadAt> Replay<R> {
    pub(super) fn new(file: R, path: &Path, from: LogPosition, to: u64) -> Self {
        Self {
            blocks: Blocks::new(file, to),
            path: path.to_owned(),
            chain: Chain::new(from),
            after: from.sequence,
            current: None,
            failed: false,
        }
    }

    /// The commits of a whole log, from one that follows another.
    pub(in crate::storage) fn of_log(file: R, path: &Path, after: u64, to: u64) -> Self {
        Self { after, ..Self::new(file, path, LogPosition::start(), to) }
    }

    fn step(&mut self) -> Result<Option<CommitPart>, LogError> {
        loop {
            let before = self.chain;
            if before.offset >= self.blocks.end() {
                return Ok(None);
            }
            let damage = |cause| Damage {
                path: self.path.clone(),
                offset: before.offset,
                sequence: before.sequence(),
                cause,
            };
            let read = self.blocks.read(before.offset);
            let block = read.map_err(|source| LogError::File { path: self.path.clone(), source })?;
            let block = block.ok_or_else(|| damage(DamageCause::Checksum))?;
            self.chain.add(&block).map_err(damage)?;
            if block.header.sequence > self.after {
                let part = part(&mut self.current, &block.header, block.payload)
                    .map_err(|cause| damage(DamageCause::Content(cause)))?;
                return Ok(Some(part));
            }
        }
    }
}

impl<R: ReadAt> Iterator for Replay<R> {
    type Item = Result<CommitPart, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let step = self.step();
        self.failed = step.is_err();
        step.transpose()
    }
}

fn part(
    current: &mut Option<(Arc<CommitHead>, u64)>,
    header: &BlockHeader,
    payload: &[u8],
) -> Result<CommitPart, String> {
    let unreadable = |error: postcard::Error| error.to_string();
    let (head, left, packed) = match current.take() {
        Some((head, left)) => (head, left, payload),
        None => {
            let (stored, packed) =
                postcard::take_from_bytes::<StoredHead<'_>>(payload).map_err(unreadable)?;
            let head = CommitHead {
                sequence: header.sequence,
                time: stored.time,
                actor: stored.actor.to_owned(),
                reason: stored.reason.to_owned(),
                changes: stored.changes,
            };
            (Arc::new(head), stored.changes, packed)
        }
    };
    let changes = unpack(packed).map_err(unreadable)?;
    let left = left.checked_sub(changes.len() as u64).ok_or("more changes than the commit has")?;
    if header.is_last {
        if left > 0 {
            return Err(format!("{left} changes of the commit are missing"));
        }
    } else {
        *current = Some((Arc::clone(&head), left));
    }
    Ok(CommitPart { head, changes, is_last: header.is_last })
}
