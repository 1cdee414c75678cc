//! Resident identity numbers (GB 11643): how much speaks for a number being one.

use super::context::{Said, is_amount, said_before};
use super::groups::Candidate;
use crate::model::{Date, today};

/// The first two digits that regions of identity numbers have (GB/T 2260), those of the residents of Hong Kong, Macao
/// and Taiwan included.
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82, 83,
];

/// The earliest year of birth: the standard's own example is of 1880.
const EARLIEST: i16 = 1880;

/// Whether two digits begin the code of a region.
pub fn is_province(digits: u8) -> bool {
    PROVINCES.contains(&digits)
}

/// The score of a number of 18 characters, of which the last may be an X.
pub(super) fn score_18(candidate: &Candidate<'_>, digits: &[u8]) -> i32 {
    let born = number(&digits[6..10]);
    let facts = [
        is_province(digits[0] * 10 + digits[1]),
        born >= i64::from(EARLIEST)
            && is_past_day(born, digits[10] * 10 + digits[11], digits[12] * 10 + digits[13]),
        check_digit(digits) == digits[17],
    ];
    let said = said_before(candidate) == Some(Said::Identity);
    match facts.iter().filter(|fact| **fact).count() {
        3 => 6,
        2 if said => 6,
        _ => 0,
    }
}

/// The score of a number of 15 digits, as they were given until 1999.
pub(super) fn score_15(candidate: &Candidate<'_>) -> i32 {
    let digits = &candidate.digits;
    let born = 1900 + number(&digits[6..8]);
    let (month, day) = (digits[8] * 10 + digits[9], digits[10] * 10 + digits[11]);
    let usual =
        matches!(candidate.parts[..], [15] | [6, 6, 3]) || candidate.parts.iter().all(|part| *part == 1);
    if !is_province(digits[0] * 10 + digits[1]) || !is_past_day(born, month, day) {
        return 0;
    }
    let mut score = if usual { 6 } else { 3 };
    match said_before(candidate) {
        Some(Said::Identity) => return score + 4,
        Some(Said::Thing) => score -= 4,
        Some(Said::Telephone) | None => {}
    }
    // Devices (IMEI) and registrations of businesses (GS 15) have 15 digits too, and check digits of their own. The seventh
    // digit of a registered company is 0 to 3; people born so early are in their late eighties at the least.
    let is_device = digits[..2] == [3, 5] && luhn(digits);
    let is_company = digits[6] < 4 && registration_check(digits);
    if is_device || is_company || is_amount(candidate) {
        score -= 4;
    }
    score
}

fn number(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |number, digit| number * 10 + i64::from(*digit))
}

/// Whether a day exists and is not to come.
fn is_past_day(year: i64, month: u8, day: u8) -> bool {
    let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(year), i8::try_from(month), i8::try_from(day)) else {
        return false;
    };
    Date::new(year, month, day).is_ok_and(|date| date <= today())
}

/// ISO 7064 MOD 11-2 over the first 17 digits; 10 is X.
fn check_digit(digits: &[u8]) -> u8 {
    let sum = digits[..17].iter().fold(0u32, |sum, digit| (sum + u32::from(*digit)) * 2 % 11);
    ((12 - sum) % 11) as u8
}

/// The check of Luhn over all digits.
fn luhn(digits: &[u8]) -> bool {
    let doubled = |(i, digit): (usize, &u8)| match (i % 2, digit * 2) {
        (1, twice) if twice > 9 => u32::from(twice - 9),
        (1, twice) => u32::from(twice),
        _ => u32::from(*digit),
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// ISO 7064 MOD 11,10 over all 15 digits, as registrations of businesses had it.
fn registration_check(digits: &[u8]) -> bool {
    let mut product = 10u32;
    for digit in &digits[..14] {
        let sum = (product + u32::from(*digit)) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    (product + u32::from(digits[14])) % 10 == 1
}
