use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cell::Cell;
use super::collect::Collector;
use super::decode::decode;
use super::layout::{Layout, Refusal};
use super::read_rows::RowReader;
use crate::ledger::problem::Origin;
use crate::work::{Steps, Stopped};

/// Reads a file of JSON Lines: each line an object of which the keys are the columns.
///
/// # Errors
/// [`Stopped`] where the work is cancelled.
pub(super) fn read_json_lines(
    bytes: Vec<u8>,
    file: Origin,
    collector: &mut Collector<'_>,
    steps: &mut Steps,
) -> Result<(), Stopped> {
    let decoded = decode(bytes);
    let mut header = Header { names: Vec::new(), layout: None, refusals: Vec::new() };
    let mut reader = collector.reader();
    for (number, line) in decoded.text().split_inclusive('\n').enumerate() {
        steps.try_add(line.len() as u64)?;
        let origin = file.at(number as u64 + 1);
        if decoded.damaged.contains(&(number as u64 + 1)) {
            let cause = format!("the line holds bytes that are no text in {}", decoded.encoding);
            collector.notes.unreadable(origin, &cause);
            continue;
        }
        match line.trim() {
            "" => {}
            line => match serde_json::from_str(line) {
                Ok(object) => header.row(&object, origin, &mut reader, collector),
                Err(error) => collector.notes.unreadable(origin, &cause(&error)),
            },
        }
    }
    Ok(())
}

/// What the parser says, without the line that it counts from the start of our line.
fn cause(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let said = message.rsplit_once(" at line ").map_or(message.as_str(), |(said, _)| said);
    format!("the line is no JSON object: {said} at byte {}", error.column())
}

/// The keys of the last line, for most lines have those of the line before.
struct Header {
    names: Vec<String>,
    layout: Option<Layout>,
    refusals: Vec<Refusal>,
}

impl Header {
    fn row(
        &mut self,
        object: &Object<'_>,
        origin: Origin,
        reader: &mut RowReader<'_>,
        collector: &mut Collector<'_>,
    ) {
        let names = object.0.iter().map(|(name, _)| name.as_ref());
        if self.layout.is_none() || !names.clone().eq(self.names.iter().map(String::as_str)) {
            self.layout = None;
            let names: Vec<&str> = names.collect();
            match Layout::of(&names, collector.columns) {
                Ok((layout, refusals)) => {
                    self.names = names.into_iter().map(str::to_owned).collect();
                    (self.layout, self.refusals) = (Some(layout), refusals);
                }
                Err(error) => return collector.notes.unreadable(origin, &error.cause),
            }
        }
        if let Some(layout) = &self.layout {
            collector.notes.refused(origin, &self.refusals);
            reader.row(layout, origin, object.0.len(), object.0.iter().map(|(_, value)| cell(value)));
            collector.take(&mut reader.read);
        }
    }
}

/// The members of an object in their order, repeated ones too: a map would keep one of them and say nothing.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A string that is borrowed where it holds no escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A value as a cell. Numbers stay as they are written, so that none loses a digit.
fn cell(value: &RawValue) -> Cell<'_> {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'[') => items(text).map_or_else(Cell::Unreadable, Cell::Items),
        _ => scalar(text)
            .unwrap_or_else(|| Cell::Unreadable("an object stands where a value belongs".to_owned())),
    }
}

/// A value that is neither a list nor an object.
fn scalar(text: &str) -> Option<Cell<'_>> {
    match text.as_bytes().first()? {
        b'"' => match serde_json::from_str(text).ok()? {
            Text(Cow::Borrowed(text)) => Some(Cell::trimmed(text)),
            Text(Cow::Owned(text)) => Some(Cell::Text(Cow::Owned(text.trim().to_owned()))),
        },
        b'n' => Some(Cell::trimmed("")),
        b't' | b'f' => Some(Cell::trimmed(text)),
        b'[' | b'{' => None,
        _ if text.contains(['e', 'E']) => text.parse().map(Cell::Number).ok(),
        _ => match text.split_once('.') {
            Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => Some(Cell::trimmed(whole)),
            _ => Some(Cell::trimmed(text)),
        },
    }
}

/// The items of a list, joined as in a cell of a spreadsheet.
fn items(text: &str) -> Result<String, String> {
    let values: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut items = Vec::with_capacity(values.len());
    for value in values {
        let cell = scalar(value.get()).ok_or("a list holds a list or an object")?;
        let item = cell.text(false, false)?.into_owned();
        if item.contains(';') {
            return Err(format!("the item \"{item}\" holds ';', which stands between items in a cell"));
        }
        items.push(item);
    }
    Ok(items.join(";"))
}
