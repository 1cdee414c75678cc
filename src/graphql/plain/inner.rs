use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{InputType, Name, Positioned, Value};

use super::argument::Argument;
use super::asked::Asked;
use super::write::Write;
use super::{NotPlain, Plain, Run, json};
use crate::graphql::document::{is_of_selection, leaves_out};
use crate::work::go_on;

/// A field of which a plan is made: its arguments, and what is selected of its value.
#[derive(Clone, Copy)]
pub(in crate::graphql) struct Inner<'a> {
    asked: &'a Asked<'a>,
    /// None for what no field gives.
    field: Option<&'a Field>,
    /// Which field of the plan it is.
    number: usize,
    selected: &'a SelectionSet,
}

/// How the fields that are selected of a value are written.
pub(super) struct Plan<T>(Vec<PlannedField<T>>);

struct PlannedField<T> {
    name: Name,
    /// What begins the object or parts the field from the one before, the name as JSON, and what parts it from the value.
    key: Vec<u8>,
    write: Write<T>,
}

impl<'a> Inner<'a> {
    /// What is selected of a value that no field gives.
    pub(super) fn new(asked: &'a Asked<'a>, selected: &'a SelectionSet) -> Self {
        Self { asked, field: None, number: 0, selected }
    }

    /// An argument; where none is given, what its type makes of that.
    pub(in crate::graphql) fn argument<T: InputType>(&self, name: &str) -> Option<Argument<T>> {
        self.read(name, || T::parse(None).ok())
    }

    /// An argument that has a value of its own where none is given.
    pub(in crate::graphql) fn argument_or<T: InputType>(&self, name: &str, own: T) -> Option<Argument<T>> {
        self.read(name, || Some(own))
    }

    fn read<T: InputType>(&self, name: &str, own: impl FnOnce() -> Option<T>) -> Option<Argument<T>> {
        let Some(given) = self.field.and_then(|field| field.get_argument(name)) else {
            return own().map(Argument::Known);
        };
        let given = given.node.clone();
        if let Some(known) = given.clone().into_const() {
            return T::parse(Some(known)).ok().map(Argument::Known);
        }
        let late = self.asked.late.to_vec();
        Some(Argument::Late(Box::new(move |texts| {
            let value = given.clone().into_const_with(|name| {
                let place = late.iter().position(|late| *late == name).ok_or(())?;
                texts.get(place).cloned().map(Value::String).ok_or(())
            });
            value.ok()
        })))
    }

    /// Whether an argument is null or left out.
    pub(in crate::graphql) fn leaves_out(&self, name: &str) -> bool {
        // Whatever else it is, it is no boolean, or one that is there.
        matches!(self.argument::<Option<bool>>(name), Some(Argument::Known(None)))
    }

    /// Whether a field of this name is selected of the value.
    pub(in crate::graphql) fn selects(&self, name: &str) -> bool {
        self.selected.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) => field.node.name.node == name,
            Selection::InlineFragment(fragment) => {
                Self { selected: &fragment.node.selection_set.node, ..*self }.selects(name)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = self.asked.fragments.get(&spread.node.fragment_name.node);
                fragment.is_some_and(|fragment| {
                    Self { selected: &fragment.node.selection_set.node, ..*self }.selects(name)
                })
            }
        })
    }

    /// Whether the field was asked without arguments.
    pub(in crate::graphql) fn has_no_arguments(&self) -> bool {
        self.field.is_none_or(|field| field.arguments.is_empty())
    }

    /// A field with parts that stand within its value.
    pub(in crate::graphql) fn view<T, P: Plain + 'static>(
        &self,
        read: impl Fn(&T) -> &P + Send + Sync + 'static,
    ) -> Option<Write<T>> {
        let plan = self.plan::<P>()?;
        Some(Box::new(move |value, run, json| plan.write(read(value), run, json)))
    }

    /// A field with parts, which may be null.
    pub(in crate::graphql) fn part<T, P: Plain + 'static>(
        &self,
        read: impl Fn(&T, &Run<'_>) -> Result<Option<P>, NotPlain> + Send + Sync + 'static,
    ) -> Option<Write<T>> {
        let plan = self.plan::<P>()?;
        Some(Box::new(move |value, run, json| match read(value, run)? {
            Some(part) => plan.write(&part, run, json),
            None => {
                json.extend_from_slice(b"null");
                Ok(())
            }
        }))
    }

    /// The same, read with the part of the entry before, which may become this one: what all entries share need not be
    /// counted up and down for each.
    pub(in crate::graphql) fn part_after<T, P: Plain + 'static>(
        &self,
        read: impl Fn(&T, Option<P>) -> Result<Option<P>, NotPlain> + Send + Sync + 'static,
    ) -> Option<Write<T>> {
        let plan = self.plan::<P>()?;
        let field = self.number;
        Some(Box::new(move |value, run, json| {
            let mut former = run.take::<Option<P>>(field);
            *former = read(value, former.take())?;
            match &*former {
                Some(part) => plan.write(part, run, json)?,
                None => json.extend_from_slice(b"null"),
            }
            run.put(field, former);
            Ok(())
        }))
    }

    /// A field that is a list: `each` hands its entries over, one after the other.
    pub(in crate::graphql) fn list<T, P: Plain + 'static>(
        &self,
        each: impl Fn(&T, &mut dyn FnMut(&P) -> Result<(), NotPlain>) -> Result<(), NotPlain>
        + Send
        + Sync
        + 'static,
    ) -> Option<Write<T>> {
        let plan = self.plan::<P>()?;
        Some(Box::new(move |value, run, json| {
            go_on();
            let start = json.len();
            json.push(b'[');
            each(value, &mut |entry| {
                json::separate(json.len() - start - 1, json);
                plan.write(entry, run, json)
            })?;
            json.push(b']');
            Ok(())
        }))
    }

    pub(super) fn plan<T: Plain>(&self) -> Option<Plan<T>> {
        let mut plan = Plan(Vec::with_capacity(self.selected.items.len()));
        self.add_to(&mut plan)?;
        Some(plan)
    }

    fn add_to<T: Plain>(&self, plan: &mut Plan<T>) -> Option<()> {
        for Positioned { node: selection, .. } in &self.selected.items {
            let directives = selection.directives();
            if directives.iter().any(|directive| leaves_out(&directive.node)) {
                continue;
            }
            // Others than these are not of GraphQL itself.
            if directives.iter().any(|directive| !is_of_selection(&directive.node)) {
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
                    let fragment = self.asked.fragments.get(&spread.node.fragment_name.node)?;
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
        if plan.0.iter().any(|planned| planned.name == *name) {
            // The same leaf once more; parts would have to be merged.
            return field.selection_set.node.items.is_empty().then_some(());
        }
        let number = self.asked.number();
        let inner = Self { field: Some(field), number, selected: &field.selection_set.node, ..*self };
        let write = match field.name.node.as_str() {
            "__typename" => typename(),
            other => T::field(other, &inner),
        };
        let mut key = vec![if plan.0.is_empty() { b'{' } else { b',' }];
        json::write_text(name.as_str(), &mut key);
        key.push(b':');
        plan.0.push(PlannedField { name: name.clone(), key, write: write? });
        Some(())
    }
}

fn typename<T: Plain>() -> Option<Write<T>> {
    let name = T::type_name();
    Some(Box::new(move |_, _, json| {
        json::write_text(&name, json);
        Ok(())
    }))
}

impl<T> Plan<T> {
    pub(super) fn write(&self, value: &T, run: &Run<'_>, json: &mut Vec<u8>) -> Result<(), NotPlain> {
        if self.0.is_empty() {
            json.push(b'{');
        }
        for field in &self.0 {
            json.extend_from_slice(&field.key);
            (field.write)(value, run, json)?;
        }
        json.push(b'}');
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
