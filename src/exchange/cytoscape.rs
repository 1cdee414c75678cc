use std::io;

use serde_json::{Map, Value, json};

use super::contents::{Contents, Edge, SYNTHETIC};
use super::field::FieldValue;
use super::left_out::LeftOut;
use crate::model::{AttributeValue, DatedValue, Exemption, Organization, Validity};
use crate::work::Stopped;

/// Writes JSON of Cytoscape: elements with all that is recorded, exemptions and dated values with their organisations.
pub(super) fn write(contents: &Contents<'_>, mut to: impl io::Write) -> io::Result<LeftOut> {
    let left_out = contents.left_out(true, true);
    let mut data = Map::new();
    data.insert("name".into(), "Orgatlas".into());
    if let Some(classification) = contents.classification {
        data.insert("classification".into(), classification.into());
    }
    if contents.is_synthetic() {
        data.insert("generated".into(), SYNTHETIC.into());
    }
    if !left_out.is_empty() {
        data.insert("left_out".into(), left_out.to_string().into());
    }
    // The two flags are for readers that are not Cytoscape.
    let data = Value::from(data);
    write!(to, "{{\"data\":{data},\"directed\":true,\"multigraph\":true,\"elements\":{{\"nodes\":[")?;
    let nodes = contents.organizations().map(|organization| Ok(node(contents, &organization?)));
    write_elements(&mut to, nodes)?;
    to.write_all(b"\n],\"edges\":[")?;
    write_elements(&mut to, contents.edges().map(|relation| Ok(edge(contents, &relation?))))?;
    to.write_all(b"\n]}}\n")?;
    Ok(left_out)
}

fn write_elements(
    to: &mut impl io::Write,
    elements: impl Iterator<Item = Result<Map<String, Value>, Stopped>>,
) -> io::Result<()> {
    for (number, element) in elements.enumerate() {
        let element = element?;
        to.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *to, &json!({ "data": element }))?;
    }
    Ok(())
}

fn node(contents: &Contents<'_>, organization: &Organization) -> Map<String, Value> {
    let mut data = Map::new();
    // Cytoscape knows a node by its id, networkx by its value.
    data.insert("id".into(), organization.id.as_str().into());
    data.insert("value".into(), organization.id.as_str().into());
    for field in &contents.organization_fields {
        data.extend(field.of(organization).map(|value| (field.name.to_string(), json_value(value))));
    }
    let exemptions: Vec<Value> = contents.exemptions(organization).map(exemption).collect();
    let values: Vec<Value> = contents.values(organization).map(dated_value).collect();
    for (name, annexes) in [("exemptions", exemptions), ("values", values)] {
        if !annexes.is_empty() {
            data.insert(name.into(), annexes.into());
        }
    }
    data
}

fn edge(contents: &Contents<'_>, edge: &Edge) -> Map<String, Value> {
    let mut data = Map::new();
    let texts = [
        ("id", edge.id()),
        ("key", edge.id()),
        ("source", edge.relation.source.to_string()),
        ("target", edge.relation.target.to_string()),
        ("name", edge.label()),
        ("interaction", edge.relation.relation_type.name().to_owned()),
    ];
    data.extend(texts.map(|(name, text)| (name.to_owned(), text.into())));
    for field in &contents.relation_fields {
        data.extend(field.of(edge).map(|value| (field.name.to_string(), json_value(value))));
    }
    data
}

fn exemption(exemption: &Exemption) -> Value {
    let Exemption { unit: _, indicator, granted_on, until, reason, granted_by } = exemption;
    json!({
        "indicator": indicator,
        "reason": reason,
        "granted_by": granted_by,
        "granted_on": granted_on,
        "until": until,
    })
}

fn dated_value(dated: &DatedValue) -> Value {
    let DatedValue { organization: _, attribute, value, validity, source } = dated;
    let [from, to] = [Validity::from, Validity::to].map(|end| end(*validity));
    json!({
        "attribute": attribute.name(),
        "value": json_value(FieldValue::One(value.clone())),
        "valid_from": from,
        "valid_to": to,
        "source": source,
    })
}

fn json_value(value: FieldValue) -> Value {
    match value {
        FieldValue::Texts(texts) => texts.iter().map(|text| Value::from(&**text)).collect(),
        FieldValue::One(AttributeValue::Number(number)) => number.into(),
        FieldValue::One(AttributeValue::Integer(number)) => number.into(),
        FieldValue::One(AttributeValue::Flag(flag)) => flag.into(),
        FieldValue::One(AttributeValue::Date(day)) => day.to_string().into(),
        FieldValue::One(AttributeValue::Code(text)) => Value::from(&*text),
    }
}
