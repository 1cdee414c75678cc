use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{ReviewedNumbers, UnfitText, check_text_but};

/// Texts that stand in many rows, such as industries and citations: each kept, and looked through, once.
pub(super) struct Texts<'a> {
    shared: HashSet<Arc<str>>,
    reviewed: &'a ReviewedNumbers,
}

impl<'a> Texts<'a> {
    /// None yet, in a store in which some numbers are reviewed exceptions.
    pub(super) fn new(reviewed: &'a ReviewedNumbers) -> Self {
        Self { shared: HashSet::new(), reviewed }
    }

    /// The text, shared.
    ///
    /// # Errors
    /// Why it is not recorded.
    pub(super) fn share(&mut self, text: &str) -> Result<Arc<str>, UnfitText> {
        if let Some(shared) = self.shared.get(text) {
            return Ok(shared.clone());
        }
        let shared = self.own(text)?;
        self.shared.insert(shared.clone());
        Ok(shared)
    }

    /// A text that is one row's own, such as a name.
    ///
    /// # Errors
    /// Why it is not recorded.
    pub(super) fn own(&self, text: &str) -> Result<Arc<str>, UnfitText> {
        check_text_but(text, self.reviewed)?;
        Ok(text.into())
    }
}
