//! Where things stand on a sheet: widths of columns by what they hold, and how far a line reaches.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::{Cell, Sheet};

/// The narrowest and the widest column, in characters of which a Chinese one counts as two; what is longer is wrapped.
const NARROWEST: usize = 6;
const WIDEST: usize = 44;

/// How wide a column is that is written by hand.
const HAND_WIDTH: usize = 22;

/// From here on a heading is wrapped rather than its column made wider.
const WIDEST_HEADING: usize = 10;

/// How wide a sheet is at the least, so that its title and its signatures have room.
const NARROWEST_SHEET: usize = 64;

/// How wide a sheet may be to stand upright on A4.
const WIDEST_UPRIGHT: usize = 96;

/// The width of each column of a sheet, in characters of which a Chinese one counts as two.
pub(super) fn widths(sheet: &Sheet) -> Vec<usize> {
    let longest = |column: usize| {
        let cells = sheet.rows.iter().filter_map(|row| row.get(column)).map(|cell| match cell {
            Cell::ByHand => HAND_WIDTH,
            cell => width(&cell.to_string()),
        });
        cells.chain([width(&sheet.headings[column]).min(WIDEST_HEADING)]).max().unwrap_or(0)
    };
    let mut widths: Vec<_> =
        (0..sheet.headings.len()).map(|column| (longest(column) + 2).clamp(NARROWEST, WIDEST)).collect();
    let missing = NARROWEST_SHEET.saturating_sub(widths.iter().sum());
    let each = missing.div_ceil(widths.len().max(1));
    widths.iter_mut().for_each(|width| *width += each);
    widths
}

/// Whether a sheet with columns of these widths is printed upright.
pub(super) fn is_upright(widths: &[usize]) -> bool {
    widths.iter().sum::<usize>() <= WIDEST_UPRIGHT
}

/// How many lines a text takes across a width, one character of which is left blank.
pub(super) fn lines(text: &str, across: usize) -> usize {
    let across = across.saturating_sub(1).max(1);
    text.lines().map(|line| width(line).div_ceil(across).max(1)).sum::<usize>().max(1)
}

/// Parts a row of columns into neighbouring spans of about one width, as many as asked for or one a column.
pub(super) fn spans(widths: &[usize], wanted: usize) -> Vec<Range<usize>> {
    let wanted = wanted.min(widths.len());
    let mut spans = Vec::with_capacity(wanted);
    let mut start = 0;
    for left in (1..=wanted).rev() {
        let share = widths[start..].iter().sum::<usize>() / left;
        let mut end = start + 1;
        let mut across = widths[start];
        // Each later span needs a column of its own.
        while end + left - 1 < widths.len() && (left == 1 || across + widths[end] / 2 < share) {
            across += widths[end];
            end += 1;
        }
        spans.push(start..end);
        start = end;
    }
    spans
}

fn width(text: &str) -> usize {
    text.lines().map(UnicodeWidthStr::width_cjk).max().unwrap_or(0)
}
