use axum::extract::Query;
use axum::http::Uri;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::graphql::{DocumentId, Request};

/// The parameters of a request in its address.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
    document_id: Option<String>,
}

/// What a body holds.
pub(super) enum Posted {
    One(Box<Request>),
    Batch(Vec<Request>),
}

/// The request in a body, or several where batches may have so many.
///
/// # Errors
/// 400 where the body is not JSON, is a batch of too many, or a parameter has another type.
pub(super) fn from_body(bytes: &[u8], max_batch: usize) -> Result<Posted, Refusal> {
    let value = serde_json::from_slice(bytes)
        .map_err(|error| Refusal::malformed(format!("the body is not JSON: {error}")))?;
    let request = |value| match value {
        Value::Object(parameters) => from_parameters(parameters),
        other => Err(Refusal::malformed(format!("a request is {}, but must be an object", kind(&other)))),
    };
    match value {
        Value::Array(_) if max_batch == 0 => {
            Err(Refusal::malformed("the body is a batch; this server takes one request at a time"))
        }
        Value::Array(batch) if batch.is_empty() || batch.len() > max_batch => {
            let given = batch.len();
            Err(Refusal::malformed(format!("the batch has {given} requests, but may have 1 to {max_batch}")))
        }
        Value::Array(batch) => Ok(Posted::Batch(batch.into_iter().map(request).collect::<Result<_, _>>()?)),
        one => Ok(Posted::One(Box::new(request(one)?))),
    }
}

/// The request in an address.
///
/// # Errors
/// 400 where a parameter comes twice, is missing, or is not of its type.
pub(super) fn from_address(address: &Uri) -> Result<Request, Refusal> {
    let Query(parameters) = Query::<Parameters>::try_from_uri(address)
        .map_err(|rejection| Refusal::malformed(rejection.body_text()))?;
    let mut read = Map::new();
    let texts = [
        ("query", parameters.query),
        ("operationName", parameters.operation_name),
        ("documentId", parameters.document_id),
    ];
    for (name, text) in texts {
        read.extend(text.map(|text| (name.to_owned(), Value::String(text))));
    }
    let objects = [("variables", parameters.variables), ("extensions", parameters.extensions)];
    for (name, text) in objects {
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        let value = serde_json::from_str(&text)
            .map_err(|error| Refusal::malformed(format!("{name} is not JSON: {error}")))?;
        read.insert(name.to_owned(), value);
    }
    from_parameters(read)
}

/// A request from its parameters; others than those of the specification are of no account.
///
/// # Errors
/// 400 where a parameter is missing or not of its type.
pub(super) fn from_parameters(mut parameters: Map<String, Value>) -> Result<Request, Refusal> {
    parameters.retain(|_, value| !value.is_null());
    for (name, value) in &parameters {
        let expected = match name.as_str() {
            "query" | "operationName" | "documentId" if !value.is_string() => "a string",
            "variables" | "extensions" if !value.is_object() => "an object",
            _ => continue,
        };
        let message = format!("{name} is {}, but must be {expected}", kind(value));
        return Err(Refusal::malformed(message));
    }
    let empty = |name: &str| parameters.get(name).and_then(Value::as_str).is_none_or(str::is_empty);
    let by_hash = parameters.get("extensions").is_some_and(|given| given.get("persistedQuery").is_some());
    if empty("query") && empty("documentId") && !by_hash {
        return Err(Refusal::malformed("the request has no query"));
    }
    if empty("operationName") {
        parameters.remove("operationName");
    }
    let id = parameters.remove("documentId").and_then(|id| id.as_str().map(str::to_owned));
    let request: Request = serde_json::from_value(Value::Object(parameters))
        .map_err(|error| Refusal::malformed(error.to_string()))?;
    Ok(match id.filter(|id| !id.is_empty()) {
        Some(id) => request.data(DocumentId(id)),
        None => request,
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
