use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::output::line;
use super::store::StoreFolder;
use crate::atlas::STORE_FILES;
use crate::storage::back_up;

/// The arguments of `backup`.
#[derive(Debug, Args)]
#[command(
    after_help = "A backup holds the change log, attributes.toml, indicators.toml and disclosure.toml. It does not hold who may \
    ask (access.toml, tokens.toml): an old copy of these would let in again whose token was revoked."
)]
pub(super) struct Backup {
    #[command(flatten)]
    store: StoreFolder,
    /// The folder of the backup; one that is there is verified and brought up to date
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

impl Backup {
    pub(super) fn run(self) -> Result<(), Failure> {
        let report = back_up(self.store.path(), &self.output, &STORE_FILES)?;
        let (path, added, sequence) = (self.output.display(), report.added, report.sequence);
        if report.redacted {
            line(format_args!(
                "{path}: text that was taken out of the store is now taken out of this copy too"
            ))?;
        }
        line(format_args!(
            "{path}: {added} commits added, {sequence} in all, {} bytes copied, all {} verified",
            report.copied, report.log_bytes
        ))
    }
}
