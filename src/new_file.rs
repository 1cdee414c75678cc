//! Files that take the place of others only once they are whole.
//!
//! Floor 1: whoever writes files that users keep.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

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

/// A file that is being written beside the one whose place it takes when all is there.
pub struct NewFile {
    path: PathBuf,
    temporary: PathBuf,
}

impl NewFile {
    /// Writes the whole of a new file, to the disk; the folder is made where there is none.
    ///
    /// # Errors
    /// [`WriteError`] when the system does not let us write.
    pub fn write(
        folder: &Path,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<Self, WriteError> {
        let refused = |path: &Path, cause| WriteError { path: path.to_owned(), cause };
        fs::create_dir_all(folder).map_err(|cause| refused(folder, cause))?;
        // The process number keeps two that write to one folder apart; the dot keeps readers of the folder off.
        let temporary = folder.join(format!(".{name}.{}.new", std::process::id()));
        let file = Self { path: folder.join(name), temporary };
        let written = File::create(&file.temporary).and_then(|created| {
            let mut writer = BufWriter::with_capacity(1 << 18, created);
            content(&mut writer)?;
            writer.flush()?;
            writer.get_ref().sync_all()
        });
        match written {
            Ok(()) => Ok(file),
            Err(cause) => Err(refused(&file.path, cause)),
        }
    }

    /// Writes the whole of a new file, to the disk, which is to stand at a path.
    ///
    /// # Errors
    /// [`WriteError`] when the path does not end in a name, or the system does not let us write.
    pub fn at(
        path: &Path,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<Self, WriteError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            let cause = io::Error::other("the path does not end in the name of a file");
            return Err(WriteError { path: path.to_owned(), cause });
        };
        Self::write(folder, name, content)
    }

    /// Takes the place of the file of this name, if there is one; when this returns, it has it on the disk too.
    ///
    /// # Errors
    /// [`WriteError`] when the system does not let us write.
    pub fn publish(self) -> Result<(), WriteError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        fs::rename(&self.temporary, &self.path)
            .and_then(|()| sync_names(folder.unwrap_or(Path::new("."))))
            .map_err(|cause| WriteError { path: self.path.clone(), cause })
    }
}

/// Makes sure that the names in a folder outlive a loss of power.
///
/// # Errors
/// What the system says.
pub fn sync_names(folder: &Path) -> io::Result<()> {
    // Other systems do not open folders as files, and need no such step.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl Drop for NewFile {
    /// What was not published is removed; after the renaming there is nothing under this name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
    }
}
