use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

pub use crate::graph::Operand;
use crate::graph::{Direction, Graph, Slot, When};
use crate::model::{
    AttributeValue, OperatingStatus, OrganizationId, OrganizationKind, RelationMode, RelationType, parse_date,
};

use super::Truth;

/// What can be asked of one organisation on one day: the language of rules.
///
/// Files, GraphQL and pages write this one type. Only what exists on the day is asked about, and only
/// relations that hold then are seen.
///
/// ```
/// use orgatlas::coverage::Condition;
/// let rule: Condition = toml::from_str(r#"
///     related = { type = "SERVES", direction = "IN", to = { kind = ["SERVICE_CENTER"] } }
/// "#)?;
/// let written = toml::to_string(&rule)?;
/// assert_eq!(toml::from_str::<Condition>(&written)?, rule);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Its kind is one of these.
    Kind(Vec<OrganizationKind>),
    /// It has this designation.
    Designation(String),
    /// Whether it works is one of these.
    OperatingStatus(Vec<OperatingStatus>),
    /// A value compares so; unknown where nothing is recorded.
    Compare(Compare),
    /// It is related so.
    Related(Box<Related>),
    /// It stands within this organisation, or is it.
    Within(OrganizationId),
    /// Each of these holds; with none, always.
    All(Vec<Self>),
    /// At least one of these holds; with none, never.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
}

/// A recorded value against a stated one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Which value: `members`, a fixed column with a number or a date, or a declared attribute.
    #[serde(with = "operand_name")]
    pub operand: Operand,
    /// How it must stand to the stated one.
    pub comparison: Comparison,
    /// The stated value.
    pub value: RuleValue,
}

/// How a value must stand to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Comparison {
    /// The same.
    Equal,
    /// The same or more.
    AtLeast,
    /// More.
    MoreThan,
    /// The same or less.
    AtMost,
    /// Less.
    LessThan,
}

/// A value as rules write it; dates are text in ISO form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RuleValue {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A decimal number.
    Number(f64),
    /// A date or a code.
    Text(String),
}

/// Relations of one type, in one direction, to organisations that satisfy a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    /// The type.
    #[serde(rename = "type")]
    pub relation_type: RelationType,
    /// Whether they start at the organisation, end at it, or either.
    pub direction: Direction,
    /// The modes that count; left out, every mode does, the unspecified one too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<RelationMode>,
    /// How many of them must lead to what `to` asks for.
    #[serde(default, skip_serializing_if = "Quantifier::is_default")]
    pub quantifier: Quantifier,
    /// The number of `AT_LEAST` and `AT_MOST`: distinct organisations, not relations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// What the other end must satisfy.
    #[serde(default = "Condition::always", skip_serializing_if = "Condition::is_always")]
    pub to: Condition,
}

/// How many of the related organisations a condition is asked of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Quantifier {
    /// One or more.
    #[default]
    Some,
    /// Each; also where there are none.
    Every,
    /// Not one.
    None,
    /// As many as `count`, or more.
    AtLeast,
    /// As many as `count`, or fewer; also where there are none.
    AtMost,
}

impl Condition {
    /// The condition that holds of everything.
    pub fn always() -> Self {
        Self::All(Vec::new())
    }

    fn is_always(&self) -> bool {
        *self == Self::always()
    }
}

impl Related {
    /// The number of its quantifier.
    pub(super) fn count(&self) -> u64 {
        self.count.unwrap_or(1).into()
    }
}

impl Quantifier {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Comparison {
    /// How people write it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::AtLeast => "≥",
            Self::MoreThan => ">",
            Self::AtMost => "≤",
            Self::LessThan => "<",
        }
    }

    fn accepts(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::AtLeast => order.is_ge(),
            Self::MoreThan => order.is_gt(),
            Self::AtMost => order.is_le(),
            Self::LessThan => order.is_lt(),
        }
    }
}

impl Compare {
    /// Whether it holds of an organisation on the days asked about.
    pub fn truth(&self, graph: &Graph, slot: Slot, when: When) -> Truth {
        match graph.value(slot, &self.operand, when) {
            None => Truth::Unknown,
            Some(found) => self
                .value
                .order_of(&found)
                .map_or(Truth::Unknown, |order| self.comparison.accepts(order).into()),
        }
    }

    /// The same, to be asked of many organisations.
    pub(super) fn truths<'a>(&'a self, graph: &'a Graph, when: When) -> Box<dyn Fn(Slot) -> Truth + 'a> {
        match (&self.value, graph.counts(&self.operand, when)) {
            (RuleValue::Integer(value), Some(count)) => Box::new(move |slot| {
                let order = count(slot).map(|count| i64::from(count).cmp(value));
                order.map_or(Truth::Unknown, |order| self.comparison.accepts(order).into())
            }),
            _ => Box::new(move |slot| self.truth(graph, slot, when)),
        }
    }
}

impl RuleValue {
    /// How a recorded value stands to this one; `None` where the two cannot be compared.
    fn order_of(&self, found: &AttributeValue) -> Option<std::cmp::Ordering> {
        match (found, self) {
            (AttributeValue::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (AttributeValue::Integer(a), Self::Number(b)) => (*a as f64).partial_cmp(b),
            (AttributeValue::Number(a), Self::Integer(b)) => a.partial_cmp(&(*b as f64)),
            (AttributeValue::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (AttributeValue::Flag(a), Self::Flag(b)) => Some(a.cmp(b)),
            (AttributeValue::Date(a), Self::Text(b)) => parse_date(b).ok().map(|b| a.cmp(&b)),
            (AttributeValue::Code(a), Self::Text(b)) => Some(a.as_ref().cmp(b)),
            _ => None,
        }
    }
}

impl std::fmt::Display for RuleValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(v) => v.fmt(f),
            Self::Integer(v) => v.fmt(f),
            Self::Number(v) => v.fmt(f),
            Self::Text(v) => v.fmt(f),
        }
    }
}

/// Operands are written by their name.
pub(super) mod operand_name {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::Operand;

    pub(in crate::coverage) fn serialize<S: Serializer>(
        operand: &Operand,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(operand.name())
    }

    pub(in crate::coverage) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Operand, D::Error> {
        let name = String::deserialize(deserializer)?;
        Operand::named(&name).ok_or_else(|| D::Error::custom(format!("\"{name}\" is no attribute id")))
    }
}
