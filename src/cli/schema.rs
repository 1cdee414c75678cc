use clap::Args;

use super::Failure;
use super::output::print;
use crate::graphql;

/// The arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// As a subgraph of Apollo Federation 2: with @link, and @key on what other subgraphs can refer to
    #[arg(long)]
    federation: bool,
}

impl Schema {
    pub(super) fn run(self) -> Result<(), Failure> {
        print(if self.federation { graphql::federated_sdl() } else { graphql::sdl() })
    }
}
