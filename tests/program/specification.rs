//! Answers to the letter of the GraphQL specification: a table of its sections, and variables that are not sent.

use std::sync::Arc;

use crate::desk::Desk;
use orgatlas::access::Access;
use orgatlas::atlas::Atlas;
use orgatlas::graphql::{
    Documents, Limits, Prepared, Request, Schema, Variables, execute_prepared, schema, to_json,
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// A request, and what the specification says of it.
#[derive(serde::Deserialize)]
struct Row {
    section: String,
    query: String,
    #[serde(default)]
    variables: Value,
    /// The code of the first error of a request that is not executed.
    refused: Option<String>,
    /// What its message holds.
    #[serde(default)]
    says: String,
    /// What one that is executed is answered.
    #[serde(default)]
    data: Value,
    /// The paths of the errors beside the data.
    #[serde(default)]
    errors: Vec<Value>,
}

/// A server without the transport, on a store of four organisations.
struct Asked {
    atlas: Arc<Atlas>,
    schema: Schema,
    documents: Documents,
    runtime: Runtime,
    _desk: Desk,
}

impl Asked {
    fn small() -> Self {
        let desk = Desk::new();
        desk.write(
            "organizations.csv",
            "id,kind,name,employees,dissolved_on\n\
             cn-370114,DISTRICT,章丘区,,\n\
             cn-370114001,SUBDISTRICT,明水街道,,\n\
             ent-1,ENTERPRISE,示例甲,42,\n\
             ent-2,ENTERPRISE,示例乙,,\n",
        );
        desk.write("relations.csv", "source,type,target\ncn-370114001,PART_OF,cn-370114\n");
        desk.done("import --data store organizations.csv relations.csv");
        Self {
            atlas: Arc::new(Atlas::open(&desk.path().join("store")).unwrap().0),
            schema: schema(),
            documents: Documents::default(),
            runtime: Builder::new_current_thread().build().unwrap(),
            _desk: desk,
        }
    }

    fn request(query: &str, variables: &Value) -> Request {
        Request::new(query).variables(Variables::from_json(variables.clone()))
    }

    fn answer(&self, prepared: Result<Prepared, Box<orgatlas::graphql::Response>>) -> Value {
        let answer = match prepared {
            Ok(prepared) => {
                let access = Access::administrator("test");
                self.runtime.block_on(execute_prepared(&self.schema, &self.atlas, access, prepared))
            }
            Err(refused) => *refused,
        };
        serde_json::from_slice(&to_json(&answer).unwrap()).unwrap()
    }

    /// What is answered anew.
    fn ask(&self, query: &str, variables: &Value) -> Value {
        self.answer(Prepared::new(Self::request(query, variables), &Limits::DEFAULT))
    }

    /// What is answered where documents are kept.
    fn ask_again(&self, query: &str, variables: &Value) -> Value {
        let prepared = self.documents.prepare(Self::request(query, variables), &Limits::DEFAULT);
        self.answer(prepared.map(Prepared::written))
    }

    /// What is answered by a plan, where there is one.
    fn ask_planned(&self, query: &str, variables: &Value) -> Option<Value> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let planned = self.documents.planned(body.as_bytes(), &Limits::DEFAULT)?;
        let json = planned.answer(&self.atlas, &Access::administrator("test"), Default::default())?;
        Some(serde_json::from_slice(&json).unwrap())
    }
}

impl Row {
    /// How an answer differs from what the specification says; nothing where it does not.
    fn fault(&self, answer: &Value) -> Option<String> {
        let errors: &[Value] = answer["errors"].as_array().map_or(&[], Vec::as_slice);
        let is_right = match &self.refused {
            Some(code) => {
                answer.get("data").is_none()
                    && errors.first().is_some_and(|error| {
                        error["extensions"]["code"] == **code
                            && error["message"].as_str().is_some_and(|message| message.contains(&self.says))
                            && error.get("path").is_none()
                    })
            }
            None => {
                let mut paths: Vec<_> = errors.iter().map(|error| error["path"].clone()).collect();
                paths.sort_by_key(Value::to_string);
                // Of errors that null the same parent, one is enough.
                let are_told = match self.data.is_null() {
                    true => paths.iter().any(|path| self.errors.contains(path)),
                    false => paths == self.errors,
                };
                answer.get("data") == Some(&self.data) && are_told
            }
        };
        (!is_right)
            .then(|| format!("{}: {} {}\n  is answered {answer}", self.section, self.query, self.variables))
    }
}

#[test]
fn answers_are_to_the_letter_of_the_specification() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("../specification/rows.json")).unwrap();
    assert!(rows.len() >= 150);
    let asked = Asked::small();
    let mut faults = Vec::new();
    for row in &rows {
        faults.extend(row.fault(&asked.ask(&row.query, &row.variables)));
        for _ in 0..2 {
            faults.extend(row.fault(&asked.ask_again(&row.query, &row.variables)));
        }
        faults.extend(asked.ask_planned(&row.query, &row.variables).and_then(|answer| row.fault(&answer)));
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), rows.len(), faults.join("\n"));
}

/// All that an organisation may leave empty, by a type and a value of it.
const CLEARABLE: [(&str, &str, &str); 16] = [
    ("nameHant", "String", "\"示例\""),
    ("nameEn", "String", "\"Sample\""),
    ("aliases", "[String!]", "[\"样本\"]"),
    ("division", "String", "\"370114\""),
    ("uscc", "String", "\"91370181MA3C00001U\""),
    ("industry", "String", "\"机械\""),
    ("partyMembers", "Int", "5"),
    ("fullMembers", "Int", "4"),
    ("employees", "Int", "43"),
    ("floorAreaM2", "Float", "12.5"),
    ("annualIncomeCny", "Float", "1000"),
    ("designations", "[String!]", "[\"TWO_NEW\"]"),
    ("operatingStatus", "OperatingStatus", "SUSPENDED"),
    ("establishedOn", "Date", "\"2001-02-03\""),
    ("dissolvedOn", "Date", "\"2021-02-03\""),
    ("sources", "[String!]", "[\"a\"]"),
];

/// What is recorded of an organisation, as exports have it.
fn recorded(asked: &Asked, id: &str) -> Value {
    let graph = &asked.atlas.snapshot().graph;
    let found = graph.organizations().find(|organization| organization.id.as_str() == id);
    json!(format!("{found:?}"))
}

fn changed(asked: &Asked, declared: &str, change: &str, variables: &Value) {
    let declared = if declared.is_empty() { String::new() } else { format!("({declared})") };
    let apply = format!("applyChanges(reason: \"test\", changes: [{{ {change} }}]) {{ version }}");
    let query = format!("mutation {declared} {{ {apply} }}");
    let answer = asked.ask(&query, variables);
    assert_eq!(answer.get("errors"), None, "{query} {variables}");
}

#[test]
fn a_variable_that_is_not_sent_changes_nothing_and_null_clears() {
    let asked = Asked::small();
    let all: String = CLEARABLE.iter().map(|(field, _, value)| format!("{field}: {value}, ")).collect();
    changed(&asked, "", &format!("putOrganization: {{ id: \"ent-1\", {all} }}"), &json!({}));
    for (field, of, value) in CLEARABLE {
        let before = recorded(&asked, "ent-1");
        let declared = format!("$v: {of}, $n: String");
        let change = format!("putOrganization: {{ id: \"ent-1\", name: $n, {field}: $v }}");
        changed(&asked, &declared, &change, &json!({ "n": "示例甲" }));
        assert_eq!(recorded(&asked, "ent-1"), before, "{field} is not sent");
        // The status has no empty value: null is the one that all begin with.
        changed(&asked, &declared, &change, &json!({ "n": "示例甲", "v": null }));
        assert_ne!(recorded(&asked, "ent-1"), before, "{field} is null");
        let put_back = format!("putOrganization: {{ id: \"ent-1\", {field}: {value} }}");
        changed(&asked, "", &put_back, &json!({}));
        assert_eq!(recorded(&asked, "ent-1"), before, "{field} is put back");
    }
}

/// Of relations, values and exemptions, by all that is recorded of them.
#[test]
fn a_variable_that_is_not_sent_keeps_ends_citations_and_values() {
    let asked = Asked::small();
    let relation = "source: \"cn-370114001\", type: PART_OF, target: \"cn-370114\"";
    let value = "organization: \"ent-1\", attribute: \"employees\", validFrom: \"2020-01-01\"";
    let exemption = "unit: \"ent-1\", indicator: \"two-new-work\", grantedOn: \"2020-01-01\"";
    let table = [
        (format!("putRelation: {{ {relation}, validTo: HERE }}"), "Date", "\"2030-01-01\""),
        (format!("putRelation: {{ {relation}, citation: HERE }}"), "String", "\"档案 12\""),
        (format!("putValue: {{ {value}, value: 7, validTo: HERE }}"), "Date", "\"2021-01-01\""),
        (format!("putValue: {{ {value}, value: 7, source: HERE }}"), "String", "\"年报\""),
        (
            format!("putExemption: {{ {exemption}, reason: \"停产\", grantedBy: \"组织部\", until: HERE }}"),
            "Date",
            "\"2021-01-01\"",
        ),
    ];
    let state = || {
        let graph = &asked.atlas.snapshot().graph;
        let annexes: Vec<_> = graph.annexes().collect();
        format!("{:?} {annexes:?}", graph.relations().collect::<Vec<_>>())
    };
    for (change, of, value) in table {
        changed(&asked, "", &change.replace("HERE", value), &json!({}));
        let before = state();
        let declared = format!("$v: {of}");
        let with_variable = change.replace("HERE", "$v");
        changed(&asked, &declared, &with_variable, &json!({}));
        assert_eq!(state(), before, "{change} is not sent");
        changed(&asked, &declared, &with_variable, &json!({ "v": null }));
        assert_ne!(state(), before, "{change} is null");
    }
}

/// Within a list of inputs whose entries have variables.
#[test]
fn an_attribute_without_a_value_keeps_what_is_recorded() {
    let asked = Asked::small();
    let put = |value: &str| {
        let attribute = format!("{{ id: \"red_vanguard_teams\"{value} }}");
        format!("putOrganization: {{ id: \"ent-1\", attributes: [{attribute}] }}")
    };
    changed(&asked, "", &put(", value: 3"), &json!({}));
    let before = recorded(&asked, "ent-1");
    changed(&asked, "", &put(""), &json!({}));
    changed(&asked, "$v: RuleValue", &put(", value: $v"), &json!({}));
    assert_eq!(recorded(&asked, "ent-1"), before);
    changed(&asked, "$v: RuleValue", &put(", value: $v"), &json!({ "v": null }));
    assert_ne!(recorded(&asked, "ent-1"), before);
}
