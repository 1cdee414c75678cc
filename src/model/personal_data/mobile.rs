//! Mainland mobile numbers: how much speaks for a number being one.

use super::context::{Said, is_amount, said_before};
use super::groups::Candidate;
use crate::model::UnifiedSocialCreditCode;

/// The second and third digits of numbers that no operator of mobile telephones has.
const UNASSIGNED: [[u8; 2]; 9] = [[5, 4], [6, 0], [6, 1], [6, 3], [6, 4], [6, 8], [6, 9], [7, 9], [9, 4]];

/// The country code before a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Country {
    /// None.
    Absent,
    /// `86`.
    Bare,
    /// `+86` or `0086`.
    Dialled,
}

/// The score of a number of 11 digits, perhaps behind a country code; 0 where it is none.
pub(super) fn score(candidate: &Candidate<'_>) -> i32 {
    let digits = candidate.digits.as_slice();
    let (digits, country, skipped) = match digits.len() {
        11 => (digits, Country::Absent, 0),
        13 if digits.starts_with(&[8, 6]) => {
            let plus =
                candidate.text_before().trim_end_matches(['(', '（', '[', '［', ' ']).ends_with(['+', '＋']);
            (&digits[2..], if plus { Country::Dialled } else { Country::Bare }, 2)
        }
        15 if digits.starts_with(&[0, 0, 8, 6]) => (&digits[4..], Country::Dialled, 4),
        _ => return 0,
    };
    if digits[0] != 1 || digits[1] < 3 || is_credit_code(candidate) {
        return 0;
    }
    let assigned = if UNASSIGNED.contains(&[digits[1], digits[2]]) { 2 } else { 3 };
    let country = match country {
        Country::Absent => 0,
        Country::Bare => 1,
        Country::Dialled => 3,
    };
    let said = match said_before(candidate) {
        Some(Said::Telephone) => 4,
        Some(Said::Thing) => -4,
        Some(Said::Identity) | None => 0,
    };
    let amount = if is_amount(candidate) { -4 } else { 0 };
    assigned + shape(candidate, skipped) + country + said + amount
}

/// How usual it is to write a mobile number in such parts, of which the first digits are a country code.
fn shape(candidate: &Candidate<'_>, mut skipped: usize) -> i32 {
    let mut parts = Vec::with_capacity(candidate.parts.len());
    for part in &candidate.parts {
        let taken = skipped.min(*part);
        skipped -= taken;
        parts.extend(Some(part - taken).filter(|left| *left > 0));
    }
    match parts[..] {
        [11] | [3, 8] | [7, 4] | [3, 4, 4] | [4, 4, 3] | [4, 7] | [3, 3, 5] => 3,
        // Thousands.
        [2, 3, 3, 3] => -1,
        _ if parts.len() == 11 && !candidate.has_neighbour_of(1) => 3,
        _ if parts.len() == 6 && parts.iter().all(|part| *part < 3) && !candidate.has_neighbour_of(2) => 3,
        _ => 1,
    }
}

/// Whether the letters and digits around it are a unified social credit code.
fn is_credit_code(candidate: &Candidate<'_>) -> bool {
    let is_part = |c: &char| c.is_ascii_alphanumeric();
    let before = candidate.text_before().chars().rev().take_while(is_part).count();
    let after = candidate.text_after().chars().take_while(is_part).count();
    let range = candidate.range();
    let word = candidate.text.get(range.start.saturating_sub(before)..range.end + after);
    before + after > 0 && word.is_some_and(|word| word.parse::<UnifiedSocialCreditCode>().is_ok())
}
