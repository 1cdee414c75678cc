use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{UnfitText, check_text};

/// Texts that stand in many rows, such as industries and citations: each kept, and looked through, once.
#[derive(Default)]
pub(super) struct Texts(HashSet<Arc<str>>);

impl Texts {
    /// The text, shared.
    ///
    /// # Errors
    /// Why it is not recorded.
    pub(super) fn share(&mut self, text: &str) -> Result<Arc<str>, UnfitText> {
        if let Some(shared) = self.0.get(text) {
            return Ok(shared.clone());
        }
        let shared = own(text)?;
        self.0.insert(shared.clone());
        Ok(shared)
    }
}

/// A text that is one row's own, such as a name.
///
/// # Errors
/// Why it is not recorded.
pub(super) fn own(text: &str) -> Result<Arc<str>, UnfitText> {
    check_text(text)?;
    Ok(text.into())
}
