use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, OperationType};

use super::asked::Asked;
use super::inner::Plan;
use super::{Inner, NotPlain, Run};
use crate::graphql::Query;

/// What a field of a plan takes, about, in bytes.
const FIELD: u64 = 256;

/// How a whole query is answered without the executor.
pub(in crate::graphql) struct Operation {
    plan: Plan<Query>,
    /// How many fields it has, the inner ones included.
    fields: usize,
    /// How long its last answer was.
    length: AtomicUsize,
}

impl Operation {
    /// A plan of the one operation of a valid document, into which the values of its variables were written; the texts
    /// of some are known only when it is used. None where something of it is left to the executor.
    pub(in crate::graphql) fn of(document: &ExecutableDocument, late: &[Name]) -> Option<Self> {
        let mut operations = document.operations.iter();
        let operation = &operations.next().filter(|_| operations.len() == 0)?.1.node;
        if operation.ty != OperationType::Query || !operation.directives.is_empty() {
            return None;
        }
        let asked = Asked { fragments: &document.fragments, late, numbered: Cell::new(0) };
        let plan = Inner::new(&asked, &operation.selection_set.node).plan()?;
        Some(Self { plan, fields: asked.numbered.get(), length: AtomicUsize::new(0) })
    }

    /// How many bytes it takes, about, beside what it has of the question.
    pub(in crate::graphql) fn weight(&self) -> u64 {
        self.fields as u64 * FIELD
    }

    /// Writes the data of the answer behind what is there.
    pub(in crate::graphql) fn write(&self, run: &Run<'_>, json: &mut Vec<u8>) -> Result<(), NotPlain> {
        // Another answer is about as long.
        json.reserve(self.length.load(Ordering::Relaxed) + 64);
        let start = json.len();
        self.plan.write(&Query, run, json)?;
        self.length.store(json.len() - start, Ordering::Relaxed);
        Ok(())
    }
}
