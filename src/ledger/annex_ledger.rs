use strum::{EnumIter, IntoEnumIterator, IntoStaticStr};

use super::value::Value;
use crate::model::{Annex, Validity};

/// A ledger of annexes; a column is known by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum AnnexLedger {
    Exemptions,
    Values,
}

impl AnnexLedger {
    /// Every ledger, in the order in which headers are tried.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Its name, which its file has too.
    pub(super) fn name(self) -> &'static str {
        self.into()
    }

    /// Its columns in the order in which they are written, those first that every such ledger has.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Exemptions => &["indicator", "unit", "reason", "granted_by", "granted_on", "until"],
            Self::Values => &["organization", "attribute", "value", "valid_from", "valid_to", "source"],
        }
    }

    /// The columns that every such ledger has.
    pub(super) fn required(self) -> &'static [&'static str] {
        let count = match self {
            Self::Exemptions => 5,
            Self::Values => 3,
        };
        &self.columns()[..count]
    }

    /// What an annex says under each column; `None` if it belongs to another ledger.
    pub(super) fn values(self, annex: &Annex) -> Option<[Value; 6]> {
        Some(match (self, annex) {
            (Self::Exemptions, Annex::Exemption(exemption)) => [
                Value::Text(Some(exemption.indicator.clone())),
                Value::Text(Some(exemption.unit.clone().into())),
                Value::Text(Some(exemption.reason.clone())),
                Value::Text(Some(exemption.granted_by.clone())),
                Value::Day(Some(exemption.granted_on)),
                Value::Day(exemption.until),
            ],
            (Self::Values, Annex::Value(dated)) => [
                Value::Text(Some(dated.organization.clone().into())),
                Value::Text(Some(dated.attribute.name().into())),
                Value::Attribute(Some(dated.value.clone())),
                Value::Day(dated.validity.from()),
                Value::Day(dated.validity.to()),
                Value::Text(dated.source.clone()),
            ],
            _ => return None,
        })
    }
}

/// Copies what one record of an annex says under a column that a ledger need not have to another record of it.
pub(super) fn copy(column: &str, from: &Annex, to: &mut Annex) {
    match (column, from, to) {
        ("until", Annex::Exemption(from), Annex::Exemption(to)) => to.until = from.until,
        // Both begin on the same day, which is part of what makes them one.
        ("valid_to", Annex::Value(from), Annex::Value(to)) => {
            to.validity = Validity::new(to.validity.from(), from.validity.to()).unwrap_or(to.validity);
        }
        ("source", Annex::Value(from), Annex::Value(to)) => to.source.clone_from(&from.source),
        _ => {}
    }
}
