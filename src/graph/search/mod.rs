//! Organisations found by what users type: names in any writing, pinyin, initials, codes, ids.
//!
//! [`query`] holds the one meaning: how a typed text matches a text. [`packed`] finds in a million organisations
//! those that a text can match, and [`found`] ranks them. Property tests hold the packed names to the records.

mod fold;
mod found;
mod packed;
mod query;
mod spelling;
#[cfg(test)]
mod tests;

pub(super) use packed::Names;
pub use query::SearchQuery;

use super::Slot;

/// How a typed text matches: the better before the lesser, so that what only sounds alike comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SearchMatch {
    /// It is the whole of it.
    Exact,
    /// It begins with it.
    Prefix,
    /// It holds it.
    Substring,
    /// It spells the whole in pinyin.
    Pinyin,
    /// It spells the beginning in pinyin; the last syllable may be cut off.
    PinyinPrefix,
    /// It spells a part in pinyin; the last syllable may be cut off.
    PinyinSubstring,
    /// It spells the whole by initials, or by initials and syllables mixed.
    Initials,
    /// It spells the beginning by initials.
    InitialsPrefix,
    /// It spells a part by initials.
    InitialsSubstring,
}

impl SearchMatch {
    /// Every way, from the best.
    const ALL: [Self; 9] = [
        Self::Exact,
        Self::Prefix,
        Self::Substring,
        Self::Pinyin,
        Self::PinyinPrefix,
        Self::PinyinSubstring,
        Self::Initials,
        Self::InitialsPrefix,
        Self::InitialsSubstring,
    ];
}

/// What of an organisation a typed text matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchField {
    /// Its simplified name.
    Name,
    /// Its traditional name.
    NameHant,
    /// Its English name.
    NameEn,
    /// One of its other names.
    Alias,
    /// Its division code, of a territory its own.
    Division,
    /// Its credit code.
    CreditCode,
    /// Its id.
    Id,
}

/// An organisation that a search found, and the best way in which the text matches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// The organisation.
    pub slot: Slot,
    /// How the text matches it.
    pub matched: SearchMatch,
    /// How long its name is, folded: among equals the shorter comes first.
    pub name_length: u16,
}

/// What of an organisation a text matches best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchFinding {
    /// How.
    pub matched: SearchMatch,
    /// Which field.
    pub field: SearchField,
    /// What stands there.
    pub text: String,
}
