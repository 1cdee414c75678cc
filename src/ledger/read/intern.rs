use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::{CodeError, OrganizationId, PersonalData, personal_data_in};

/// Organisation ids, each kept once and numbered: an id stands in many rows.
#[derive(Default)]
pub(super) struct Ids {
    numbers: HashMap<OrganizationId, u32>,
    /// The ids in the order of their numbers.
    ids: Vec<OrganizationId>,
    /// The number that was given last.
    last: usize,
}

/// An id and its number, by which ids are told apart faster than by their text.
#[derive(Clone)]
pub(super) struct NumberedId {
    pub(super) number: u32,
    pub(super) id: OrganizationId,
}

impl Ids {
    /// Makes room for more ids; growing in steps reads all of them again at each.
    pub(super) fn reserve(&mut self, more: usize) {
        self.numbers.reserve(more);
        self.ids.reserve(more);
    }

    /// The id that a text is.
    pub(super) fn share(&mut self, text: &str) -> Result<NumberedId, CodeError> {
        if let Some((id, number)) = self.numbers.get_key_value(text) {
            return Ok(NumberedId { number: *number, id: id.clone() });
        }
        let id: OrganizationId = text.parse()?;
        let number = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(id.clone());
        self.numbers.insert(id.clone(), number);
        Ok(NumberedId { number, id })
    }

    /// Like [`share`](Self::share), for a column that often holds the id of the row before, or the one that was new
    /// after it: these are found without a search through memory.
    pub(super) fn share_next(&mut self, text: &str) -> Result<NumberedId, CodeError> {
        for number in [self.last, self.last + 1] {
            if let Some(id) = self.ids.get(number).filter(|id| id.as_str() == text) {
                self.last = number;
                return Ok(NumberedId { number: u32::try_from(number).unwrap_or(u32::MAX), id: id.clone() });
            }
        }
        let found = self.share(text)?;
        self.last = found.number as usize;
        Ok(found)
    }
}

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
