use csv::{ReaderBuilder, StringRecord};

use super::cell::Cell;
use super::collect::Collector;
use super::decode::{Decoded, decode};
use super::layout::Layout;
use super::progress::Progress;
use crate::ledger::formula::exact;
use crate::ledger::problem::Origin;

/// How many rows are read between two reports of progress.
const ROWS_A_REPORT: u64 = 8_192;

/// Reads a CSV file: a header, then rows.
pub(super) fn read_csv(
    bytes: Vec<u8>,
    file: Origin,
    collector: &mut Collector<'_>,
    progress: &mut Progress<'_>,
) {
    let decoded = decode(bytes);
    let text = decoded.text().as_bytes();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut lines = Lines { text, position: 0, line: 1 };
    let mut record = StringRecord::new();
    let mut layout: Option<Layout> = None;
    for row in 0_u64.. {
        let start = reader.position().byte();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return collector.notes.unreadable(file, &error.to_string()),
        }
        if row % ROWS_A_REPORT == 0 {
            progress.report(start);
        }
        if record.as_slice().trim().is_empty() {
            continue;
        }
        let line = lines.of_record(start);
        let origin = file.at(line);
        // Only files for spreadsheets have the mark, and only their cells were neutralised.
        let cell = |text| Cell::trimmed(if decoded.is_marked() { exact(text) } else { text });
        let cells = || record.iter().map(cell);
        match &layout {
            None => {
                let names: Vec<&str> = record.iter().collect();
                match collector.header(&names, origin) {
                    Ok(read) => {
                        collector.expect(&read, line_feeds(text), text.len());
                        layout = Some(read);
                    }
                    Err(error) => return collector.notes.unreadable(origin, &error.cause),
                }
            }
            Some(layout) if is_damaged(&decoded, line, lines.last_of_record(reader.position().byte())) => {
                let cause = format!("the row holds bytes that are no text in {}", decoded.encoding);
                collector.misshapen(layout, origin, cells(), &cause);
            }
            Some(layout) => collector.row(layout, origin, record.len(), cells()),
        }
    }
    if layout.is_none() {
        collector.notes.unreadable(file, "the file is empty: a ledger has a header");
    }
}

fn is_damaged(decoded: &Decoded, first: u64, last: impl FnOnce() -> u64) -> bool {
    !decoded.damaged.is_empty() && decoded.damaged.range(first..=last()).next().is_some()
}

/// Counts lines up to a record. The reader's own count is one line early after a CRLF and after empty lines.
struct Lines<'a> {
    text: &'a [u8],
    position: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first cell of a record that the reader found from a byte on.
    fn of_record(&mut self, byte: u64) -> u64 {
        let start = self.byte(byte).max(self.position);
        let ends = |b: &&u8| matches!(**b, b'\r' | b'\n');
        let skipped = self.text[start..].iter().take_while(ends).count();
        self.line += line_feeds(&self.text[self.position..start + skipped]) as u64;
        self.position = start + skipped;
        self.line
    }

    /// The last line of the record of which the first was asked for last; it ends before a byte.
    fn last_of_record(&self, byte: u64) -> impl FnOnce() -> u64 {
        let record = &self.text[self.position..self.byte(byte).max(self.position)];
        move || self.line + line_feeds(record.trim_ascii_end()) as u64
    }

    fn byte(&self, byte: u64) -> usize {
        usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len())
    }
}

fn line_feeds(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}
