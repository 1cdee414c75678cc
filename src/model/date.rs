use std::fmt;
use std::time::Duration;

use jiff::tz::{Offset, TimeZone};
use jiff::{ToSpan, Zoned};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A day of the Gregorian calendar.
pub type Date = jiff::civil::Date;

/// Why a date or an interval is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DateError {
    /// The text is no ISO date.
    #[error("\"{0}\" is not an ISO date such as 2023-07-31")]
    NotIso(String),
    /// The text is no month.
    #[error("\"{0}\" is not a month such as 2023-07")]
    NoMonth(String),
    /// The interval holds no day.
    #[error("the interval from {from} to {to} holds no day: its end must be later than its start")]
    Empty {
        /// First day of the interval.
        from: Date,
        /// First day after the interval.
        to: Date,
    },
}

/// Reads a date in the form `YYYY-MM-DD`, and in no other.
///
/// # Errors
/// [`DateError::NotIso`] for anything else, days that no month has included.
///
/// ```
/// use orgatlas::model::parse_date;
/// assert!(parse_date("2024-02-29").is_ok());
/// assert!(parse_date("2023-02-29").is_err());
/// assert!(parse_date("2023-2-9").is_err());
/// ```
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let refused = || DateError::NotIso(text.to_owned());
    if !shaped {
        return Err(refused());
    }
    text.parse().map_err(|_| refused())
}

/// The day a month before: the same day of that month, or its last day where that is missing or this is a last day.
///
/// ```
/// use orgatlas::model::{month_before, parse_date};
/// let before = |date: &str| parse_date(date).map(|date| month_before(date).to_string());
/// assert_eq!(before("2024-06-30")?, "2024-05-31");
/// assert_eq!(before("2024-03-30")?, "2024-02-29");
/// assert_eq!(before("2024-06-29")?, "2024-05-29");
/// # Ok::<(), orgatlas::model::DateError>(())
/// ```
pub fn month_before(date: Date) -> Date {
    let before = date.saturating_sub(1.month());
    if date == date.last_of_month() { before.last_of_month() } else { before }
}

/// Today in Asia/Shanghai, which has kept UTC+8 without summer time since 1991.
pub fn today() -> Date {
    now_in_shanghai().date()
}

/// How long today lasts in Asia/Shanghai.
pub fn until_tomorrow() -> Duration {
    let now = now_in_shanghai();
    let tomorrow = now.tomorrow().and_then(|day| day.start_of_day());
    tomorrow.ok().and_then(|start| now.duration_until(&start).try_into().ok()).unwrap_or_default()
}

fn now_in_shanghai() -> Zoned {
    jiff::Timestamp::now().to_zoned(TimeZone::fixed(Offset::constant(8)))
}

/// The days on which something holds: from the first, up to but without the last; either may be open.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "(Option<Date>, Option<Date>)", into = "(Option<Date>, Option<Date>)")]
pub struct Validity {
    from: PackedDate,
    to: PackedDate,
}

/// A date or none, in four bytes: year, month and day, each in bits of its own, so that earlier is less.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct PackedDate(i32);

impl PackedDate {
    const NONE: Self = Self(i32::MIN);

    fn of(date: Date) -> Self {
        Self(i32::from(date.year()) << 9 | i32::from(date.month()) << 5 | i32::from(date.day()))
    }

    fn date(self) -> Option<Date> {
        let Self(bits) = self;
        Date::new((bits >> 9) as i16, (bits >> 5 & 0xf) as i8, (bits & 0x1f) as i8).ok()
    }

    /// What is added to a date so that every one is a number above 0.
    const ABOVE_ZERO: i32 = 10_000 << 9;

    fn number(self) -> u32 {
        if self == Self::NONE { 0 } else { (self.0 + Self::ABOVE_ZERO) as u32 }
    }

    fn of_number(number: u32) -> Option<Self> {
        if number == 0 {
            return Some(Self::NONE);
        }
        let date = Self(i32::try_from(number).ok()? - Self::ABOVE_ZERO);
        date.date().is_some_and(|day| Self::of(day) == date).then_some(date)
    }
}

impl From<Option<Date>> for PackedDate {
    fn from(date: Option<Date>) -> Self {
        date.map_or(Self::NONE, Self::of)
    }
}

impl Default for Validity {
    fn default() -> Self {
        Self::ALWAYS
    }
}

impl std::fmt::Debug for Validity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validity").field("from", &self.from()).field("to", &self.to()).finish()
    }
}

impl Validity {
    /// Holds on every day.
    pub const ALWAYS: Self = Self { from: PackedDate::NONE, to: PackedDate::NONE };

    /// Holds on each day `d` with `from` ≤ `d` < `to`.
    ///
    /// # Errors
    /// [`DateError::Empty`] when both are given and `to` is not later than `from`.
    pub fn new(from: Option<Date>, to: Option<Date>) -> Result<Self, DateError> {
        match (from, to) {
            (Some(from), Some(to)) if to <= from => Err(DateError::Empty { from, to }),
            _ => Ok(Self { from: from.into(), to: to.into() }),
        }
    }

    /// Both days as numbers: the earlier day the lower, 0 for an open end.
    pub fn to_numbers(self) -> [u32; 2] {
        [self.from, self.to].map(PackedDate::number)
    }

    /// The days of [`Validity::to_numbers`]; `None` where a number is no day, or no day is left between them.
    pub fn of_numbers(numbers: [u32; 2]) -> Option<Self> {
        let [from, to] = numbers.map(PackedDate::of_number);
        let (from, to) = (from?, to?);
        (from == PackedDate::NONE || to == PackedDate::NONE || from < to).then_some(Self { from, to })
    }

    /// First day, if there is one.
    pub fn from(self) -> Option<Date> {
        self.from.date()
    }

    /// First day after the last, if there is one.
    pub fn to(self) -> Option<Date> {
        self.to.date()
    }

    /// Whether it holds on a day.
    pub fn contains(self, date: Date) -> bool {
        let date = PackedDate::of(date);
        self.from <= date && (self.to == PackedDate::NONE || date < self.to)
    }

    /// The days on which both hold; `None` where there are none.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let to = match (self.to, other.to) {
            (PackedDate::NONE, to) | (to, PackedDate::NONE) => to,
            (one, two) => one.min(two),
        };
        (to == PackedDate::NONE || from < to).then_some(Self { from, to })
    }

    /// Whether it holds on every day of another.
    pub fn covers(self, other: Self) -> bool {
        self.intersection(other) == Some(other)
    }

    /// The longest intervals that share no day with any of these, in order; sorts them.
    pub fn gaps_between(intervals: &mut [Self]) -> Vec<Self> {
        intervals.sort_unstable();
        let mut gaps = Vec::new();
        // The first day that may be free; an open start is before all days.
        let mut free = PackedDate::NONE;
        for interval in intervals {
            if free < interval.from {
                gaps.push(Self { from: free, to: interval.from });
            }
            if interval.to == PackedDate::NONE {
                return gaps;
            }
            free = free.max(interval.to);
        }
        gaps.push(Self { from: free, to: PackedDate::NONE });
        gaps
    }

    /// Whether there is a day on which both hold.
    pub fn overlaps(self, other: Self) -> bool {
        self.intersection(other).is_some()
    }
}

/// The two days with a sign between, such as `2023-01-01..2024-01-01`; nothing stands for an open end.
impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.from().map_or(Ok(()), |from| from.fmt(f))?;
        f.write_str("..")?;
        self.to().map_or(Ok(()), |to| to.fmt(f))
    }
}

impl TryFrom<(Option<Date>, Option<Date>)> for Validity {
    type Error = DateError;

    fn try_from((from, to): (Option<Date>, Option<Date>)) -> Result<Self, DateError> {
        Self::new(from, to)
    }
}

impl From<Validity> for (Option<Date>, Option<Date>) {
    fn from(validity: Validity) -> Self {
        (validity.from(), validity.to())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_its_first_day_and_not_its_last() {
        let day = |d| Date::constant(2024, 1, d);
        let interval = Validity::new(Some(day(2)), Some(day(4))).unwrap();
        let held: Vec<_> = (1..6).filter(|d| interval.contains(day(*d))).collect();
        assert_eq!(held, [2, 3]);
    }

    #[test]
    fn dates_are_packed_without_loss_and_keep_their_order() {
        let years = [-9999, -1, 0, 1, 1921, 2024, 9999];
        let dates: Vec<_> =
            years.iter().flat_map(|y| [Date::constant(*y, 1, 1), Date::constant(*y, 12, 31)]).collect();
        let packed: Vec<_> = dates.iter().map(|date| PackedDate::of(*date)).collect();
        assert!(packed.is_sorted() && packed[0] > PackedDate::NONE);
        assert!(packed.iter().map(|p| p.date()).eq(dates.iter().map(|date| Some(*date))));
        assert_eq!(PackedDate::NONE.date(), None);
        assert_eq!(size_of::<Validity>(), 8);
    }

    #[test]
    fn two_intervals_overlap_where_a_day_is_in_both() {
        let day = |d: i8| (d > 0).then(|| Date::constant(2024, 1, d));
        let interval = |(from, to)| Validity::new(day(from), day(to)).unwrap();
        let days = [(0, 0), (0, 2), (2, 4), (4, 0), (3, 5), (2, 3), (4, 6)];
        for (one, other) in days.iter().flat_map(|one| days.iter().map(move |other| (*one, *other))) {
            let (one, other) = (interval(one), interval(other));
            let both = |d| one.contains(day(d).unwrap()) && other.contains(day(d).unwrap());
            assert_eq!(one.overlaps(other), (1..9).any(both), "{one} {other}");
            let covers = (1..9).all(|d| one.contains(day(d).unwrap()) || !other.contains(day(d).unwrap()));
            assert_eq!(one.covers(other), covers, "{one} {other}");
            let common = one.intersection(other);
            assert!(
                (1..9).all(|d| common.is_some_and(|c| c.contains(day(d).unwrap())) == both(d)),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn gaps_hold_the_days_that_no_interval_holds() {
        let day = |d: i8| (d > 0).then(|| Date::constant(2024, 1, d));
        let days = [(0, 0), (0, 3), (2, 4), (5, 0), (3, 5), (7, 8)];
        for chosen in 0..1_u32 << days.len() {
            let chosen = (0..days.len()).filter(|i| chosen & 1 << i != 0).map(|i| days[i]);
            let mut intervals: Vec<_> =
                chosen.map(|(from, to)| Validity::new(day(from), day(to)).unwrap()).collect();
            let gaps = Validity::gaps_between(&mut intervals);
            for d in 1..12 {
                let held = |all: &[Validity]| all.iter().filter(|i| i.contains(day(d).unwrap())).count();
                assert_eq!(held(&gaps) == 1, held(&intervals) == 0, "{intervals:?} {gaps:?} {d}");
            }
            assert!(gaps.windows(2).all(|pair| pair[0].to() < pair[1].from()), "{gaps:?}");
        }
    }

    #[test]
    fn days_become_numbers_and_nothing_else_becomes_days() {
        let day = |year, day| Some(Date::constant(year, 1, day));
        for (from, to) in
            [(None, None), (day(-9999, 1), None), (None, day(9999, 31)), (day(2024, 1), day(2024, 2))]
        {
            let validity = Validity::new(from, to).unwrap();
            assert_eq!(Validity::of_numbers(validity.to_numbers()), Some(validity));
        }
        let [first, next] = Validity::new(day(2024, 1), day(2024, 2)).unwrap().to_numbers();
        let refused = [[next, first], [first, first], [1, 0], [u32::MAX, 0], [first + 31, 0], [first - 1, 0]];
        assert!(refused.iter().all(|numbers| Validity::of_numbers(*numbers).is_none()));
    }

    #[test]
    fn an_interval_without_days_is_refused_also_when_deserialised() {
        let day = Some(Date::constant(2024, 1, 2));
        assert!(Validity::new(day, day).is_err());
        assert!(serde_json::from_str::<Validity>("[\"2024-01-02\",\"2024-01-01\"]").is_err());
    }
}
