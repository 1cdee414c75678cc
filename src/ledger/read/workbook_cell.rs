use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime};

use super::cell::Cell;

/// From which day a workbook counts days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Epoch {
    /// Day 1 is 1900-01-01.
    Of1900,
    /// Day 0 is 1904-01-01.
    Of1904,
}

/// What a cell of a workbook holds.
pub(super) fn cell(value: DataRef<'_>, epoch: Epoch) -> Cell<'_> {
    match value {
        DataRef::Empty => Cell::trimmed(""),
        DataRef::SharedString(text) => Cell::trimmed(text),
        DataRef::String(text) => Cell::Text(Cow::Owned(text.trim().to_owned())),
        DataRef::Int(number) => Cell::Text(Cow::Owned(number.to_string())),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::Bool(flag) => Cell::trimmed(if flag { "true" } else { "false" }),
        DataRef::DateTime(day) => date(day, epoch),
        DataRef::DateTimeIso(text) => iso_date(&text),
        DataRef::DurationIso(_) => Cell::Unreadable("the cell holds a duration".to_owned()),
        DataRef::Error(error) => error_value(&error.to_string()),
    }
}

/// A cell whose formula results in an error.
pub(super) fn error_value(error: &str) -> Cell<'static> {
    Cell::Unreadable(format!(
        "the cell holds the error {error}: mend its formula, or write the value instead"
    ))
}

/// A cell that is shown as a date; the number under it counts days.
fn date(day: ExcelDateTime, epoch: Epoch) -> Cell<'static> {
    let serial = day.as_f64();
    if day.is_duration() {
        return Cell::Unreadable("the cell holds a time, not a date".to_owned());
    }
    // 60 is 1900-02-29 of a spreadsheet, which never was; the last day is 9999-12-31.
    let is_day = match epoch {
        Epoch::Of1900 => (1.0..2_958_466.0).contains(&serial) && serial.floor() != 60.0,
        Epoch::Of1904 => (0.0..2_957_004.0).contains(&serial),
    };
    if !is_day {
        let typed = eight_digits(serial).unwrap_or_default();
        return Cell::Unreadable(format!(
            "the cell is shown as a date, but its number {serial} is no day{typed}"
        ));
    }
    if serial.fract() != 0.0 {
        return Cell::Unreadable("the cell holds a time, not only a date: leave the time out".to_owned());
    }
    let (year, month, day, ..) = day.to_ymd_hms_milli();
    Cell::Text(Cow::Owned(format!("{year:04}-{month:02}-{day:02}")))
}

/// What somebody may have meant who typed a day as eight digits.
fn eight_digits(serial: f64) -> Option<String> {
    let typed = format!("{serial:08}");
    let parts = (typed.get(..4)?, typed.get(4..6)?, typed.get(6..8)?);
    let is_plausible = typed.len() == 8 && ("1900".."2200").contains(&parts.0);
    is_plausible.then(|| format!(": if {}-{}-{} is meant, write it like this", parts.0, parts.1, parts.2))
}

/// A cell that holds its date as text of ISO 8601.
fn iso_date(text: &str) -> Cell<'static> {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let is_midnight = time.trim_end_matches('Z').bytes().all(|byte| matches!(byte, b'0' | b':' | b'.'));
    if is_midnight {
        Cell::Text(Cow::Owned(day.to_owned()))
    } else {
        Cell::Unreadable(format!("the cell holds the time {text}, not only a date: leave the time out"))
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn read(serial: f64, epoch: Epoch) -> String {
        let day = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, epoch == Epoch::Of1904);
        cell(DataRef::DateTime(day), epoch).text(false, false).map_or_else(|cause| cause, Cow::into_owned)
    }

    #[test]
    fn days_are_counted_from_both_epochs() {
        let table = [
            (1.0, Epoch::Of1900, "1900-01-01"),
            (59.0, Epoch::Of1900, "1900-02-28"),
            (61.0, Epoch::Of1900, "1900-03-01"),
            (45_047.0, Epoch::Of1900, "2023-05-01"),
            (2_958_465.0, Epoch::Of1900, "9999-12-31"),
            (0.0, Epoch::Of1904, "1904-01-01"),
            (43_585.0, Epoch::Of1904, "2023-05-01"),
            (2_957_003.0, Epoch::Of1904, "9999-12-31"),
        ];
        for (serial, epoch, day) in table {
            assert_eq!(read(serial, epoch), day, "{serial} {epoch:?}");
        }
    }

    #[test]
    fn numbers_that_are_no_day_are_named() {
        for serial in [0.0, -1.0, 60.0, 2_958_466.0, 1e300, f64::NAN] {
            let said = read(serial, Epoch::Of1900);
            assert_eq!(said, format!("the cell is shown as a date, but its number {serial} is no day"));
        }
        for serial in [-1.0, 2_957_004.0] {
            assert!(read(serial, Epoch::Of1904).contains("is no day"), "{serial}");
        }
        let typed = "the cell is shown as a date, but its number 20240501 is no day: if 2024-05-01 is meant, write it like this";
        assert_eq!(read(20_240_501.0, Epoch::Of1900), typed);
        assert!(read(45_047.5, Epoch::Of1900).contains("leave the time out"));
    }

    #[test]
    fn iso_dates_are_read_and_times_are_not_dropped() {
        let read = |text: &str| {
            cell(DataRef::DateTimeIso(text.to_owned()), Epoch::Of1900).text(false, false).map(Cow::into_owned)
        };
        for text in [
            "2019-05-06",
            "2019-05-06T00:00:00",
            "2019-05-06T00:00:00.000",
            "2019-05-06T00:00:00Z",
            "2019-05-06 00:00",
        ] {
            assert_eq!(read(text).as_deref(), Ok("2019-05-06"), "{text}");
        }
        for text in ["2019-05-06T08:30:00", "2019-05-06T00:00:00+08:00"] {
            assert!(read(text).is_err_and(|cause| cause.contains("leave the time out")), "{text}");
        }
    }
}
