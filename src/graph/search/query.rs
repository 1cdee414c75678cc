use memchr::memmem::Finder;

use super::SearchMatch;
use super::fold::fold;
use super::spelling::Spelling;
use crate::model::{DivisionCode, OrganizationId, UnifiedSocialCreditCode};

/// From how many characters on a text may be a code: almost every code holds any single one.
const SHORTEST_CODE: usize = 2;

/// From how many characters on a part of a credit code is looked for, not only its beginning.
const SHORTEST_PART: usize = 4;

/// A text that somebody typed to find organisations.
///
/// It matches names by their characters, in whichever writing, or by what they sound like: pinyin without tones,
/// initials, both mixed, every reading of every character. It matches credit codes and ids by a part, division
/// codes by their beginning. Several words also match a name that holds each of them, in any order. A text of blanks
/// matches nothing.
pub struct SearchQuery {
    text: Vec<u16>,
    spelling: Option<Spelling>,
    /// The words of the text, where there are several.
    words: Vec<Word>,
    /// The text as ids and codes have it; `None` where it holds what none of them has.
    ascii: Option<Finder<'static>>,
    credit_code: Option<Finder<'static>>,
    division: Option<String>,
}

/// One of several words of a text.
pub(super) struct Word {
    text: Vec<u16>,
    spelling: Option<Spelling>,
}

/// How many words are looked for; of more than these the text is only looked for as a whole.
const MOST_WORDS: usize = 8;

impl Word {
    /// The words of a text; none where it has fewer than two, or too many.
    fn all_of(text: &str) -> Vec<Self> {
        let texts: Vec<_> = text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
        if !(2..=MOST_WORDS).contains(&texts.len()) {
            return Vec::new();
        }
        texts.into_iter().map(|text| Self { spelling: Spelling::of(&text), text }).collect()
    }

    /// How a folded name holds it.
    fn matches(&self, name: &[u16]) -> Option<SearchMatch> {
        if name.windows(self.text.len()).any(|part| part == self.text) {
            return Some(SearchMatch::Substring);
        }
        // Somewhere within: that another word spells the rest is not said of the whole.
        let spelt = self.spelling.as_ref()?.matches(name)?;
        Some(if spelt <= SearchMatch::PinyinSubstring {
            SearchMatch::PinyinSubstring
        } else {
            SearchMatch::InitialsSubstring
        })
    }
}

impl SearchQuery {
    /// The query of a text as it was typed.
    pub fn new(text: &str) -> Self {
        let words = Word::all_of(text);
        let text = fold(text);
        let ascii: Option<Vec<u8>> =
            text.iter().map(|unit| u8::try_from(*unit).ok().filter(u8::is_ascii)).collect();
        let ascii = ascii.filter(|text| !text.is_empty());
        let digits = |text: &&Vec<u8>| text.iter().all(u8::is_ascii_digit);
        let code = ascii.as_ref().filter(|text| text.len() >= SHORTEST_CODE);
        // A credit code has digits where it tells the place, so letters alone are none.
        let credit_code = code.filter(|text| text.len() <= 18 && text.iter().any(u8::is_ascii_digit));
        Self {
            spelling: Spelling::of(&text),
            division: code.filter(digits).map(|code| String::from_utf8_lossy(code).into_owned()),
            credit_code: credit_code.map(|code| Finder::new(&code.to_ascii_uppercase()).into_owned()),
            ascii: ascii.map(|text| Finder::new(&text).into_owned()),
            words,
            text,
        }
    }

    /// Whether nothing was typed but blanks.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The folded text.
    pub(super) fn text(&self) -> &[u16] {
        &self.text
    }

    /// Whether a name can match only by its words, which stand anywhere in it.
    pub(super) fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// The longest word that a name can only hold as it is written.
    pub(super) fn written_word(&self) -> Option<&[u16]> {
        let written =
            self.words.iter().filter(|word| word.spelling.is_none()).map(|word| word.text.as_slice());
        written.max_by_key(|word| word.len())
    }

    pub(super) fn spelling(&self) -> Option<&Spelling> {
        self.spelling.as_ref()
    }

    pub(super) fn ascii(&self) -> Option<&Finder<'static>> {
        self.ascii.as_ref()
    }

    /// Whether codes are looked at.
    pub(super) fn may_be_code(&self) -> bool {
        self.division.is_some() || self.credit_code.is_some()
    }

    /// How it matches a folded name.
    pub(super) fn matches_name(&self, name: &[u16]) -> Option<SearchMatch> {
        if self.is_blank() {
            return None;
        }
        let literal = if name == self.text {
            Some(SearchMatch::Exact)
        } else if name.starts_with(&self.text) {
            Some(SearchMatch::Prefix)
        } else {
            name.windows(self.text.len()).any(|part| part == self.text).then_some(SearchMatch::Substring)
        };
        let whole = literal.or_else(|| self.spelling.as_ref()?.matches(name));
        whole.or_else(|| self.matches_words(name))
    }

    /// How a folded name holds each of several words: as it holds the one that it holds least well.
    fn matches_words(&self, name: &[u16]) -> Option<SearchMatch> {
        let mut least = None;
        for word in &self.words {
            least = least.max(Some(word.matches(name)?));
        }
        least
    }

    /// How it matches an id in lower case.
    pub(super) fn matches_id(&self, id: &[u8]) -> Option<SearchMatch> {
        part(self.ascii.as_ref()?, id, 1)
    }

    pub(super) fn matches_credit_code(&self, code: &UnifiedSocialCreditCode) -> Option<SearchMatch> {
        part(self.credit_code.as_ref()?, code.as_str().as_bytes(), SHORTEST_PART)
    }

    /// How it matches the division code of a territory itself, or of where something stands.
    ///
    /// A code in full means the territory first, and what stands there after it.
    pub(super) fn matches_division(
        &self,
        id: &OrganizationId,
        code: Option<DivisionCode>,
    ) -> Option<SearchMatch> {
        let typed = self.division.as_ref()?;
        let begins = |code: DivisionCode| code.starts_with(typed);
        match id.division() {
            Some(own) if begins(own) && own.digits() == typed.len() => Some(SearchMatch::Exact),
            own => (own.is_some_and(begins) || code.is_some_and(begins)).then_some(SearchMatch::Prefix),
        }
    }
}

/// How a text stands in another; parts in the middle only of texts that are long enough.
fn part(finder: &Finder<'_>, text: &[u8], shortest: usize) -> Option<SearchMatch> {
    let typed = finder.needle();
    if text == typed {
        Some(SearchMatch::Exact)
    } else if text.starts_with(typed) {
        Some(SearchMatch::Prefix)
    } else {
        (typed.len() >= shortest && finder.find(text).is_some()).then_some(SearchMatch::Substring)
    }
}
