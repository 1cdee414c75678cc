use std::fmt;

/// A share in tenths of a percent, as every report, sheet and chart shows it.
///
/// Rounded half up. What is not all is never shown as 100 percent, and what is not nothing never as 0 percent.
///
/// ```
/// use orgatlas::model::Percentage;
/// assert_eq!(Percentage::of(5, 16).unwrap().to_string(), "31.3%");
/// assert_eq!(Percentage::of(9_999, 10_000).unwrap().to_string(), "99.9%");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percentage {
    tenths: u64,
}

/// So many tenths of a percent are all.
const ALL: u64 = 1_000;

impl Percentage {
    /// The share of a part of a whole, computed exactly; `None` of nothing.
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 {
            return None;
        }
        let (part, whole) = (u128::from(part), u128::from(whole));
        let rounded = (2 * u128::from(ALL) * part + whole) / (2 * whole);
        let tenths = u64::try_from(rounded).unwrap_or(u64::MAX);
        Some(Self { tenths: kept_apart(tenths, part > 0, part >= whole) })
    }

    /// The share that a quotient of two counts stands for.
    ///
    /// Exact for counts up to a thousand million: quotients that lie half way between two tenths are told from all others.
    pub fn of_ratio(ratio: f64) -> Self {
        let tenths = rounded_half_up(ratio * 100.0, 1) * 10.0;
        // Shares are not negative, and what is no number is none.
        Self { tenths: kept_apart(tenths.round().max(0.0) as u64, ratio > 0.0, ratio >= 1.0) }
    }

    /// As a share of 1, rounded as it is shown.
    pub fn share(self) -> f64 {
        self.tenths as f64 / ALL as f64
    }
}

/// Keeps what is something from 0, and what is not all from 100 percent.
fn kept_apart(tenths: u64, is_something: bool, is_all: bool) -> u64 {
    match tenths {
        0 if is_something => 1,
        ALL.. if !is_all => ALL - 1,
        other => other,
    }
}

impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}%", self.tenths / 10, self.tenths % 10)
    }
}

/// A number rounded to so many decimals, half away from zero, as spreadsheets round.
///
/// What binary fractions miss of a half by their nature counts as a half.
pub fn rounded_half_up(number: f64, decimals: i32) -> f64 {
    let factor = 10f64.powi(decimals);
    let scaled = number.abs() * factor;
    let tolerance = 1e-9 * scaled.max(1.0);
    let rounded = (scaled + 0.5 + tolerance).floor();
    if rounded < 1.0 { 0.0 } else { (rounded / factor).copysign(number) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shares_are_rounded_half_up_and_are_neither_nothing_nor_all_unless_they_are() {
        let table = [
            (5, 16, "31.3%"),
            (1, 16, "6.3%"),
            (3, 16, "18.8%"),
            (1, 3, "33.3%"),
            (2, 3, "66.7%"),
            (9, 2_000, "0.5%"),
            (1, 2_000, "0.1%"),
            (1, 1_000_000, "0.1%"),
            (0, 7, "0.0%"),
            (7, 7, "100.0%"),
            (9_999, 10_000, "99.9%"),
            (999_999, 1_000_000, "99.9%"),
            (11, 20, "55.0%"),
        ];
        for (part, whole, expected) in table {
            assert_eq!(Percentage::of(part, whole).unwrap().to_string(), expected, "{part}/{whole}");
        }
        assert_eq!(Percentage::of(0, 0), None);
    }

    #[test]
    fn decimals_are_rounded_as_spreadsheets_round() {
        let table =
            [(1.005, 1.01), (-1.005, -1.01), (2.675, 2.68), (0.0, 0.0), (1.25, 1.25), (-0.125, -0.13)];
        for (number, expected) in table {
            assert_eq!(format!("{:.2}", rounded_half_up(number, 2)), format!("{expected:.2}"), "{number}");
        }
    }

    proptest! {
        #[test]
        fn a_quotient_is_shown_as_its_counts_are(whole in 1u64..3_000_000, part in any::<prop::sample::Index>()) {
            let part = part.index(whole as usize + 1) as u64;
            let exact = Percentage::of(part, whole).unwrap();
            prop_assert_eq!(Percentage::of_ratio(part as f64 / whole as f64), exact);
            prop_assert_eq!(exact.to_string() == "100.0%", part == whole);
            prop_assert_eq!(exact.to_string() == "0.0%", part == 0);
            // What a spreadsheet shows of the rounded share is the same.
            prop_assert_eq!(format!("{:.1}%", rounded_half_up(exact.share() * 100.0, 1)), exact.to_string());
        }
    }
}
