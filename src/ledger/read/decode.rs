use std::collections::BTreeSet;

use encoding_rs::{Encoding, GB18030, UTF_8};
use memchr::memchr;

use crate::ledger::formula::MARK;

/// A file as text, and the lines of which bytes could not be read as such.
pub(super) struct Decoded {
    text: String,
    /// How many bytes of a byte order mark stand before the text.
    mark: usize,
    /// The encoding that was found, as messages name it.
    pub(super) encoding: &'static str,
    /// Lines, counted from 1, that hold bytes which are no text in this encoding.
    pub(super) damaged: BTreeSet<u64>,
}

impl Decoded {
    pub(super) fn text(&self) -> &str {
        &self.text[self.mark..]
    }

    /// Whether a byte order mark stands before the text.
    pub(super) fn is_marked(&self) -> bool {
        self.mark > 0
    }
}

/// Reads bytes as UTF-16 where a byte order mark says so, else as UTF-8, or else as GBK (in its superset GB 18030).
///
/// A single damaged byte does not make a file GBK, which would turn every name of it into other characters: where
/// more lines are right UTF-8 beyond ASCII than not, the file is UTF-8 and the others are damaged.
pub(super) fn decode(bytes: Vec<u8>) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => {
            let text = with_line_feeds(text);
            let mark = marks(&text);
            return Decoded { text, mark, encoding: "UTF-8", damaged: BTreeSet::new() };
        }
        Err(error) => error.into_bytes(),
    };
    let marked_as = Encoding::for_bom(&bytes);
    if let Some((encoding, mark)) = marked_as.filter(|(encoding, _)| *encoding != UTF_8) {
        return utf_16(&bytes[mark..], encoding);
    }
    let marked = marked_as.is_some();
    let (mut right, mut wrong) = (0_u64, 0_u64);
    for line in lines(&bytes).filter(|line| !line.is_ascii()) {
        match std::str::from_utf8(line) {
            Ok(_) => right += 1,
            Err(_) => wrong += 1,
        }
    }
    if marked || right > wrong {
        let line = |bytes| match String::from_utf8_lossy(bytes) {
            text @ std::borrow::Cow::Borrowed(_) => (text, false),
            text => (text, true),
        };
        by_line(&bytes, if marked { MARK.len() } else { 0 }, "UTF-8", line)
    } else {
        by_line(&bytes, 0, "GBK", |bytes| GB18030.decode_without_bom_handling(bytes))
    }
}

/// How many bytes of byte order marks a text begins with: programs that append to files write more than one.
fn marks(text: &str) -> usize {
    text.len() - text.trim_start_matches(MARK).len()
}

/// A text whose lines end in line feeds, also where it was written with carriage returns alone.
fn with_line_feeds(text: String) -> String {
    let has_returns_alone =
        memchr(b'\r', text.as_bytes()).is_some() && memchr(b'\n', text.as_bytes()).is_none();
    if has_returns_alone { text.replace('\r', "\n") } else { text }
}

/// Decodes each line apart: neither encoding has a line feed inside a character.
fn by_line<'a>(
    bytes: &'a [u8],
    mark: usize,
    encoding: &'static str,
    decode: impl Fn(&'a [u8]) -> (std::borrow::Cow<'a, str>, bool),
) -> Decoded {
    let mut text = String::with_capacity(bytes.len());
    let mut damaged = BTreeSet::new();
    for (line, number) in lines(bytes).zip(1..) {
        let (decoded, is_damaged) = decode(line);
        text.push_str(&decoded);
        if is_damaged {
            damaged.insert(number);
        }
    }
    let text = with_line_feeds(text);
    let mark = if mark > 0 { marks(&text) } else { 0 };
    Decoded { text, mark, encoding, damaged }
}

/// Decodes the whole: a line feed of UTF-16 may be half of a character.
fn utf_16(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    let (text, is_damaged) = encoding.decode_without_bom_handling(bytes);
    let text = with_line_feeds(text.into_owned());
    // Only files in UTF-8 are marked for spreadsheets (`is_marked`).
    let text = text.trim_start_matches(MARK).to_owned();
    let numbered = text.lines().zip(1..).filter(|(line, _)| is_damaged && line.contains('\u{fffd}'));
    let damaged = numbered.map(|(_, number)| number).collect();
    Decoded { text, mark: 0, encoding: "UTF-16", damaged }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart_and_damage_is_named_by_line() {
        let gbk = |text: &str| GB18030.encode(text).0.into_owned();
        type Expected = (&'static str, &'static str, &'static [u64]);
        let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let big_endian = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let table: [(&str, Vec<u8>, Expected); 9] = [
            ("ASCII", b"a\nb".to_vec(), ("a\nb", "UTF-8", &[])),
            ("a mark", "\u{feff}企业".into(), ("企业", "UTF-8", &[])),
            ("GBK", gbk("企业\n章丘㐀"), ("企业\n章丘㐀", "GBK", &[])),
            (
                "damaged UTF-8",
                ["章丘\n企业\n".as_bytes(), b"a\xff\n"].concat(),
                ("章丘\n企业\na\u{fffd}\n", "UTF-8", &[3]),
            ),
            (
                "damaged, with a mark",
                ["\u{feff}".as_bytes(), b"\xff\nb"].concat(),
                ("\u{fffd}\nb", "UTF-8", &[1]),
            ),
            ("UTF-16", utf_16("\u{feff}企业\n上\n𰻞"), ("企业\n上\n𰻞", "UTF-16", &[])),
            ("UTF-16, big end first", big_endian("\u{feff}企业\n上"), ("企业\n上", "UTF-16", &[])),
            (
                "damaged UTF-16",
                [utf_16("\u{feff}企业\n"), vec![0x00, 0xd8], utf_16("\n上")].concat(),
                ("企业\n\u{fffd}\n上", "UTF-16", &[2]),
            ),
            ("damaged GBK", [gbk("企业\n"), b"\xff\n".to_vec()].concat(), ("企业\n\u{fffd}\n", "GBK", &[2])),
        ];
        for (case, bytes, (text, encoding, damaged)) in table {
            let decoded = decode(bytes);
            assert_eq!((decoded.text(), decoded.encoding), (text, encoding), "{case}");
            assert!(decoded.damaged.iter().eq(damaged), "{case}: {:?}", decoded.damaged);
        }
    }
}
