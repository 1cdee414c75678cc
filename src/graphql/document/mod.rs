//! What a document asks for, found out before anything is parsed, validated or executed.
//!
//! The parser and the validator of the library recurse with the document and write fragments out, so a
//! document of a few kilobytes could overflow their stack or keep them busy for hours. [`scan`] bounds the
//! text before it is parsed, [`measure`] the document before it is validated.

mod measure;
mod repeated;
mod scan;

pub(super) use measure::measure;
pub(super) use repeated::refuse_repeated;
pub(super) use scan::scan;

/// How deeply brackets may nest in a text, and selections in a document with its fragments written out.
pub(super) const MAX_NESTING: usize = 64;
