use sled::IVec;

use super::{
    BLOCK_HEADER_LENGTH, CHECKSUM_LENGTH, CONTENTS_KEY, Contents, State, StateProblem, block_key, guarded,
};
use crate::model::Change;
use crate::storage::pack::unpack;
use crate::work::try_counted;

/// What a block holds.
pub(in crate::storage) enum Batch {
    /// A block of an image.
    Image(ImageBlock),
    /// No block of an image follows.
    ImageEnd,
    /// Changes.
    Changes(Vec<Change>),
}

/// A block of an image, where the engine has it.
pub(in crate::storage) struct ImageBlock(IVec);

impl ImageBlock {
    pub(in crate::storage) fn content(&self) -> &[u8] {
        &self.0[BLOCK_HEADER_LENGTH..]
    }
}

impl State {
    /// What the checkpoint holds, if there is one; the checksums of all its blocks are verified.
    pub(in crate::storage) fn verify(&self) -> Result<Option<Contents>, StateProblem> {
        let contents = self.contents()?;
        let blocks = contents.as_ref().map_or(0, |contents| contents.blocks);
        let stored = contents.iter().flat_map(|contents| self.blocks(contents));
        for block in try_counted("checking the checkpoint", blocks, stored) {
            block??;
        }
        Ok(contents)
    }

    /// Reads also what stands in the blocks of changes, which takes three times as long.
    pub(in crate::storage) fn verify_records(&self, contents: &Contents) -> Result<(), StateProblem> {
        let (mut organizations, mut relations, mut annexes) = (0, 0, 0);
        for batch in self.batches(contents) {
            let Batch::Changes(changes) = batch? else { continue };
            for change in changes {
                match change {
                    Change::PutOrganization(_) => organizations += 1,
                    Change::PutRelation(_) => relations += 1,
                    Change::PutAnnex(_) => annexes += 1,
                    Change::PutIndicator(_) | Change::RemoveIndicator(_) => {}
                    _ => return Err(StateProblem::Mixture),
                }
            }
        }
        let is_right = organizations == contents.organizations
            && relations == contents.relations
            && annexes == contents.annexes;
        if is_right { Ok(()) } else { Err(StateProblem::Mixture) }
    }

    /// What the checkpoint says it holds, if there is one.
    pub(in crate::storage) fn contents(&self) -> Result<Option<Contents>, StateProblem> {
        let bytes = guarded(|| self.database.get(CONTENTS_KEY)).map_err(|error| unreadable(&error))?;
        bytes.map(|bytes| Contents::from_bytes(&bytes)).transpose()
    }

    /// What makes the state out of nothing, a block at a time; ends at the first problem.
    pub(in crate::storage) fn batches(
        &self,
        contents: &Contents,
    ) -> impl Iterator<Item = Result<Batch, StateProblem>> {
        let of_image = contents.image.map_or(0, |image| image.blocks);
        self.blocks(contents).zip(1..).flat_map(move |(block, number)| {
            let batch = block.and_then(|block| {
                if number <= of_image {
                    return Ok(Batch::Image(ImageBlock(block)));
                }
                unpack(&block[BLOCK_HEADER_LENGTH..])
                    .map(Batch::Changes)
                    .map_err(|error| StateProblem::Content { number, cause: error.to_string() })
            });
            let is_last_of_image = number == of_image && batch.is_ok();
            std::iter::once(batch).chain(is_last_of_image.then_some(Ok(Batch::ImageEnd)))
        })
    }

    /// The blocks in their order, verified; ends at the first problem.
    fn blocks(&self, contents: &Contents) -> impl Iterator<Item = Result<IVec, StateProblem>> {
        let Contents { generation, blocks, digest, .. } = *contents;
        let mut stored = self.database.range(block_key(generation, 0)..block_key(generation, blocks));
        let mut hasher = blake3::Hasher::new();
        let mut number = 0;
        let mut next = move || {
            if number == blocks {
                let is_right = hasher.finalize() == digest;
                return if is_right { Ok(None) } else { Err(StateProblem::Mixture) };
            }
            let key = block_key(generation, number);
            number += 1;
            let read = guarded(|| stored.next().transpose()).map_err(|error| unreadable(&error))?;
            let value = read.filter(|(found, _)| *found == key).map(|(_, value)| value);
            let checksum = value.as_ref().and_then(|value| sound_checksum(&key, value));
            match (value, checksum) {
                (Some(value), Some(checksum)) => {
                    hasher.update(&checksum);
                    Ok(Some(value))
                }
                _ => Err(StateProblem::Block { number, blocks }),
            }
        };
        let mut is_done = false;
        std::iter::from_fn(move || {
            if is_done {
                return None;
            }
            let block = next().transpose();
            is_done = !matches!(block, Some(Ok(_)));
            block
        })
    }
}

fn unreadable(error: &std::io::Error) -> StateProblem {
    StateProblem::Engine(error.to_string())
}

/// The checksum at the start of a block, if it is that of the rest and the block is the one of its key.
fn sound_checksum(key: &[u8], value: &[u8]) -> Option<[u8; CHECKSUM_LENGTH]> {
    let (checksum, content) = value.split_first_chunk::<CHECKSUM_LENGTH>()?;
    (content.starts_with(key) && blake3::hash(content) == *checksum).then_some(*checksum)
}
