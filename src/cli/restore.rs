use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::Failure;
use super::argument::moment;
use super::check::validated;
use super::output::line;
use super::store::StoreFolder;
use crate::atlas::{Atlas, STORE_FILES};
use crate::storage::LeftOut;

/// The arguments of `restore`.
#[derive(Debug, Args)]
#[command(after_help = "The new store lets in nobody: make its access.toml and its tokens anew.")]
pub(super) struct Restore {
    #[command(flatten)]
    store: StoreFolder,
    /// The folder of the backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The change log of the store that was backed up, also a damaged one: what it holds beyond the backup follows
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Only what was recorded until this moment, such as 2023-07-01T00:00:00+08:00
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Timestamp>,
}

impl Restore {
    pub(super) fn run(self) -> Result<(), Failure> {
        let restore = crate::storage::Restore { backup: &self.from, log: self.log.as_deref(), at: self.at };
        let restored = restore.begin(self.store.path(), &STORE_FILES)?;
        // A state that is not there yet is nothing to speak of.
        let (atlas, _) = Atlas::open(restored.path())?;
        atlas.checkpoint()?;
        let held = validated(&atlas.snapshot().graph)?;
        drop(atlas);
        let report = restored.publish()?;
        if let Some(damage) = &report.damage {
            eprintln!("note: what stands behind this place could not be restored: {damage}");
        }
        if let Some(LeftOut { commits, first, stamped_before }) = report.left_out {
            let stamped = match stamped_before {
                0 => String::new(),
                count => format!(
                    "; the clock had been set back when {count} of them were recorded, so they bear earlier times, but \
                     count from {first} on"
                ),
            };
            let left_out = match commits {
                1 => "1 commit is left out, recorded".to_owned(),
                _ => format!("{commits} commits are left out, the first of them recorded"),
            };
            eprintln!("note: {left_out} at {first}{stamped}");
        }
        let (path, sequence, followed) = (self.store.path().display(), report.sequence, report.followed);
        if sequence == 0 {
            eprintln!("note: nothing was recorded yet at that moment");
        }
        let from_log =
            if followed > 0 { format!(", the last {followed} of them from the log") } else { String::new() };
        line(format_args!("{path}: {sequence} commits{from_log}: {held}"))
    }
}
