use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The units of memory, largest first: names, and how many bytes each has.
const UNITS: [(&[&str], u64); 5] = [
    (&["TiB", "T"], 1 << 40),
    (&["GiB", "G"], 1 << 30),
    (&["MiB", "M"], 1 << 20),
    (&["KiB", "K"], 1 << 10),
    (&["B", ""], 1),
];

/// An amount of memory, written such as `2GiB` or `512MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemorySize(pub u64);

/// Why a text is no amount of memory.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is no amount of memory; write a number and a unit, such as 2GiB, 512MiB or 1.5GiB")]
pub struct MemorySizeError(String);

impl FromStr for MemorySize {
    type Err = MemorySizeError;

    fn from_str(text: &str) -> Result<Self, MemorySizeError> {
        let wrong = || MemorySizeError(text.to_owned());
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = (&text[..end], text[end..].trim());
        let is_named = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(unit));
        let (_, bytes) = UNITS.iter().find(|(names, _)| is_named(names)).ok_or_else(wrong)?;
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let size = number * *bytes as f64;
        // Above this an f64 skips whole bytes, and no machine has it.
        if size < 1.0 || size > (1_u64 << 53) as f64 { Err(wrong()) } else { Ok(Self(size as u64)) }
    }
}

impl fmt::Display for MemorySize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (names, bytes) = UNITS.iter().find(|(_, bytes)| self.0 >= *bytes).unwrap_or(&UNITS[4]);
        let unit = if *bytes == 1 { "B" } else { names[0] };
        if self.0.is_multiple_of(*bytes) {
            return write!(f, "{} {unit}", self.0 / bytes);
        }
        write!(f, "{:.1} {unit}", self.0 as f64 / *bytes as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_a_unit_and_written_back() {
        let table = [
            ("2GiB", Some(2 << 30), "2 GiB"),
            ("1.5gib", Some(3 << 29), "1.5 GiB"),
            ("512 MiB", Some(512 << 20), "512 MiB"),
            ("64M", Some(64 << 20), "64 MiB"),
            ("4096", Some(4096), "4 KiB"),
            ("1B", Some(1), "1 B"),
            ("", None, ""),
            ("GiB", None, ""),
            ("0", None, ""),
            ("-1GiB", None, ""),
            ("2GB", None, ""),
            ("1e9", None, ""),
            ("1.2.3MiB", None, ""),
            ("99999999TiB", None, ""),
            ("两GiB", None, ""),
        ];
        for (text, bytes, written) in table {
            let read = text.parse::<MemorySize>();
            assert_eq!(read.clone().ok().map(|size| size.0), bytes, "{text}");
            if let Ok(size) = read {
                assert_eq!(size.to_string(), written);
            }
        }
    }
}
