use std::collections::BTreeSet;

use encoding_rs::GB18030;

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

/// Reads bytes as UTF-8, or else as GBK (in its superset GB 18030).
///
/// A single damaged byte does not make a file GBK, which would turn every name of it into other characters: where
/// more lines are right UTF-8 beyond ASCII than not, the file is UTF-8 and the others are damaged.
pub(super) fn decode(bytes: Vec<u8>) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => {
            let mark = if text.starts_with(MARK) { MARK.len() } else { 0 };
            return Decoded { text, mark, encoding: "UTF-8", damaged: BTreeSet::new() };
        }
        Err(error) => error.into_bytes(),
    };
    let marked = bytes.starts_with(MARK.as_bytes());
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
    Decoded { text, mark, encoding, damaged }
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
        let table: [(&str, Vec<u8>, Expected); 6] = [
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
            ("damaged GBK", [gbk("企业\n"), b"\xff\n".to_vec()].concat(), ("企业\n\u{fffd}\n", "GBK", &[2])),
        ];
        for (case, bytes, (text, encoding, damaged)) in table {
            let decoded = decode(bytes);
            assert_eq!((decoded.text(), decoded.encoding), (text, encoding), "{case}");
            assert!(decoded.damaged.iter().eq(damaged), "{case}: {:?}", decoded.damaged);
        }
    }
}
