use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::damage::{Damage, DamageCause, LogError};
use super::file::ReadAt;
use super::format::{BlockHeader, LogPosition, StoredHead};
use super::read::{Block, Blocks, Chain};
use crate::storage::commit::{CommitHead, CommitPart};
use crate::storage::pack::unpack;

/// How far a log was read: behind a commit, or behind a part of one.
#[derive(Clone, Debug)]
pub struct Place {
    chain: Chain,
    /// The commit that is being read, and how many of its changes are still to come.
    current: Option<(Arc<CommitHead>, u64)>,
}

impl Place {
    /// Where a commit ends.
    pub(in crate::storage) fn behind(position: LogPosition) -> Self {
        Self { chain: Chain::new(position), current: None }
    }

    /// The end of the last commit that was read to its end.
    pub(in crate::storage) fn behind_whole(&self) -> LogPosition {
        self.chain.whole
    }

    /// The last commit that was read to its end; 0 where none was.
    pub fn sequence(&self) -> u64 {
        self.chain.whole.sequence
    }
}

/// Reads the commits of a stretch of a log that was found to be whole, and checks them once more.
pub(in crate::storage) struct Replay<R> {
    blocks: Blocks<R>,
    path: PathBuf,
    place: Place,
    /// Commits up to this one are checked but not handed out.
    after: u64,
    failed: bool,
}

impl<R: ReadAt> Replay<R> {
    /// The commits between two places.
    pub(in crate::storage) fn between(file: R, path: &Path, from: LogPosition, to: u64) -> Self {
        Self {
            blocks: Blocks::new(file, to),
            path: path.to_owned(),
            place: Place::behind(from),
            after: from.sequence,
            failed: false,
        }
    }

    /// The commits of a whole log, from one that follows another.
    pub(in crate::storage) fn of_log(file: R, path: &Path, after: u64, to: u64) -> Self {
        Self { after, ..Self::between(file, path, LogPosition::start(), to) }
    }

    /// What follows a place, to be read a part at a time.
    pub(in crate::storage) fn from_place(file: R, path: &Path, place: &Place, to: u64) -> Self {
        Self {
            blocks: Blocks::one_at_a_time(file, to),
            path: path.to_owned(),
            place: place.clone(),
            after: 0,
            failed: false,
        }
    }

    /// Up to which byte it was read.
    pub(in crate::storage) fn offset(&self) -> u64 {
        self.place.chain.offset
    }

    /// How far it was read.
    pub(in crate::storage) fn place(self) -> Place {
        self.place
    }

    /// The place before the first commit that is wanted, or the end; changes are not unpacked.
    pub(in crate::storage) fn seek(
        mut self,
        wanted: impl Fn(&CommitHead) -> bool,
    ) -> Result<Place, LogError> {
        loop {
            let before = self.place.chain;
            let Some(block) = next_block(&mut self.blocks, &mut self.place.chain, &self.path)? else {
                return Ok(self.place);
            };
            if block.header.is_first {
                let (head, _) = head(&block.header, block.payload)
                    .map_err(|cause| damage(&self.path, before, DamageCause::Content(cause)))?;
                if wanted(&head) {
                    return Ok(Place { chain: before, current: None });
                }
            }
        }
    }

    fn step(&mut self) -> Result<Option<CommitPart>, LogError> {
        loop {
            let before = self.place.chain;
            let Some(block) = next_block(&mut self.blocks, &mut self.place.chain, &self.path)? else {
                return Ok(None);
            };
            if block.header.sequence > self.after {
                let part = part(&mut self.place.current, &block.header, block.payload)
                    .map_err(|cause| damage(&self.path, before, DamageCause::Content(cause)))?;
                return Ok(Some(part));
            }
        }
    }
}

/// The block that stands where a chain ends, which then ends behind it; `None` at the end of the log.
fn next_block<'b, R: ReadAt>(
    blocks: &'b mut Blocks<R>,
    chain: &mut Chain,
    path: &Path,
) -> Result<Option<Block<'b>>, LogError> {
    let before = *chain;
    if before.offset >= blocks.end() {
        return Ok(None);
    }
    let read = blocks.read(before.offset);
    let block = read.map_err(|source| LogError::File { path: path.to_owned(), source })?;
    let block = block.ok_or_else(|| damage(path, before, DamageCause::Checksum))?;
    chain.add(&block).map_err(|cause| damage(path, before, cause))?;
    Ok(Some(block))
}

fn damage(path: &Path, at: Chain, cause: DamageCause) -> Damage {
    Damage { path: path.to_owned(), offset: at.offset, sequence: at.sequence(), cause }
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

/// The head of a commit, and the changes behind it in its first payload.
fn head<'p>(header: &BlockHeader, payload: &'p [u8]) -> Result<(CommitHead, &'p [u8]), String> {
    let (stored, packed) =
        postcard::take_from_bytes::<StoredHead<'_>>(payload).map_err(|error| error.to_string())?;
    let head = CommitHead {
        sequence: header.sequence,
        time: stored.time,
        actor: stored.actor.to_owned(),
        reason: stored.reason.to_owned(),
        changes: stored.changes,
    };
    Ok((head, packed))
}

fn part(
    current: &mut Option<(Arc<CommitHead>, u64)>,
    header: &BlockHeader,
    payload: &[u8],
) -> Result<CommitPart, String> {
    let (head, left, packed) = match current.take() {
        Some((head, left)) => (head, left, payload),
        None => {
            let (head, packed) = head(header, payload)?;
            let changes = head.changes;
            (Arc::new(head), changes, packed)
        }
    };
    let changes = unpack(packed).map_err(|error| error.to_string())?;
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
