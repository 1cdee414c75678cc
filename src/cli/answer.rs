use std::sync::Arc;

use serde_json::Value;

use super::Failure;
use crate::access::Access;
use crate::atlas::Atlas;
use crate::graphql::{Limits, Request, Response, Variables, execute, schema_within};

/// Answers a GraphQL query on a store; what the commands print is what clients of the server get.
pub(super) fn answer(atlas: &Arc<Atlas>, query: &str, variables: Value) -> Result<Value, Failure> {
    let response = respond(atlas, Request::new(query).variables(Variables::from_json(variables)))?;
    let mut json = serde_json::to_value(&response)?;
    if let Some(error) = response.errors.first() {
        return Err(Failure::new(error.message.clone()));
    }
    Ok(json["data"].take())
}

/// Answers a GraphQL request on a store, which whoever can open it may read and write without limits.
pub(super) fn respond(atlas: &Arc<Atlas>, request: Request) -> Result<Response, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let access = Access::administrator("command line");
    Ok(runtime.block_on(execute(&schema_within(&Limits::NONE), atlas, access, request)))
}

/// A JSON value as text in a table: nothing for null, no quotes around text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What an answer is about: its indicator, its day, and the mark where generated units are counted.
pub(super) fn title(answer: &Value) -> String {
    let indicator = &answer["indicator"];
    let (name, id) = (text(&indicator["name"]), text(&indicator["id"]));
    let title = format!("{name} ({id}, {}) · {}", text(&indicator["source"]), text(&answer["asOf"]));
    if answer["synthetic"] == true { format!("{title}\n含生成数据 generated data") } else { title }
}
