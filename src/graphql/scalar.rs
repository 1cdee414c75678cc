use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::model::{self, parse_date};

/// A day, as GraphQL writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date(pub(super) model::Date);

/// A day of the Gregorian calendar in ISO form, such as 2023-07-31.
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => parse_date(text).map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A month, as GraphQL writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month(pub(super) model::Month);

/// A month of the Gregorian calendar, such as 2023-07.
#[Scalar(name = "Month")]
impl ScalarType for Month {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// The stated value of a rule, as GraphQL writes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RuleValue(pub(super) crate::coverage::RuleValue);

/// A number, a text or a boolean, as rules compare recorded values with it.
#[Scalar(name = "RuleValue")]
impl ScalarType for RuleValue {
    fn parse(value: Value) -> InputValueResult<Self> {
        let parsed = value.clone().into_json().ok().and_then(|json| serde_json::from_value(json).ok());
        parsed.map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        serde_json::to_value(&self.0).ok().and_then(|json| Value::from_json(json).ok()).unwrap_or_default()
    }
}

/// A moment, as GraphQL writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateTime(pub(super) jiff::Timestamp);

/// A moment in RFC 3339 form with its offset, such as 2023-07-01T00:00:00+08:00.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(|_| {
                InputValueError::custom(format!(
                    "\"{text}\" is no moment with an offset, such as 2023-07-01T00:00:00+08:00"
                ))
            }),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
