//! Ids for normalised caches, which keep what has one id once.

use async_graphql::ID;

use crate::model::Label;

/// How many bytes of a digest an id holds: enough that no two are the same by chance.
const LENGTH: usize = 16;

/// An id that two objects share only if they say the same: of all that the object's fields say, and of its type, because
/// Relay keeps all types together. No id of a ledger has a colon.
pub(super) fn identity<'a>(of: &str, says: impl IntoIterator<Item = &'a str>) -> ID {
    let mut hasher = blake3::Hasher::new();
    for part in says {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = data_encoding::HEXLOWER.encode(&hasher.finalize().as_bytes()[..LENGTH]);
    format!("{of}:{digest}").into()
}

/// What a label says.
pub(super) fn said(label: &Label) -> [&str; 3] {
    [&label.simplified, &label.traditional, &label.english]
}
