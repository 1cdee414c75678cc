use std::fs;
use std::path::{Path, PathBuf};

use memchr::memmem;
use thiserror::Error;

use super::{Atlas, OpenError};
use crate::coverage::Indicator;
use crate::graph::Replay;
use crate::model::Change;
use crate::storage::{CheckpointError, Redact, RedactError, RedactReport};
use crate::work::cancellable;

/// Why a text was not taken out of a store.
#[derive(Debug, Error)]
pub enum RedactionError {
    /// A file that people edit holds it; nothing was altered.
    #[error("{} holds the text: take it out there first, then again here", .file.display())]
    File {
        /// The file.
        file: PathBuf,
    },
    /// A file of the store cannot be read.
    #[error("{}: {cause}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// It cannot be taken out; nothing was altered.
    #[error(transparent)]
    Store(#[from] RedactError),
    /// It was taken out, and the store cannot be opened since.
    #[error("the text is gone, but the store does not open: {0}")]
    Open(#[source] Box<OpenError>),
    /// It was taken out, and the state could not be written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Takes a text out of a store that is not open: out of its log, and so out of its state and its past.
///
/// The state is made anew of the log, in files of its own. When this returns, no file in the store's folder holds the
/// text.
///
/// # Errors
/// [`RedactionError`].
pub fn redact(dir: &Path, redact: &Redact<'_>) -> Result<RedactReport, RedactionError> {
    redact.check()?;
    refuse_own_files(dir, redact.text)?;
    let report = redact.make(dir, &mut |commits| {
        let mut replay = Replay::default();
        for part in commits {
            let changes = part?.changes;
            replay.apply(&changes)?;
            for change in &changes {
                if let Change::PutIndicator(definition) = change {
                    Indicator::read(definition)?;
                }
            }
        }
        let graph = replay.finish();
        cancellable(|| graph.validate())?.map_err(|broken| broken.join("; ").into())
    })?;
    let (atlas, _) = Atlas::open(dir).map_err(|cause| RedactionError::Open(Box::new(cause)))?;
    atlas.checkpoint()?;
    Ok(report)
}

/// Refuses where a file holds the text that people edit, and not the program alone.
fn refuse_own_files(dir: &Path, text: &str) -> Result<(), RedactionError> {
    let unreadable = |file: &Path, cause| RedactionError::Unreadable { file: file.to_owned(), cause };
    for entry in fs::read_dir(dir).map_err(|cause| unreadable(dir, cause))? {
        let file = entry.map_err(|cause| unreadable(dir, cause))?.path();
        let is_own = file.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            name == "lock" || name.starts_with("changes.log")
        });
        if is_own || !file.is_file() {
            continue;
        }
        let bytes = fs::read(&file).map_err(|cause| unreadable(&file, cause))?;
        if memmem::find(&bytes, text.as_bytes()).is_some() {
            return Err(RedactionError::File { file });
        }
    }
    Ok(())
}
