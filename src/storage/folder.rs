//! Names within a store's folder, and making them last.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::log::{FILE_HEADER_LENGTH, LogFile, ReadAt, upgrade};
pub(super) use crate::new_file::sync_names as sync;

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

/// Where a store is made of a backup before it takes its place in the folder around.
pub(super) fn restoring_path(dir: &Path) -> PathBuf {
    dir.join(".restoring")
}

/// Where earlier versions wrote the log of a store that they restored.
pub(super) fn restoring_log_path(dir: &Path) -> PathBuf {
    dir.join("changes.log.part")
}

/// Whether something could not be written because the medium or the rights of this process are for reading alone.
pub fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

/// Everything that a store with some text files has in its folder, or had before it was whole.
pub(super) fn own_paths(dir: &Path, files: &[&str]) -> impl Iterator<Item = PathBuf> {
    let of_files =
        files.iter().flat_map(|name| [(*name).to_owned(), format!("{name}.part"), format!(".{name}.seal")]);
    let of_files: Vec<_> = of_files.map(|name| dir.join(name)).collect();
    of_files.into_iter().chain([state_path(dir), lock_path(dir), log_path(dir)])
}

/// Creates a folder with those above it, and makes sure that they outlive a loss of power.
pub(super) fn create(dir: &Path) -> io::Result<()> {
    let missing: Vec<_> =
        dir.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.is_dir()).collect();
    fs::create_dir_all(dir)?;
    missing.into_iter().filter_map(Path::parent).try_for_each(|parent| match parent {
        relative if relative.as_os_str().is_empty() => sync(Path::new(".")),
        parent => sync(parent),
    })
}

/// Opens the log to be read and written; one of an earlier version becomes one of this, by its header alone.
pub(super) fn open_log(path: &Path) -> io::Result<File> {
    let mut log = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    let mut header = [0; FILE_HEADER_LENGTH];
    if log.read_full(&mut header, 0)? == header.len()
        && let Some((offset, version)) = upgrade(&header)
    {
        // These few bytes are on the disk as a whole or not.
        log.write_at(&version, offset)?;
        log.sync()?;
    }
    Ok(log)
}
