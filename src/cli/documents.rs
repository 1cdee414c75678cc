use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::graphql::{DEFAULT_REMEMBERED, Documents, Limits};

/// Which GraphQL documents a server runs.
#[derive(Debug, Args)]
#[command(next_help_heading = "GraphQL documents")]
pub(super) struct DocumentArguments {
    /// Run the documents of this file alone, by id: a JSON object of ids and documents, as graphql-codegen and Relay
    /// write it
    #[arg(long, value_name = "FILE")]
    trusted_documents: Option<PathBuf>,
    /// How many bytes of documents are remembered by their hash (automatic persisted queries); 0 remembers none
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_REMEMBERED, conflicts_with = "trusted_documents")]
    max_remembered: u64,
}

impl DocumentArguments {
    /// The documents that were asked for.
    pub(super) fn documents(&self, limits: &Limits) -> Result<Documents, Failure> {
        let Some(file) = &self.trusted_documents else {
            return Ok(Documents::remembering(self.max_remembered));
        };
        let manifest = std::fs::read_to_string(file).map_err(|cause| Failure::file(file, &cause))?;
        Documents::trusted(&manifest, limits)
            .map_err(|cause| Failure::new(format!("{}: {cause}", file.display())))
    }
}
