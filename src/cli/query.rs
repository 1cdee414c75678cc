use std::path::Path;

use clap::Args;

use super::Failure;
use super::answer::respond;
use super::output::line;
use super::store::StoreFolder;
use crate::graphql::{Request, to_json_value};

/// The arguments of `query`.
#[derive(Debug, Args)]
pub(super) struct Query {
    #[command(flatten)]
    store: StoreFolder,
    /// The query, or @FILE to read it from a file
    #[arg(value_name = "QUERY|@FILE")]
    query: String,
}

impl Query {
    pub(super) fn run(self) -> Result<(), Failure> {
        let text = match self.query.strip_prefix('@') {
            Some(file) => {
                std::fs::read_to_string(file).map_err(|cause| Failure::file(Path::new(file), &cause))?
            }
            None => self.query,
        };
        let atlas = self.store.open()?;
        let response = respond(&atlas, Request::new(text))?;
        line(format_args!("{:#}", to_json_value(&response)?))?;
        match response.errors.len() {
            0 => Ok(()),
            1 => Err(Failure::new("the answer holds an error")),
            n => Err(Failure::new(format!("the answer holds {n} errors"))),
        }
    }
}
