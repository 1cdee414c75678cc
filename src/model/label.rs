use serde::{Deserialize, Serialize};

/// One name in the three writings that users read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese, the writing that is shown first.
    pub simplified: String,
    /// Traditional Chinese.
    pub traditional: String,
    /// English.
    pub english: String,
}
