use serde_json::Value;

use super::Failure;
use crate::atlas::Atlas;
use crate::graphql::{Limits, Request, Variables};

/// Answers a GraphQL query on a store; what the commands print is what clients of the server get.
pub(super) fn answer(atlas: &Atlas, query: &str, variables: Value) -> Result<Value, Failure> {
    let request = Request::new(query).variables(Variables::from_json(variables));
    let response =
        run(crate::graphql::execute(&crate::graphql::schema_within(&Limits::NONE), atlas, request))?;
    let mut json = serde_json::to_value(&response)?;
    if let Some(error) = response.errors.first() {
        return Err(Failure::new(error.message.clone()));
    }
    Ok(json["data"].take())
}

/// Runs a future to its end.
pub(super) fn run<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(future))
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
