//! The bytes of a change log; all numbers are little-endian.
//!
//! ```text
//! file    magic (8), format version (4), blocks
//! block   marker (4), length of what follows the header, without the hash (4), sequence of the commit (8), flags (1),
//!         hash of the block before (32), salt (16), payload, BLAKE3 of all of that (32)
//! ```
//!
//! A commit is a run of blocks from one that is flagged as first to one that is flagged as last. Its first
//! payload starts with its head; for the rest, payloads are changes (see `pack`). As each hash covers the hash
//! before, whoever alters the past must alter all that follows. The first block takes the hash of the file's
//! header, as version 1 had it, for the one before.
//!
//! A block from which text was taken out later keeps the hash that it had, so that what follows still continues it. In
//! place of the salt it has a checksum of its own, which the redaction that is recorded behind it repeats:
//!
//! ```text
//! redacted block   header, BLAKE3 of the header, the payload and the hash (32), payload, the hash that it had (32)
//! ```
//!
//! The salt is there for this alone: without it, whoever guesses the text that is gone could tell by the hash that he is
//! right. Version 1 had none, nor does a head of it say from where its changes came; both versions stand in one log.

use std::borrow::Cow;

use blake3::Hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Origin;
use crate::storage::Redaction;

/// The version of the change log that this program writes; it reads the ones before as well.
pub const LOG_FORMAT_VERSION: u32 = 2;

/// The version without salts and origins.
const FIRST_VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"ORGATLAS";

/// Magic and version.
pub(in crate::storage) const FILE_HEADER_LENGTH: usize = 12;

/// How a block starts; no text in UTF-8 holds these bytes, so that blocks can be found again behind damage.
pub(super) const MARKER: [u8; 4] = [0xfe, b'O', b'A', 0xff];

/// What stands before the payload.
pub(super) const BLOCK_HEADER_LENGTH: usize = 49;

/// What stands after the payload.
pub(super) const HASH_LENGTH: usize = blake3::OUT_LEN;

/// Random bytes before a payload.
pub(super) const SALT_LENGTH: usize = 16;

const FIRST: u8 = 1;
const LAST: u8 = 2;
const SALTED: u8 = 4;
const REDACTED: u8 = 8;

/// The place in a log where a commit ends and the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::storage) struct LogPosition {
    /// The commit that ends here; 0 before the first.
    pub(in crate::storage) sequence: u64,
    /// Bytes from the start of the file.
    pub(in crate::storage) offset: u64,
    /// The hash of the last block.
    pub(in crate::storage) hash: Hash,
}

impl LogPosition {
    /// Before the first commit.
    pub(in crate::storage) fn start() -> Self {
        Self {
            sequence: 0,
            offset: FILE_HEADER_LENGTH as u64,
            hash: blake3::hash(&file_header(FIRST_VERSION)),
        }
    }
}

/// What precedes the changes in the first payload of a commit: all of it in version 1.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredHead<'h> {
    pub(super) time: Timestamp,
    pub(super) actor: &'h str,
    pub(super) reason: &'h str,
    pub(super) changes: u64,
}

/// What follows that head in a salted block.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredOrigin<'h> {
    pub(super) origin: Cow<'h, Origin>,
    pub(super) redaction: Option<Cow<'h, Redaction>>,
}

/// What a block says of itself before its payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockHeader {
    pub(super) length: u32,
    pub(super) sequence: u64,
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    /// Whether a salt stands before its payload, or did before it was redacted; its head then has an origin.
    pub(super) is_salted: bool,
    /// Whether text was taken out of it.
    pub(super) is_redacted: bool,
    pub(super) previous: Hash,
}

impl BlockHeader {
    pub(super) fn to_bytes(self) -> [u8; BLOCK_HEADER_LENGTH] {
        let mut bytes = [0; BLOCK_HEADER_LENGTH];
        bytes[..4].copy_from_slice(&MARKER);
        bytes[4..8].copy_from_slice(&self.length.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.sequence.to_le_bytes());
        let flags = [
            (self.is_first, FIRST),
            (self.is_last, LAST),
            (self.is_salted, SALTED),
            (self.is_redacted, REDACTED),
        ];
        bytes[16] = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).sum();
        bytes[17..].copy_from_slice(self.previous.as_bytes());
        bytes
    }

    /// `None` for what is no header.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (marker, bytes) = bytes.split_first_chunk::<4>()?;
        let (length, bytes) = bytes.split_first_chunk::<4>()?;
        let (sequence, bytes) = bytes.split_first_chunk::<8>()?;
        let (&flags, bytes) = bytes.split_first()?;
        let previous = bytes.first_chunk::<HASH_LENGTH>()?;
        let known = *marker == MARKER && flags & !(FIRST | LAST | SALTED | REDACTED) == 0;
        known.then_some(Self {
            length: u32::from_le_bytes(*length),
            sequence: u64::from_le_bytes(*sequence),
            is_first: flags & FIRST != 0,
            is_last: flags & LAST != 0,
            is_salted: flags & SALTED != 0,
            is_redacted: flags & REDACTED != 0,
            previous: Hash::from_bytes(*previous),
        })
    }
}

pub(super) fn file_header(version: u32) -> [u8; FILE_HEADER_LENGTH] {
    let mut bytes = [0; FILE_HEADER_LENGTH];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..].copy_from_slice(&version.to_le_bytes());
    bytes
}

/// The bytes that make a header of version 1 one of this version, and where they go; `None` for any other header.
pub(in crate::storage) fn upgrade(header: &[u8]) -> Option<(u64, [u8; 4])> {
    (header == file_header(FIRST_VERSION)).then_some((MAGIC.len() as u64, LOG_FORMAT_VERSION.to_le_bytes()))
}

/// What is wrong with the first bytes of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HeaderProblem {
    Unfinished,
    NotALog,
    Version(u32),
}

/// Checks the first bytes of a file; fewer than a header's only where the file ends.
pub(super) fn check_file_header(bytes: &[u8], nothing_follows: bool) -> Result<(), HeaderProblem> {
    let right = file_header(LOG_FORMAT_VERSION);
    if bytes == right || bytes == file_header(FIRST_VERSION) {
        return Ok(());
    }
    // A loss of power while the file is made leaves a part of the header, or zeros in its place.
    let is_part = bytes.len() < right.len() && right.starts_with(bytes);
    if nothing_follows && (is_part || bytes.iter().all(|b| *b == 0)) {
        return Err(HeaderProblem::Unfinished);
    }
    match (bytes.strip_prefix(&MAGIC), bytes.last_chunk::<4>()) {
        (Some(version), Some(number)) if version.len() == 4 => {
            Err(HeaderProblem::Version(u32::from_le_bytes(*number)))
        }
        _ => Err(HeaderProblem::NotALog),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_told_from_a_part_of_one_and_from_other_files() {
        let right = file_header(LOG_FORMAT_VERSION);
        assert_eq!(check_file_header(&right, false), Ok(()));
        assert_eq!(check_file_header(&file_header(FIRST_VERSION), false), Ok(()));
        for length in 0..right.len() {
            assert_eq!(check_file_header(&right[..length], true), Err(HeaderProblem::Unfinished));
            assert_eq!(
                check_file_header(&[0; FILE_HEADER_LENGTH][..length], true),
                Err(HeaderProblem::Unfinished)
            );
        }
        let mut newer = right;
        newer[8] = 7;
        assert_eq!(check_file_header(&newer, false), Err(HeaderProblem::Version(7)));
        assert_eq!(check_file_header(&newer, true), Err(HeaderProblem::Version(7)));
        assert_eq!(check_file_header(b"id,kind,name", true), Err(HeaderProblem::NotALog));
        assert_eq!(check_file_header(&[0; FILE_HEADER_LENGTH], false), Err(HeaderProblem::NotALog));
    }
}
