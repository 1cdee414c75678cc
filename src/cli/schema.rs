use clap::Args;

use super::Failure;
use super::output::print;

/// The arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self) -> Result<(), Failure> {
        print(crate::graphql::sdl())
    }
}
