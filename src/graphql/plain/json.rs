use async_graphql::{Response, Value};

use crate::graphql::was_executed;

/// Writes an answer as JSON; one to a request that was not executed has no `data`.
///
/// # Errors
/// What the serialiser says, of an answer that has no form in JSON.
pub fn to_json(response: &Response) -> serde_json::Result<Vec<u8>> {
    let mut json = Vec::with_capacity(1 << 10);
    json.push(b'{');
    if was_executed(response) {
        write_text("data", &mut json);
        json.push(b':');
        write(&response.data, &mut json)?;
    }
    if !response.extensions.is_empty() {
        separate(json.len() - 1, &mut json);
        json.extend_from_slice(br#""extensions":"#);
        serde_json::to_writer(&mut json, &response.extensions)?;
    }
    if !response.errors.is_empty() {
        separate(json.len() - 1, &mut json);
        json.extend_from_slice(br#""errors":"#);
        serde_json::to_writer(&mut json, &response.errors)?;
    }
    json.push(b'}');
    Ok(json)
}

/// An answer as a JSON value, with the same parts in the same order; none of it was written at once.
///
/// # Errors
/// What the serialiser says, of an answer that has no form in JSON.
pub fn to_json_value(response: &Response) -> serde_json::Result<serde_json::Value> {
    let mut parts = serde_json::Map::new();
    if was_executed(response) {
        parts.insert("data".to_owned(), serde_json::to_value(&response.data)?);
    }
    if !response.extensions.is_empty() {
        parts.insert("extensions".to_owned(), serde_json::to_value(&response.extensions)?);
    }
    if !response.errors.is_empty() {
        parts.insert("errors".to_owned(), serde_json::to_value(&response.errors)?);
    }
    Ok(parts.into())
}

/// Writes a value. Bytes are JSON already: neither a request nor a field of the schema has any of its own.
pub(super) fn write(value: &Value, json: &mut Vec<u8>) -> serde_json::Result<()> {
    match value {
        Value::Binary(written) => json.extend_from_slice(written),
        Value::List(values) => {
            json.push(b'[');
            for (position, value) in values.iter().enumerate() {
                separate(position, json);
                write(value, json)?;
            }
            json.push(b']');
        }
        Value::Object(fields) => {
            json.push(b'{');
            for (position, (name, value)) in fields.iter().enumerate() {
                separate(position, json);
                write_text(name.as_str(), json);
                json.push(b':');
                write(value, json)?;
            }
            json.push(b'}');
        }
        Value::String(text) => write_text(text, json),
        leaf => serde_json::to_writer(json, leaf)?,
    }
    Ok(())
}

/// Writes a text.
pub(in crate::graphql) fn write_text(text: &str, json: &mut Vec<u8>) {
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    // Hardly any has something to escape; told of all bytes at once that is quicker than byte by byte.
    if text.bytes().fold(false, |any, byte| any | is_escaped(byte)) {
        // Neither a text nor memory that it is written to can be at fault.
        return serde_json::to_writer(json, text).unwrap_or_default();
    }
    json.reserve(text.len() + 2);
    json.push(b'"');
    json.extend_from_slice(text.as_bytes());
    json.push(b'"');
}

pub(super) fn separate(position: usize, json: &mut Vec<u8>) {
    if position > 0 {
        json.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_written_as_the_serialiser_writes_it(text in prop_oneof!["[ -~]{0,40}", "\\PC{0,20}", any::<String>()]) {
            let mut json = Vec::new();
            write_text(&text, &mut json);
            prop_assert_eq!(json, serde_json::to_vec(&text).unwrap());
        }
    }
}
