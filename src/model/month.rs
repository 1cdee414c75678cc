use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::{Date, DateError};

/// A month of the Gregorian calendar, written `YYYY-MM`.
///
/// ```
/// use orgatlas::model::Month;
/// let month: Month = "2024-02".parse()?;
/// assert_eq!(month.last_day().to_string(), "2024-02-29");
/// assert_eq!("2024-2".parse::<Month>().unwrap_err().to_string(), "\"2024-2\" is not a month such as 2023-07");
/// # Ok::<(), orgatlas::model::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    first_day: Date,
}

impl Month {
    /// The month that a day is in.
    pub fn of(date: Date) -> Self {
        Self { first_day: date.first_of_month() }
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.first_day
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.first_day.last_of_month()
    }

    /// The month before it; the first month that can be written has none other than itself.
    #[must_use]
    pub fn before(self) -> Self {
        Self::of(self.first_day.saturating_sub(1.month()))
    }
}

impl FromStr for Month {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let first_day = super::parse_date(&format!("{text}-01"));
        first_day.map(|first_day| Self { first_day }).map_err(|_| DateError::NoMonth(text.to_owned()))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first_day.year(), self.first_day.month())
    }
}

impl TryFrom<String> for Month {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}
