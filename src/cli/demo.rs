use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::bundle::write_district;
use super::import::import;
use super::interrupt::stoppable;
use super::listen::Listen;
use super::logs::LogArguments;
use super::serve::{ADDRESS, guard, serve};
use super::server::ServerArguments;
use super::store::open;
use crate::access::Access;

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The folder of the store; made on first run
    #[arg(long, value_name = "DIR", default_value = "orgatlas-demo")]
    data: PathBuf,
    /// The address or the name of a host to listen on, and the port
    #[arg(long, value_name = "ADDR", default_value = ADDRESS)]
    listen: Listen,
    /// Let whoever reaches the address change the graph
    #[arg(long)]
    writable: bool,
    #[command(flatten)]
    server: ServerArguments,
}

impl Demo {
    /// What the operator is told.
    pub(super) fn logs(&self) -> &LogArguments {
        self.server.logs()
    }

    pub(super) fn run(self) -> Result<(), Failure> {
        let listening = self.listen.resolve()?;
        let atlas = stoppable(|| {
            let atlas = open(&self.data)?;
            if atlas.snapshot().version == 0 {
                let folder = self.data.join("ledgers");
                let ledgers = write_district(&folder)?;
                self.logs().say(&format!("loading the district from {}", folder.display()));
                import(&atlas, &ledgers)?;
            }
            Ok(atlas)
        })?;
        let mut guard = guard(&self.data, listening.widest(), self.logs())?;
        if self.writable {
            self.logs().say(&format!("note: whoever reaches {} may change the graph", listening.widest()));
            guard = guard.open_to(Access::administrator("demo"));
        }
        serve(&atlas, guard, &listening, &self.server)
    }
}
