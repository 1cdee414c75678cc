use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Violation;

/// How many indicators one store may record.
pub const MAX_DEFINITIONS: usize = 1_000;

/// How many bytes the text of one definition may have.
pub const MAX_DEFINITION_BYTES: usize = 64 * 1024;

/// The definition of an indicator as it is recorded: a text in the language of rules, which is not read on this floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorDefinition {
    /// The id of the indicator.
    pub id: Arc<str>,
    /// Which definition of it this is; a changed one takes a later number.
    pub version: NonZeroU32,
    /// The definition, id and version included, in the form of the files of indicators.
    pub text: Arc<str>,
}

impl IndicatorDefinition {
    /// Checks what can be said of it without the language of rules.
    ///
    /// # Errors
    /// [`Violation::Indicator`]: an empty id, a text that is empty or too long.
    pub fn check(&self) -> Result<(), Violation> {
        let refused = |cause: String| Err(Violation::Indicator { id: self.id.to_string(), cause });
        if self.id.is_empty() {
            return refused("its id is empty".to_owned());
        }
        if self.text.trim().is_empty() {
            return refused("its definition is empty".to_owned());
        }
        if self.text.len() > MAX_DEFINITION_BYTES {
            let bytes = self.text.len();
            return refused(format!("its definition has {bytes} bytes, but may have {MAX_DEFINITION_BYTES}"));
        }
        Ok(())
    }
}

impl fmt::Display for IndicatorDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "indicator {} version {}", self.id, self.version)
    }
}
