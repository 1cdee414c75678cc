use std::collections::HashSet;

use apollo_compiler::ast::{Type, Value, VariableDefinition};
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Node};

use super::validate::SCHEMA;

/// What is wrong within a value.
pub(super) struct Misplaced {
    pub(super) message: String,
    /// Where the argument begins that it stands in.
    pub(super) at: Option<SourceSpan>,
}

/// What may not stand within lists and objects: variables of other types, and a field a second time.
///
/// apollo-compiler 1.33.1 holds only variables that are a whole argument to their rule, and objects to none.
pub(super) fn misplaced(document: &ExecutableDocument) -> Vec<Misplaced> {
    let mut found = Vec::new();
    for operation in document.operations.iter() {
        Walk { document, operation, fragments: HashSet::new(), found: &mut found }
            .selected(&operation.selection_set);
    }
    found
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    operation: &'a Operation,
    /// Those that were walked.
    fragments: HashSet<&'a str>,
    found: &'a mut Vec<Misplaced>,
}

impl<'a> Walk<'a> {
    fn selected(&mut self, selected: &'a SelectionSet) {
        for selection in &selected.selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        let defined = field.definition.argument_by_name(&argument.name);
                        if let Some(defined) = defined {
                            self.within(&argument.value, &defined.ty, &argument.value);
                        }
                    }
                    self.selected(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.selected(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|_| self.fragments.insert(&spread.fragment_name))
                    {
                        self.selected(&fragment.selection_set);
                    }
                }
            }
        }
    }

    /// Walks what a value has within it.
    fn within(&mut self, value: &Node<Value>, of: &Type, whole: &Node<Value>) {
        match value.as_ref() {
            Value::List(entries) => {
                for entry in entries {
                    self.inner(entry, of.item_type(), false, whole);
                }
            }
            Value::Object(fields) => {
                let Some(ExtendedType::InputObject(object)) = SCHEMA.types.get(of.inner_named_type()) else {
                    return;
                };
                let is_one_of = object.directives.has("oneOf");
                let mut names = HashSet::new();
                for (name, value) in fields {
                    if !names.insert(name) {
                        let message = format!("There can be only one input field named \"{name}\".");
                        self.found.push(Misplaced { message, at: whole.location() });
                    }
                    if let Some(defined) = object.fields.get(name) {
                        // The one field of such an object may not be null.
                        let needed = &defined.ty;
                        let needed = if is_one_of { &Type::clone(needed).non_null() } else { needed };
                        let has_default = !is_one_of && defined.default_value.is_some();
                        self.inner(value, needed, has_default, whole);
                    }
                }
            }
            _ => {}
        }
    }

    fn inner(&mut self, value: &Node<Value>, needed: &Type, has_default: bool, whole: &Node<Value>) {
        let Value::Variable(name) = value.as_ref() else { return self.within(value, needed, whole) };
        let defined = self.operation.variables.iter().find(|defined| defined.name == *name);
        let Some(defined) = defined.filter(|defined| !fits(defined, needed, has_default)) else { return };
        let of = &defined.ty;
        let message =
            format!("Variable \"${name}\" of type \"{of}\" used in position expecting type \"{needed}\".");
        self.found.push(Misplaced { message, at: whole.location() });
    }
}

/// AreTypesCompatible and IsVariableUsageAllowed of the specification.
fn fits(defined: &VariableDefinition, needed: &Type, has_default: bool) -> bool {
    if needed.is_non_null() && !defined.ty.is_non_null() {
        let own_default = defined.default_value.as_ref().is_some_and(|default| !default.is_null());
        return (own_default || has_default) && defined.ty.is_assignable_to(&Type::clone(needed).nullable());
    }
    defined.ty.is_assignable_to(needed)
}
