use std::collections::HashMap;

use apollo_compiler::schema::{ExtendedType, InputObjectType};
use async_graphql::parser::types::{BaseType, Type, VariableDefinition};
use async_graphql::{Name, Positioned, ServerError, Value, Variables};

use super::validate::SCHEMA;
use crate::graphql::error::{Code, coded};

/// The values of variables, as their types have them. One that was not given and has no default is not among them.
pub(in crate::graphql) type Values = HashMap<Name, Value>;

/// Coerces the values that are given for variables to the types of these.
///
/// What a custom scalar takes is checked where it is used. Types that the schema does not have take any value:
/// validation names them.
///
/// # Errors
/// The first value that is not of its type, by the place at which it stands.
pub(in crate::graphql) fn coerce(
    definitions: &[Positioned<VariableDefinition>],
    given: &Variables,
) -> Result<Values, ServerError> {
    let mut values = Values::new();
    for Positioned { node: definition, .. } in definitions {
        let name = &definition.name;
        let refused = |message| coded(Code::BadUserInput, ServerError::new(message, Some(name.pos)));
        let value = given.get(&name.node);
        let default = definition.default_value.as_ref().map(|default| &default.node);
        let of = &definition.var_type.node;
        let value = match (value, default) {
            (Some(value), _) if of.nullable || *value != Value::Null => {
                let mut place = format!("${}", name.node);
                coerced(value, of, &mut place)
                    .map_err(|fault| refused(format!("variable {place}: {fault}")))?
            }
            (None, Some(default)) => default.clone(),
            (None, None) if of.nullable => continue,
            _ => return Err(refused(format!("variable ${} of type {of} is missing or null", name.node))),
        };
        values.insert(name.node.clone(), value);
    }
    Ok(values)
}

/// The value as its type has it; `place` is left at what is at fault.
fn coerced(value: &Value, of: &Type, place: &mut String) -> Result<Value, String> {
    if *value == Value::Null {
        return if of.nullable { Ok(Value::Null) } else { Err(format!("it is null, but {of} is not")) };
    }
    let name = match &of.base {
        BaseType::List(inner) => {
            let Value::List(values) = value else {
                return coerced(value, inner, place).map(|value| Value::List(vec![value]));
            };
            let length = place.len();
            let entries = values.iter().enumerate().map(|(position, value)| {
                place.truncate(length);
                place.push_str(&format!("[{position}]"));
                coerced(value, inner, place)
            });
            return entries.collect::<Result<_, _>>().map(Value::List);
        }
        BaseType::Named(name) => name.as_str(),
    };
    let found = match (name, value) {
        ("Int", value) => integer(value),
        ("Float", Value::Number(_)) | ("String", Value::String(_)) | ("Boolean", Value::Boolean(_)) => {
            Some(value.clone())
        }
        ("ID", Value::String(_)) => Some(value.clone()),
        ("ID", Value::Number(number)) => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0);
            let text = if number.is_f64() {
                whole.map(|whole| format!("{whole}"))
            } else {
                Some(number.to_string())
            };
            text.map(Value::String)
        }
        ("Float" | "String" | "Boolean" | "ID", _) => None,
        (name, value) => match (SCHEMA.types.get(name), value) {
            (Some(ExtendedType::Enum(of)), Value::String(text)) => {
                of.values.contains_key(text.as_str()).then(|| Value::Enum(Name::new(text)))
            }
            (Some(ExtendedType::InputObject(of)), Value::Object(_)) => return object(value, of, place),
            (Some(ExtendedType::Enum(_) | ExtendedType::InputObject(_)), _) => None,
            _ => Some(value.clone()),
        },
    };
    found.ok_or_else(|| format!("{} is no {name}; send one as the schema describes it", shown(value)))
}

/// An integer of 32 bits; JSON may write it as 3.0.
fn integer(value: &Value) -> Option<Value> {
    let Value::Number(number) = value else { return None };
    let whole = match number.as_i64() {
        Some(whole) => i32::try_from(whole).ok()?,
        None => {
            let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
            format!("{number}").parse().ok()?
        }
    };
    Some(Value::Number(whole.into()))
}

fn object(value: &Value, of: &InputObjectType, place: &mut String) -> Result<Value, String> {
    let Value::Object(fields) = value else { return Ok(value.clone()) };
    if let Some(unknown) = fields.keys().find(|field| !of.fields.contains_key(field.as_str())) {
        return Err(format!("{} has no field \"{unknown}\"; leave it out", of.name));
    }
    let length = place.len();
    let mut coerced_fields = async_graphql::indexmap::IndexMap::with_capacity(fields.len());
    for (name, definition) in &of.fields {
        place.truncate(length);
        place.push_str(&format!(".{name}"));
        match fields.get(name.as_str()) {
            Some(value) => {
                let text = definition.ty.to_string();
                // The same grammar: there is no other way in which types are written.
                let of = Type::new(&text).ok_or_else(|| format!("its type {text} cannot be read"))?;
                coerced_fields.insert(Name::new(name.as_str()), coerced(value, &of, place)?);
            }
            None if definition.is_required() => return Err(format!("{} is missing", definition.ty)),
            None => {}
        }
    }
    place.truncate(length);
    Ok(Value::Object(coerced_fields))
}

/// A value as a message shows it: not longer than a line.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.clone().into_json().map_or_else(|_| value.to_string(), |json| json.to_string());
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn check(of: &str, given: serde_json::Value) -> String {
        let document = parse_query(format!("query ($v: {of}) {{ a(v: $v) }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        match coerce(&operation.node.variable_definitions, &Variables::from_json(given)) {
            Ok(values) => values.get("v").map_or_else(|| "absent".to_owned(), Value::to_string),
            Err(error) => error.message,
        }
    }

    #[test]
    fn values_are_coerced_to_the_types_of_variables() {
        let table = [
            ("Int", json!({}), "absent"),
            ("Int", json!({ "v": null }), "null"),
            ("Int = 3", json!({}), "3"),
            ("Int = 3", json!({ "v": null }), "null"),
            ("Int! = 3", json!({ "v": null }), "variable $v of type Int! is missing or null"),
            ("Int!", json!({}), "variable $v of type Int! is missing or null"),
            ("Int", json!({ "v": 3.0 }), "3"),
            ("Int", json!({ "v": 3.5 }), "variable $v: 3.5 is no Int; send one as the schema describes it"),
            (
                "Int",
                json!({ "v": 3_000_000_000_u64 }),
                "variable $v: 3000000000 is no Int; send one as the schema describes it",
            ),
            ("Int", json!({ "v": "3" }), "variable $v: \"3\" is no Int; send one as the schema describes it"),
            ("Float", json!({ "v": 3 }), "3"),
            (
                "Float",
                json!({ "v": "3" }),
                "variable $v: \"3\" is no Float; send one as the schema describes it",
            ),
            ("String", json!({ "v": 3 }), "variable $v: 3 is no String; send one as the schema describes it"),
            (
                "Boolean",
                json!({ "v": 1 }),
                "variable $v: 1 is no Boolean; send one as the schema describes it",
            ),
            ("ID", json!({ "v": 3 }), "\"3\""),
            ("ID", json!({ "v": 3.5 }), "variable $v: 3.5 is no ID; send one as the schema describes it"),
            ("[Int]", json!({ "v": 3 }), "[3]"),
            ("[[Int]]", json!({ "v": [1, [2, null]] }), "[[1], [2, null]]"),
            ("[Int!]", json!({ "v": [1, null] }), "variable $v[1]: it is null, but Int! is not"),
            ("[Int]", json!({ "v": null }), "null"),
            ("Direction", json!({ "v": "OUT" }), "OUT"),
            (
                "Direction",
                json!({ "v": "AWAY" }),
                "variable $v: \"AWAY\" is no Direction; send one as the schema describes it",
            ),
            (
                "Direction",
                json!({ "v": 1 }),
                "variable $v: 1 is no Direction; send one as the schema describes it",
            ),
            ("OrganizationFilter", json!({ "v": { "kinds": "GRID" } }), "{kinds: [GRID]}"),
            (
                "OrganizationFilter",
                json!({ "v": { "kind": "GRID" } }),
                "variable $v: OrganizationFilter has no field \"kind\"; leave it out",
            ),
            (
                "[ChangeInput!]",
                json!({ "v": [{ "removeRelation": { "source": "a" } }] }),
                "variable $v[0].removeRelation.type: RelationType! is missing",
            ),
            (
                "OrganizationFilter",
                json!({ "v": [] }),
                "variable $v: [] is no OrganizationFilter; send one as the schema describes it",
            ),
            ("Date", json!({ "v": "2024-06-30" }), "\"2024-06-30\""),
            ("Nonsense", json!({ "v": [1] }), "[1]"),
        ];
        for (of, given, expected) in table {
            assert_eq!(check(of, given.clone()), expected, "{of} {given}");
        }
    }
}
