use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::contents::{Contents, Edge};
use super::field::{Field, FieldType, FieldValue};
use super::left_out::LeftOut;
use super::xml::{Replaced, Xml};
use crate::model::Organization;

const NAMESPACE: &str = "http://graphml.graphdrawing.org/xmlns";
const YED: &str = "http://www.yworks.com/xml/graphml";

/// Writes GraphML: a typed key for each field, a label that Gephi reads, and one that yEd draws.
///
/// Days are text and lists have `;` between, since GraphML has neither.
pub(super) fn write(contents: &Contents<'_>, to: impl io::Write) -> io::Result<LeftOut> {
    let left_out = contents.left_out(false, false);
    let mut noted = LeftOut::default();
    let mut xml = Xml::begin(to)?;
    let (writer, replaced) = xml.parts();
    let root = [("xmlns", NAMESPACE), ("xmlns:y", YED)];
    writer.create_element("graphml").with_attributes(root).write_inner_content(|to| {
        write_keys(to, "n", "node", &contents.organization_fields)?;
        write_keys(to, "e", "edge", &contents.relation_fields)?;
        let graph = to.create_element("graph").with_attributes([("id", "G"), ("edgedefault", "directed")]);
        graph.write_inner_content(|to| {
            if let Some(mark) = contents.mark() {
                to.create_element("desc").write_text_content(BytesText::new(&mark))?;
            }
            contents.organizations().try_for_each(|node| write_node(to, contents, &node?, replaced))?;
            contents.edges().try_for_each(|edge| write_edge(to, contents, &edge?, replaced))
        })?;
        noted = replaced.note(to, left_out)?;
        Ok(())
    })?;
    xml.end()?;
    Ok(noted)
}

fn write_keys<W: io::Write, T>(
    to: &mut Writer<W>,
    prefix: &str,
    of: &str,
    fields: &[Field<T>],
) -> io::Result<()> {
    let mut key = |id: &str, name: &str, key_type: &str| {
        let attributes = [("id", id), ("for", of), ("attr.name", name), ("attr.type", key_type)];
        to.create_element("key").with_attributes(attributes).write_empty().map(|_| ())
    };
    key(&format!("{prefix}_label"), "label", "string")?;
    for field in fields {
        key(&format!("{prefix}_{}", field.name), &field.name, key_type(field.field_type))?;
    }
    let graphics = [
        ("id", format!("{prefix}_graphics")),
        ("for", of.to_owned()),
        ("yfiles.type", format!("{of}graphics")),
    ];
    let graphics = graphics.iter().map(|(name, value)| (*name, value.as_str()));
    to.create_element("key").with_attributes(graphics).write_empty()?;
    Ok(())
}

fn key_type(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Text | FieldType::Texts | FieldType::Day => "string",
        FieldType::Flag => "boolean",
        FieldType::Count => "int",
        FieldType::Integer => "long",
        FieldType::Decimal => "double",
    }
}

fn write_node<W: io::Write>(
    to: &mut Writer<W>,
    contents: &Contents<'_>,
    organization: &Organization,
    replaced: &Replaced,
) -> io::Result<()> {
    to.create_element("node").with_attribute(("id", organization.id.as_str())).write_inner_content(|to| {
        write_datum(to, "n_label", &organization.name, replaced)?;
        for field in &contents.organization_fields {
            write_value(to, "n", &field.name, field.of(organization), replaced)?;
        }
        // yEd draws boxes as they are, so that one has to be as wide as its name.
        let width = 24 + 12 * organization.name.chars().count();
        to.create_element("data").with_attribute(("key", "n_graphics")).write_inner_content(|to| {
            to.create_element("y:ShapeNode").write_inner_content(|to| {
                let size = [("height", "30.0"), ("width", &format!("{width}.0"))];
                to.create_element("y:Geometry").with_attributes(size).write_empty()?;
                write_text(to, "y:NodeLabel", &organization.name, replaced)
            })?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn write_edge<W: io::Write>(
    to: &mut Writer<W>,
    contents: &Contents<'_>,
    edge: &Edge,
    replaced: &Replaced,
) -> io::Result<()> {
    let (id, label) = (edge.id(), edge.label());
    let ends = [
        ("id", id.as_str()),
        ("source", edge.relation.source.as_str()),
        ("target", edge.relation.target.as_str()),
    ];
    to.create_element("edge").with_attributes(ends).write_inner_content(|to| {
        write_datum(to, "e_label", &label, replaced)?;
        for field in &contents.relation_fields {
            write_value(to, "e", &field.name, field.of(edge), replaced)?;
        }
        to.create_element("data").with_attribute(("key", "e_graphics")).write_inner_content(|to| {
            to.create_element("y:PolyLineEdge").write_inner_content(|to| {
                let arrows = [("source", "none"), ("target", "standard")];
                to.create_element("y:Arrows").with_attributes(arrows).write_empty()?;
                write_text(to, "y:EdgeLabel", &label, replaced)
            })?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn write_value<W: io::Write>(
    to: &mut Writer<W>,
    prefix: &str,
    name: &str,
    value: Option<FieldValue>,
    replaced: &Replaced,
) -> io::Result<()> {
    value.map_or(Ok(()), |value| write_datum(to, &format!("{prefix}_{name}"), &value.written(), replaced))
}

fn write_datum<W: io::Write>(
    to: &mut Writer<W>,
    key: &str,
    text: &str,
    replaced: &Replaced,
) -> io::Result<()> {
    let text = replaced.fit(text);
    to.create_element("data").with_attribute(("key", key)).write_text_content(BytesText::new(&text))?;
    Ok(())
}

fn write_text<W: io::Write>(
    to: &mut Writer<W>,
    name: &str,
    text: &str,
    replaced: &Replaced,
) -> io::Result<()> {
    to.create_element(name).write_text_content(BytesText::new(&replaced.fit(text)))?;
    Ok(())
}
