use std::fs::{self, OpenOptions};
use std::io;

use super::contents::ImageContents;
use super::{
    BLOCK_HEADER_LENGTH, CHECKSUM_LENGTH, CONTENTS_KEY, Contents, State, StateProblem, block_key,
    generation_prefix, guarded,
};
use crate::model::Change;
use crate::storage::Image;
use crate::storage::folder;
use crate::storage::log::LogPosition;
use crate::storage::pack::Packer;
use crate::storage::read_ahead::read_ahead;
use crate::work::{Steps, check};

/// How many bytes of changes a block has at most, unless a single one needs more.
///
/// Sled keeps up to 17 blocks in a page, and makes a file of its own of each page above an eighth of a
/// megabyte: slower, and not made to last by a sync of its main file. Blocks of an image are so large that each
/// has a page to itself.
const BLOCK_LIMIT: usize = 7 * 1024;

/// How many records are handed over at once.
const BATCH: usize = 256;

impl State {
    /// Makes a folder without contents that of a state without records.
    pub(in crate::storage) fn begin(&self) -> io::Result<()> {
        self.set_contents(&Contents::new(0, LogPosition::start()))
    }

    /// Writes the whole state as it is after a commit, in place of what was there; the rest are annexes, and then
    /// definitions of indicators.
    pub(in crate::storage) fn write(
        &self,
        position: LogPosition,
        image: Option<Image<impl Iterator<Item = Vec<u8>> + Send>>,
        mut records: impl Iterator<Item = Change> + Send,
    ) -> io::Result<()> {
        let _stage = Steps::begin("writing the checkpoint", 0);
        let old = match self.contents() {
            Ok(contents) => contents.map(|contents| contents.generation),
            Err(StateProblem::Engine(cause)) => return Err(io::Error::other(cause)),
            // Contents that mean nothing name no blocks that are worth keeping.
            Err(_) => None,
        };
        self.remove_all_but(old)?;
        let contents = Contents::new(old.map_or(1, |generation| generation + 1), position);
        let mut blocks = BlockWriter { state: self, contents, hasher: blake3::Hasher::new() };
        let mut packer = Packer::new(BLOCK_LIMIT, Vec::new());
        if let Some(Image { organizations, relations, blocks: image }) = image {
            read_ahead(|| image, |mut image| image.try_for_each(|block| blocks.add(&block)))?;
            let image = ImageContents { organizations, relations, blocks: blocks.contents.blocks };
            blocks.contents.image = Some(image);
        }
        let batches = std::iter::from_fn(move || {
            let batch: Vec<_> = records.by_ref().take(BATCH).collect();
            (!batch.is_empty()).then_some(batch)
        });
        read_ahead(
            || batches,
            |batches| {
                batches.flatten().try_for_each(|record| {
                    packer.add(&record, |payload| blocks.add(payload))?;
                    blocks.contents.count(&record);
                    Ok::<_, io::Error>(())
                })
            },
        )?;
        blocks.add(packer.rest())?;
        let contents = blocks.finish();
        self.sync()?;
        self.set_contents(&contents)?;
        self.remove_all_but(Some(contents.generation))?;
        guarded(|| self.database.flush()).map(drop)
    }

    fn set_contents(&self, contents: &Contents) -> io::Result<()> {
        let bytes = contents.to_bytes().map_err(io::Error::other)?;
        guarded(|| self.database.insert(CONTENTS_KEY, bytes))?;
        self.sync()
    }

    /// Removes the blocks of all generations but one: older ones, and those that were never finished.
    fn remove_all_but(&self, generation: Option<u64>) -> io::Result<()> {
        let mut keys = self.database.range(block_key(0, 0)..).keys();
        while let Some(key) = guarded(|| keys.next().transpose())? {
            if !generation.is_some_and(|kept| key.starts_with(&generation_prefix(kept))) {
                guarded(|| self.database.remove(&key))?;
            }
        }
        Ok(())
    }

    /// Waits until all that was written is on the disk; sled alone only starts to write it.
    fn sync(&self) -> io::Result<()> {
        guarded(|| self.database.flush())?;
        let sync_file = |path| OpenOptions::new().write(true).open(path)?.sync_all();
        // A page of huge blocks is in a file of its own, which sled may remove at any time.
        let files = self.folder.join("blobs");
        folder::sync(&files)?;
        for entry in fs::read_dir(files)? {
            match sync_file(entry?.path()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        sync_file(self.folder.join("db"))
    }
}

struct BlockWriter<'s> {
    state: &'s State,
    contents: Contents,
    hasher: blake3::Hasher,
}

impl BlockWriter<'_> {
    fn add(&mut self, payload: &[u8]) -> io::Result<()> {
        if payload.is_empty() {
            return Ok(());
        }
        check()?;
        let key = block_key(self.contents.generation, self.contents.blocks);
        let mut value = Vec::with_capacity(BLOCK_HEADER_LENGTH + payload.len());
        value.resize(CHECKSUM_LENGTH, 0);
        value.extend_from_slice(&key);
        value.extend_from_slice(payload);
        let checksum = blake3::hash(&value[CHECKSUM_LENGTH..]);
        value[..CHECKSUM_LENGTH].copy_from_slice(checksum.as_bytes());
        guarded(|| self.state.database.insert(key, value))?;
        self.hasher.update(checksum.as_bytes());
        self.contents.blocks += 1;
        Ok(())
    }

    fn finish(mut self) -> Contents {
        self.contents.digest = *self.hasher.finalize().as_bytes();
        self.contents
    }
}
