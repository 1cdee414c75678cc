use std::sync::Arc;

use async_graphql::{ID, Result, SimpleObject};
use jiff::tz::{Offset, TimeZone};

use super::coverage::{Coverage, known_indicator, scope};
use super::error::{bad_input, unreadable_past};
use super::scalar::Date;
use crate::atlas::Snapshot;
use crate::coverage::Condition;
use crate::model;

/// The most points of a series: ten years of months.
const MAX_POINTS: usize = 120;

/// How far an indicator was reached on one day.
#[derive(SimpleObject)]
pub(super) struct TrendPoint {
    /// The day.
    as_of: Date,
    /// As it was recorded at the end of that day, by the definition of then; null where nothing was recorded yet, or
    /// not the territory, or not the indicator.
    as_reported: Option<Coverage>,
    /// As it is recorded now of that day, by the definition of now.
    as_known: Coverage,
}

/// The series of an indicator from month to month.
pub(super) fn trend(
    snapshot: &Arc<Snapshot>,
    indicator: &str,
    filter: Option<&Condition>,
    within: Option<&ID>,
    from: model::Date,
    to: Option<model::Date>,
) -> Result<Vec<TrendPoint>> {
    known_indicator(snapshot, indicator)?;
    let to = to.unwrap_or_else(model::today);
    if to < from {
        return Err(bad_input(format!("the series ends on {to}, before it starts on {from}")));
    }
    let days = month_ends(from, to);
    if days.len() > MAX_POINTS {
        return Err(bad_input(format!("from {from} to {to} there are more than {MAX_POINTS} months")));
    }
    let counted = |snapshot: &Arc<Snapshot>, day| {
        let indicator = known_indicator(snapshot, indicator)?;
        let scope = scope(snapshot, within, Some(Date(day)))?;
        Ok::<_, async_graphql::Error>(match filter {
            Some(filter) => Coverage::filtered(snapshot, (indicator, true), filter.clone(), &scope, None),
            None => Coverage::new(snapshot, (indicator, true), &scope, None),
        })
    };
    let point = |day| {
        let then = snapshot.recorded_at(end_of(day)?).map_err(|cause| unreadable_past(&cause))?;
        let as_reported = if then.version == 0 { None } else { counted(&then, day).ok() };
        Ok(TrendPoint { as_of: Date(day), as_reported, as_known: counted(snapshot, day)? })
    };
    days.into_iter().map(point).collect()
}

/// The last day of each month from one day on, and the last day of all.
fn month_ends(from: model::Date, to: model::Date) -> Vec<model::Date> {
    let ends = from.series(jiff::Span::new().months(1)).map(model::Date::last_of_month);
    let mut days: Vec<_> = ends.take_while(|end| *end < to).take(MAX_POINTS).collect();
    days.push(to);
    days
}

/// The moment at which a day ends in Asia/Shanghai.
fn end_of(day: model::Date) -> Result<jiff::Timestamp> {
    let shanghai = TimeZone::fixed(Offset::constant(8));
    let tomorrow = day.tomorrow().and_then(|tomorrow| tomorrow.to_zoned(shanghai));
    let midnight = tomorrow.map_err(|_| bad_input(format!("{day} is beyond the calendar")))?;
    Ok(midnight.timestamp() - jiff::SignedDuration::from_nanos(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_a_point_at_each_end_of_month_and_at_its_own_end() {
        let day = |month, day| model::Date::constant(2024, month, day);
        let table = [
            (day(1, 31), day(1, 31), vec![day(1, 31)]),
            (day(1, 15), day(3, 10), vec![day(1, 31), day(2, 29), day(3, 10)]),
            (day(1, 31), day(4, 30), vec![day(1, 31), day(2, 29), day(3, 31), day(4, 30)]),
            (day(2, 3), day(2, 3), vec![day(2, 3)]),
        ];
        for (from, to, expected) in table {
            assert_eq!(month_ends(from, to), expected, "{from} {to}");
        }
    }
}
