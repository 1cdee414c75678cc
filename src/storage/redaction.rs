use std::collections::BTreeSet;
use std::io;

use argon2::Argon2;
use serde::{Deserialize, Serialize};

/// What stays of a text that was taken out of earlier commits.
///
/// The text itself is nowhere in it. Whoever has it from elsewhere can show that it is the one ([`Redaction::is_of`]);
/// trying out all mobile numbers takes years, since each trial costs some hundredths of a second and 19 MiB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// Random bytes, so that equal texts leave different digests.
    pub salt: [u8; 16],
    /// Argon2id of the text and the salt.
    pub digest: [u8; 32],
    /// At how many places the text stood.
    pub places: u64,
    /// The blocks that it was taken out of.
    pub(super) blocks: Vec<RedactedBlock>,
}

/// A block that text was taken out of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RedactedBlock {
    /// The commit that it belongs to.
    pub(super) commit: u64,
    /// Which block of the commit it is, from 0.
    pub(super) number: u64,
    /// The hash that it had when it was written.
    pub(super) hash: [u8; blake3::OUT_LEN],
    /// The hash of what it holds since.
    pub(super) checksum: [u8; blake3::OUT_LEN],
}

impl Redaction {
    /// The redaction of a text from some blocks.
    ///
    /// # Errors
    /// What the system says where it has no randomness.
    pub(super) fn new(text: &str, places: u64, blocks: Vec<RedactedBlock>) -> io::Result<Self> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(io::Error::other)?;
        let digest = digest(text, salt).ok_or_else(|| io::Error::other("the text cannot be digested"))?;
        Ok(Self { salt, digest, places, blocks })
    }

    /// Whether this text is the one that was taken out.
    pub fn is_of(&self, text: &str) -> bool {
        digest(text, self.salt) == Some(self.digest)
    }

    /// The commits that it was taken out of, in their order.
    pub fn commits(&self) -> BTreeSet<u64> {
        self.blocks.iter().map(|block| block.commit).collect()
    }
}

#[cfg(test)]
impl Redaction {
    /// One of fixed bytes.
    pub(super) fn fixture() -> Self {
        let block = RedactedBlock { commit: 1, number: 0, hash: [3; 32], checksum: [4; 32] };
        Self { salt: [1; 16], digest: [2; 32], places: 1, blocks: vec![block] }
    }
}

/// `None` for a text of gigabytes.
fn digest(text: &str, salt: [u8; 16]) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    Argon2::default().hash_password_into(text.as_bytes(), &salt, &mut digest).ok()?;
    Some(digest)
}
