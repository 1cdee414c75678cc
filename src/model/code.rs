use compact_str::{CompactString, format_compact};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use super::is_province;

/// Why an identifier or a code is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Not an organisation id.
    #[error(
        "\"{0}\" is not an id: 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or a digit"
    )]
    Id(String),
    /// Not a division code.
    #[error("\"{0}\" is not a division code: 2, 4, 6, 9 or 12 digits")]
    Division(String),
    /// Wrong length of a unified social credit code.
    #[error("\"{0}\" is not a unified social credit code: it must have 18 characters")]
    UsccLength(String),
    /// A character that unified social credit codes never hold.
    #[error(
        "\"{code}\" is not a unified social credit code: '{character}' at position {position} is not allowed there"
    )]
    UsccCharacter {
        /// The code as read.
        code: String,
        /// The offending character.
        character: char,
        /// Its position, counted from 1.
        position: usize,
    },
    /// The last character is not the one that the first 17 ask for.
    #[error(
        "\"{code}\" is not a unified social credit code: its check character must be '{expected}' (GB 32100-2015)"
    )]
    UsccCheck {
        /// The code as read.
        code: String,
        /// The character that would be right.
        expected: char,
    },
}

/// What ids begin with under which organisations outside the territories of a reader are shown.
pub(super) const OUTSIDE: &str = "outside-";

/// The id of an organisation, as ledgers and GraphQL write it; ordered by its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "CompactString", into = "CompactString")]
pub struct OrganizationId(
    /// Ids are short: up to 24 bytes stand here, without memory of their own.
    CompactString,
);

impl OrganizationId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has the form of ids under which organisations outside the territories of a reader are shown.
    pub fn is_reserved(&self) -> bool {
        self.0.get(..OUTSIDE.len()).is_some_and(|start| start.eq_ignore_ascii_case(OUTSIDE))
    }

    /// The id under which an organisation outside the territories of a reader is shown, by a number.
    pub fn outside(number: u64) -> Self {
        Self(format_compact!("{OUTSIDE}{number:016x}"))
    }

    /// The id of the territory with a division code.
    pub fn of_division(code: DivisionCode) -> Self {
        Self(format_compact!("cn-{code}"))
    }

    /// An id for something that is proposed: `plan-<stem>-<number>`, of the stem what an id may hold.
    pub fn proposed(stem: &str, number: u32) -> Self {
        let fit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        // With the prefix and the number an id of 128 characters at the most.
        let stem: String = stem.chars().filter(fit).take(100).collect();
        Self(format_compact!("plan-{stem}-{number:05}"))
    }

    /// The division code of an id that has the form `cn-<division code>`.
    pub fn division(&self) -> Option<DivisionCode> {
        self.0.strip_prefix("cn-")?.parse().ok()
    }
}

impl TryFrom<CompactString> for OrganizationId {
    type Error = CodeError;

    fn try_from(text: CompactString) -> Result<Self, CodeError> {
        let bytes = text.as_bytes();
        let right = bytes.len() <= 128
            && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if right { Ok(Self(text)) } else { Err(CodeError::Id(text.into())) }
    }
}

impl FromStr for OrganizationId {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::try_from(CompactString::from(text))
    }
}

impl From<OrganizationId> for CompactString {
    fn from(id: OrganizationId) -> Self {
        id.0
    }
}

impl From<OrganizationId> for Arc<str> {
    fn from(id: OrganizationId) -> Self {
        id.0.as_str().into()
    }
}

impl Borrow<str> for OrganizationId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A statistical division code: 2, 4, 6, 9 or 12 digits from province to village.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DivisionCode(
    /// How many digits it has, and in the lower bits the number that these make: eight bytes, also where it may
    /// be missing.
    NonZeroU64,
);

/// Where in a division code the number of its digits starts.
const DIGITS: u32 = 56;

impl DivisionCode {
    /// How many digits the code has.
    pub fn digits(self) -> usize {
        (self.0.get() >> DIGITS) as usize
    }

    /// Whether its first digits are these.
    pub fn starts_with(self, digits: &str) -> bool {
        let number = self.0.get() & ((1 << DIGITS) - 1);
        let left = self.digits().checked_sub(digits.len());
        left.zip(digits.parse().ok())
            .is_some_and(|(left, first): (_, u64)| number / 10u64.pow(left as u32) == first)
    }
}

impl DivisionCode {
    /// The code as a number: that of its digits, times 16, and how many they are.
    pub fn to_number(self) -> u64 {
        let bits = self.0.get();
        (bits & ((1 << DIGITS) - 1)) << 4 | bits >> DIGITS
    }

    /// The code of [`DivisionCode::to_number`]; `None` for every other number.
    pub fn of_number(number: u64) -> Option<Self> {
        let (value, digits) = (number >> 4, number & 0xf);
        let is_right = matches!(digits, 2 | 4 | 6 | 9 | 12) && value < 10u64.pow(digits as u32);
        NonZeroU64::new(digits << DIGITS | value).filter(|_| is_right).map(Self)
    }
}

impl FromStr for DivisionCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let refused = || CodeError::Division(text.to_owned());
        if !matches!(text.len(), 2 | 4 | 6 | 9 | 12) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refused());
        }
        let number: u64 = text.parse().map_err(|_| refused())?;
        NonZeroU64::new((text.len() as u64) << DIGITS | number).map(Self).ok_or_else(refused)
    }
}

impl TryFrom<String> for DivisionCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.to_string()
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.get() & ((1 << DIGITS) - 1);
        write!(f, "{number:0width$}", width = self.digits())
    }
}

/// A unified social credit code (GB 32100-2015): 18 characters, the last of them a check character.
///
/// Full-width and lower-case writing is folded.
///
/// ```
/// use orgatlas::model::UnifiedSocialCreditCode;
/// let code: UnifiedSocialCreditCode = "91350100m000100y43".parse().unwrap();
/// assert_eq!(code.as_str(), "91350100M000100Y43");
/// assert!("91350100M000100Y4Z".parse::<UnifiedSocialCreditCode>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnifiedSocialCreditCode([u8; 18]);

/// Why no authority gives a credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CreditCodeFault {
    /// No authority registers under it.
    #[error("no registering authority has the first character 0")]
    Authority,
    /// Its region does not exist.
    #[error("its digits 3 to 8 are no region")]
    Region,
}

/// The 31 characters of the standard: digits and capitals without I, O, S, V and Z.
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// What each byte of the alphabet is worth.
const USCC_VALUES: [Option<u8>; 256] = {
    let mut values = [None; 256];
    let mut value = 0;
    while value < USCC_ALPHABET.len() {
        values[USCC_ALPHABET[value] as usize] = Some(value as u8);
        value += 1;
    }
    values
};

impl UnifiedSocialCreditCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The check character that 17 characters ask for; `None` if one is not of the alphabet.
    pub fn check_character(first_17: &str) -> Option<char> {
        let mut sum = 0;
        let mut weight = 1;
        for byte in first_17.bytes().take(17) {
            sum += USCC_ALPHABET.iter().position(|c| *c == byte)? * weight;
            weight = weight * 3 % 31;
        }
        Some(char::from(USCC_ALPHABET[(31 - sum % 31) % 31]))
    }

    /// The code that begins with 17 characters, as the standard writes them; `None` where one is not allowed.
    pub fn of_first(first_17: [u8; 17]) -> Option<Self> {
        // As in `check_character`, by one look at a table a character, for many codes at once.
        let (mut sum, mut weight) = (0, 1);
        for (i, byte) in first_17.into_iter().enumerate() {
            let value = USCC_VALUES[usize::from(byte)].filter(|value| *value < 10 || !(2..8).contains(&i))?;
            sum += usize::from(value) * weight;
            weight = weight * 3 % 31;
        }
        let mut code = [0; 18];
        code[..17].copy_from_slice(&first_17);
        code[17] = USCC_ALPHABET[(31 - sum % 31) % 31];
        Some(Self(code))
    }

    /// Why no authority gives such a code, whatever its check character; `None` where one may.
    ///
    /// The first character is the registering authority, digits 3 to 8 are the region (GB/T 2260); 100000 is the
    /// whole country, 000000 no real region: generated codes have it.
    pub fn fault(&self) -> Option<CreditCodeFault> {
        let region = &self.0[2..8];
        let province = (region[0] - b'0') * 10 + (region[1] - b'0');
        if self.0[0] == b'0' {
            Some(CreditCodeFault::Authority)
        } else if is_province(province) || matches!(region, b"100000" | b"000000") {
            None
        } else {
            Some(CreditCodeFault::Region)
        }
    }

    /// Whether the organisation code inside (positions 9 to 17, GB 11714) has its own right check character.
    ///
    /// Real ledgers hold codes where it has not, so a wrong one is worth a warning and no more.
    pub fn organization_code_is_right(&self) -> bool {
        const WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
        let value = |byte: u8| match byte {
            b'0'..=b'9' => usize::from(byte - b'0'),
            _ => usize::from(byte - b'A') + 10,
        };
        let sum: usize = self.0[8..16].iter().zip(WEIGHTS).map(|(b, w)| value(*b) * w).sum();
        let expected = match 11 - sum % 11 {
            10 => b'X',
            11 => b'0',
            digit => USCC_ALPHABET[digit],
        };
        self.0[16] == expected
    }
}

/// Half-width and upper case, as the standard writes codes.
fn fold(character: char) -> char {
    let half = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        other => other,
    };
    half.to_ascii_uppercase()
}

impl FromStr for UnifiedSocialCreditCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let code: String = text.chars().map(fold).collect();
        if code.chars().count() != 18 {
            return Err(CodeError::UsccLength(text.to_owned()));
        }
        for (i, character) in code.chars().enumerate() {
            let allowed = match i {
                2..=7 => character.is_ascii_digit(),
                _ => u8::try_from(character).is_ok_and(|b| USCC_ALPHABET.contains(&b)),
            };
            if !allowed {
                return Err(CodeError::UsccCharacter { code, character, position: i + 1 });
            }
        }
        let expected = Self::check_character(&code).unwrap_or_default();
        if !code.ends_with(expected) {
            return Err(CodeError::UsccCheck { code, expected });
        }
        let bytes = code.as_bytes().try_into().map_err(|_| CodeError::UsccLength(text.to_owned()))?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for UnifiedSocialCreditCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<UnifiedSocialCreditCode> for String {
    fn from(code: UnifiedSocialCreditCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for UnifiedSocialCreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for UnifiedSocialCreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnifiedSocialCreditCode({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_codes_with_a_right_check_character_are_read() {
        let codes = ["91350100M000100Y43", "91000000MA00000157", "N2000000MF00000568", "919900000000000860"];
        for code in codes {
            assert_eq!(code.parse::<UnifiedSocialCreditCode>().map(|c| c.to_string()), Ok(code.to_owned()));
        }
        let folded = "９１350100m000100y4３".parse::<UnifiedSocialCreditCode>();
        assert_eq!(folded.unwrap().as_str(), "91350100M000100Y43");
    }

    #[test]
    fn wrong_credit_codes_name_what_is_wrong() {
        let message = |code: &str| code.parse::<UnifiedSocialCreditCode>().unwrap_err().to_string();
        insta::assert_snapshot!(
            ["91350100M000100Y4Z", "91350100M000100Y44", "913501", "9135O100M000100Y43"].map(message).join("\n"),
            @r#"
        "91350100M000100Y4Z" is not a unified social credit code: 'Z' at position 18 is not allowed there
        "91350100M000100Y44" is not a unified social credit code: its check character must be '3' (GB 32100-2015)
        "913501" is not a unified social credit code: it must have 18 characters
        "9135O100M000100Y43" is not a unified social credit code: 'O' at position 5 is not allowed there
        "#
        );
    }

    #[test]
    fn the_inner_check_of_a_credit_code_is_told_apart() {
        let code: UnifiedSocialCreditCode = "91350100M000100Y43".parse().unwrap();
        assert!(code.organization_code_is_right());
        let check = UnifiedSocialCreditCode::check_character("91350100M000100Y5").unwrap();
        let other: UnifiedSocialCreditCode = format!("91350100M000100Y5{check}").parse().unwrap();
        assert!(!other.organization_code_is_right());
    }

    #[test]
    fn a_credit_code_is_known_by_its_first_17_characters() {
        for code in ["91350100M000100Y43", "91000000MA00000157", "N2000000MF00000568", "919900000000000860"] {
            let first: [u8; 17] = *code.as_bytes().first_chunk().unwrap();
            assert_eq!(UnifiedSocialCreditCode::of_first(first), code.parse().ok());
        }
        for wrong in [b"9135O100M000100Y4", b"9A350100M00A100y4", b"91A50100M000100Y4"] {
            assert_eq!(UnifiedSocialCreditCode::of_first(*wrong), None);
        }
    }

    #[test]
    fn division_codes_become_numbers_and_nothing_else_becomes_a_code() {
        for text in ["37", "00", "010203", "370114001", "999999999999"] {
            let code: DivisionCode = text.parse().unwrap();
            assert_eq!(DivisionCode::of_number(code.to_number()), Some(code));
        }
        for wrong in [0, 1, 37 << 4 | 3, 100 << 4 | 2, u64::MAX] {
            assert_eq!(DivisionCode::of_number(wrong), None);
        }
    }

    #[test]
    fn division_codes_keep_their_zeros() {
        let code: DivisionCode = "010203".parse().unwrap();
        assert_eq!((code.to_string().as_str(), code.digits()), ("010203", 6));
        for wrong in ["", "1", "123", "37011", "3701140010", "37a1"] {
            assert!(wrong.parse::<DivisionCode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn ids_are_checked_also_when_deserialised() {
        assert!("a".repeat(128).parse::<OrganizationId>().is_ok());
        assert!("a".repeat(129).parse::<OrganizationId>().is_err());
        for wrong in ["", "-a", ".a", "a b", "a/b", "企业"] {
            assert!(wrong.parse::<OrganizationId>().is_err(), "{wrong}");
            assert!(serde_json::from_value::<OrganizationId>(wrong.into()).is_err(), "{wrong}");
        }
    }
}
