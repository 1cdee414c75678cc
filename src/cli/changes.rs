use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::Failure;

/// Changes in a file.
#[derive(Debug, Args)]
pub(super) struct ChangesFile {
    /// Changes in JSON: a list in the form of ChangeInput, or what `plan --format json` prints
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl ChangesFile {
    /// The list of changes that the file holds, bare or under the key of a plan.
    pub(super) fn read(&self) -> Result<Value, Failure> {
        let bytes = std::fs::read(&self.file).map_err(|cause| Failure::file(&self.file, &cause))?;
        let refused = |cause: String| Failure::new(format!("{}: {cause}", self.file.display()));
        let mut read: Value = serde_json::from_slice(&bytes).map_err(|e| refused(e.to_string()))?;
        if read["changes"].is_array() {
            read = read["changes"].take();
        }
        match read {
            Value::Array(_) => Ok(read),
            _ => Err(refused("it holds no list of changes, bare or under \"changes\"".to_owned())),
        }
    }
}
