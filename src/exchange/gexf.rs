use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::contents::{Contents, Edge};
use super::field::{DATED, Field, FieldType, FieldValue};
use super::left_out::LeftOut;
use super::xml::{Replaced, Xml};
use crate::model::{Date, DatedValue, Organization, Validity};

/// Writes GEXF 1.3: lives and validity as spells, dated values as dynamic attributes.
///
/// Since 1.3 the end of a spell is its last day, so it is the day before the one on which something ends.
pub(super) fn write(contents: &Contents<'_>, to: impl io::Write) -> io::Result<LeftOut> {
    let left_out = contents.left_out(false, true);
    let mut noted = LeftOut::default();
    let mut xml = Xml::begin(to)?;
    let (writer, replaced) = xml.parts();
    let root = [("xmlns", "http://gexf.net/1.3"), ("version", "1.3")];
    writer.create_element("gexf").with_attributes(root).write_inner_content(|to| {
        to.create_element("meta").write_inner_content(|to| {
            to.create_element("creator").write_text_content(BytesText::new("Orgatlas"))?;
            if let Some(mark) = contents.mark() {
                to.create_element("description").write_text_content(BytesText::new(&mark))?;
            }
            Ok(())
        })?;
        let graph = [("defaultedgetype", "directed"), ("mode", "dynamic"), ("timeformat", "date")];
        to.create_element("graph").with_attributes(graph).write_inner_content(|to| {
            write_fields(to, "node", "n", "static", &contents.organization_fields)?;
            write_dated_fields(to, contents)?;
            write_fields(to, "edge", "e", "static", &contents.relation_fields)?;
            to.create_element("nodes").write_inner_content(|to| {
                contents.organizations().try_for_each(|node| write_node(to, contents, &node?, replaced))
            })?;
            to.create_element("edges").write_inner_content(|to| {
                contents.edges().try_for_each(|edge| write_edge(to, contents, &edge?, replaced))
            })?;
            Ok(())
        })?;
        noted = replaced.note(to, left_out)?;
        Ok(())
    })?;
    xml.end()?;
    Ok(noted)
}

fn write_fields<W: io::Write, T>(
    to: &mut Writer<W>,
    class: &str,
    prefix: &str,
    mode: &str,
    fields: &[Field<T>],
) -> io::Result<()> {
    to.create_element("attributes").with_attributes([("class", class), ("mode", mode)]).write_inner_content(
        |to| {
            fields.iter().try_for_each(|field| {
                write_field(to, &format!("{prefix}_{}", field.name), &field.name, field.field_type)
            })
        },
    )?;
    Ok(())
}

fn write_field<W: io::Write>(
    to: &mut Writer<W>,
    id: &str,
    title: &str,
    field_type: FieldType,
) -> io::Result<()> {
    let attributes = [("id", id), ("title", title), ("type", attribute_type(field_type))];
    to.create_element("attribute").with_attributes(attributes).write_empty()?;
    Ok(())
}

/// Declares the attributes that have dated values.
fn write_dated_fields<W: io::Write>(to: &mut Writer<W>, contents: &Contents<'_>) -> io::Result<()> {
    let fields = contents.dated_fields();
    if fields.is_empty() {
        return Ok(());
    }
    let attributes = [("class", "node"), ("mode", "dynamic")];
    to.create_element("attributes").with_attributes(attributes).write_inner_content(|to| {
        fields.iter().try_for_each(|(name, field_type)| {
            let title = format!("{DATED}{name}");
            write_field(to, &format!("n_{title}"), &title, *field_type)
        })
    })?;
    Ok(())
}

fn attribute_type(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Text | FieldType::Texts | FieldType::Day => "string",
        FieldType::Flag => "boolean",
        FieldType::Count => "integer",
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
    let label = replaced.fit(&organization.name);
    let attributes = [("id", organization.id.as_str()), ("label", &*label)];
    to.create_element("node").with_attributes(attributes).write_inner_content(|to| {
        to.create_element("attvalues").write_inner_content(|to| {
            for field in &contents.organization_fields {
                write_value(to, "n", &field.name, field.of(organization), replaced)?;
            }
            contents.values(organization).try_for_each(|value| write_dated_value(to, value, replaced))
        })?;
        write_spells(to, organization.life)
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
    let attributes = [
        ("id", id.as_str()),
        ("source", edge.relation.source.as_str()),
        ("target", edge.relation.target.as_str()),
        ("kind", edge.relation.relation_type.name()),
        ("label", &label),
    ];
    to.create_element("edge").with_attributes(attributes).write_inner_content(|to| {
        to.create_element("attvalues").write_inner_content(|to| {
            contents
                .relation_fields
                .iter()
                .try_for_each(|field| write_value(to, "e", &field.name, field.of(edge), replaced))
        })?;
        write_spells(to, edge.relation.validity)
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
    let Some(value) = value else { return Ok(()) };
    let (id, value) = (format!("{prefix}_{name}"), value.written());
    let attributes = [("for", id.as_str()), ("value", &*replaced.fit(&value))];
    to.create_element("attvalue").with_attributes(attributes).write_empty()?;
    Ok(())
}

fn write_dated_value<W: io::Write>(
    to: &mut Writer<W>,
    dated: &DatedValue,
    replaced: &Replaced,
) -> io::Result<()> {
    let (id, value) = (format!("n_{DATED}{}", dated.attribute), dated.value.to_string());
    let element = to.create_element("attvalue");
    let element = element.with_attributes([("for", id.as_str()), ("value", &*replaced.fit(&value))]);
    let [start, end] = ends(dated.validity);
    element.with_attributes(attributes(&start, &end)).write_empty()?;
    Ok(())
}

/// Writes the spell of what does not hold always.
fn write_spells<W: io::Write>(to: &mut Writer<W>, validity: Validity) -> io::Result<()> {
    if validity == Validity::ALWAYS {
        return Ok(());
    }
    let [start, end] = ends(validity);
    to.create_element("spells").write_inner_content(|to| {
        to.create_element("spell").with_attributes(attributes(&start, &end)).write_empty().map(|_| ())
    })?;
    Ok(())
}

/// The first and the last day, as far as there are any.
fn ends(validity: Validity) -> [Option<String>; 2] {
    // An interval holds a day, so the one before its end is none but for the first day of the calendar.
    let last = validity.to().map(|to| to.yesterday().unwrap_or(to));
    [validity.from(), last].map(|day: Option<Date>| day.map(|day| day.to_string()))
}

fn attributes<'a>(
    start: &'a Option<String>,
    end: &'a Option<String>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    [("start", start), ("end", end)].into_iter().filter_map(|(name, day)| Some((name, day.as_deref()?)))
}
