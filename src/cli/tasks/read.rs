use std::sync::Arc;

use serde_json::{Value, json};

use super::Failure;
use crate::atlas::Atlas;
use crate::cli::answer::answer;

/// What lists show of a task.
const SHORT: &str = "
  id month issuedOn dueOn state nextStates overdue synthetic
  indicator { id: code version name } territory { id name } responsible { id: organizationId name }
  units(first: 0) { totalCount }";

/// What sheets show of a task beside that.
const UNITS: &str = "
  history { state date }
  listed: units(first: 1000, after: $unitsAfter) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id: organizationId name state form { name }
      organization { parent { name } }
      reasons { form { name } neededLabel found foundLabel }
    }
  }";

/// The tasks that pass a filter, all of them; with their units under `listed.nodes` where these are asked for.
///
/// The filter holds the arguments of `tasks` in the schema.
pub(in crate::cli) fn tasks_of(
    atlas: &Arc<Atlas>,
    filter: &Value,
    units: bool,
) -> Result<Vec<Value>, Failure> {
    let fields = if units { format!("{SHORT}{UNITS}") } else { SHORT.to_owned() };
    let (declared, size) = if units { ("$unitsAfter: String, ", 50) } else { ("", 1_000) };
    let query = format!(
        "query Tasks({declared}$month: Month, $within: ID, $states: [TaskState!], $indicator: ID,
                     $overdue: Boolean, $asOf: Date, $recordedAt: DateTime, $after: String) {{
           tasks(month: $month, within: $within, states: $states, indicator: $indicator, overdue: $overdue,
                 asOf: $asOf, recordedAt: $recordedAt, first: {size}, after: $after) {{
             pageInfo {{ hasNextPage endCursor }}
             nodes {{ {fields} }}
           }}
         }}"
    );
    let mut tasks = Vec::new();
    let mut variables = filter.clone();
    loop {
        let mut page = answer(atlas, &query, variables.clone())?["tasks"].take();
        if let Value::Array(nodes) = page["nodes"].take() {
            tasks.extend(nodes);
        }
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
        variables["after"] = page["pageInfo"]["endCursor"].take();
    }
    for task in &mut tasks {
        while task["listed"]["pageInfo"]["hasNextPage"] == true {
            read_further(atlas, task, filter)?;
        }
    }
    Ok(tasks)
}

/// Reads the next page of the units of a task.
fn read_further(atlas: &Arc<Atlas>, task: &mut Value, filter: &Value) -> Result<(), Failure> {
    let query = format!(
        "query Units($id: ID!, $asOf: Date, $recordedAt: DateTime, $unitsAfter: String) {{
           task(id: $id, asOf: $asOf, recordedAt: $recordedAt) {{ {UNITS} }} }}"
    );
    let after = task["listed"]["pageInfo"]["endCursor"].take();
    let variables = json!({
        "id": task["id"], "asOf": filter["asOf"], "recordedAt": filter["recordedAt"], "unitsAfter": after,
    });
    let mut listed = answer(atlas, &query, variables)?["task"]["listed"].take();
    task["listed"]["pageInfo"] = listed["pageInfo"].take();
    if let (Value::Array(all), Value::Array(next)) = (&mut task["listed"]["nodes"], listed["nodes"].take()) {
        all.extend(next);
    }
    Ok(())
}
