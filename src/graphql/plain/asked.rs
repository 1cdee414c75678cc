use std::cell::Cell;
use std::collections::HashMap;

use async_graphql::parser::types::FragmentDefinition;
use async_graphql::{Name, Positioned};

/// An operation of which a plan is made; the values of its variables were written into it.
pub(super) struct Asked<'a> {
    pub(super) fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// The variables that are left: their texts are known only when the plan is used.
    pub(super) late: &'a [Name],
    /// How many fields have been numbered.
    pub(super) numbered: Cell<usize>,
}

impl Asked<'_> {
    /// A number that no other field has.
    pub(super) fn number(&self) -> usize {
        let number = self.numbered.get();
        self.numbered.set(number + 1);
        number
    }
}
