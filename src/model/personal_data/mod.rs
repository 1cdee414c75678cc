//! Finds data of persons in texts: resident identity numbers and mobile numbers, however they are written.
//!
//! One detector serves every text that is recorded and every id. It reads digits of any script in groups, takes
//! neighbouring groups for one number, and adds up what speaks for and against: the form of the number, its check digit,
//! how its parts are separated, and the words around it. `table.csv` beside this file says of several hundred texts what
//! is found.

mod context;
mod digits;
mod groups;
mod headings;
mod identity;
mod mobile;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use digits::digit;
use groups::{Candidate, Group, groups};

pub use headings::is_personal_column;
pub use identity::is_province;

/// What kind of personal data a text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalData {
    /// A resident identity number of 18 or 15 characters.
    IdentityNumber,
    /// A mainland mobile number.
    MobileNumber,
}

impl fmt::Display for PersonalData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdentityNumber => "a resident identity number",
            Self::MobileNumber => "a mobile number",
        })
    }
}

/// A number of a person in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalNumber {
    /// What it is.
    pub kind: PersonalData,
    /// Its place in bytes, from the first character to the last.
    pub range: Range<usize>,
    /// Its digits as ASCII, an X last where it has one.
    pub digits: String,
}

/// The score from which a number counts as one of a person.
const REFUSED: i32 = 6;

/// How many digits the shortest number of a person has.
const SHORTEST: usize = 11;

/// How many digits the longest has.
const LONGEST: usize = 18;

/// The first number of a person in a text, if it holds one.
///
/// ```
/// use orgatlas::model::{PersonalData, personal_data_in};
/// assert_eq!(personal_data_in("电话138 1234 5678"), Some(PersonalData::MobileNumber));
/// assert_eq!(personal_data_in("合同金额13812345678元"), None);
/// ```
pub fn personal_data_in(text: &str) -> Option<PersonalData> {
    personal_numbers(text).next().map(|found| found.kind)
}

/// Every number of a person in a text, in their order; none overlaps another.
pub fn personal_numbers(text: &str) -> impl Iterator<Item = PersonalNumber> + '_ {
    let groups = if may_hold_a_number(text) { groups(text) } else { Vec::new() };
    let mut first = 0;
    std::iter::from_fn(move || {
        while first < groups.len() {
            if let Some((found, count)) = number_at(text, &groups, first) {
                first += count;
                return Some(found);
            }
            first += 1;
        }
        None
    })
}

/// A text with `*` for each letter and digit of the numbers of persons in it, so that a message does not repeat them.
///
/// ```
/// use orgatlas::model::mask_personal_numbers;
/// assert_eq!(mask_personal_numbers("\"138-1234-5678\" is no kind"), "\"***-****-****\" is no kind");
/// ```
pub fn mask_personal_numbers(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut end = 0;
    for found in personal_numbers(text) {
        masked.push_str(&text[end..found.range.start]);
        masked.extend(text[found.range.clone()].chars().map(|c| if c.is_alphanumeric() { '*' } else { c }));
        end = found.range.end;
    }
    if end == 0 { Cow::Borrowed(text) } else { Cow::Owned(masked + &text[end..]) }
}

/// Whether a text has digits enough; most texts are names, and have none.
fn may_hold_a_number(text: &str) -> bool {
    if text.len() < SHORTEST {
        return false;
    }
    let is_digit: fn(&char) -> bool =
        if text.is_ascii() { char::is_ascii_digit } else { |character| digit(*character).is_some() };
    text.chars().filter(is_digit).count() >= SHORTEST
}

/// The number that begins at a group, and how many groups it takes.
fn number_at(text: &str, groups: &[Group], first: usize) -> Option<(PersonalNumber, usize)> {
    let mut candidate = Candidate::at(text, groups, first);
    while candidate.digits.len() <= LONGEST {
        if let Some(found) = classify(&candidate) {
            return Some((found, candidate.groups.len()));
        }
        candidate = candidate.longer(groups)?;
    }
    None
}

fn classify(candidate: &Candidate<'_>) -> Option<PersonalNumber> {
    use PersonalData::{IdentityNumber, MobileNumber};
    let (digits, range) = (&candidate.digits, candidate.range());
    let found = |kind, end, with_x: bool| {
        let digits = digits.iter().map(|digit| char::from(b'0' + digit));
        Some(PersonalNumber {
            kind,
            range: range.start..end,
            digits: digits.chain(with_x.then_some('X')).collect(),
        })
    };
    match (digits.len(), candidate.x_end()) {
        (17, Some(end)) => {
            let with_x: Vec<_> = digits.iter().copied().chain([10]).collect();
            let score = identity::score_18(candidate, &with_x);
            (score >= REFUSED).then(|| found(IdentityNumber, end, true)).flatten()
        }
        (18, _) if identity::score_18(candidate, digits) >= REFUSED => {
            found(IdentityNumber, range.end, false)
        }
        (15, _) if identity::score_15(candidate) >= REFUSED => found(IdentityNumber, range.end, false),
        (11 | 13 | 15, _) if mobile::score(candidate) >= REFUSED => found(MobileNumber, range.end, false),
        _ => None,
    }
}
