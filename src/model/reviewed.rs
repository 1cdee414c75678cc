//! Numbers that look like those of persons, and that somebody reviewed and found to be none.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{PersonalNumber, personal_numbers};

/// The reviewed exceptions of a store: numbers that its guard lets through, and who answers for them.
///
/// ```
/// use orgatlas::model::ReviewedNumbers;
/// let reviewed = ReviewedNumbers::from_toml(r#"
///     [[exception]]
///     number = "13812345678"
///     reason = "serial number of a meter"
///     by = "数据科"
///     at = "2024-06-30T08:00:00Z"
/// "#)?;
/// assert_eq!(reviewed.personal_data_in("表 138-1234-5678"), None);
/// assert!(reviewed.personal_data_in("13912345678").is_some());
/// # Ok::<(), orgatlas::model::ReviewedError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewedNumbers {
    exceptions: Vec<ReviewedNumber>,
    /// The numbers that no withdrawal took back.
    allowed: BTreeSet<String>,
}

/// A reviewed number; it stays on record when it is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewedNumber {
    /// Its digits, in ASCII; with an X last where it has one.
    pub number: String,
    /// Why it is no number of a person.
    pub reason: String,
    /// The office that reviewed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// That the exception was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawal>,
}

/// Who withdrew an exception, why and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Why.
    pub reason: String,
    /// The office.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Why reviewed exceptions are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReviewedError {
    /// The text is no TOML of the right form.
    #[error("it cannot be read: {0}")]
    Form(String),
    /// What is to be an exception needs none.
    #[error("exception {0}: the guard finds no number of a person in it, so that it needs no exception")]
    Unneeded(usize),
    /// Nobody answers for it.
    #[error("exception {0}: {1} is empty")]
    Empty(usize, &'static str),
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exception: Vec<ReviewedNumber>,
}

impl ReviewedNumbers {
    /// Reads the file of a store.
    ///
    /// # Errors
    /// [`ReviewedError`], with the position of the exception at fault, counted from 1.
    pub fn from_toml(text: &str) -> Result<Self, ReviewedError> {
        let file: File =
            toml::from_str(text).map_err(|error| ReviewedError::Form(error.message().to_owned()))?;
        for (position, exception) in file.exception.iter().enumerate() {
            let empty = |field| Err(ReviewedError::Empty(position + 1, field));
            if personal_numbers(&exception.number).all(|found| found.digits != exception.number) {
                return Err(ReviewedError::Unneeded(position + 1));
            } else if exception.reason.trim().is_empty() {
                return empty("reason");
            } else if exception.by.trim().is_empty() {
                return empty("by");
            }
        }
        Ok(Self::of(file.exception))
    }

    /// The exceptions as the file of a store holds them.
    ///
    /// # Errors
    /// What the library says; a test sees to it that it says nothing.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(&File { exception: self.exceptions.clone() })
    }

    fn of(exceptions: Vec<ReviewedNumber>) -> Self {
        let standing = exceptions.iter().filter(|exception| exception.withdrawn.is_none());
        Self { allowed: standing.map(|exception| exception.number.clone()).collect(), exceptions }
    }

    /// All exceptions, also those that were withdrawn, in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = &ReviewedNumber> {
        self.exceptions.iter()
    }

    /// The same with one exception more.
    #[must_use]
    pub fn with(mut self, exception: ReviewedNumber) -> Self {
        self.exceptions.push(exception);
        Self::of(self.exceptions)
    }

    /// The same without the exception of a number; `None` where none stands.
    pub fn without(mut self, number: &str, withdrawal: &Withdrawal) -> Option<Self> {
        let standing =
            |exception: &&mut ReviewedNumber| exception.withdrawn.is_none() && exception.number == number;
        let mut found = self.exceptions.iter_mut().filter(standing).peekable();
        found.peek()?;
        found.for_each(|exception| exception.withdrawn = Some(withdrawal.clone()));
        Some(Self::of(self.exceptions))
    }

    /// Whether a number is a standing exception.
    pub fn allows(&self, number: &str) -> bool {
        self.allowed.contains(number)
    }

    /// The first number of a person in a text that is no exception, if it holds one.
    pub fn personal_data_in(&self, text: &str) -> Option<super::PersonalData> {
        let refused = |found: &PersonalNumber| !self.allows(&found.digits);
        personal_numbers(text).find(refused).map(|found| found.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_are_written_as_they_are_read_and_withdrawn_ones_stay_on_record() {
        let exception = |number: &str| ReviewedNumber {
            number: number.to_owned(),
            reason: "电表编号".to_owned(),
            by: "数据科".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            withdrawn: None,
        };
        let reviewed =
            ReviewedNumbers::default().with(exception("13812345678")).with(exception("11010519491231002X"));
        assert_eq!(ReviewedNumbers::from_toml(&reviewed.to_toml().unwrap()).unwrap(), reviewed);
        assert_eq!(reviewed.personal_data_in("１３８ 1234 五六七八，11010519491231002x"), None);
        let withdrawal =
            Withdrawal { reason: "误审".to_owned(), by: "数据科".to_owned(), at: Timestamp::UNIX_EPOCH };
        assert_eq!(reviewed.clone().without("13912345678", &withdrawal), None);
        let without = reviewed.without("13812345678", &withdrawal).unwrap();
        assert_eq!((without.iter().count(), without.allows("13812345678")), (2, false));
        assert_eq!(ReviewedNumbers::from_toml(&without.to_toml().unwrap()).unwrap(), without);
        assert_eq!(without.clone().without("13812345678", &withdrawal), None);
    }

    #[test]
    fn exceptions_that_are_none_are_refused_by_their_position() {
        let read = |number: &str, reason: &str| {
            let text = format!(
                "[[exception]]\nnumber = \"{number}\"\nreason = \"{reason}\"\nby = \"a\"\nat = \"2024-06-30T08:00:00Z\"\n"
            );
            ReviewedNumbers::from_toml(&text).unwrap_err().to_string()
        };
        assert!(read("12345", "a").starts_with("exception 1: the guard finds no number"));
        assert_eq!(read("13812345678", " "), "exception 1: reason is empty");
        assert!(ReviewedNumbers::from_toml("[[exceptions]]").is_err());
    }
}
