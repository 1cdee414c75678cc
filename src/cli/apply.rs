use clap::Args;
use serde_json::json;

use super::Failure;
use super::answer::{answer, text};
use super::changes::ChangesFile;
use super::store::StoreFolder;

/// The arguments of `apply`.
#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    store: StoreFolder,
    #[command(flatten)]
    changes: ChangesFile,
    /// Why, for those who read the record later
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Change nothing if the graph is at another version
    #[arg(long, value_name = "N")]
    expected_version: Option<u64>,
}

const MUTATION: &str = "
mutation Apply($changes: [ChangeInput!]!, $reason: String!, $expectedVersion: Int) {
  applyChanges(changes: $changes, reason: $reason, expectedVersion: $expectedVersion) { version changeCount }
}";

impl Apply {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "changes": self.changes.read()?, "reason": self.reason, "expectedVersion": self.expected_version,
        });
        let applied = answer(&atlas, MUTATION, variables)?["applyChanges"].take();
        let (changes, version) = (text(&applied["changeCount"]), text(&applied["version"]));
        eprintln!("applied {changes} changes; the graph is at version {version}");
        Ok(())
    }
}
