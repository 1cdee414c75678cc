use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::Failure;
use crate::atlas::Atlas;
use crate::storage::{StateProblem, is_store};

/// The store that a command works on.
#[derive(Debug, Args)]
pub(super) struct StoreFolder {
    /// The folder of the store
    #[arg(long = "data", value_name = "DIR")]
    dir: PathBuf,
}

impl StoreFolder {
    /// Opens a store that is there already.
    pub(super) fn open(&self) -> Result<Arc<Atlas>, Failure> {
        self.require()?;
        open(&self.dir)
    }

    /// Refuses a folder that holds no store, such as one that was misspelt, before anything is written there.
    pub(super) fn require(&self) -> Result<(), Failure> {
        if is_store(&self.dir) {
            return Ok(());
        }
        let dir = self.dir.display();
        Err(Failure::new(format!("there is no store at {dir}; `orgatlas import` creates one")))
    }

    /// Opens a store, or creates it.
    pub(super) fn open_or_create(&self) -> Result<Arc<Atlas>, Failure> {
        open(&self.dir)
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        &self.dir
    }
}

/// Opens a store, creating it where there is none, and says on standard error what was out of the ordinary.
pub(super) fn open(dir: &Path) -> Result<Arc<Atlas>, Failure> {
    let (atlas, report) = Atlas::open(dir)?;
    if report.is_read_only {
        eprintln!("note: {} cannot be written to; it is read, and nothing can be recorded", dir.display());
    }
    for file in &report.edited {
        eprintln!("note: {} was edited since it was last read; it is read as it is now", file.display());
    }
    match report.torn_tail {
        Some(torn) if report.is_read_only => {
            eprintln!("note: commit {} was never acknowledged and is left out", torn.sequence);
        }
        Some(torn) => eprintln!(
            "note: commit {} was never acknowledged and is cut off ({} bytes, kept in {})",
            torn.sequence,
            torn.bytes,
            torn.kept.as_deref().unwrap_or(dir).display(),
        ),
        None => {}
    }
    match report.rebuilt {
        Some(problem) if report.is_read_only => {
            eprintln!("note: the state comes from the change log, not from the checkpoint: {problem}");
        }
        Some(problem @ StateProblem::NoRoom { .. }) => {
            eprintln!(
                "note: the state comes from the change log, and the checkpoint is left as it is: {problem}"
            );
        }
        Some(problem) => eprintln!("note: the checkpoint was made anew from the change log: {problem}"),
        None => {}
    }
    if let Some(warning) = atlas.clock_warning() {
        eprintln!("note: {warning}");
    }
    Ok(Arc::new(atlas))
}
