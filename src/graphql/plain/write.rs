use async_graphql::InputType;
use async_graphql::resolver_utils::EnumType;
use serde::Serialize;

use super::{NotPlain, Run, json};

/// Writes one field of a value.
pub(in crate::graphql) type Write<T> =
    Box<dyn Fn(&T, &Run<'_>, &mut Vec<u8>) -> Result<(), NotPlain> + Send + Sync>;

/// A field without parts.
pub(in crate::graphql) fn leaf<T, V: InputType>(
    read: impl Fn(&T) -> Result<V, NotPlain> + Send + Sync + 'static,
) -> Option<Write<T>> {
    Some(Box::new(move |value, _, json| Ok(json::write(&read(value)?.to_value(), json)?)))
}

/// A field that is a number, or true or false; or null.
pub(in crate::graphql) fn number<T, V: Serialize>(
    read: impl Fn(&T) -> V + Send + Sync + 'static,
) -> Option<Write<T>> {
    Some(Box::new(move |value, _, json| Ok(serde_json::to_writer(json, &read(value))?)))
}

/// A field that is a value of an enum, or null.
pub(in crate::graphql) fn name<T, E: EnumType>(
    read: impl Fn(&T) -> Result<Option<E>, NotPlain> + Send + Sync + 'static,
) -> Option<Write<T>> {
    Some(Box::new(move |value, _, json| {
        let Some(value) = read(value)? else {
            json.extend_from_slice(b"null");
            return Ok(());
        };
        let item = E::items().iter().find(|item| item.value == value).ok_or(NotPlain)?;
        // A name of GraphQL has nothing that JSON writes otherwise.
        json.push(b'"');
        json.extend_from_slice(item.name.as_bytes());
        json.push(b'"');
        Ok(())
    }))
}

/// A field that is a text.
pub(in crate::graphql) fn text<T>(
    read: impl Fn(&T) -> Result<&str, NotPlain> + Send + Sync + 'static,
) -> Option<Write<T>> {
    Some(Box::new(move |value, _, json| {
        json::write_text(read(value)?, json);
        Ok(())
    }))
}
