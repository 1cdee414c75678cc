//! Questions: a document with the values of its variables, as far as these decide whether it is valid, what it costs
//! and how it is answered.

use std::borrow::Cow;
use std::fmt;

use async_graphql::parser::types::{BaseType, VariableDefinition};
use async_graphql::{Name, Positioned, Value, Variables};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::kept::LONGEST;

/// How many bytes the values of variables take, mostly: those of a rule.
const USUAL_VALUES: usize = 512;

/// A question that is asked, and the texts with which it is.
///
/// Of ids and texts it is of no account which they are, so that one document that is asked of many organisations is one
/// question.
pub(super) struct Question {
    /// What tells it from others: the name of its operation, the values of its variables as JSON, and its document.
    pub(super) key: String,
    /// The ids and texts, in the order of the variables.
    pub(super) texts: Vec<String>,
}

/// The value of a variable as it came.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    Read(&'a Value),
    /// Text that is JSON.
    Written(&'a str),
}

impl Question {
    /// A question; none where it is longer than is kept of any, or has a value that is not of JSON or that JSON can write in
    /// several ways.
    pub(super) fn new<'a>(
        document: &str,
        operation: Option<&str>,
        variables: &[Positioned<VariableDefinition>],
        given: impl Fn(&str) -> Option<Given<'a>>,
    ) -> Option<Self> {
        let mut key = String::with_capacity(document.len() + USUAL_VALUES);
        key.push_str(operation.unwrap_or_default());
        let mut texts = Vec::new();
        for variable in variables.iter().map(|variable| &variable.node) {
            key.push('\0');
            let Some(given) = given(&variable.name.node) else { continue };
            match given.text().filter(|_| is_text(variable)) {
                // No JSON begins so.
                Some(text) => {
                    key.push('s');
                    texts.push(text.into_owned());
                }
                None => given.write(&mut key)?,
            }
            if key.len() > LONGEST {
                return None;
            }
        }
        key.push('\0');
        key.push_str(document);
        Some(Self { key, texts })
    }

    /// The variables that its texts are values of, in their order.
    pub(super) fn late(variables: &[Positioned<VariableDefinition>], given: &Variables) -> Vec<Name> {
        let is_late = |variable: &&VariableDefinition| {
            is_text(variable) && matches!(given.get(&variable.name.node), Some(Value::String(_)))
        };
        let variables = variables.iter().map(|variable| &variable.node);
        variables.filter(is_late).map(|variable| variable.name.node.clone()).collect()
    }
}

fn is_text(variable: &VariableDefinition) -> bool {
    matches!(&variable.var_type.node.base, BaseType::Named(named) if matches!(named.as_str(), "ID" | "String"))
}

impl<'a> Given<'a> {
    fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Read(Value::String(text)) => Some(text.into()),
            Self::Written(json) if json.starts_with('"') => serde_json::from_str(json).ok(),
            _ => None,
        }
    }

    fn write(self, key: &mut String) -> Option<()> {
        match self {
            Self::Read(value) if is_of_json(value) => {
                key.push_str(&serde_json::to_string(value).ok()?);
                Some(())
            }
            Self::Read(_) => None,
            Self::Written(json) => write_bare(json, key),
        }
    }
}

/// Whether a value has a form in JSON that is that of no other value.
fn is_of_json(value: &Value) -> bool {
    match value {
        Value::Enum(_) | Value::Binary(_) => false,
        Value::List(values) => values.iter().all(is_of_json),
        Value::Object(fields) => fields.values().all(is_of_json),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) => true,
    }
}

/// Writes JSON without blanks, as a serialiser would; none where it holds a decimal number, of which there are several
/// ways to write the same.
fn write_bare(json: &str, bare: &mut String) -> Option<()> {
    let (mut in_text, mut escaped, mut from) = (false, false, 0);
    let bytes = json.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b' ' | b'\t' | b'\n' | b'\r' => {
                bare.push_str(&json[from..at]);
                from = at + 1;
            }
            b'.' => return None,
            b'e' | b'E' if at > 0 && bytes[at - 1].is_ascii_digit() => return None,
            _ => {}
        }
    }
    bare.push_str(&json[from..]);
    Some(())
}

/// The variables of a request as they were sent: each name with JSON that nobody has read yet.
#[derive(Default)]
pub(super) struct Unread<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Unread<'_> {
    pub(super) fn get(&self, name: &str) -> Option<Given<'_>> {
        let (_, value) = self.0.iter().find(|(given, _)| given == name)?;
        Some(Given::Written(value.get()))
    }

    /// Whether each is one of those that a document has.
    pub(super) fn are_of(&self, variables: &[Positioned<VariableDefinition>]) -> bool {
        self.0.iter().all(|(name, _)| variables.iter().any(|variable| variable.node.name.node == **name))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Unread<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> Visitor<'de> for Names {
            type Value = Unread<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unread<'de>, A::Error> {
                let mut unread = Unread::default();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    if unread.0.iter().any(|(known, _)| *known == name.0) {
                        return Err(A::Error::custom("a name comes twice"));
                    }
                    unread.0.push((name.0, map.next_value()?));
                }
                Ok(unread)
            }
        }

        deserializer.deserialize_map(Names)
    }
}

/// A text that is borrowed where it stands as it is.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A request as it was sent, of which no more was read than tells which question it asks.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Sent<'a> {
    /// Empty where it names its document.
    #[serde(borrow, default)]
    pub(super) query: Cow<'a, str>,
    #[serde(default)]
    pub(super) document_id: Option<String>,
    #[serde(default)]
    pub(super) operation_name: Option<String>,
    #[serde(borrow, default)]
    pub(super) variables: Option<Unread<'a>>,
    #[serde(borrow, default)]
    extensions: Option<&'a RawValue>,
}

impl<'a> Sent<'a> {
    /// A request in the form that nearly all have; none where it has another, or more than is kept of any, or names its
    /// document by an extension.
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        if body.len() > 2 * LONGEST {
            return None;
        }
        // An array would be read as well, field by field.
        body.iter().find(|byte| !byte.is_ascii_whitespace()).filter(|byte| **byte == b'{')?;
        let sent: Self = serde_json::from_slice(body).ok()?;
        let names_document = |json: &str| json.contains("persistedQuery") || json.contains('\\');
        let is_plain = |json: &str| json.starts_with('{') && !names_document(json);
        sent.extensions.is_none_or(|extensions| is_plain(extensions.get())).then_some(sent)
    }

    /// The name of the operation that is meant, if one is named.
    pub(super) fn operation(&self) -> Option<&str> {
        self.operation_name.as_deref().filter(|name| !name.is_empty())
    }
}
