//! What a document asks for, found out before anything is executed.
//!
//! The parser and the validator of the library recurse with the document and write fragments out, so a
//! document of a few kilobytes could overflow their stack or keep them busy for hours. [`scan`] bounds the
//! text before it is parsed, [`measure`] the document before it is validated. [`faults`] validates it by the
//! specification, [`coerce`] reads the values of its variables, and [`resolve`] writes these into it.

mod coerce;
mod escapes;
mod estimate;
mod lists;
mod measure;
mod positions;
mod resolve;
mod scan;
mod validate;

pub(super) use coerce::{Values, coerce};
pub(super) use escapes::plain_escapes;
pub(super) use estimate::{estimate, names_heavy};
pub(super) use measure::measure;
pub(super) use resolve::{count, is_of_selection, leaves_out, resolve};
pub(super) use scan::scan;
pub(super) use validate::faults;

/// How deeply brackets may nest in a text, and selections in a document with its fragments written out.
pub(super) const MAX_NESTING: usize = 64;
