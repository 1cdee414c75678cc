use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    AnnexKey, AttributeError, AttributeId, AttributeType, AttributeValue, Date, MAX_COUNT, OrganizationId,
    Validity, Violation,
};

/// An attribute that may have values of which each holds for a time.
///
/// The stored form is the position in this list: new attributes go to the end, none is ever removed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DatedAttribute {
    /// Party members, probationary ones included.
    PartyMembers,
    /// Full Party members.
    FullMembers,
    /// People employed.
    Employees,
    /// Floor area in square metres.
    FloorAreaM2,
    /// Income of a year in yuan.
    AnnualIncomeCny,
    /// A declared attribute.
    Declared(AttributeId),
}

impl DatedAttribute {
    const FIXED: [(&str, Self); 5] = [
        ("party_members", Self::PartyMembers),
        ("full_members", Self::FullMembers),
        ("employees", Self::Employees),
        ("floor_area_m2", Self::FloorAreaM2),
        ("annual_income_cny", Self::AnnualIncomeCny),
    ];

    /// How ledgers and rules write it.
    pub fn name(&self) -> &str {
        match self {
            Self::Declared(id) => id.as_str(),
            fixed => Self::FIXED.iter().find(|(_, other)| other == fixed).map_or("", |(name, _)| name),
        }
    }

    /// What values it takes; `None` for a declared attribute, of which its declaration says that.
    pub fn fixed_type(&self) -> Option<AttributeType> {
        match self {
            Self::PartyMembers | Self::FullMembers | Self::Employees => Some(AttributeType::Integer),
            Self::FloorAreaM2 | Self::AnnualIncomeCny => Some(AttributeType::Number),
            Self::Declared(_) => None,
        }
    }
}

impl FromStr for DatedAttribute {
    type Err = AttributeError;

    fn from_str(text: &str) -> Result<Self, AttributeError> {
        if let Some((_, fixed)) = Self::FIXED.iter().find(|(name, _)| *name == text) {
            return Ok(fixed.clone());
        }
        text.parse().map(Self::Declared).map_err(|error| match error {
            AttributeError::Fixed(column) => AttributeError::Undated(column),
            other => other,
        })
    }
}

impl fmt::Display for DatedAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A value of an attribute that holds for a time, so that an income belongs to its year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatedValue {
    /// Whose value it is.
    pub organization: OrganizationId,
    /// The attribute.
    pub attribute: DatedAttribute,
    /// The value.
    pub value: AttributeValue,
    /// The days on which it holds.
    pub validity: Validity,
    /// Where the record comes from.
    pub source: Option<Arc<str>>,
}

/// What makes a dated value itself: two with the same key are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DatedValueKey {
    /// Whose value it is.
    pub organization: OrganizationId,
    /// The attribute.
    pub attribute: DatedAttribute,
    /// Its first day; `None` is open.
    pub valid_from: Option<Date>,
}

impl DatedValue {
    /// What makes it itself.
    pub fn key(&self) -> DatedValueKey {
        DatedValueKey {
            organization: self.organization.clone(),
            attribute: self.attribute.clone(),
            valid_from: self.validity.from(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Violation> {
        use AttributeValue::{Integer, Number};
        let needed = match (&self.attribute, &self.value) {
            (DatedAttribute::Declared(_), Number(number)) if !number.is_finite() => "a number",
            (DatedAttribute::Declared(_), _) => return Ok(()),
            (DatedAttribute::FloorAreaM2, Number(area)) if area.is_finite() && *area >= 0.0 => return Ok(()),
            (DatedAttribute::FloorAreaM2, _) => "a number from 0 up",
            (DatedAttribute::AnnualIncomeCny, Number(income)) if income.is_finite() => return Ok(()),
            (DatedAttribute::AnnualIncomeCny, _) => "a number",
            (_, Integer(count)) if (0..=i64::from(MAX_COUNT)).contains(count) => return Ok(()),
            _ => "a whole number from 0 to 2147483647",
        };
        let key = Box::new(AnnexKey::Value(self.key()));
        Err(Violation::Annex { key, column: "value", cause: format!("{} is not {needed}", self.value) })
    }
}

impl fmt::Display for DatedValueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "value of {} of {}", self.attribute, self.organization)?;
        match self.valid_from {
            Some(from) => write!(f, " from {from}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_rules_compare_and_can_change_has_dated_values() {
        let table = [
            ("annual_income_cny", Ok("annual_income_cny")),
            ("social_workers", Ok("social_workers")),
            (
                "designations",
                Err("\"designations\" has no dated values; party_members, full_members, employees, \
                     floor_area_m2, annual_income_cny and declared attributes may have them"),
            ),
            (
                "Größe",
                Err(
                    "\"Größe\" is not an attribute id: a to z, 0 to 9 and '_', a letter first, 64 at the most",
                ),
            ),
        ];
        for (text, expected) in table {
            let read = text.parse::<DatedAttribute>();
            let read = read.as_ref().map(DatedAttribute::name).map_err(ToString::to_string);
            assert_eq!(read.as_ref().map_err(String::as_str), expected.as_ref().map_err(|e| *e), "{text}");
        }
    }
}
