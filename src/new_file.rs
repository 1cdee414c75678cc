//! Files that take the place of others only once they are whole.
//!
//! Floor 1: whoever writes files that users keep.
//!
//! A new file is written beside the one that it replaces, and gets its owner and its permissions. What cannot be replaced
//! is written through once the whole is there: a device, a pipe, a file of several names, one in a folder that cannot be
//! written to. Links are followed.

mod destination;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;
use thiserror::Error;

use self::destination::{Destination, Opened};

/// Why files cannot be written; the files that were there before are then as they were.
#[derive(Debug, Error)]
#[error("{}: it cannot be written: {cause}", .path.display())]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    #[source]
    pub cause: io::Error,
}

/// A file of which all is written, and that does not stand at its path yet.
pub struct NewFile {
    path: PathBuf,
    staged: Staged,
}

/// Where its bytes are until then; they are removed where it is not published.
enum Staged {
    /// Beside the file whose place it takes.
    Beside(TempPath, PathBuf),
    /// In a file without a name, from where they go through another.
    Through(File, Opened),
}

impl NewFile {
    /// Writes the whole of a new file, to the disk; the folder is made where there is none.
    ///
    /// # Errors
    /// [`WriteError`] when the system does not let us write.
    pub fn write(
        folder: &Path,
        name: impl AsRef<OsStr>,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<Self, WriteError> {
        let refused = |cause| WriteError { path: folder.to_owned(), cause };
        fs::create_dir_all(folder).map_err(|cause| match cause.kind() {
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
                refused(io::Error::other("it is no folder"))
            }
            _ => refused(cause),
        })?;
        Self::at(&folder.join(name.as_ref()), content)
    }

    /// Writes the whole of a new file, to the disk, which is to stand at a path.
    ///
    /// # Errors
    /// [`WriteError`] when the path does not end in a name, or the system does not let us write.
    pub fn at(
        path: &Path,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<Self, WriteError> {
        let written = || {
            let (created, destination) = match Destination::of(path)? {
                Destination::Beside(temporary, path) => {
                    let (file, temporary) = temporary.into_parts();
                    (file, Staged::Beside(temporary, path))
                }
                Destination::Through(to) => {
                    let unnamed = tempfile::tempfile()?;
                    (unnamed.try_clone()?, Staged::Through(unnamed, to))
                }
            };
            let mut writer = BufWriter::with_capacity(1 << 18, created);
            content(&mut writer)?;
            writer.flush()?;
            if let Staged::Beside(..) = destination {
                writer.get_ref().sync_all()?;
            }
            Ok(Self { path: path.to_owned(), staged: destination })
        };
        written().map_err(|cause| WriteError { path: path.to_owned(), cause })
    }

    /// Takes the place of the file of this name, if there is one; when this returns, it has it on the disk too.
    ///
    /// # Errors
    /// [`WriteError`] when the system does not let us write.
    pub fn publish(self) -> Result<(), WriteError> {
        let Self { path, staged } = self;
        let published = match staged {
            Staged::Beside(temporary, path) => replace(temporary, &path),
            Staged::Through(mut unnamed, to) => write_through(&mut unnamed, to),
        };
        published.map_err(|cause| WriteError { path, cause })
    }
}

/// The folder in which files may be kept that are needed to write one at a path.
pub fn folder_beside(path: &Path) -> PathBuf {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => std::env::temp_dir(),
        _ => folder_of(path).to_owned(),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn replace(temporary: TempPath, path: &Path) -> io::Result<()> {
    match temporary.persist(path) {
        Ok(()) => sync_names(folder_of(path)),
        // Such as a file by itself that a container is given.
        Err(error) if matches!(error.error.kind(), ErrorKind::ResourceBusy | ErrorKind::CrossesDevices) => {
            let file = File::options().write(true).open(path)?;
            write_through(&mut File::open(&error.path)?, Opened { file, is_whole: true })
        }
        Err(error) => Err(error.error),
    }
}

/// Writes the whole of a file into another.
fn write_through(from: &mut File, to: Opened) -> io::Result<()> {
    let Opened { mut file, is_whole } = to;
    from.rewind()?;
    if is_whole {
        file.set_len(0)?;
    }
    io::copy(from, &mut file)?;
    file.flush()?;
    if is_whole { file.sync_all() } else { Ok(()) }
}

/// Makes sure that the names in a folder outlive a loss of power.
///
/// # Errors
/// What the system says.
pub fn sync_names(folder: &Path) -> io::Result<()> {
    // Other systems do not open folders as files, and need no such step.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
