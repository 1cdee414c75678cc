use std::io;

use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use sha2::{Digest, Sha256};

use super::Answer;

/// How many hexadecimal digits of the SHA-256 are kept.
const DIGITS: usize = 16;

/// The digest of an answer: that of its JSON as Python's `json.dumps` writes it, keys sorted.
///
/// # Errors
/// When the answer holds what JSON cannot, which none does.
pub(super) fn digest(answer: &Answer<'_>) -> serde_json::Result<String> {
    let mut hex = HEXLOWER.encode(&Sha256::digest(json(answer)?));
    hex.truncate(DIGITS);
    Ok(hex)
}

/// An answer as JSON, with a space behind each comma and colon.
pub(super) fn json(answer: &Answer<'_>) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    answer.serialize(&mut Serializer::with_formatter(&mut bytes, Spaced))?;
    Ok(bytes)
}

/// One line with spaces, where `serde_json` writes none.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
