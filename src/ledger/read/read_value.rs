use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::intern::Texts;
use super::typed;
use crate::ledger::column::{Columns, FixedColumn as F, OrganizationColumn};
use crate::ledger::value::Value;
use crate::model::{
    AttributeType, AttributeValue, Date, MAX_COUNT, OperatingStatus, OrganizationKind, UnfitText, parse_date,
    parse_flag,
};

/// Reads a cell of a ledger of organisations; the id is read elsewhere, since rows are told apart by it.
///
/// # Errors
/// Why the column cannot hold the text.
pub(super) fn read_value(
    column: OrganizationColumn,
    text: &str,
    columns: &Columns<'_>,
    texts: &mut Texts<'_>,
) -> Result<Value, String> {
    let fixed = match column {
        OrganizationColumn::Fixed(fixed) => fixed,
        OrganizationColumn::Attribute(position) => {
            let declared = columns.attribute(position).attribute_type;
            if declared == AttributeType::Code {
                texts.own(text).map_err(unfit)?;
            }
            let typed = match declared {
                AttributeType::Number | AttributeType::Integer => typed::number(text),
                AttributeType::Date => typed::day(text),
                AttributeType::Flag | AttributeType::Code => text.into(),
            };
            // What is refused is named as it was typed.
            let read = |text: &str| declared.read(&typed).or_else(|_| declared.read(text));
            return unless_empty(text, read).map(Value::Attribute);
        }
    };
    match fixed {
        F::Id | F::Name if text.is_empty() => Err("it is required, but empty".to_owned()),
        F::Id | F::Name | F::NameHant | F::NameEn => {
            unless_empty(text, |text| texts.own(text).map_err(unfit)).map(Value::Text)
        }
        F::Industry => read_shared(text, texts).map(Value::Text),
        F::Aliases => {
            items(text).map(|item| texts.own(item).map_err(unfit)).collect::<Result<_, _>>().map(Value::Texts)
        }
        F::Designations | F::Source => {
            let read = items(text).map(|item| texts.share(item).map_err(unfit));
            read.collect::<Result<_, _>>().map(Value::Texts)
        }
        F::Kind if text.is_empty() => Err("it is required, but empty".to_owned()),
        F::Kind => {
            named::<OrganizationKind>(text, "an organisation kind such as ENTERPRISE").map(Value::Kind)
        }
        F::Division => unless_empty(text, str::parse).map(Value::Division),
        F::Uscc => unless_empty(text, str::parse).map(Value::CreditCode),
        F::PartyMembers | F::FullMembers | F::Employees => unless_empty(text, count).map(Value::Count),
        F::FloorAreaM2 | F::AnnualIncomeCny => unless_empty(text, decimal).map(Value::Decimal),
        F::OperatingStatus if text.is_empty() => Ok(Value::Status(OperatingStatus::default())),
        F::OperatingStatus => named(text, "OPERATING, SUSPENDED or CLOSED").map(Value::Status),
        F::EstablishedOn | F::DissolvedOn => read_day(text).map(Value::Day),
        F::Synthetic if text.is_empty() => Ok(Value::Flag(false)),
        F::Synthetic => {
            parse_flag(text).map(Value::Flag).ok_or_else(|| format!("\"{text}\" is not true or false"))
        }
    }
}

/// A day, or none where the cell is empty.
pub(super) fn read_day(text: &str) -> Result<Option<Date>, String> {
    unless_empty(text, |text| parse_date(&typed::day(text)).or_else(|_| parse_date(text)))
}

/// A text that many rows share, or none where the cell is empty.
pub(super) fn read_shared(text: &str, texts: &mut Texts<'_>) -> Result<Option<Arc<str>>, String> {
    unless_empty(text, |text| texts.share(text).map_err(unfit))
}

/// One of a list of names.
pub(super) fn named<T: FromStr>(text: &str, expected: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("\"{text}\" is not {expected}"))
}

fn unless_empty<T, E: fmt::Display>(
    text: &str,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, String> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some).map_err(|e| e.to_string()) }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|item| !item.is_empty())
}

fn unfit(why: UnfitText) -> String {
    format!("it {why}")
}

fn count(text: &str) -> Result<u32, String> {
    let typed = typed::number(text);
    let digits = typed.bytes().all(|b| b.is_ascii_digit());
    let number = typed.parse().ok().filter(|n| digits && *n <= MAX_COUNT);
    number.ok_or_else(|| format!("\"{text}\" is not a whole number from 0 to {MAX_COUNT}"))
}

fn decimal(text: &str) -> Result<f64, String> {
    let number = AttributeType::Number;
    match number.read(&typed::number(text)).or_else(|_| number.read(text)) {
        Ok(AttributeValue::Number(number)) => Ok(number),
        Ok(_) => Err(format!("\"{text}\" is not a decimal number")),
        Err(error) => Err(error.to_string()),
    }
}
