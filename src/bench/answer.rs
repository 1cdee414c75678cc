use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::model::{DivisionCode, UnifiedSocialCreditCode};

/// What a question is answered with; it borrows from the graph, so that a question copies no text.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer<'a> {
    /// Each subdistrict with its units and how many of them are covered.
    Coverage(Vec<(&'a str, u64, u64)>),
    /// Uncovered units: id, name, and the subdistrict that each stands in.
    Gaps(Vec<(&'a str, &'a str, Option<&'a str>)>),
    /// How many organisations there are of each kind.
    Kinds(BTreeMap<&'static str, u64>),
    /// How many relations a shortest path has; `None` where there is none.
    Length(Option<u32>),
    /// How many organisations there are.
    Count(usize),
    /// One organisation with its relations.
    Record(Record<'a>, Vec<Related<'a>>),
}

/// The columns of one organisation, written as a list.
#[derive(Debug, PartialEq, Serialize)]
pub struct Record<'a>(
    pub(super) &'a str,
    pub(super) &'static str,
    pub(super) &'a str,
    #[serde(serialize_with = "text_or_empty")] pub(super) Option<DivisionCode>,
    #[serde(serialize_with = "text_or_empty")] pub(super) Option<UnifiedSocialCreditCode>,
);

/// A relation of one organisation: `out` or `in`, type, mode, id and name of the other end; written as a list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Related<'a>(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'a str,
    pub(super) &'a str,
);

fn text_or_empty<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}
