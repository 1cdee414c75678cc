use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{PersonalData, personal_data_in};

/// Texts that stand in many rows, such as industries and citations: each kept, and looked through, once.
#[derive(Default)]
pub(super) struct Texts(HashSet<Arc<str>>);

impl Texts {
    /// The text, shared.
    ///
    /// # Errors
    /// What personal data it holds.
    pub(super) fn share(&mut self, text: &str) -> Result<Arc<str>, PersonalData> {
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
/// What personal data it holds.
pub(super) fn own(text: &str) -> Result<Arc<str>, PersonalData> {
    match personal_data_in(text) {
        Some(found) => Err(found),
        None => Ok(text.into()),
    }
}
