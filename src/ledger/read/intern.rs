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
    // Eleven digits are the least that a number of a person has; most names have none.
    let may_be_digit = |byte: &&u8| byte.is_ascii_digit() || **byte == 0xef;
    if text.as_bytes().iter().filter(may_be_digit).count() >= 11
        && let Some(found) = personal_data_in(text)
    {
        return Err(found);
    }
    Ok(text.into())
}
