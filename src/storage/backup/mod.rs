//! Copies of a store's record, and stores made of them.
//!
//! A backup is a folder with the change log of a store, which is the truth, and the text files beside it. As a log only
//! grows, a backup of the same store begins with the same bytes as the store: bringing it up to date copies what is new,
//! and a log that is damaged can be made whole from a backup and what follows in the log itself.

mod back_up;
mod restore;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

pub use back_up::{BackupError, BackupReport, back_up};
pub use restore::{LeftOut, Restore, RestoreError, RestoreReport, RestoredStore};

use super::folder;

/// Copies those of some files that are there, each whole or not at all.
fn copy_files(from: &Path, to: &Path, names: &[&str]) -> io::Result<()> {
    for name in names {
        let text = match fs::read(from.join(name)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let part = to.join(format!("{name}.part"));
        let mut file = fs::File::create(&part)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(part, to.join(name))?;
    }
    folder::sync(to)
}
