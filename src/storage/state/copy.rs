use std::path::{Path, PathBuf};
use std::{fs, io};

use tempfile::TempDir;

use crate::storage::folder;

/// A copy of a checkpoint in the folder for temporary files, for a store that cannot be written to: the engine writes to
/// its files even if nothing is altered.
#[derive(Debug)]
pub(in crate::storage) struct StateCopy(TempDir);

impl StateCopy {
    /// Copies the checkpoint of a store; one that changes meanwhile is found damaged when it is read.
    pub(in crate::storage) fn of(dir: &Path) -> io::Result<Self> {
        let copy = Self(tempfile::tempdir()?);
        let state = folder::state_path(dir);
        if state.is_dir() {
            copy_folder(&state, &copy.state())?;
        }
        Ok(copy)
    }

    /// The folder that stands for that of the store.
    pub(in crate::storage) fn path(&self) -> &Path {
        self.0.path()
    }

    fn state(&self) -> PathBuf {
        folder::state_path(self.0.path())
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            // Not `fs::copy`, which copies the permissions too.
            io::copy(&mut fs::File::open(entry.path())?, &mut fs::File::create(target)?)?;
        }
    }
    Ok(())
}
