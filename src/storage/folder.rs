//! Names within a store's folder, and making them last.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::log::{FILE_HEADER_LENGTH, ReadAt, upgrade};

pub(super) fn log_path(dir: &Path) -> PathBuf {
    dir.join("changes.log")
}

pub(super) fn lock_path(dir: &Path) -> PathBuf {
    dir.join("lock")
}

pub(super) fn state_path(dir: &Path) -> PathBuf {
    dir.join("state")
}

/// Where a tail that is cut off the log is kept; the latest only.
pub(super) fn cut_path(dir: &Path) -> PathBuf {
    dir.join("changes.log.cut")
}

/// Where a state that cannot be used is set aside; the latest only.
pub(super) fn damaged_state_path(dir: &Path) -> PathBuf {
    dir.join("state.damaged")
}

/// Where a log without a text is written before it takes the place of the one with it.
pub(super) fn redacting_path(dir: &Path) -> PathBuf {
    dir.join("changes.log.redacting")
}

/// Creates a folder with those above it, and makes sure that it outlives a loss of power.
pub(super) fn create(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir)?;
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync(parent),
        _ => sync(Path::new(".")),
    }
}

/// Makes sure that the names in a folder outlive a loss of power.
pub(super) fn sync(dir: &Path) -> io::Result<()> {
    // Other systems do not open folders as files, and need no such step.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

/// Opens the log to be read and appended to; one of an earlier version becomes one of this, by its header alone.
pub(super) fn open_log(path: &Path) -> io::Result<File> {
    let log = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let mut header = [0; FILE_HEADER_LENGTH];
    if log.read_full(&mut header, 0)? == header.len()
        && let Some((offset, version)) = upgrade(&header)
    {
        // A file that is open for appends writes at its end alone. These few bytes are on the disk as a whole or not.
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(&version)?;
        file.sync_data()?;
    }
    Ok(log)
}
