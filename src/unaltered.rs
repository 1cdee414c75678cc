//! Text files that people write, read so that a bit that flips on the disk is noticed.
//!
//! Ground floor: whoever reads a file of a store's folder that has no checksums of its own.
//!
//! Beside each file `NAME` stands its seal, `.NAME.seal`: the BLAKE3 of its bytes and the moment at which it was written,
//! by the clock of the file system. Whoever edits the file changes that moment too, and it is sealed anew; bytes that are
//! others at the same moment were not written by anybody.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How old a file is before it is sealed: within one tick of its clock it could still be written to twice.
const SETTLED: Duration = Duration::from_secs(2);

/// Reads a text file; it is sealed where it is not yet, or is another since it was.
///
/// # Errors
/// What the system says, and [`ErrorKind::InvalidData`] where the bytes are not those that were written, or no text.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    let bytes = fs::read(path)?;
    let now = Seal::of(&bytes, &metadata);
    match Seal::read(path) {
        Some(seal) if seal == now => {}
        Some(seal) if seal.written == now.written => {
            return Err(invalid(
                "its bytes are not those that were written, and nobody has written it since: the disk may be \
                 damaged; put it back from a backup, or look it through and save it anew",
            ));
        }
        // A seal is a help: where none can be written, the file is read all the same.
        _ if is_settled(&metadata) => drop(seal(path, &now)),
        _ => {}
    }
    String::from_utf8(bytes)
        .map_err(|_| invalid("it holds bytes that are no text in UTF-8; put it back from a backup"))
}

/// Seals a file when it is on the disk: an editor may leave that to the system, which a loss of power comes before.
fn seal(path: &Path, seal: &Seal) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    fs::write(seal_path(path), seal.to_text())
}

fn invalid(cause: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, cause)
}

fn seal_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.seal"))
}

fn is_settled(metadata: &Metadata) -> bool {
    let age = metadata.modified().ok().and_then(|written| SystemTime::now().duration_since(written).ok());
    age.is_some_and(|age| age > SETTLED)
}

/// What a file was when it was sealed.
#[derive(Debug, PartialEq, Eq)]
struct Seal {
    hash: String,
    /// Nanoseconds since 1970, as text.
    written: String,
}

impl Seal {
    fn of(bytes: &[u8], metadata: &Metadata) -> Self {
        let written = metadata.modified().ok().and_then(|written| written.duration_since(UNIX_EPOCH).ok());
        let written = written.unwrap_or_default().as_nanos().to_string();
        Self { hash: blake3::hash(bytes).to_string(), written }
    }

    /// The seal of a file; `None` where there is none, or where it is damaged itself.
    fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(seal_path(path)).ok()?;
        let mut words = text.split_whitespace().map(str::to_owned);
        let seal = Self { hash: words.next()?, written: words.next()? };
        (seal.to_text() == text).then_some(seal)
    }

    fn to_text(&self) -> String {
        let words = format!("{} {}", self.hash, self.written);
        format!("{words} {}\n", blake3::hash(words.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a file as it was written so many seconds after 1970.
    fn write(path: &Path, bytes: &[u8], seconds: u64) {
        fs::write(path, bytes).unwrap();
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn a_flipped_bit_is_noticed_and_an_edit_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        write(&path, b"a = 1", 1);
        for _ in 0..2 {
            assert_eq!(read_to_string(&path).unwrap(), "a = 1");
        }
        write(&path, b"a = 3", 1);
        let refused = read_to_string(&path).unwrap_err();
        assert!(refused.to_string().contains("save it anew"), "{refused}");
        write(&path, b"a = 3", 2);
        assert_eq!(read_to_string(&path).unwrap(), "a = 3");
        write(&path, b"a = \xff", 3);
        assert!(read_to_string(&path).unwrap_err().to_string().contains("no text in UTF-8"));
        fs::remove_file(&path).unwrap();
        assert_eq!(read_to_string(&path).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn a_damaged_seal_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        write(&path, b"a = 1", 1);
        read_to_string(&path).unwrap();
        let seal = fs::read(seal_path(&path)).unwrap();
        for at in 0..seal.len() {
            let mut flipped = seal.clone();
            flipped[at] ^= 1;
            fs::write(seal_path(&path), flipped).unwrap();
            assert_eq!(read_to_string(&path).unwrap(), "a = 1", "{at}");
            assert_eq!(fs::read(seal_path(&path)).unwrap(), seal);
        }
    }

    #[test]
    fn a_file_that_was_just_written_is_not_sealed_yet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "a").unwrap();
        read_to_string(&path).unwrap();
        assert!(!seal_path(&path).exists());
    }
}
