use std::cell::Cell;
use std::collections::HashMap;

use async_graphql::parser::types::{Directive, FragmentDefinition, VariableDefinition};
use async_graphql::{InputType, Name, Positioned, Value, Variables};

/// An operation of which a plan is made.
pub(super) struct Asked<'a> {
    pub(super) fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    pub(super) definitions: &'a [Positioned<VariableDefinition>],
    pub(super) given: &'a Variables,
    /// The variables whose texts are known only when the plan is used.
    pub(super) late: &'a [Name],
    /// How many fields have been numbered.
    pub(super) numbered: Cell<usize>,
}

/// A variable of an operation.
pub(super) enum Variable {
    /// Its value is known when the plan is made.
    Known(Value),
    /// It is a text that is known when the plan is used, the one at this place.
    Late(usize),
}

impl Variable {
    pub(super) fn known(&self) -> Option<&Value> {
        match self {
            Self::Known(value) => Some(value),
            Self::Late(_) => None,
        }
    }

    /// The value, once the texts are known.
    pub(super) fn with(&self, texts: &[String]) -> Option<Value> {
        match self {
            Self::Known(value) => Some(value.clone()),
            Self::Late(place) => texts.get(*place).cloned().map(Value::String),
        }
    }
}

impl Asked<'_> {
    /// A variable; none where it has no value, which the executor refuses.
    pub(super) fn variable(&self, name: &Name) -> Option<Variable> {
        if let Some(place) = self.late.iter().position(|late| late == name) {
            return Some(Variable::Late(place));
        }
        let definition = self.definitions.iter().find(|definition| definition.node.name.node == *name)?;
        let value = self.given.get(name).or_else(|| definition.node.default_value());
        value.cloned().map(Variable::Known)
    }

    /// Whether what a directive stands at is left out.
    pub(super) fn is_skipped(&self, directive: &Directive) -> bool {
        let includes = match directive.name.node.as_str() {
            "skip" => false,
            "include" => true,
            _ => return false,
        };
        let Some(condition) = directive.get_argument("if") else { return false };
        let condition =
            condition.node.clone().into_const_with(|name| self.given.get(&name).cloned().ok_or(()));
        // As the executor has it.
        let holds = bool::parse(condition.ok()).unwrap_or_default();
        includes != holds
    }

    /// A number that no other field has.
    pub(super) fn number(&self) -> usize {
        let number = self.numbered.get();
        self.numbered.set(number + 1);
        number
    }
}
