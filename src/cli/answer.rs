use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Failure;
use super::report::Subject;
use crate::access::Access;
use crate::atlas::Atlas;
use crate::graphql::{Limits, Request, Response, Variables, execute, schema_within};
use crate::model::{Door, Origin};
use crate::work::{Steps, check};

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
    let _stage = Steps::begin("answering", 0);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let access = Access::administrator("command line");
    let request = request.data(Origin::by(Door::CommandLine));
    let response = runtime.block_on(execute(&schema_within(&Limits::NONE), atlas, access, request));
    // An answer that was cancelled holds the error of its fields, which is no news.
    check()?;
    Ok(response)
}

/// A JSON value as text in a table: nothing for null, no quotes around text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A list, empty where there is none.
pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The name of the organisation that something is asked within.
pub(super) fn place(atlas: &Arc<Atlas>, within: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(id) = within else { return Ok(None) };
    let data =
        answer(atlas, "query Place($id: ID!) { organization(id: $id) { name } }", json!({ "id": id }))?;
    Ok(data["organization"]["name"].as_str().map(str::to_owned))
}

/// What an answer is about: its indicator and its day.
pub(super) fn subject(answer: &Value, within: Option<String>) -> Subject {
    Subject { what: indicator(&answer["indicator"]).into(), within, as_of: text(&answer["asOf"]) }
}

/// An indicator as reports name it: with the id and version of the definition that was used, and where it comes from.
pub(super) fn indicator(indicator: &Value) -> String {
    let [name, id, version, source] =
        ["name", "id", "version", "source"].map(|field| text(&indicator[field]));
    format!("{name} ({id} v{version}, {source})")
}

/// Which definitions a report of several indicators used: each once, by id and version.
pub(super) fn definitions<'v>(indicators: impl Iterator<Item = &'v Value>) -> String {
    let defined = indicators.filter(|indicator| !indicator.is_null());
    let defined: BTreeSet<_> =
        defined.map(|i| format!("{} v{}", text(&i["id"]), text(&i["version"]))).collect();
    defined.into_iter().collect::<Vec<_>>().join(", ")
}
