use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::damage::{Damage, DamageCause, LogError};
use super::file::ReadAt;
use super::format::{BlockHeader, LogPosition, StoredHead, StoredOrigin};
use super::read::{Block, Blocks, Chain};
use crate::storage::commit::{CommitHash, CommitHead, CommitPart};
use crate::storage::pack::unpack;

/// How far a log was read: behind a commit, or behind a part of one.
#[derive(Clone, Debug)]
pub struct Place {
    chain: Chain,
    /// The commit that is being read, and how many of its changes are still to come.
    current: Option<(Arc<CommitHead>, u64)>,
    /// The latest time of the commits that were read.
    latest: Timestamp,
}

impl Place {
    /// Where a commit ends; of the times of the commits before it nothing is known.
    pub(in crate::storage) fn behind(position: LogPosition) -> Self {
        Self { chain: Chain::new(position), current: None, latest: Timestamp::MIN }
    }

    /// When the last commit that was begun was recorded.
    pub fn latest(&self) -> Timestamp {
        self.latest
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

    /// The same behind commits that were recorded until some time.
    pub(in crate::storage) fn behind_time(mut self, latest: Timestamp) -> Self {
        self.place.latest = latest;
        self
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
        self,
        mut wanted: impl FnMut(&CommitHead) -> bool,
    ) -> Result<Place, LogError> {
        self.seek_stamped(|head, _| wanted(head))
    }

    /// The same where the time is asked too that the clock showed: an earlier one than the commit has, if the clock had
    /// been set back.
    pub(in crate::storage) fn seek_stamped(
        mut self,
        mut wanted: impl FnMut(&CommitHead, Timestamp) -> bool,
    ) -> Result<Place, LogError> {
        loop {
            let (before, latest) = (self.place.chain, self.place.latest);
            let Some(block) = next_block(&mut self.blocks, &mut self.place.chain, &self.path)? else {
                return Ok(self.place);
            };
            if block.header.is_first {
                let (head, stamp) = timed_head(&block, &mut self.place.latest)
                    .map(|(head, stamp, _)| (head, stamp))
                    .map_err(|cause| damage(&self.path, before, DamageCause::Content(cause)))?;
                if wanted(&head, stamp) {
                    return Ok(Place { chain: before, current: None, latest });
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
            let content = |cause| damage(&self.path, before, DamageCause::Content(cause));
            if block.header.sequence > self.after {
                let Place { current, latest, .. } = &mut self.place;
                return part(current, latest, &block).map(Some).map_err(|cause| content(cause).into());
            }
            if block.header.is_first {
                timed_head(&block, &mut self.place.latest).map_err(content)?;
            }
        }
    }
}

/// The block that stands where a chain ends, which then ends behind it; `None` at the end of the log.
pub(super) fn next_block<'b, R: ReadAt>(
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
pub(super) fn head<'p>(header: &BlockHeader, payload: &'p [u8]) -> Result<(CommitHead, &'p [u8]), String> {
    let (stored, mut packed) =
        postcard::take_from_bytes::<StoredHead<'_>>(payload).map_err(|error| error.to_string())?;
    let (mut origin, mut redaction) = (None, None);
    if header.is_salted {
        let (stored, rest) =
            postcard::take_from_bytes::<StoredOrigin<'_>>(packed).map_err(|error| error.to_string())?;
        origin = Some(stored.origin.into_owned());
        redaction = stored.redaction.map(Cow::into_owned);
        packed = rest;
    }
    let head = CommitHead {
        sequence: header.sequence,
        time: stored.time,
        actor: stored.actor.to_owned(),
        reason: stored.reason.to_owned(),
        changes: stored.changes,
        origin,
        redaction,
    };
    Ok((head, packed))
}

/// The head of a commit with the time at which it counts as recorded, the time that the clock showed, and the changes.
///
/// Time never runs backwards in a log: programs before this rule recorded what the clock showed, also after it had been
/// set back. Such a commit counts as recorded when the one before it was.
fn timed_head<'p>(
    block: &Block<'p>,
    latest: &mut Timestamp,
) -> Result<(CommitHead, Timestamp, &'p [u8]), String> {
    let (mut head, packed) = head(&block.header, block.payload)?;
    let stamp = head.time;
    *latest = stamp.max(*latest);
    head.time = *latest;
    Ok((head, stamp, packed))
}

fn part(
    current: &mut Option<(Arc<CommitHead>, u64)>,
    latest: &mut Timestamp,
    block: &Block<'_>,
) -> Result<CommitPart, String> {
    let Block { header, payload, .. } = block;
    let (head, left, packed) = match current.take() {
        Some((head, left)) => (head, left, *payload),
        None => {
            let (head, _, packed) = timed_head(block, latest)?;
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
    let hash = header.is_last.then(|| CommitHash::from(block.hash));
    Ok(CommitPart { head, changes, is_last: header.is_last, hash })
}
