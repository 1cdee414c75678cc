use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::format::{BlockHeader, HASH_LENGTH, StoredHead, StoredOrigin};
use super::read::redacted_checksum;
use super::walk::Walked;
use super::{Damage, DamageCause};
use crate::storage::pack::unpack;
use crate::storage::redaction::{RedactedBlock, Redaction};
use crate::storage::rewriter::Rewriter;

/// What a block holds, without a text.
///
/// # Errors
/// What is wrong with what would be left.
pub(in crate::storage) fn payload_without(
    walked: &Walked<'_>,
    rewriter: &Rewriter<'_>,
) -> Result<Vec<u8>, String> {
    let (head, packed) = walked.content().map_err(|damage| damage.to_string())?;
    let head = head.map(|head| {
        let (actor, reason) = (rewriter.text(&head.actor), rewriter.text(&head.reason));
        let stored = StoredHead { time: head.time, actor: &actor, reason: &reason, changes: head.changes };
        let bytes = postcard::to_stdvec(&stored)?;
        let Some(origin) = &head.origin else { return Ok(bytes) };
        let origin = Cow::Owned(rewriter.origin(origin));
        postcard::to_extend(&StoredOrigin { origin, redaction: head.redaction.map(Cow::Owned) }, bytes)
    });
    let unwritable = |error: postcard::Error| error.to_string();
    let mut payload = head.transpose().map_err(unwritable)?.unwrap_or_default();
    for change in unpack(packed).map_err(unwritable)? {
        let mut bytes = postcard::to_stdvec(&change).map_err(unwritable)?;
        if rewriter.is_in(&bytes) {
            let change = rewriter.change(&change).map_err(|error| error.to_string())?;
            bytes = postcard::to_stdvec(&change).map_err(unwritable)?;
        }
        payload.extend_from_slice(&bytes);
    }
    Ok(payload)
}

/// The bytes of a block that holds another payload from now on, and what a redaction records of it.
///
/// # Errors
/// That the payload is too long for a block.
pub(in crate::storage) fn redacted(
    walked: &Walked<'_>,
    payload: &[u8],
) -> io::Result<(Vec<u8>, RedactedBlock)> {
    let length = u32::try_from(HASH_LENGTH + payload.len()).map_err(io::Error::other)?;
    let header = BlockHeader { length, is_redacted: true, ..walked.header() }.to_bytes();
    let hash = walked.hash();
    let checksum = redacted_checksum(&header, payload, hash);
    let block = RedactedBlock {
        commit: walked.sequence(),
        number: walked.number,
        hash: *hash.as_bytes(),
        checksum: *checksum.as_bytes(),
    };
    Ok(([&header, checksum.as_bytes().as_slice(), payload, hash.as_bytes()].concat(), block))
}

/// Whether all blocks that text was taken out of are those of which redactions say so.
///
/// A block that says it was redacted keeps its old hash, which its content does not have. So each one is as sure as
/// the redaction behind it, which has its checksum.
#[derive(Default)]
pub(in crate::storage) struct Vouching {
    /// The redacted blocks by commit and number, each with where it stands and what it is known by.
    found: BTreeMap<(u64, u64), (u64, Known)>,
    /// What the last redaction of each says.
    said: BTreeMap<(u64, u64), Known>,
}

type Known = [[u8; blake3::OUT_LEN]; 2];

impl Vouching {
    /// Takes a block into account.
    pub(in crate::storage) fn see(&mut self, walked: &Walked<'_>) {
        if walked.is_redacted() {
            let known = [*walked.hash().as_bytes(), *walked.checksum().as_bytes()];
            self.found.insert((walked.sequence(), walked.number), (walked.offset, known));
        }
    }

    /// Takes what is said in the head of a commit into account.
    pub(in crate::storage) fn hear(&mut self, redaction: &Redaction) {
        let said = redaction.blocks.iter();
        self.said.extend(said.map(|block| ((block.commit, block.number), [block.hash, block.checksum])));
    }

    /// Compares both, when all of the log was seen.
    ///
    /// # Errors
    /// [`Damage`] with the first block that is not as the redactions left it.
    pub(in crate::storage) fn settle(&self, path: &Path) -> Result<(), Damage> {
        let unsaid = self.found.iter().find(|(at, (_, known))| self.said.get(at) != Some(known));
        let undone = self.said.keys().find(|at| !self.found.contains_key(at));
        let first = match (unsaid, undone) {
            (Some((at, (offset, _))), undone) => {
                undone.filter(|undone| *undone < at).map_or((at.0, *offset), |at| (at.0, 0))
            }
            (None, Some(at)) => (at.0, 0),
            (None, None) => return Ok(()),
        };
        let (sequence, offset) = first;
        Err(Damage { path: path.to_owned(), offset, sequence, cause: DamageCause::Redaction })
    }
}
