use serde::{Deserialize, Serialize};

use super::{CHECKSUM_LENGTH, StateProblem};
use crate::model::Change;
use crate::storage::log::LogPosition;

/// The version of the checkpoint that this program writes, and the last that it reads.
pub const STATE_FORMAT_VERSION: u32 = 3;

/// The version before images, which is read as well: its contents end before that of the image.
const WITHOUT_IMAGE: u32 = 2;

/// The version before annexes, which is read as well: its contents end before the count of these.
const WITHOUT_ANNEXES: u32 = 1;

/// What a checkpoint holds, and where in the log it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::storage) struct Contents {
    /// Which blocks it is made of.
    pub(super) generation: u64,
    sequence: u64,
    log_offset: u64,
    log_hash: [u8; CHECKSUM_LENGTH],
    /// How many organisations it holds as changes.
    pub(super) organizations: u64,
    /// How many relations it holds as changes.
    pub(super) relations: u64,
    /// How many blocks it is made of.
    pub(in crate::storage) blocks: u64,
    /// The hash of the checksums of all its blocks.
    pub(super) digest: [u8; CHECKSUM_LENGTH],
    /// How many annexes it holds.
    pub(in crate::storage) annexes: u64,
    /// The image, whose blocks come before those of changes.
    pub(super) image: Option<ImageContents>,
}

/// What the image in a checkpoint holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ImageContents {
    pub(super) organizations: u64,
    pub(super) relations: u64,
    pub(super) blocks: u64,
}

impl Contents {
    /// A checkpoint that holds nothing yet.
    pub(super) fn new(generation: u64, position: LogPosition) -> Self {
        Self {
            generation,
            sequence: position.sequence,
            log_offset: position.offset,
            log_hash: *position.hash.as_bytes(),
            organizations: 0,
            relations: 0,
            blocks: 0,
            digest: *blake3::hash(&[]).as_bytes(),
            annexes: 0,
            image: None,
        }
    }

    /// How many organisations it holds.
    pub(in crate::storage) fn all_organizations(&self) -> u64 {
        self.organizations.saturating_add(self.image.map_or(0, |image| image.organizations))
    }

    /// How many relations it holds.
    pub(in crate::storage) fn all_relations(&self) -> u64 {
        self.relations.saturating_add(self.image.map_or(0, |image| image.relations))
    }

    /// Counts a record that it holds.
    pub(super) fn count(&mut self, record: &Change) {
        match record {
            Change::PutOrganization(_) => self.organizations += 1,
            Change::PutRelation(_) => self.relations += 1,
            Change::PutAnnex(_) => self.annexes += 1,
            // Definitions of indicators are few and are not counted; the digest covers them.
            Change::PutIndicator(_) | Change::RemoveIndicator(_) => {}
            Change::RemoveOrganization(_) | Change::RemoveRelation(_) | Change::RemoveAnnex(_) => {}
        }
    }

    /// The commit at which it was taken.
    pub(in crate::storage) fn position(&self) -> LogPosition {
        let hash = blake3::Hash::from_bytes(self.log_hash);
        LogPosition { sequence: self.sequence, offset: self.log_offset, hash }
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let content = postcard::to_stdvec(self)?;
        let mut bytes = STATE_FORMAT_VERSION.to_le_bytes().to_vec();
        bytes.extend_from_slice(blake3::hash(&content).as_bytes());
        bytes.extend_from_slice(&content);
        Ok(bytes)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, StateProblem> {
        let (version, bytes) = bytes.split_first_chunk::<4>().ok_or(StateProblem::Contents)?;
        let version = u32::from_le_bytes(*version);
        if !matches!(version, WITHOUT_ANNEXES | WITHOUT_IMAGE | STATE_FORMAT_VERSION) {
            return Err(StateProblem::Version { found: version });
        }
        let (checksum, content) =
            bytes.split_first_chunk::<CHECKSUM_LENGTH>().ok_or(StateProblem::Contents)?;
        if blake3::hash(content) != *checksum {
            return Err(StateProblem::Contents);
        }
        let mut content = content.to_vec();
        if version == WITHOUT_ANNEXES {
            content.push(0);
        }
        if version <= WITHOUT_IMAGE {
            content.push(0);
        }
        postcard::from_bytes(&content).map_err(|_| StateProblem::Contents)
    }
}
