use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A share between 0 and 1, exact: its decimal digits as a fraction.
///
/// ```
/// use orgatlas::coverage::Share;
/// let share: Share = "0.8".parse()?;
/// assert_eq!(share.least_covered(5, false), 4);
/// assert_eq!(share.least_covered(5, true), 5);
/// # Ok::<(), orgatlas::coverage::ShareError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Share {
    numerator: u64,
    denominator: u64,
}

/// Why a share is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is not a share: a decimal from 0 to 1 with at most 9 places, such as 0.8")]
pub struct ShareError(String);

impl Share {
    /// All of it.
    const WHOLE: Self = Self { numerator: 1, denominator: 1 };

    /// The fewest covered of so many subjects that reach the share, or that exceed it; 0 of none.
    pub fn least_covered(self, subjects: u64, exceed: bool) -> u64 {
        if subjects == 0 {
            return 0;
        }
        let product = u128::from(self.numerator) * u128::from(subjects);
        let denominator = u128::from(self.denominator);
        let least = if exceed { product / denominator + 1 } else { product.div_ceil(denominator) };
        u64::try_from(least).unwrap_or(u64::MAX)
    }

    /// Whether so many covered of so many subjects miss it by a tenth of all at the most.
    fn is_near(self, covered: u64, subjects: u64) -> bool {
        let [covered, subjects] = [covered, subjects].map(u128::from);
        let (numerator, denominator) = (u128::from(self.numerator), u128::from(self.denominator));
        (10 * covered + subjects) * denominator >= 10 * numerator * subjects
    }

    /// The share in percent, exact: `55` of 0.55, `33.3` of 0.333.
    fn percent(self) -> String {
        let (numerator, denominator) = (100 * u128::from(self.numerator), u128::from(self.denominator));
        let (whole, rest) = (numerator / denominator, numerator % denominator);
        let places = self.denominator.ilog10() as usize;
        let text = if places == 0 { format!("{whole}") } else { format!("{whole}.{rest:0places$}") };
        match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        }
    }

    /// The share as a number, for those who compute on.
    pub fn as_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

impl std::str::FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let refused = || ShareError(text.to_owned());
        let (whole, places) = text.split_once('.').unwrap_or((text, ""));
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 1 || places.len() > 9 || !digits(whole) || !digits(places) {
            return Err(refused());
        }
        let denominator = 10u64.pow(places.len() as u32);
        let numerator: u64 = format!("{whole}{places}").parse().map_err(|_| refused())?;
        if numerator > denominator { Err(refused()) } else { Ok(Self { numerator, denominator }) }
    }
}

impl TryFrom<String> for Share {
    type Error = ShareError;

    fn try_from(text: String) -> Result<Self, ShareError> {
        text.parse()
    }
}

impl From<Share> for String {
    fn from(share: Share) -> Self {
        share.to_string()
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.denominator.ilog10() as usize;
        let (whole, rest) = (self.numerator / self.denominator, self.numerator % self.denominator);
        if places == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{rest:0places$}") }
    }
}

/// What an indicator should reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// Covered of subjects, at least this share.
    ShareAtLeast(Share),
    /// Covered of subjects, more than this share.
    ShareMoreThan(Share),
    /// At least so many covered.
    CoveredAtLeast(u64),
    /// At most so many uncovered.
    UncoveredAtMost(u64),
}

impl Target {
    /// Whether it is a share, which groups have too; counts belong to the whole.
    pub fn is_share(self) -> bool {
        matches!(self, Self::ShareAtLeast(_) | Self::ShareMoreThan(_))
    }

    /// Whether it is reached: true or false where that is so however the unknown turn out, else `None`.
    pub fn met(self, covered: u64, uncovered: u64, unknown: u64) -> Option<bool> {
        if covered + uncovered == 0 {
            return None;
        }
        if self.missing(covered, uncovered + unknown) == 0 {
            Some(true)
        } else if self.missing(covered + unknown, uncovered) > 0 {
            Some(false)
        } else {
            None
        }
    }

    /// Whether it is missed by ten points of a hundred at the most; a count that is not of all is never near.
    pub fn is_near(self, covered: u64, uncovered: u64) -> bool {
        match self {
            Self::ShareAtLeast(share) | Self::ShareMoreThan(share) => {
                share.is_near(covered, covered + uncovered)
            }
            Self::UncoveredAtMost(0) => Share::WHOLE.is_near(covered, covered + uncovered),
            Self::UncoveredAtMost(_) | Self::CoveredAtLeast(_) => false,
        }
    }

    /// How many covered are missing with so many covered and uncovered.
    pub fn missing(self, covered: u64, uncovered: u64) -> u64 {
        let subjects = covered + uncovered;
        match self {
            Self::ShareAtLeast(share) => share.least_covered(subjects, false).saturating_sub(covered),
            Self::ShareMoreThan(share) => share.least_covered(subjects, true).saturating_sub(covered),
            Self::CoveredAtLeast(least) => least.saturating_sub(covered),
            Self::UncoveredAtMost(most) => uncovered.saturating_sub(most),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShareAtLeast(share) => write!(f, "≥ {}%", share.percent()),
            Self::ShareMoreThan(share) => write!(f, "> {}%", share.percent()),
            Self::CoveredAtLeast(least) => write!(f, "≥ {least} covered"),
            Self::UncoveredAtMost(most) => write!(f, "≤ {most} uncovered"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact_and_print_as_they_were_read() {
        for text in ["0.8", "1", "0", "0.50", "0.333333333", "1.0"] {
            assert_eq!(text.parse::<Share>().map(|s| s.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "1.1", "-0.1", ".5", "2", "0.1234567890", "80%"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    #[test]
    fn targets_are_written_exactly() {
        let table = [
            ("0.55", "≥ 55%"),
            ("0.56", "≥ 56%"),
            ("0.07", "≥ 7%"),
            ("0.50", "≥ 50%"),
            ("1", "≥ 100%"),
            ("1.000", "≥ 100%"),
            ("0", "≥ 0%"),
            ("0.333333333", "≥ 33.3333333%"),
            ("0.000000001", "≥ 0.0000001%"),
            ("0.145", "≥ 14.5%"),
        ];
        for (share, expected) in table {
            assert_eq!(Target::ShareAtLeast(share.parse().unwrap()).to_string(), expected);
        }
    }

    /// Columns: target, covered, uncovered, unknown, whether met, how many are missing.
    #[test]
    fn a_target_is_met_or_not_only_where_the_unknown_cannot_change_it() {
        let at_least = Target::ShareAtLeast("0.8".parse().unwrap());
        let more_than = Target::ShareMoreThan("0.8".parse().unwrap());
        let all = Target::ShareAtLeast("1".parse().unwrap());
        let table = [
            (at_least, 8, 2, 0, Some(true), 0),
            (at_least, 7, 3, 0, Some(false), 1),
            (at_least, 8, 2, 1, None, 0),
            (at_least, 7, 3, 1, Some(false), 1),
            (at_least, 7, 3, 5, None, 1),
            (more_than, 8, 2, 0, Some(false), 1),
            (more_than, 9, 1, 0, Some(true), 0),
            (at_least, 0, 0, 3, None, 0),
            (more_than, 0, 0, 0, None, 0),
            (all, 3, 0, 0, Some(true), 0),
            (all, 3, 0, 1, None, 0),
            (Target::CoveredAtLeast(50), 40, 0, 0, Some(false), 10),
            (Target::CoveredAtLeast(50), 49, 3, 1, None, 1),
            (Target::CoveredAtLeast(50), 50, 3, 1, Some(true), 0),
            (Target::UncoveredAtMost(0), 5, 0, 0, Some(true), 0),
            (Target::UncoveredAtMost(0), 5, 0, 2, None, 0),
            (Target::UncoveredAtMost(0), 5, 2, 2, Some(false), 2),
        ];
        for (target, covered, uncovered, unknown, met, missing) in table {
            let row = format!("{target} {covered} {uncovered} {unknown}");
            assert_eq!(target.met(covered, uncovered, unknown), met, "{row}");
            assert_eq!(target.missing(covered, uncovered), missing, "{row}");
        }
    }
}
