//! Text files that people write, read so that a bit that flips on the disk is noticed.
//!
//! Ground floor: whoever reads a file of a store's folder that has no checksums of its own.
//!
//! Beside each file `NAME` stands its seal, `.NAME.seal`: the BLAKE3 of its bytes, and when the system recorded the last
//! change of it. Nobody can set that moment, so other bytes at the same moment were not written by anybody: the disk is
//! damaged. Other bytes at another moment, earlier or later, are an edit: the file is read as it is now, whoever reads it
//! is told, and it is sealed anew. The time of a file that `ls` shows tells neither, since copies keep it.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How old a file is before it is sealed: within one tick of its clock it could still be written to twice.
const SETTLED: Duration = Duration::from_secs(2);

/// A text file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What it holds.
    pub text: String,
    /// Whether it holds something else than when it was sealed.
    pub is_edited: bool,
}

/// Reads a text file; it is sealed where it is not yet, or is another since it was.
///
/// # Errors
/// What the system says, and [`ErrorKind::InvalidData`] where the bytes are not those that were written, or no text.
pub fn read(path: &Path) -> io::Result<Text> {
    let metadata = fs::metadata(path)?;
    let bytes = fs::read(path)?;
    let now = Seal::of(&bytes, &metadata);
    let sealed = Seal::read(path);
    let is_edited = sealed.as_ref().is_some_and(|seal| seal.hash != now.hash);
    match sealed {
        Some(seal) if seal == now => {}
        Some(seal) if is_edited && seal.changed == now.changed => {
            return Err(invalid(
                "its bytes are not those that were written, and nobody has written it since: the disk may be \
                 damaged; put it back from a backup, or look it through and save it anew",
            ));
        }
        // A seal is a help: where none can be written, the file is read all the same.
        _ if is_settled(&metadata) => drop(seal(path, &now)),
        _ => {}
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| invalid("it holds bytes that are no text in UTF-8; put it back from a backup"))?;
    Ok(Text { text, is_edited })
}

/// Reads a text file of which nobody has to be told that it was edited.
///
/// # Errors
/// Those of [`read`].
pub fn read_to_string(path: &Path) -> io::Result<String> {
    read(path).map(|read| read.text)
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
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    now.zip(changed(metadata)).is_some_and(|(now, changed)| now > changed + SETTLED)
}

/// When the system recorded the last change of a file, after 1970.
#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<Duration> {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
    Some(Duration::new(u64::try_from(metadata.ctime()).ok()?, nanoseconds))
}

/// When a file was written, after 1970: other systems record no more.
#[cfg(not(unix))]
fn changed(metadata: &Metadata) -> Option<Duration> {
    metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()
}

/// What a file was when it was sealed.
#[derive(Debug, PartialEq, Eq)]
struct Seal {
    hash: String,
    /// Nanoseconds since 1970, as text.
    changed: String,
}

impl Seal {
    fn of(bytes: &[u8], metadata: &Metadata) -> Self {
        let changed = changed(metadata).unwrap_or_default().as_nanos().to_string();
        Self { hash: blake3::hash(bytes).to_string(), changed }
    }

    /// The seal of a file; `None` where there is none, or where it is damaged itself.
    fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(seal_path(path)).ok()?;
        let mut words = text.split_whitespace().map(str::to_owned);
        let seal = Self { hash: words.next()?, changed: words.next()? };
        (seal.to_text() == text).then_some(seal)
    }

    fn to_text(&self) -> String {
        let words = format!("{} {}", self.hash, self.changed);
        format!("{words} {}\n", blake3::hash(words.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a file as it was written so many seconds after 1970, as far as its time says.
    fn write(path: &Path, bytes: &[u8], seconds: u64) {
        fs::write(path, bytes).unwrap();
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    /// Seals a file as if it held these bytes when it was last changed.
    fn seal_as(path: &Path, bytes: &[u8]) {
        seal(path, &Seal::of(bytes, &fs::metadata(path).unwrap())).unwrap();
    }

    #[test]
    fn an_edit_is_told_from_damage_whatever_time_the_file_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        let text = |text: &str, is_edited| Text { text: text.to_owned(), is_edited };
        write(&path, b"a = 1", 1_000);
        assert_eq!(read(&path).unwrap(), text("a = 1", false), "it has no seal");
        seal_as(&path, b"a = 1");
        assert_eq!(read(&path).unwrap(), text("a = 1", false));
        // A clock that ticks slowly must have ticked before the file is changed again.
        std::thread::sleep(Duration::from_millis(20));
        for (seconds, content) in [(1_000, "a = 2"), (500, "a = 3"), (2_000, "a = 4"), (500, "a = 1")] {
            write(&path, content.as_bytes(), seconds);
            let is_edited = content != "a = 1";
            assert_eq!(read(&path).unwrap(), text(content, is_edited), "written {seconds}");
        }
        // What a bit that flips on the disk leaves: other bytes, of which the system knows nothing.
        seal_as(&path, b"a = 9");
        let refused = read(&path).unwrap_err();
        assert!(refused.to_string().contains("save it anew"), "{refused}");
        std::thread::sleep(Duration::from_millis(20));
        write(&path, b"a = 1", 1_000);
        assert_eq!(read(&path).unwrap(), text("a = 1", true), "saved anew");
        write(&path, b"a = \xff", 3);
        assert!(read(&path).unwrap_err().to_string().contains("no text in UTF-8"));
        fs::remove_file(&path).unwrap();
        assert_eq!(read(&path).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn a_damaged_seal_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        write(&path, b"a = 1", 1);
        seal_as(&path, b"a = 2");
        let seal = fs::read(seal_path(&path)).unwrap();
        assert!(read(&path).is_err());
        for at in 0..seal.len() {
            let mut flipped = seal.clone();
            flipped[at] ^= 1;
            fs::write(seal_path(&path), flipped).unwrap();
            assert_eq!(read_to_string(&path).unwrap(), "a = 1", "{at}");
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
