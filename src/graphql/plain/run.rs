use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

use super::NotPlain;
use crate::atlas::Snapshot;
use crate::graphql::seen::Seen;
use crate::model::Language;
use crate::work::go_on;

/// What one request has that a plan is used for.
pub(in crate::graphql) struct Run<'r> {
    /// The language of names, where a field does not say.
    pub(in crate::graphql) language: Language,
    seen: Option<&'r Seen>,
    /// The texts that the plan was made without.
    pub(super) texts: &'r [String],
    /// For some fields the value that was written last.
    former: RefCell<Vec<Option<Box<dyn Any>>>>,
}

impl<'r> Run<'r> {
    pub(in crate::graphql) fn new(language: Language, seen: Option<&'r Seen>, texts: &'r [String]) -> Self {
        Self { language, seen, texts, former: RefCell::default() }
    }

    /// The snapshot of the request.
    pub(in crate::graphql) fn snapshot(&self) -> Result<&'r Arc<Snapshot>, NotPlain> {
        go_on();
        self.seen.map(Seen::snapshot).ok_or(NotPlain)
    }

    /// What a field has put down; nothing where it has not.
    pub(super) fn take<T: Default + 'static>(&self, field: usize) -> Box<T> {
        let former = self.former.borrow_mut().get_mut(field).and_then(Option::take);
        former.and_then(|former| former.downcast().ok()).unwrap_or_default()
    }

    /// Puts something down for a field.
    pub(super) fn put<T: 'static>(&self, field: usize, value: Box<T>) {
        let mut former = self.former.borrow_mut();
        if former.len() <= field {
            former.resize_with(field + 1, || None);
        }
        former[field] = Some(value);
    }
}
