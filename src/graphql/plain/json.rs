use async_graphql::{Response, Value};

/// Writes an answer as JSON.
///
/// # Errors
/// What the serialiser says, of an answer that has no form in JSON.
pub fn to_json(response: &Response) -> serde_json::Result<Vec<u8>> {
    let mut json = Vec::with_capacity(1 << 10);
    json.extend_from_slice(br#"{"data":"#);
    write(&response.data, &mut json)?;
    if !response.extensions.is_empty() {
        json.extend_from_slice(br#","extensions":"#);
        serde_json::to_writer(&mut json, &response.extensions)?;
    }
    if !response.errors.is_empty() {
        json.extend_from_slice(br#","errors":"#);
        serde_json::to_writer(&mut json, &response.errors)?;
    }
    json.push(b'}');
    Ok(json)
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
                serde_json::to_writer(&mut *json, name.as_str())?;
                json.push(b':');
                write(value, json)?;
            }
            json.push(b'}');
        }
        leaf => serde_json::to_writer(json, leaf)?,
    }
    Ok(())
}

pub(super) fn separate(position: usize, json: &mut Vec<u8>) {
    if position > 0 {
        json.push(b',');
    }
}
