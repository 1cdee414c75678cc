//! Lists of plain data, written as JSON in one pass.
//!
//! The executor makes a future and a value of every field of every entry. Where all that is selected of the entries
//! of a list needs nothing but the entry (no argument, nothing that is looked up for a while), [`Entries`] reads the
//! selection once and writes every entry by it; the executor carries the JSON as one value. Anything else, an error
//! included, is left to the executor, so that there is one way in which fields fail.

mod json;
mod repeated;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::{Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, InputType, Name, OutputType, Positioned, ServerResult, Value};

use crate::model::Language;
use crate::work::go_on;

pub use json::to_json;
pub(super) use repeated::merges;

/// That the answer to a request is written by [`to_json`], and that no two lists of it have to be merged.
pub(super) struct WrittenAtOnce;

/// That something has to be asked of the executor.
#[derive(Debug)]
pub(super) struct NotPlain;

impl From<async_graphql::Error> for NotPlain {
    fn from(_: async_graphql::Error) -> Self {
        Self
    }
}

impl From<serde_json::Error> for NotPlain {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

/// Writes one field of a value.
pub(super) type Write<T> = Box<dyn Fn(&T, &mut Vec<u8>) -> Result<(), NotPlain>>;

/// A type of the schema of which some fields can be written without the executor.
pub(super) trait Plain: OutputType {
    /// How a field without arguments is written: to the letter as the executor would; none for fields that are left
    /// to it.
    fn field(_name: &str, _inner: &Inner<'_>) -> Option<Write<Self>>
    where
        Self: Sized,
    {
        None
    }
}

/// What is selected of the value of a field.
#[derive(Clone, Copy)]
pub(super) struct Inner<'a> {
    selected: &'a SelectionSet,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// The language of the request.
    pub(super) language: Language,
}

/// How the fields that are selected of a value are written.
struct Plan<T>(Vec<PlannedField<T>>);

struct PlannedField<T> {
    name: Name,
    /// The name as JSON, and what parts it from the value.
    key: Vec<u8>,
    write: Write<T>,
}

/// A field without parts.
pub(super) fn leaf<T, V: InputType>(read: impl Fn(&T) -> Result<V, NotPlain> + 'static) -> Option<Write<T>> {
    Some(Box::new(move |value, json| Ok(json::write(&read(value)?.to_value(), json)?)))
}

/// A field that is a text.
pub(super) fn text<T>(read: impl Fn(&T) -> Result<&str, NotPlain> + 'static) -> Option<Write<T>> {
    Some(Box::new(move |value, json| Ok(serde_json::to_writer(json, read(value)?)?)))
}

impl<'a> Inner<'a> {
    /// A field with parts, which may be null. It is read with the part of the entry before, which may become this one:
    /// what all entries share need not be counted up and down for each.
    pub(super) fn part<T, P: Plain + 'static>(
        &self,
        read: impl Fn(&T, Option<P>) -> Result<Option<P>, NotPlain> + 'static,
    ) -> Option<Write<T>> {
        let plan = self.plan::<P>()?;
        let before = Cell::new(None);
        Some(Box::new(move |value, json| match read(value, before.take())? {
            Some(part) => {
                plan.write(&part, json)?;
                before.set(Some(part));
                Ok(())
            }
            None => {
                json.extend_from_slice(b"null");
                Ok(())
            }
        }))
    }

    fn plan<T: Plain>(&self) -> Option<Plan<T>> {
        let mut plan = Plan(Vec::with_capacity(self.selected.items.len()));
        self.add_to(&mut plan)?;
        // The executor has null for an object without fields.
        (!plan.0.is_empty()).then_some(plan)
    }

    fn add_to<T: Plain>(&self, plan: &mut Plan<T>) -> Option<()> {
        for Positioned { node: selection, .. } in &self.selected.items {
            // What is left of directives by now is not of GraphQL itself.
            if !selection.directives().is_empty() {
                return None;
            }
            let (condition, selected) = match selection {
                Selection::Field(field) => {
                    self.add_field(&field.node, plan)?;
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments.get(&spread.node.fragment_name.node)?;
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set)
                }
            };
            if condition.is_some_and(|condition| condition.node.on.node != *T::type_name()) {
                return None;
            }
            Self { selected: &selected.node, ..*self }.add_to(plan)?;
        }
        Some(())
    }

    fn add_field<T: Plain>(&self, field: &'a Field, plan: &mut Plan<T>) -> Option<()> {
        let name = &field.response_key().node;
        if !field.arguments.is_empty() {
            return None;
        }
        if plan.0.iter().any(|planned| planned.name == *name) {
            // The same leaf once more; parts would have to be merged.
            return field.selection_set.node.items.is_empty().then_some(());
        }
        let write = match field.name.node.as_str() {
            "__typename" => typename(),
            other => T::field(other, &Self { selected: &field.selection_set.node, ..*self }),
        };
        let mut key = serde_json::to_vec(name.as_str()).ok()?;
        key.push(b':');
        plan.0.push(PlannedField { name: name.clone(), key, write: write? });
        Some(())
    }
}

fn typename<T: Plain>() -> Option<Write<T>> {
    let name = T::type_name();
    Some(Box::new(move |_, json| Ok(serde_json::to_writer(json, &name)?)))
}

impl<T> Plan<T> {
    fn write(&self, value: &T, json: &mut Vec<u8>) -> Result<(), NotPlain> {
        json.push(b'{');
        for (position, field) in self.0.iter().enumerate() {
            json::separate(position, json);
            json.extend_from_slice(&field.key);
            (field.write)(value, json)?;
        }
        json.push(b'}');
        Ok(())
    }
}

/// A list whose entries are written at once where all that is selected of them is plain.
pub(super) struct Entries<T>(pub(super) Vec<T>);

impl<T: Plain + Send + Sync> Entries<T> {
    fn written(&self, context: &ContextSelectionSet<'_>) -> Option<Vec<u8>> {
        context.data_opt::<WrittenAtOnce>()?;
        go_on();
        let selected = Inner {
            selected: &context.item.node,
            fragments: &context.query_env.fragments,
            language: context.data_opt().copied().unwrap_or_default(),
        };
        let plan = selected.plan::<T>()?;
        let mut json = Vec::with_capacity(64 * plan.0.len() * self.0.len());
        json.push(b'[');
        for (position, entry) in self.0.iter().enumerate() {
            json::separate(position, &mut json);
            plan.write(entry, &mut json).ok()?;
        }
        json.push(b']');
        Some(json)
    }
}

impl<T: Plain + Send + Sync> OutputType for Entries<T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        context: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        match self.written(context) {
            Some(json) => Ok(Value::Binary(json.into())),
            None => self.0.resolve(context, field).await,
        }
    }
}

impl<T: Plain + Send + Sync + 'static> Plain for Arc<T> {
    fn field(name: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        let write = T::field(name, inner)?;
        Some(Box::new(move |value, json| write(value, json)))
    }
}
