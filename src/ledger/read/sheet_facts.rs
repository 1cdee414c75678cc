//! What a sheet says about its cells beside their values: hidden, merged, without a stored result.
//!
//! The reader of cells leaves these out, and a ledger that is read without them is read wrongly: a formula whose result
//! was never stored looks like an empty cell, which clears what is recorded.

use std::io::BufRead;
use std::ops::RangeInclusive;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::workbook_parts::{attribute, local_name};

/// The most facts that are kept of one sheet; a ledger has a few thousand.
const MOST_FACTS: usize = 1 << 20;

/// Facts about the cells of one sheet; rows and columns are counted from 0.
#[derive(Debug, Default)]
pub(super) struct SheetFacts {
    /// In the order of their first rows.
    merged: Vec<Merged>,
    hidden_columns: Vec<RangeInclusive<u32>>,
    hidden_rows: Vec<RangeInclusive<u32>>,
    /// Cells without a usable value, in the order of the sheet.
    unusable: Vec<(u32, u32, Unusable)>,
}

/// A rectangle of cells that are shown as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) rows: RangeInclusive<u32>,
    pub(super) columns: RangeInclusive<u32>,
}

/// Why a cell has no usable value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// A formula whose result the file does not hold.
    NoResult,
    /// The error that its formula results in, such as `#SPILL!`.
    Error(Box<str>),
}

impl SheetFacts {
    /// Reads the part of a sheet once, keeping no cell.
    ///
    /// # Errors
    /// Why the part cannot be read.
    pub(super) fn read(part: impl BufRead) -> Result<Self, String> {
        let mut xml = Reader::from_reader(part);
        let config = xml.config_mut();
        (config.expand_empty_elements, config.check_end_names) = (true, false);
        let mut facts = Self::default();
        let (mut row, mut cell) = (0, CellFacts::default());
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
                Event::Start(start) => match local_name(start.name()) {
                    "row" => {
                        row = number(&start, "r")?.map_or(row, |number| number.saturating_sub(1));
                        if is_true(&start, "hidden")? {
                            add(&mut facts.hidden_rows, row);
                        }
                    }
                    "col" if is_true(&start, "hidden")? => facts.hidden_columns.extend(columns(&start)?),
                    "c" => cell.begin(&start, row)?,
                    "f" => cell.has_formula = true,
                    "v" | "is" => (cell.has_value, cell.is_in_value) = (true, true),
                    "mergeCell" => facts.merged.extend(merged(&start)?),
                    _ => {}
                },
                Event::Text(text) if cell.is_in_value => cell.text.push_str(&text),
                Event::CData(text) if cell.is_in_value => cell.text.push_str(&text),
                // Only whether there is a text counts, but for errors, and no error holds an entity.
                Event::GeneralRef(_) if cell.is_in_value => cell.text.push('&'),
                Event::End(end) => match local_name(end.name()) {
                    "row" => row += 1,
                    "v" | "is" => cell.is_in_value = false,
                    "c" => {
                        facts.unusable.extend(cell.unusable().map(|why| (cell.row, cell.column, why)));
                        cell.column += 1;
                    }
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
            if facts.unusable.len() + facts.merged.len() + facts.hidden_rows.len() > MOST_FACTS {
                return Err("too many of its cells are merged, hidden or without a value".to_owned());
            }
        }
        facts.merged.sort_by_key(|merged| *merged.rows.start());
        Ok(facts)
    }

    /// The cells of a row that have no usable value, with their columns.
    pub(super) fn unusable_in(&self, row: u32) -> impl Iterator<Item = (u32, &Unusable)> {
        let first = self.unusable.partition_point(|(other, ..)| *other < row);
        let rest = self.unusable[first..].iter().take_while(move |(other, ..)| *other == row);
        rest.map(|(_, column, why)| (*column, why))
    }

    /// The rectangles of merged cells that begin in a row.
    pub(super) fn merged_from(&self, row: u32) -> impl Iterator<Item = &Merged> {
        let first = self.merged.partition_point(|merged| *merged.rows.start() < row);
        self.merged[first..].iter().take_while(move |merged| *merged.rows.start() == row)
    }

    /// Whether a column is hidden.
    pub(super) fn hides_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|hidden| hidden.contains(&column))
    }

    /// The hidden rows from one on, as a user counts and writes them: `5-9, 12`.
    pub(super) fn hidden_rows(&self, from: u32) -> Option<String> {
        let hidden = self.hidden_rows.iter().filter(|rows| *rows.end() >= from);
        let written = hidden.map(|rows| {
            let (first, last) = (rows.start().max(&from) + 1, rows.end() + 1);
            if first == last { first.to_string() } else { format!("{first}-{last}") }
        });
        let written: Vec<_> = written.collect();
        let (shown, more) = written.split_at(written.len().min(20));
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        (!shown.is_empty()).then(|| shown.join(", ") + &more)
    }
}

/// What was seen of the cell that is being read.
#[derive(Default)]
struct CellFacts {
    row: u32,
    column: u32,
    is_error: bool,
    is_text: bool,
    has_formula: bool,
    has_value: bool,
    is_in_value: bool,
    text: String,
}

impl CellFacts {
    fn begin(&mut self, start: &BytesStart<'_>, row: u32) -> Result<(), String> {
        let column = if row == self.row { self.column } else { 0 };
        let named = attribute(start, "r")?;
        let named = named.as_deref().and_then(position);
        (self.row, self.column) = named.unwrap_or((row, column));
        let kind = attribute(start, "t")?;
        (self.is_error, self.is_text) = (kind.as_deref() == Some("e"), kind.as_deref() == Some("str"));
        (self.has_formula, self.has_value, self.is_in_value) = (false, false, false);
        self.text.clear();
        Ok(())
    }

    fn unusable(&self) -> Option<Unusable> {
        if self.is_error && !self.text.trim().is_empty() {
            return Some(Unusable::Error(self.text.trim().into()));
        }
        // A formula may result in a text of no characters, which is stored as such.
        let is_empty_text = self.is_text && self.has_value;
        let is_calculated = self.has_formula || self.is_error;
        (is_calculated && self.text.is_empty() && !is_empty_text).then_some(Unusable::NoResult)
    }
}

/// Adds a row to ranges, which come in order.
fn add(ranges: &mut Vec<RangeInclusive<u32>>, row: u32) {
    match ranges.last_mut() {
        Some(last) if *last.end() + 1 == row => *last = *last.start()..=row,
        _ => ranges.push(row..=row),
    }
}

fn number(start: &BytesStart<'_>, name: &str) -> Result<Option<u32>, String> {
    Ok(attribute(start, name)?.and_then(|value| value.trim().parse().ok()))
}

fn is_true(start: &BytesStart<'_>, name: &str) -> Result<bool, String> {
    Ok(attribute(start, name)?.is_some_and(|value| value == "1" || value == "true"))
}

fn columns(start: &BytesStart<'_>) -> Result<Option<RangeInclusive<u32>>, String> {
    let (first, last) = (number(start, "min")?, number(start, "max")?);
    Ok(first.zip(last).map(|(first, last)| first.saturating_sub(1)..=last.saturating_sub(1)))
}

fn merged(start: &BytesStart<'_>) -> Result<Option<Merged>, String> {
    let reference = attribute(start, "ref")?.unwrap_or_default();
    let ends = reference.split_once(':').and_then(|(a, b)| position(a).zip(position(b)));
    Ok(ends.map(|((top, left), (bottom, right))| Merged { rows: top..=bottom, columns: left..=right }))
}

/// The row and the column that a reference such as `B3` names, both from 0.
fn position(reference: &str) -> Option<(u32, u32)> {
    let reference = reference.trim().trim_start_matches('$');
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = reference.split_at(letters);
    let column = letters.bytes().try_fold(0_u32, |sum, letter| {
        let value = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
        sum.checked_mul(26)?.checked_add(value)
    })?;
    let row: u32 = digits.trim_start_matches('$').parse().ok()?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// A reference to a cell, as users write it: `B3`.
pub(super) fn reference(row: u32, column: u32) -> String {
    let (mut letters, mut rest) = (Vec::new(), column + 1);
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_and_written() {
        for (text, place) in
            [("A1", (0, 0)), ("Z9", (8, 25)), ("AA10", (9, 26)), ("XFD1048576", (1_048_575, 16_383))]
        {
            assert_eq!(position(text), Some(place));
            assert_eq!(reference(place.0, place.1), text);
        }
        assert_eq!(position("$B$3"), Some((2, 1)));
        for text in ["", "A", "1", "A0", "ZZZZZZZZZ1", "A99999999999"] {
            assert_eq!(position(text), None, "{text}");
        }
    }

    #[test]
    fn facts_are_found_whether_cells_are_named_or_not() {
        let sheet = r##"<x:worksheet><x:cols><x:col min="2" max="3" hidden="1"/></x:cols><x:sheetData>
            <x:row r="2" hidden="true"><x:c><x:v>1</x:v></x:c><x:c t="e"><x:f>A1</x:f><x:v>#SPILL!</x:v></x:c></x:row>
            <x:row hidden="1"><x:c r="C3"><x:f>A1</x:f></x:c><x:c t="str"><x:f>A1</x:f><x:v></x:v></x:c></x:row>
            <x:row r="7"><x:c r="B7"><x:f t="shared" si="0"/><x:v/></x:c></x:row>
            </x:sheetData><x:mergeCells><x:mergeCell ref="A5:B9"/><x:mergeCell ref="C2:C4"/></x:mergeCells></x:worksheet>"##;
        let facts = SheetFacts::read(sheet.as_bytes()).unwrap();
        let unusable: Vec<_> = (0..9)
            .flat_map(|row| facts.unusable_in(row).map(move |(column, why)| (row, column, why.clone())))
            .collect();
        assert_eq!(
            unusable,
            [
                (1, 1, Unusable::Error("#SPILL!".into())),
                (2, 2, Unusable::NoResult),
                (6, 1, Unusable::NoResult)
            ]
        );
        assert_eq!(facts.hidden_rows(0).unwrap(), "2-3");
        assert_eq!(facts.hidden_rows(2).unwrap(), "3");
        assert_eq!(facts.hidden_rows(3), None);
        assert!(
            !facts.hides_column(0)
                && facts.hides_column(1)
                && facts.hides_column(2)
                && !facts.hides_column(3)
        );
        let merged = |row| facts.merged_from(row).cloned().collect::<Vec<_>>();
        assert_eq!(merged(1), [Merged { rows: 1..=3, columns: 2..=2 }]);
        assert_eq!(merged(4), [Merged { rows: 4..=8, columns: 0..=1 }]);
    }
}
