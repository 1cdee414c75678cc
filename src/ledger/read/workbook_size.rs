//! How large a workbook is when it is unpacked, found out before its reader takes room for it.
//!
//! A few kilobytes unpack to gigabytes where somebody means harm, and the reader takes as much room as a workbook says
//! that its texts need. So every part is unpacked once into nothing, up to a limit, and what it declares is looked at.

use std::io::{self, Cursor, Read};

use memchr::memmem::Finder;
use thiserror::Error;
use zip::ZipArchive;
use zip::result::ZipError;

/// How many bytes a workbook may have that is unpacked.
const MOST_BYTES: u64 = 4 << 30;

/// What is refused only above so many bytes: smaller parts do no harm however well they are packed.
const HARMLESS: u64 = 64 << 20;

/// How many times smaller a part may be packed: sheets of rows that are all alike come to about 50.
const MOST_RATIO: u64 = 200;

/// How many times smaller a stream can be packed at the most, by the format.
const POSSIBLE_RATIO: u64 = 1_040;

/// How many parts there may be.
const MOST_PARTS: usize = 10_000;

/// The attribute that says how many texts follow.
const COUNT: &[u8] = b"uniqueCount";

/// How many bytes the shortest text takes: `<si/>`.
const SHORTEST_TEXT: u64 = 5;

/// How far behind the name of the attribute its value may end.
const REACH: usize = 256;

/// Why a workbook is not unpacked.
#[derive(Debug, Error)]
pub(super) enum Oversized {
    /// It is no archive, or a damaged one.
    #[error("Zip error: {0}")]
    Zip(#[from] ZipError),
    /// A part cannot be unpacked.
    #[error("its part {part} is damaged: {cause}")]
    Damaged { part: String, cause: io::Error },
    /// A part unpacks to much more than rows of a ledger ever would.
    #[error(
        "its part {part} has {packed} bytes and unpacks to more than {most}: no ledger does; save the ledger as CSV"
    )]
    Bomb { part: String, packed: u64, most: u64 },
    /// All of it is too much.
    #[error("it unpacks to more than {MOST_BYTES} bytes: divide it, or save the ledger as CSV")]
    Large,
    /// It is made of too many parts.
    #[error("it has {0} parts, and a workbook has {MOST_PARTS} at the most")]
    Parts(usize),
    /// It says that it has more texts than it has room for.
    #[error("its part {part} says that it holds {count} texts, which its size does not allow; save it anew")]
    Texts { part: String, count: u64 },
    /// Its texts are in an encoding in which what they declare cannot be looked at.
    #[error("its part {part} is not in UTF-8; save it anew")]
    Encoding { part: String },
}

/// Checks that a workbook can be read without more room than its rows need.
pub(super) fn check_sizes(bytes: &[u8]) -> Result<(), Oversized> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    if archive.len() > MOST_PARTS {
        return Err(Oversized::Parts(archive.len()));
    }
    let mut whole = 0;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index)?;
        let (name, packed) = (part.name()?.into_owned(), part.compressed_size());
        let holds_texts = name.to_ascii_lowercase().ends_with("sharedstrings.xml");
        if !holds_texts && packed.saturating_mul(POSSIBLE_RATIO) < HARMLESS {
            continue;
        }
        let most = HARMLESS.max(packed.saturating_mul(MOST_RATIO)).min(MOST_BYTES.saturating_sub(whole));
        let mut texts = Texts::default();
        let mut size = 0;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = match part.read(&mut buffer) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(cause) => return Err(Oversized::Damaged { part: name, cause }),
            };
            if holds_texts {
                texts.look(&buffer[..read]);
            }
            if read == 0 {
                break;
            }
            size += read as u64;
            if size > most {
                let is_bomb = size > HARMLESS.max(packed.saturating_mul(MOST_RATIO));
                return Err(if is_bomb {
                    Oversized::Bomb { part: name, packed, most }
                } else {
                    Oversized::Large
                });
            }
        }
        if texts.is_strange {
            return Err(Oversized::Encoding { part: name });
        }
        if texts.declared > size / SHORTEST_TEXT {
            return Err(Oversized::Texts { part: name, count: texts.declared });
        }
        whole += size;
    }
    Ok(())
}

/// What a part of texts says of itself, wherever it says it: the reader believes it.
#[derive(Default)]
struct Texts {
    /// What was not looked at yet, since an attribute may lie across the border of two pieces.
    rest: Vec<u8>,
    /// The highest count that it declares.
    declared: u64,
    /// Whether it is, or may be, in another encoding than UTF-8.
    is_strange: bool,
}

impl Texts {
    /// Takes the next piece; an empty one is the end.
    fn look(&mut self, piece: &[u8]) {
        // UTF-16 is full of zeros.
        self.is_strange |= piece.contains(&0);
        let seen = [std::mem::take(&mut self.rest), piece.to_vec()].concat();
        // What begins in the last bytes is looked at with the next piece.
        let until = if piece.is_empty() { seen.len() } else { seen.len().saturating_sub(REACH) };
        for at in Finder::new(COUNT).find_iter(&seen).take_while(|at| *at < until) {
            self.declared = self.declared.max(count(&seen[at + COUNT.len()..]));
        }
        for at in Finder::new(b"<?xml ").find_iter(&seen).take_while(|at| *at < until) {
            let text = String::from_utf8_lossy(&seen[at..seen.len().min(at + REACH)]).to_ascii_lowercase();
            let declaration = text.split("?>").next().unwrap_or_default();
            self.is_strange |= declaration.contains("encoding") && !declaration.contains("utf-8");
        }
        self.rest = seen[until..].to_vec();
    }
}

/// The number that an attribute has of which the name ends here; 0 where it has none.
fn count(bytes: &[u8]) -> u64 {
    let number = bytes.trim_ascii_start().strip_prefix(b"=").map(<[u8]>::trim_ascii_start);
    let number = number.and_then(|rest| rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")));
    let number = number.unwrap_or_default().trim_ascii_start();
    let number = number.strip_prefix(b"+").unwrap_or(number);
    let digits = number.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number: u64, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const TEXTS: &str = "xl/sharedStrings.xml";

    /// An archive of one part, which is so many pieces.
    fn packed(name: &str, pieces: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        pieces.for_each(|piece| archive.write_all(&piece).unwrap());
        archive.finish().unwrap().into_inner()
    }

    fn refusal(name: &str, text: &[u8]) -> String {
        let checked = check_sizes(&packed(name, std::iter::once(text.to_vec())));
        checked.map_or_else(|error| error.to_string(), |()| "fits".to_owned())
    }

    #[test]
    fn a_part_that_unpacks_to_much_more_than_it_has_is_refused() {
        let bomb = packed("xl/worksheets/sheet1.xml", std::iter::repeat_n(vec![b' '; 1 << 20], 80));
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        let refused = check_sizes(&bomb).unwrap_err().to_string();
        assert!(
            refused.contains("sheet1.xml has 8") && refused.contains("save the ledger as CSV"),
            "{refused}"
        );
        let harmless = packed("xl/worksheets/sheet1.xml", std::iter::repeat_n(vec![b' '; 1 << 20], 60));
        check_sizes(&harmless).unwrap();
    }

    #[test]
    fn texts_that_a_part_has_no_room_for_are_refused() {
        let sst = |count: &str| {
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><sst uniqueCount{count}><si/><si/>")
        };
        for right in ["=\"2\"", " = '2'", "=\"\"", ""] {
            assert_eq!(refusal(TEXTS, sst(right).as_bytes()), "fits", "{right}");
        }
        for wrong in ["=\"4000000000\"", " =\n'+4000000000'", "=\"99999999999999999999999\""] {
            for name in [TEXTS, "XL\\sharedstrings.XML"] {
                assert!(refusal(name, sst(wrong).as_bytes()).contains("texts, which its size"), "{wrong}");
            }
        }
        let far = format!("<!--{}-->{}", " ".repeat(200_000), sst("=\"4000000000\""));
        for cut in 0..40 {
            assert!(refusal(TEXTS, &far.as_bytes()[cut..]).contains("4000000000 texts"), "{cut}");
        }
    }

    #[test]
    fn texts_in_another_encoding_are_refused() {
        for strange in ["<?xml version=\"1.0\" encoding='ISO-2022-JP'?><sst/>".as_bytes(), b"\xff\xfe<\0s\0"]
        {
            assert!(refusal(TEXTS, strange).contains("is not in UTF-8"));
        }
        assert_eq!(refusal(TEXTS, "<sst><si><t>encoding='GBK'</t></si></sst>".as_bytes()), "fits");
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        assert!(check_sizes(b"id,kind,name").is_err());
        let mut damaged = packed("xl/sharedStrings.xml", std::iter::once(b"<sst/>".repeat(1000)));
        damaged[60] ^= 0xff;
        assert!(check_sizes(&damaged).unwrap_err().to_string().contains("sharedStrings.xml is damaged"));
    }
}
