use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

use super::NotPlain;
use crate::atlas::Snapshot;
use crate::graphql::Stop;
use crate::graphql::seen::Seen;
use crate::graphql::stop::still_wanted;
use crate::model::Language;

/// What one request has that a plan is used for.
pub(in crate::graphql) struct Run<'r> {
    /// The language of names, where a field does not say.
    pub(in crate::graphql) language: Language,
    seen: Option<&'r Seen>,
    stop: Option<&'r Stop>,
    /// The texts that the plan was made without.
    pub(super) texts: &'r [String],
    /// For some fields the value that was written last.
    former: RefCell<Vec<Option<Box<dyn Any>>>>,
}

impl<'r> Run<'r> {
    pub(in crate::graphql) fn new(
        language: Language,
        seen: Option<&'r Seen>,
        stop: Option<&'r Stop>,
        texts: &'r [String],
    ) -> Self {
        Self { language, seen, stop, texts, former: RefCell::default() }
    }

    /// Lets the request go on, unless it was asked to stop.
    pub(in crate::graphql) fn go_on(&self) -> Result<(), NotPlain> {
        Ok(still_wanted(self.stop)?)
    }

    /// The snapshot of the request.
    pub(in crate::graphql) fn snapshot(&self) -> Result<&'r Arc<Snapshot>, NotPlain> {
        self.go_on()?;
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
