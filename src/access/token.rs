use std::collections::BTreeSet;
use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{ANONYMOUS, Role};
use crate::model::{Date, OrganizationId, PersonalData, personal_data_in};

/// What tokens begin with, so that people and scanners of secrets know one when they see it.
pub(super) const PREFIX: &str = "orgatlas_";

/// The longest name of a token, in characters.
const MAX_NAME: usize = 255;

/// A token of the store: what is known of it, all but itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// By which it is named where its name is not enough.
    pub id: String,
    /// The office or the program that holds it; the actor of what is changed with it.
    pub name: String,
    /// What may be done with it.
    pub role: Role,
    /// The territories that it is limited to; `None` where it is not limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territories: Option<BTreeSet<OrganizationId>>,
    /// When it was made.
    pub created: Timestamp,
    /// First day, in Asia/Shanghai, on which it holds no more; `None` where it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "day")]
    pub expires: Option<Date>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
    /// What the token is known by.
    pub(super) hash: Hash,
}

impl Token {
    /// Whether it holds on a day.
    pub fn holds(&self, today: Date) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| today < expires)
    }
}

/// A token itself: 256 random bits. It is shown once and kept nowhere.
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// What the system says where it has no randomness.
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits)?;
        Ok(Self(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bits))))
    }

    /// The token as its holder sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> Hash {
        Hash::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What the store keeps of a token.
///
/// A fast hash is enough: nobody guesses 256 random bits, and a slow one, made for passwords, would only let
/// strangers keep the server busy. Tokens are looked up by it, so how long a comparison takes tells nothing of a
/// token.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Hash(String);

impl Hash {
    pub(super) fn of(token: &str) -> Self {
        Self(HEXLOWER.encode(&blake3::derive_key("orgatlas bearer token", token.as_bytes())))
    }
}

/// Why a token cannot have a name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// It is no name.
    #[error(
        "\"{0}\" is no name of a token: it has 1 to {MAX_NAME} characters that can be seen, and no blank at its ends"
    )]
    Form(String),
    /// It is taken by those who show no token.
    #[error("\"{ANONYMOUS}\" is the name of those who show no token; choose another")]
    Anonymous,
    /// It holds personal data.
    #[error("the name holds {0}: name the office or the program, not a person")]
    Personal(PersonalData),
}

/// Checks the name of whoever acts, which the change log will hold for good.
pub(super) fn check_name(name: &str) -> Result<(), NameError> {
    let is_name = !name.is_empty() && name.chars().count() <= MAX_NAME && name.trim() == name;
    if !is_name || name.chars().any(char::is_control) {
        return Err(NameError::Form(name.to_owned()));
    }
    if name == ANONYMOUS {
        return Err(NameError::Anonymous);
    }
    personal_data_in(name).map_or(Ok(()), |found| Err(NameError::Personal(found)))
}

/// A day in the file, as text: TOML's own dates would come back as another type.
mod day {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::model::{Date, parse_date};

    pub(super) fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        day.map(|day| day.to_string()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| parse_date(&text).map_err(D::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_and_no_two_are_alike() {
        let (one, other) = (Secret::new().unwrap(), Secret::new().unwrap());
        let bits = one.reveal().strip_prefix(PREFIX).unwrap();
        assert_eq!(BASE64URL_NOPAD.decode(bits.as_bytes()).unwrap().len(), 32);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(format!("{one:?}"), "Secret");
    }

    #[test]
    fn a_name_is_of_an_office_or_a_program() {
        for good in ["明水街道党建办", "sheet loader", "a", &"a".repeat(255)] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for wrong in ["", " a", "a ", "a\nb", "13812345678", "anonymous", &"a".repeat(256)] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_token_holds_until_it_expires_or_is_revoked() {
        let day = |day| Date::constant(2024, 1, day);
        let secret = Secret::new().unwrap();
        let mut token = Token {
            id: "a".to_owned(),
            name: "a".to_owned(),
            role: Role::Reader,
            territories: None,
            created: Timestamp::UNIX_EPOCH,
            expires: Some(day(5)),
            revoked: None,
            hash: secret.hash(),
        };
        assert!(token.holds(day(4)) && !token.holds(day(5)));
        token.expires = None;
        assert!(token.holds(day(9)));
        token.revoked = Some(Timestamp::UNIX_EPOCH);
        assert!(!token.holds(day(1)));
    }
}
