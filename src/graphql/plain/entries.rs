use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::asked::Asked;
use super::{Inner, Plain, Run, Write, json};
use crate::graphql::cancellable;
use crate::graphql::error::keep_path;
use crate::work::go_on;

/// That the answer to a request is written by [`to_json`](super::to_json), and that no two lists of it have to be
/// merged.
pub(in crate::graphql) struct WrittenAtOnce;

/// A list whose entries are written at once where all that is selected of them is plain.
pub(in crate::graphql) struct Entries<T>(pub(in crate::graphql) Vec<T>);

impl<T: Plain + Send + Sync> Entries<T> {
    fn written(&self, context: &ContextSelectionSet<'_>) -> Option<Vec<u8>> {
        context.data_opt::<WrittenAtOnce>()?;
        let run = Run::new(context.data_opt().copied().unwrap_or_default(), None, &[]);
        go_on();
        let environment = &context.query_env;
        let asked = Asked { fragments: &environment.fragments, late: &[], numbered: Cell::new(0) };
        let plan = Inner::new(&asked, &context.item.node).plan::<T>()?;
        let mut json = Vec::with_capacity(64 * plan.len() * self.0.len());
        json.push(b'[');
        for (position, entry) in self.0.iter().enumerate() {
            json::separate(position, &mut json);
            plan.write(entry, &run, &mut json).ok()?;
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
        let written = cancellable(|| Ok(self.written(context)));
        match written.map_err(|stopped| stopped.into_server_error(field.pos))? {
            Some(json) => Ok(Value::Binary(json.into())),
            None => {
                let mut entries = Vec::with_capacity(self.0.len());
                for (position, entry) in self.0.iter().enumerate() {
                    entries
                        .push(entry.resolve(&context.with_index(position), field).await.map_err(keep_path)?);
                }
                Ok(Value::List(entries))
            }
        }
    }
}

impl<T: Plain + Send + Sync + 'static> Plain for Arc<T> {
    fn field(name: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        let write = T::field(name, inner)?;
        Some(Box::new(move |value, run, json| write(value, run, json)))
    }
}
