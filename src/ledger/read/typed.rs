//! Values as people and programs type them, in the one form in which they are read further.
//!
//! Only what has one meaning is rewritten here; everything else is left as it is, and is refused where it is read.

use std::borrow::Cow;

/// A number in ASCII digits; a whole one without the `.0` that programs add to it.
///
/// Full-width digits, points and signs, as Chinese input methods write them, become ASCII.
pub(super) fn number(text: &str) -> Cow<'_, str> {
    let narrow = narrow(text);
    match narrow.split_once('.') {
        Some((whole, zeros))
            if is_digits(whole.trim_start_matches('-')) && !zeros.is_empty() && all_zeros(zeros) =>
        {
            Cow::Owned(whole.to_owned())
        }
        _ => narrow,
    }
}

/// A day in the form of ISO 8601, where the text writes year, month and day in this order and no time of day.
pub(super) fn day(text: &str) -> Cow<'_, str> {
    iso_day(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn iso_day(text: &str) -> Option<String> {
    let narrow = narrow(text);
    let (day, time) = narrow.split_once(['T', ' ']).unwrap_or((&narrow, "00:00"));
    let time = time.trim().trim_end_matches('Z');
    if !time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.')) {
        return None;
    }
    let (year, month, day) = if day.len() == 8 && is_digits(day) {
        (&day[..4], &day[4..6], &day[6..])
    } else {
        let mut parts = if day.contains('年') {
            day.trim_end_matches('日').split(['年', '月']).collect::<Vec<_>>()
        } else {
            let separator = day.chars().find(|character| matches!(character, '-' | '/' | '.'))?;
            day.split(separator).collect()
        }
        .into_iter();
        let found = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        found
    };
    let is_day = year.len() == 4 && [month, day].iter().all(|part| (1..=2).contains(&part.len()));
    (is_day && [year, month, day].into_iter().all(is_digits)).then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

/// A text on one line: each run of white space with a line break or a tab in it becomes one blank.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    let breaks = |character: char| {
        matches!(character, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    if !text.contains(breaks) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find(breaks) {
        line.push_str(rest[..found].trim_end());
        line.push(' ');
        rest = rest[found..].trim_start();
    }
    line.push_str(rest);
    Cow::Owned(line)
}

fn narrow(text: &str) -> Cow<'_, str> {
    let narrow = |character| match character {
        '０'..='９' | '．' | '－' | '／' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        other => other,
    };
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.chars().map(narrow).collect()) }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn all_zeros(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_what_means_nothing() {
        let table = [
            ("42", "42"),
            ("42.0", "42"),
            ("-3.000", "-3"),
            ("３７", "37"),
            ("３７．５", "37.5"),
            ("42.", "42."),
            (".0", ".0"),
            ("1.10", "1.10"),
            ("1e3", "1e3"),
            ("约600", "约600"),
            ("1,200", "1,200"),
        ];
        for (text, read) in table {
            assert_eq!(number(text), read, "{text}");
        }
    }

    #[test]
    fn days_are_read_where_their_order_is_clear_and_nothing_is_dropped() {
        let same = [
            "2019-05-06",
            "2019-5-6",
            "2019/5/6",
            "2019/05/06",
            "2019.5.6",
            "20190506",
            "2019年5月6日",
            "２０１９／５／６",
        ];
        let with_time =
            ["2019-05-06T00:00:00.000", "2019-05-06T00:00:00Z", "2019/5/6 0:00", "2019-05-06 00:00:00"];
        for text in same.into_iter().chain(with_time) {
            assert_eq!(day(text), "2019-05-06", "{text}");
        }
        let left = [
            "5/6/2019",
            "2019-05",
            "2019",
            "2019年5月",
            "201905",
            "2019-05-06T16:00:00.000Z",
            "2019-05-06-07",
            "19-5-6",
            "2019-5/6",
            "a-b-c",
            "",
        ];
        for text in left {
            assert_eq!(day(text), text);
        }
    }

    #[test]
    fn line_breaks_become_one_blank() {
        let table = [
            ("济南市\n章丘区", "济南市 章丘区"),
            ("甲 \r\n\t 乙\n\n丙", "甲 乙 丙"),
            ("甲\u{2028}乙", "甲 乙"),
            ("甲  乙", "甲  乙"),
        ];
        for (text, read) in table {
            assert_eq!(one_line(text), read, "{text:?}");
        }
    }
}
