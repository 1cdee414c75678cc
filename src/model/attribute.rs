use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use thiserror::Error;

use super::{Date, Label, ReviewedNumbers, is_personal_column, parse_date, personal_data_in};

/// Columns that every organisation has; no declared attribute may take their names.
const FIXED_COLUMNS: [&str; 20] = [
    "id",
    "kind",
    "name",
    "name_hant",
    "name_en",
    "aliases",
    "division",
    "uscc",
    "industry",
    "party_members",
    "full_members",
    "employees",
    "floor_area_m2",
    "annual_income_cny",
    "designations",
    "operating_status",
    "established_on",
    "dissolved_on",
    "synthetic",
    "source",
];

/// Why declarations or a value of an attribute are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AttributeError {
    /// Not an attribute id.
    #[error("\"{0}\" is not an attribute id: a to z, 0 to 9 and '_', a letter first, 64 at the most")]
    Id(String),
    /// The id is a fixed column of ledgers.
    #[error("the attribute id \"{0}\" is a fixed column of ledgers: choose another")]
    Fixed(String),
    /// A column of which no value is dated.
    #[error(
        "\"{0}\" has no dated values; party_members, full_members, employees, floor_area_m2, annual_income_cny and \
         declared attributes may have them"
    )]
    Undated(String),
    /// A declaration says that its values are data of persons.
    #[error("the attribute \"{0}\" is named as data of persons are, and no personal data is recorded")]
    Personal(String),
    /// Two declarations have one id.
    #[error("the attribute \"{0}\" is declared twice")]
    Twice(String),
    /// The declarations are no TOML of the right form.
    #[error("the declarations cannot be read: {0}")]
    Form(String),
    /// A value is not of the declared type.
    #[error("\"{value}\" is not {expected}")]
    Value {
        /// The text as read.
        value: String,
        /// What the type asks for.
        expected: &'static str,
    },
}

/// The id of a declared attribute, such as `social_workers`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Arc<str>", into = "Arc<str>")]
pub struct AttributeId(Arc<str>);

impl AttributeId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Arc<str>> for AttributeId {
    type Error = AttributeError;

    fn try_from(text: Arc<str>) -> Result<Self, AttributeError> {
        let bytes = text.as_bytes();
        let right = bytes.len() <= 64
            && bytes.first().is_some_and(u8::is_ascii_lowercase)
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_');
        if !right {
            return Err(AttributeError::Id(text.as_ref().to_owned()));
        }
        if FIXED_COLUMNS.contains(&text.as_ref()) {
            return Err(AttributeError::Fixed(text.as_ref().to_owned()));
        }
        Ok(Self(text))
    }
}

impl FromStr for AttributeId {
    type Err = AttributeError;

    fn from_str(text: &str) -> Result<Self, AttributeError> {
        Self::try_from(Arc::<str>::from(text))
    }
}

impl From<AttributeId> for Arc<str> {
    fn from(id: AttributeId) -> Self {
        id.0
    }
}

impl Borrow<str> for AttributeId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AttributeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What values an attribute takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AttributeType {
    /// A decimal number.
    Number,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Flag,
    /// An ISO date.
    Date,
    /// A short text that is compared as a whole.
    Code,
}

impl AttributeType {
    /// The name that declarations use, such as `integer`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Reads a value of this type.
    ///
    /// # Errors
    /// [`AttributeError::Value`] when the text is none.
    pub fn read(self, text: &str) -> Result<AttributeValue, AttributeError> {
        let refused = |expected| AttributeError::Value { value: text.to_owned(), expected };
        match self {
            Self::Number => decimal(text).map(AttributeValue::Number).ok_or(refused("a decimal number")),
            Self::Integer => text.parse().map(AttributeValue::Integer).map_err(|_| refused("a whole number")),
            Self::Flag => parse_flag(text).map(AttributeValue::Flag).ok_or(refused("true or false")),
            Self::Date => parse_date(text)
                .map(AttributeValue::Date)
                .map_err(|_| refused("an ISO date such as 2023-07-31")),
            Self::Code => Ok(AttributeValue::Code(text.into())),
        }
    }
}

/// Reads `true` or `false` in any case: spreadsheets write TRUE and FALSE when they save a ledger.
pub fn parse_flag(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, flag)| *flag)
}

/// A plain decimal number: digits with at most one point, perhaps a sign; no exponent, no infinity.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    text.parse().ok().filter(|n: &f64| plain && n.is_finite())
}

/// A value of a declared attribute.
///
/// The stored form is the position in this list: new types go to the end, none is ever removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AttributeValue {
    /// A decimal number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(Date),
    /// A short text.
    Code(Arc<str>),
}

impl AttributeValue {
    /// What type it is of.
    pub fn attribute_type(&self) -> AttributeType {
        match self {
            Self::Number(_) => AttributeType::Number,
            Self::Integer(_) => AttributeType::Integer,
            Self::Flag(_) => AttributeType::Flag,
            Self::Date(_) => AttributeType::Date,
            Self::Code(_) => AttributeType::Code,
        }
    }
}

impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => n.fmt(f),
            Self::Integer(n) => n.fmt(f),
            Self::Flag(b) => b.fmt(f),
            Self::Date(d) => d.fmt(f),
            Self::Code(c) => c.fmt(f),
        }
    }
}

/// One attribute, declared as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeDeclaration {
    /// Its id: a ledger column and an operand of rules.
    pub id: AttributeId,
    /// How users read it.
    pub name: Label,
    /// What values it takes.
    #[serde(rename = "type")]
    pub attribute_type: AttributeType,
    /// What a value is counted in.
    pub unit: Option<String>,
}

/// The attributes that a store knows beside the fixed columns, in the order of their declaration.
///
/// ```
/// use orgatlas::model::{AttributeCatalog, AttributeType};
/// let catalog = AttributeCatalog::from_toml(r#"
///     [[attribute]]
///     id = "social_workers"
///     name = { simplified = "社区工作者", traditional = "社區工作者", english = "social workers" }
///     type = "integer"
///     unit = "人"
/// "#)?;
/// assert_eq!(catalog.get("social_workers").map(|a| a.attribute_type), Some(AttributeType::Integer));
/// # Ok::<(), orgatlas::model::AttributeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttributeCatalog {
    declarations: Vec<AttributeDeclaration>,
    positions: BTreeMap<AttributeId, usize>,
    reviewed: ReviewedNumbers,
}

impl AttributeCatalog {
    /// The same in a store in which some numbers are reviewed exceptions.
    #[must_use]
    pub fn with_reviewed(self, reviewed: ReviewedNumbers) -> Self {
        Self { reviewed, ..self }
    }

    /// The numbers that look like those of persons, and may be recorded in this store.
    pub fn reviewed(&self) -> &ReviewedNumbers {
        &self.reviewed
    }

    /// Reads declarations.
    ///
    /// # Errors
    /// [`AttributeError::Form`] for what is no TOML of this form or holds an unfit id, and
    /// [`AttributeError::Twice`] for an id that is declared twice, [`AttributeError::Personal`] for one of persons.
    pub fn from_toml(text: &str) -> Result<Self, AttributeError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            #[serde(default)]
            attribute: Vec<AttributeDeclaration>,
        }
        let file: File = toml::from_str(text).map_err(|e| AttributeError::Form(e.to_string()))?;
        let mut positions = BTreeMap::new();
        for (i, declaration) in file.attribute.iter().enumerate() {
            let Label { simplified, traditional, english } = &declaration.name;
            if [declaration.id.as_str(), simplified, traditional, english]
                .iter()
                .any(|name| is_personal_column(name) || personal_data_in(name).is_some())
            {
                return Err(AttributeError::Personal(declaration.id.to_string()));
            }
            if positions.insert(declaration.id.clone(), i).is_some() {
                return Err(AttributeError::Twice(declaration.id.to_string()));
            }
        }
        Ok(Self { declarations: file.attribute, positions, reviewed: ReviewedNumbers::default() })
    }

    /// The declaration of an attribute.
    pub fn get(&self, id: &str) -> Option<&AttributeDeclaration> {
        self.positions.get(id).map(|i| &self.declarations[*i])
    }

    /// All declarations, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &AttributeDeclaration> {
        self.declarations.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_by_type_and_refused_with_what_was_expected() {
        let table = [
            (AttributeType::Number, "12.50", Ok("12.5")),
            (AttributeType::Number, "1e3", Err("\"1e3\" is not a decimal number")),
            (AttributeType::Number, "NaN", Err("\"NaN\" is not a decimal number")),
            (AttributeType::Integer, "-3", Ok("-3")),
            (AttributeType::Integer, "3.5", Err("\"3.5\" is not a whole number")),
            (AttributeType::Flag, "true", Ok("true")),
            (AttributeType::Flag, "FALSE", Ok("false")),
            (AttributeType::Flag, "是", Err("\"是\" is not true or false")),
            (AttributeType::Date, "2023-07-31", Ok("2023-07-31")),
            (AttributeType::Date, "2023-7-31", Err("\"2023-7-31\" is not an ISO date such as 2023-07-31")),
            (AttributeType::Code, "A", Ok("A")),
        ];
        for (kind, text, expected) in table {
            let read = kind.read(text).map(|v| v.to_string()).map_err(|e| e.to_string());
            assert_eq!(read.as_deref().map_err(String::as_str), expected, "{text}");
        }
    }

    #[test]
    fn declarations_may_not_shadow_a_fixed_column_or_repeat() {
        let one = |id: &str| {
            format!(
                "[[attribute]]\nid = \"{id}\"\ntype = \"flag\"\n\
                 name = {{ simplified = \"a\", traditional = \"a\", english = \"a\" }}\n"
            )
        };
        assert!(AttributeCatalog::from_toml(&one("uscc")).unwrap_err().to_string().contains("fixed column"));
        let twice = AttributeCatalog::from_toml(&(one("a") + &one("a")));
        assert_eq!(twice, Err(AttributeError::Twice("a".into())));
    }
}
