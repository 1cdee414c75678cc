use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why ledgers cannot be written; the files that were there before are then as they were.
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
pub(super) struct NewFile {
    path: PathBuf,
    temporary: PathBuf,
}

impl NewFile {
    /// Writes the whole of a new file, to the disk.
    pub(super) fn write(
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

    /// Takes the place of the file of this name, if there is one.
    pub(super) fn publish(self) -> Result<(), WriteError> {
        fs::rename(&self.temporary, &self.path).map_err(|cause| WriteError { path: self.path.clone(), cause })
    }
}

impl Drop for NewFile {
    /// What was not published is removed; after the renaming there is nothing under this name.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.temporary);
    }
}
