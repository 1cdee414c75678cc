//! Plain data, written as JSON in one pass.
//!
//! The executor makes a future and a value of every field of every entry. A field is plain where it is written by
//! what its value and its arguments say, at once and as the executor would, to the letter. Where all that is selected
//! is plain, a plan is made of it: which fields, under which names, with which arguments. [`Entries`] makes one for
//! a list and uses it at once; [`Operation`] makes one of a whole query, which is kept with the question and writes the
//! answers to it. Anything else, an error included, is left to the executor, so that there is one way in which fields
//! fail.

mod argument;
mod asked;
mod entries;
mod inner;
mod json;
mod operation;
mod repeated;
mod run;
mod write;

use async_graphql::OutputType;

pub(super) use argument::Argument;
pub(super) use entries::{Entries, WrittenAtOnce};
pub(super) use inner::Inner;
pub(super) use json::write_text;
pub use json::{to_json, to_json_value};
pub(super) use operation::Operation;
pub(super) use repeated::merges;
pub(super) use run::Run;
pub(super) use write::{Write, leaf, name, number, text};

/// That something has to be asked of the executor.
#[derive(Debug)]
pub(super) struct NotPlain;

impl From<async_graphql::Error> for NotPlain {
    fn from(_: async_graphql::Error) -> Self {
        Self
    }
}

impl From<serde_json::Error> for NotPlain {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

/// A type of the schema of which some fields can be written without the executor.
pub(super) trait Plain: OutputType {
    /// How a field is written: to the letter as the executor would; none for fields that are left to it.
    ///
    /// A field that takes arguments reads all of them from `inner`, and leaves those to the executor that it does not
    /// know.
    fn field(_name: &str, _inner: &Inner<'_>) -> Option<Write<Self>>
    where
        Self: Sized,
    {
        None
    }
}
