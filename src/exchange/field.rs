use std::sync::Arc;

use super::contents::Edge;
use crate::model::{
    AttributeCatalog, AttributeDeclaration, AttributeId, AttributeType, AttributeValue, Date, Organization,
};

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldType {
    Text,
    /// Any number of texts, in order.
    Texts,
    Flag,
    /// A whole number from 0 that four bytes hold.
    Count,
    /// Any whole number of eight bytes.
    Integer,
    Decimal,
    Day,
}

/// What is recorded under a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FieldValue {
    One(AttributeValue),
    /// Never empty.
    Texts(Vec<Arc<str>>),
}

/// Names that a format or a tool that reads it gives another meaning, beside the fields of organisations.
///
/// Upper and lower case are the same to many tools, and ids of attributes are in lower case.
const TAKEN: [&str; 46] = [
    // Our own, in one format or another.
    "category",
    "label",
    "graphics",
    "value",
    "values",
    "exemptions",
    "key",
    "generated",
    "classification",
    // Cytoscape and networkx.
    "id",
    "parent",
    "source",
    "target",
    "interaction",
    "suid",
    "selected",
    "shared_name",
    "shared_interaction",
    "classes",
    "position",
    "group",
    "data",
    "nodes",
    "edges",
    "links",
    // Gephi and yEd, which draw by what such fields hold.
    "timeset",
    "interval",
    "timestamp",
    "start",
    "end",
    "spells",
    "weight",
    "size",
    "color",
    "colour",
    "x",
    "y",
    "z",
    "r",
    "g",
    "b",
    "a",
    "width",
    "height",
    "type",
    "url",
];

/// What the names of attributes begin with that would be taken for something else.
const ATTRIBUTE: &str = "attribute_";

/// What the names of dated values begin with where they stand beside values that hold always.
pub(super) const DATED: &str = "dated_";

/// The name of a declared attribute in an export: its id, unless that is taken.
///
/// No two attributes have one name, since those that begin as changed names do are changed too.
fn attribute_name(id: &AttributeId) -> Arc<str> {
    let id = id.as_str();
    let is_taken = TAKEN.contains(&id) || id.starts_with(ATTRIBUTE) || id.starts_with(DATED);
    if is_taken { format!("{ATTRIBUTE}{id}").into() } else { id.into() }
}

/// Something that is said of each organisation, or of each relation; named as the columns of ledgers are.
pub(super) struct Field<T> {
    pub(super) name: Arc<str>,
    pub(super) field_type: FieldType,
    read: Read<T>,
}

enum Read<T> {
    Fixed(fn(&T) -> Option<FieldValue>),
    Attribute(AttributeId),
}

impl<T> Field<T> {
    fn fixed(name: &str, field_type: FieldType, read: fn(&T) -> Option<FieldValue>) -> Self {
        Self { name: name.into(), field_type, read: Read::Fixed(read) }
    }
}

impl Field<Organization> {
    /// What is recorded of an organisation; `None` where nothing is.
    pub(super) fn of(&self, organization: &Organization) -> Option<FieldValue> {
        match &self.read {
            Read::Fixed(read) => read(organization),
            Read::Attribute(id) => organization.attributes.get(id).cloned().map(FieldValue::One),
        }
    }

    /// The declared attribute that it is, if it is one.
    pub(super) fn attribute(&self) -> Option<&AttributeId> {
        match &self.read {
            Read::Attribute(id) => Some(id),
            Read::Fixed(_) => None,
        }
    }

    fn declared(declaration: &AttributeDeclaration) -> Self {
        let name = attribute_name(&declaration.id);
        let field_type = FieldType::of(declaration.attribute_type);
        Self { name, field_type, read: Read::Attribute(declaration.id.clone()) }
    }
}

impl Field<Edge> {
    /// What is recorded of a relation; `None` where nothing is.
    pub(super) fn of(&self, edge: &Edge) -> Option<FieldValue> {
        match &self.read {
            Read::Fixed(read) => read(edge),
            Read::Attribute(_) => None,
        }
    }
}

impl FieldType {
    /// What the values of a declared attribute are.
    pub(super) fn of(attribute_type: AttributeType) -> Self {
        match attribute_type {
            AttributeType::Number => Self::Decimal,
            AttributeType::Integer => Self::Integer,
            AttributeType::Flag => Self::Flag,
            AttributeType::Date => Self::Day,
            AttributeType::Code => Self::Text,
        }
    }
}

impl FieldValue {
    /// The value as ledgers write it: several texts with `;` between.
    pub(super) fn written(&self) -> String {
        match self {
            Self::One(value) => value.to_string(),
            Self::Texts(texts) => texts.join(";"),
        }
    }
}

/// What is said of organisations beside the id, in order; declared attributes come last.
pub(super) fn organization_fields(catalog: &AttributeCatalog) -> Vec<Field<Organization>> {
    use FieldType::{Count, Day, Decimal, Flag, Text, Texts};
    let field = Field::<Organization>::fixed;
    let mut fields = vec![
        field("kind", Text, |o| text(o.kind.name())),
        field("category", Text, |o| text(<&str>::from(o.kind.category()))),
        field("name", Text, |o| some_text(Some(&o.name))),
        field("name_hant", Text, |o| some_text(o.name_hant.as_ref())),
        field("name_en", Text, |o| some_text(o.name_en.as_ref())),
        field("aliases", Texts, |o| texts(&o.aliases)),
        field("division", Text, |o| o.division.and_then(|code| text(&code.to_string()))),
        field("uscc", Text, |o| o.uscc.and_then(|code| text(&code.to_string()))),
        field("industry", Text, |o| some_text(o.industry.as_ref())),
        field("party_members", Count, |o| count(o.party_members)),
        field("full_members", Count, |o| count(o.full_members)),
        field("employees", Count, |o| count(o.employees)),
        field("floor_area_m2", Decimal, |o| o.floor_area_m2.map(decimal)),
        field("annual_income_cny", Decimal, |o| o.annual_income_cny.map(decimal)),
        field("designations", Texts, |o| texts(&o.designations.iter().cloned().collect::<Vec<_>>())),
        field("operating_status", Text, |o| text(o.operating_status.name())),
        field("established_on", Day, |o| o.life.from().map(day)),
        field("dissolved_on", Day, |o| o.life.to().map(day)),
        field("synthetic", Flag, |o| Some(flag(o.synthetic))),
        field("source", Texts, |o| texts(&o.sources)),
    ];
    fields.extend(catalog.iter().map(Field::declared));
    fields
}

/// What is said of relations beside both ends, in order.
pub(super) fn relation_fields() -> Vec<Field<Edge>> {
    use FieldType::{Day, Flag, Text};
    let field = Field::<Edge>::fixed;
    vec![
        field("type", Text, |e| text(e.relation.relation_type.name())),
        field("mode", Text, |e| e.relation.mode.and_then(|mode| text(mode.name()))),
        field("valid_from", Day, |e| e.relation.validity.from().map(day)),
        field("valid_to", Day, |e| e.relation.validity.to().map(day)),
        field("citation", Text, |e| some_text(e.relation.citation.as_ref())),
        field("implied", Flag, |e| Some(flag(e.implied))),
    ]
}

fn text(text: &str) -> Option<FieldValue> {
    Some(FieldValue::One(AttributeValue::Code(text.into())))
}

fn some_text(text: Option<&Arc<str>>) -> Option<FieldValue> {
    text.map(|text| FieldValue::One(AttributeValue::Code(Arc::clone(text))))
}

fn texts(texts: &[Arc<str>]) -> Option<FieldValue> {
    (!texts.is_empty()).then(|| FieldValue::Texts(texts.to_vec()))
}

fn count(count: Option<u32>) -> Option<FieldValue> {
    count.map(|count| FieldValue::One(AttributeValue::Integer(i64::from(count))))
}

fn decimal(number: f64) -> FieldValue {
    FieldValue::One(AttributeValue::Number(number))
}

fn day(day: Date) -> FieldValue {
    FieldValue::One(AttributeValue::Date(day))
}

fn flag(flag: bool) -> FieldValue {
    FieldValue::One(AttributeValue::Flag(flag))
}
