use std::ops::Range;

use csv::{Reader, ReaderBuilder, StringRecord};
use memchr::{memchr, memchr_iter};

use super::cell::Cell;
use super::collect::Collector;
use super::decode::{Decoded, decode};
use super::layout::Layout;
use super::read_rows::{RowReader, ShortRows};
use crate::ledger::formula::exact;
use crate::ledger::problem::Origin;
use crate::work::{Steps, Stopped, check, in_parallel};

/// How many bytes are read at once: enough that handing them over costs nothing, and few enough that what was read of
/// them takes little room.
const PART: usize = 256 * 1024;

/// Reads a CSV file: a header, then rows, of these several parts at once.
///
/// # Errors
/// [`Stopped`] where the work is cancelled.
pub(super) fn read_csv(
    bytes: Vec<u8>,
    file: Origin,
    collector: &mut Collector<'_>,
    steps: &mut Steps,
) -> Result<(), Stopped> {
    read_in_parts(PART, bytes, file, collector, steps)
}

fn read_in_parts(
    part: usize,
    bytes: Vec<u8>,
    file: Origin,
    collector: &mut Collector<'_>,
    steps: &mut Steps,
) -> Result<(), Stopped> {
    let size = bytes.len();
    let decoded = decode(bytes);
    let text = decoded.text().as_bytes();
    let mut records = Records::of(text, 0..text.len(), 1);
    let mut first = records.next();
    if first.is_some() && records.names_separator() {
        first = records.next();
    }
    let layout = match first {
        None => {
            collector.notes.unreadable(file, "the file is empty: a ledger has a header");
            return Ok(());
        }
        Some(line) => {
            let (names, origin) = (records.record.iter().collect::<Vec<_>>(), file.at(line));
            match collector.header(&names, origin) {
                Ok(layout) => layout,
                Err(error) => {
                    let cause = separators(&names).unwrap_or(error.cause);
                    collector.notes.unreadable(origin, &cause);
                    return Ok(());
                }
            }
        }
    };
    collector.expect(&layout, line_feeds(text), text.len());
    let mut short = ShortRows::default();
    let parts = parts(text, records.end(), part);
    let (columns, hasher) = (collector.columns, collector.hasher.clone());
    let mut told = Ok(());
    in_parallel(
        &parts,
        || RowReader::new(columns, hasher.clone()),
        |reader: &mut RowReader<'_>, part| {
            // What is left then is not read, and the check at the end says so.
            if check().is_ok() {
                let records = Records::of(text, part.bytes.clone(), part.line);
                read_rows(records, &decoded, &layout, file, reader);
            }
            (std::mem::take(&mut reader.read), part.bytes.len())
        },
        |(mut read, bytes)| {
            short.add(&read.short);
            collector.take(&mut read);
            if told.is_ok() {
                // Of the file, which may be shorter than its text.
                told = steps.try_add((bytes as u64 * size as u64) / text.len() as u64);
            }
        },
    );
    if let Some(first) = short.first {
        let cause = format!(
            "{} rows, the first of them on line {}, have fewer cells than the header: the missing ones at their ends are read as \
             empty, since spreadsheet programs leave them out",
            short.count, first.line
        );
        collector.notes.warning(file, None, &cause);
    }
    told.and_then(|()| check())
}

/// What stands between the cells of a header in place of commas, where that is why it is none.
fn separators(names: &[&str]) -> Option<String> {
    let [header] = names else { return None };
    let others = [('\t', "tabs"), (';', "semicolons"), ('，', "full-width commas"), ('|', "bars")];
    let (_, found) = others.iter().find(|(separator, _)| header.contains(*separator))?;
    Some(format!("its cells are set apart by {found}; save it as CSV with commas between them"))
}

/// Reads the rows of a part of a file.
fn read_rows(
    mut records: Records<'_>,
    decoded: &Decoded,
    layout: &Layout,
    file: Origin,
    reader: &mut RowReader<'_>,
) {
    while let Some(line) = records.next() {
        let origin = file.at(line);
        // Only files for spreadsheets have the mark, and only their cells were neutralised.
        let cell = |text| Cell::trimmed(if decoded.is_marked() { exact(text) } else { text });
        let cells = records.record.iter().map(cell);
        if is_damaged(decoded, line, || records.last_line()) {
            let cause = format!("the row holds bytes that are no text in {}", decoded.encoding);
            reader.misshapen(layout, origin, cells, &cause);
        } else if records.record.len() < layout.width() && records.is_cut_off() {
            let cause = "the file ends within this row, which has fewer cells than the header: it may be cut off; save it anew";
            reader.misshapen(layout, origin, cells, cause);
        } else if records.record.len() < layout.width() {
            reader.read.short.add(&ShortRows { first: Some(origin), count: 1 });
            let missing = layout.width() - records.record.len();
            reader.row(layout, origin, layout.width(), cells.chain((0..missing).map(|_| Cell::trimmed(""))));
        } else {
            reader.row(layout, origin, records.record.len(), cells);
        }
    }
}

fn is_damaged(decoded: &Decoded, first: u64, last: impl FnOnce() -> u64) -> bool {
    !decoded.damaged.is_empty() && decoded.damaged.range(first..=last()).next().is_some()
}

/// A part of a file that begins and ends between two rows.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    bytes: Range<usize>,
    /// The line on which it begins, counted from 1.
    line: u64,
}

/// Divides what follows a place between two rows into parts of about so many bytes.
fn parts(text: &[u8], from: usize, size: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut start, mut line) = (from, 1 + line_feeds(&text[..from]) as u64);
    while start < text.len() {
        let end = end_of_row(text, start, start.saturating_add(size));
        parts.push(Part { bytes: start..end, line });
        line += line_feeds(&text[start..end]) as u64;
        start = end;
    }
    parts
}

/// The end of a row, not before a place; `start` is the beginning of one.
///
/// Without a quotation mark every line feed ends a row. From the first one on rows are read, since a cell may go over
/// lines, and a mark within a cell means nothing.
fn end_of_row(text: &[u8], start: usize, least: usize) -> usize {
    let line_feed = text.get(least..).and_then(|rest| memchr(b'\n', rest));
    let end = line_feed.map_or(text.len(), |found| least + found + 1);
    let Some(quoted) = memchr(b'"', &text[start..end]) else { return end };
    let line = text[start..start + quoted].iter().rposition(|byte| *byte == b'\n');
    let line = start + line.map_or(0, |found| found + 1);
    let mut records = Records::of(text, line..text.len(), 1);
    while records.end() < least && records.next().is_some() {}
    records.end()
}

/// The records of a part of a file, but for those in which nothing stands.
struct Records<'a> {
    text: &'a [u8],
    /// Where the part begins and ends.
    bytes: Range<usize>,
    reader: Reader<&'a [u8]>,
    /// The last one.
    record: StringRecord,
    /// Where its first cell stands, and on which line.
    position: usize,
    line: u64,
}

impl<'a> Records<'a> {
    fn of(text: &'a [u8], bytes: Range<usize>, line: u64) -> Self {
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&text[bytes.clone()]);
        Self { text, position: bytes.start, bytes, reader, record: StringRecord::new(), line }
    }

    /// Reads the next record, and gives the line on which it begins.
    fn next(&mut self) -> Option<u64> {
        loop {
            let start = self.end();
            // What is in memory and was decoded can always be read.
            if !self.reader.read_record(&mut self.record).unwrap_or(false) {
                return None;
            }
            if !self.record.as_slice().trim().is_empty() {
                return Some(self.find(start));
            }
        }
    }

    /// The line of the first cell of the record that was found from a byte on.
    ///
    /// The reader's own count is one line early after a CRLF and after empty lines.
    fn find(&mut self, start: usize) -> u64 {
        let start = start.max(self.position);
        let ends = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
        let skipped = self.text[start..self.bytes.end].iter().take_while(ends).count();
        self.line += line_feeds(&self.text[self.position..start + skipped]) as u64;
        self.position = start + skipped;
        self.line
    }

    /// Whether the last record is the line by which Excel is told what separates cells: `sep=,`.
    fn names_separator(&self) -> bool {
        let first = self.record.get(0).and_then(|cell| cell.trim().get(..4).map(str::to_ascii_lowercase));
        first.as_deref() == Some("sep=") && self.record.iter().skip(1).all(str::is_empty)
    }

    /// Whether the last record ends with the file, and without the end of a line.
    fn is_cut_off(&self) -> bool {
        self.end() == self.text.len() && !self.text.ends_with(b"\n") && !self.text.ends_with(b"\r")
    }

    /// Where the last record ends; a line feed may follow that belongs to it.
    fn end(&self) -> usize {
        let read = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        self.bytes.start.saturating_add(read).min(self.bytes.end)
    }

    /// The last line of the last record.
    fn last_line(&self) -> u64 {
        let record = &self.text[self.position..self.end().max(self.position)];
        self.line + line_feeds(record.trim_ascii_end()) as u64
    }
}

fn line_feeds(bytes: &[u8]) -> usize {
    memchr_iter(b'\n', bytes).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::column::Columns;
    use crate::ledger::problem::Sources;
    use crate::ledger::read::upsert::upsert;
    use crate::model::AttributeCatalog;

    /// All records with their lines, read in parts of a size.
    fn in_parts(text: &str, size: usize) -> Vec<(u64, Vec<String>)> {
        let text = text.as_bytes();
        let mut all = Vec::new();
        let mut end = 0;
        for part in parts(text, 0, size) {
            assert_eq!(part.bytes.start, end);
            end = part.bytes.end;
            let mut records = Records::of(text, part.bytes, part.line);
            while let Some(line) = records.next() {
                all.push((line, records.record.iter().map(str::to_owned).collect()));
            }
        }
        assert_eq!(end, text.len());
        all
    }

    /// What the library reads of the whole.
    fn plain(text: &str) -> Vec<Vec<String>> {
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let records = reader.into_records().map(Result::unwrap);
        let records = records.filter(|record| !record.as_slice().trim().is_empty());
        records.map(|record| record.iter().map(str::to_owned).collect()).collect()
    }

    /// All that comes of a ledger.
    fn outcome(file: &[u8], size: usize) -> String {
        let (catalog, mut steps) = (AttributeCatalog::default(), Steps::begin("reading", 0));
        let columns = Columns::new(&catalog);
        let mut collector = Collector::new(&columns);
        let origin = collector.notes.sources.add(&"a.csv".into(), None);
        read_in_parts(size, file.to_vec(), origin, &mut collector, &mut steps).unwrap();
        let read = upsert(collector, &crate::graph::Graph::new());
        let notes = read.notes;
        let place = |sources: &Sources, origin| sources.place(origin).to_string();
        let places: Vec<_> = read.origins.iter().map(|origin| place(&notes.sources, *origin)).collect();
        let unread: std::collections::BTreeSet<_> = notes.unread.organizations.iter().collect();
        format!(
            "{:?}\n{places:?}\n{}\n{}\n{:?}\n{unread:?}",
            read.changes, notes.problems, notes.warnings, read.rows
        )
    }

    /// Pieces of which CSV is made that is hard to divide.
    fn awkward(rows: &'static [&'static str]) -> impl Strategy<Value = String> {
        let mark = prop_oneof![Just("\""), Just("\"\""), Just(","), Just("\n"), Just("\r\n"), Just("\r")];
        let piece = prop_oneof![
            3 => prop::sample::select(rows),
            3 => mark,
            1 => prop_oneof![Just("a"), Just(" "), Just("名"), Just("\"b\nc\"")],
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    const ROWS: &[&str] = &[
        "a-1,PARK,名\n",
        "a-1,PARK,名二\r\n",
        "a-2,PARC,名\n",
        "\"a-3\",PARK,\"两\n行\"\n",
        "a-4,ENTERPRISE\n",
        "\n\n",
        "a-5,\"PA\"\"RK\",'=1\r\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn a_file_that_is_divided_anywhere_has_the_records_of_the_whole(
            text in awkward(&["a,b,c\n", "x\"y,\"\"\n"]), size in 1usize..40,
        ) {
            let divided = in_parts(&text, size);
            prop_assert_eq!(&divided, &in_parts(&text, usize::MAX));
            let records: Vec<_> = divided.into_iter().map(|(_, record)| record).collect();
            prop_assert_eq!(records, plain(&text));
        }

        #[test]
        fn what_comes_of_a_ledger_does_not_hang_on_how_it_is_divided(
            marked: bool, text in awkward(ROWS), damage in prop::option::of(any::<prop::sample::Index>()), size in 1usize..60,
        ) {
            let mark = if marked { "\u{feff}" } else { "" };
            let mut file = format!("{mark}id,kind,name\n{text}").into_bytes();
            if let Some(place) = damage {
                let start = mark.len() + 13;
                file.insert(start + place.index(file.len() + 1 - start), 0xff);
            }
            prop_assert_eq!(outcome(&file, size), outcome(&file, usize::MAX));
        }
    }
}
