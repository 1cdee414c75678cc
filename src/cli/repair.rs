use clap::Args;

use super::Failure;
use super::check::validated;
use super::output::line;
use super::store::StoreFolder;
use crate::storage::set_checkpoint_aside;

/// The arguments of `repair`.
#[derive(Debug, Args)]
#[command(
    after_help = "The change log is the truth and is only read. Where that is damaged, `orgatlas restore` makes a \
    new store of a backup and of what follows in the log."
)]
pub(super) struct Repair {
    #[command(flatten)]
    store: StoreFolder,
}

impl Repair {
    pub(super) fn run(self) -> Result<(), Failure> {
        set_checkpoint_aside(self.store.path())?;
        let atlas = self.store.open()?;
        atlas.checkpoint()?;
        let held = validated(&atlas.snapshot().graph)?;
        line(format_args!("the state was made anew from the change log: {held}"))
    }
}
