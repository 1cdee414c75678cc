//! A graph as blocks of bytes, and back: for a checkpoint, from which it is there again at once.
//!
//! An image is the graph's own: whoever keeps it need not know what the blocks mean, only give them back in their
//! order. It holds organisations in the order of their ids and names them by their places in that order, so that
//! slots, free positions and the order of insertion show nowhere and equal graphs have equal images. It holds no
//! annexes, no implied locations, which follow from the rest, and no indexes, which are made in bulk.
//!
//! ```text
//! block          one byte that says what it holds, then:
//!   head         format version (4, little-endian), organisations, relations
//!   rows         their number, then column after column (see `columns::packing`)
//!   texts        texts by their symbols: industries; one behind the other until the block ends
//!   lists        lists of texts by their symbols: designations, sources
//!   citations    texts by their symbols
//!   relations    one behind the other: places of source (its distance from the one before) and target, type,
//!                mode, days, citation
//! ```
//!
//! Numbers take seven bits a byte. Symbols and places are checked against what there is, ids and relations against
//! their order, values as on every way in. Bytes that are no image are refused; but that they are those that were
//! written, only the checksums of whoever keeps them can say.

mod bytes;
mod read;
#[cfg(test)]
pub(super) mod tests;
mod write;

use thiserror::Error;

pub(super) use bytes::{Bytes, put_number, put_text};
pub(super) use read::ImageReader;

/// The version of the image of a graph that this program writes and reads.
pub const IMAGE_FORMAT_VERSION: u32 = 1;

/// Why bytes are no image of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImageError {
    /// It is of another format.
    #[error(
        "the image of the graph has format version {found}, and this program reads version {IMAGE_FORMAT_VERSION}"
    )]
    Version {
        /// Its format version.
        found: u32,
    },
    /// It ends too early.
    #[error("the image of the graph is cut short")]
    CutShort,
    /// Something in it cannot be.
    #[error("a {0} in the image of the graph cannot be right")]
    Unfit(&'static str),
}

const HEAD: u8 = 0;
const ROWS: u8 = 1;
const TEXTS: u8 = 2;
const LISTS: u8 = 3;
const CITATIONS: u8 = 4;
const RELATIONS: u8 = 5;
