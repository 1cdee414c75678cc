use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::describe::describe;
use super::name::{Base, Range, Space, Term};
use super::relation::type_term;
use super::{LeftOut, Object, Resource, datatype};
use crate::exchange::contents::Contents;
use crate::exchange::field::FieldType;
use crate::model::RelationType;

/// Writes JSON-LD with its context inside, so that nothing has to be fetched to read it.
pub(in crate::exchange) fn write(
    contents: &Contents<'_>,
    base: &Base,
    mut to: impl Write,
) -> io::Result<LeftOut> {
    write!(to, "{{\"@context\":{},\"@graph\":[", context(contents, base))?;
    let mut before = "\n";
    describe(contents, |resource| {
        to.write_all(before.as_bytes())?;
        before = ",\n";
        Ok(serde_json::to_writer(&mut to, &object(resource))?)
    })?;
    to.write_all(b"\n]}\n")?;
    Ok(contents.left_out(true, true))
}

/// The prefixes, and each term with what its values are.
fn context(contents: &Contents<'_>, base: &Base) -> Value {
    let mut context = Map::from_iter([("@version".to_owned(), json!(1.1))]);
    for space in Space::ALL {
        // Some prefixes are also the local names of terms; as prefixes they have to be said to be such.
        let prefix = json!({ "@id": space.iri(base), "@prefix": true });
        context.insert(space.prefix().to_owned(), prefix);
    }
    let attributes = contents
        .catalog
        .iter()
        .map(|declaration| Term::attribute(&declaration.id, FieldType::of(declaration.attribute_type)));
    for term in Term::ALL.into_iter().chain(RelationType::all().map(type_term)).chain(attributes) {
        let mut definition = json!({ "@id": term.name.compact() });
        match term.range {
            Range::Resource => definition["@type"] = "@id".into(),
            Range::Named => definition["@container"] = "@language".into(),
            Range::Value(value_type) if !is_native(value_type) => {
                definition["@type"] = format!("xsd:{}", datatype(value_type)).into();
            }
            Range::Value(_) | Range::Any => {}
        }
        context.insert(key(&term), definition);
    }
    context.into()
}

/// The key of a term: with its prefix, so that no two terms have one.
fn key(term: &Term) -> String {
    term.name.compact()
}

/// Whether JSON has a form for it that means the same in RDF.
fn is_native(value_type: FieldType) -> bool {
    !matches!(value_type, FieldType::Decimal | FieldType::Day)
}

fn object(resource: &Resource) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("@id".into(), resource.id.compact().into());
    let classes: Vec<_> = resource.classes.iter().map(|class| Value::from(class.compact())).collect();
    object.insert("@type".into(), one_or_all(classes));
    for (term, stated) in &resource.statements {
        let entry = object.entry(key(term));
        match stated {
            Object::Named(text, language) => {
                entry.or_insert_with(|| json!({}))[*language] = text.as_str().into();
            }
            other => {
                let value = json_value(other, term.range);
                match entry.or_insert(Value::Null) {
                    Value::Array(values) => values.push(value),
                    first if first.is_null() => *first = value,
                    first => *first = Value::Array(vec![first.take(), value]),
                }
            }
        }
    }
    object
}

fn one_or_all(mut values: Vec<Value>) -> Value {
    if values.len() == 1 { values.remove(0) } else { values.into() }
}

fn json_value(object: &Object, range: Range) -> Value {
    match object {
        Object::Resource(name) => name.compact().into(),
        Object::Named(text, language) => json!({ "@value": text, "@language": language }),
        Object::Value(text, value_type) => match value_type {
            FieldType::Text | FieldType::Texts => text.as_str().into(),
            FieldType::Flag => (text == "true").into(),
            // Readers may hold numbers as floating point, which has whole ones up to here only.
            FieldType::Count | FieldType::Integer => match text.parse::<i64>() {
                Ok(number) if number.unsigned_abs() < 1 << 53 => number.into(),
                _ => json!({ "@value": text, "@type": "xsd:integer" }),
            },
            FieldType::Decimal | FieldType::Day if range == Range::Value(*value_type) => text.as_str().into(),
            FieldType::Decimal | FieldType::Day => {
                json!({ "@value": text, "@type": format!("xsd:{}", datatype(*value_type)) })
            }
        },
    }
}
