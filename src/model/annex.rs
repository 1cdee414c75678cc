use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DatedValue, DatedValueKey, Exemption, ExemptionKey, OrganizationId, Violation};

/// A record that belongs to one organisation and is neither an organisation nor a relation.
///
/// The stored form is the position in this list: new annexes go to the end, none is ever removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Annex {
    /// That a unit need not be covered for a time.
    Exemption(Exemption),
    /// A value of an attribute that holds for a time.
    Value(DatedValue),
}

/// What makes an annex itself: two with the same key are one.
///
/// The stored form is the position in this list, as in [`Annex`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AnnexKey {
    /// Of an exemption.
    Exemption(ExemptionKey),
    /// Of a dated value.
    Value(DatedValueKey),
}

impl Annex {
    /// What makes it itself.
    pub fn key(&self) -> AnnexKey {
        match self {
            Self::Exemption(exemption) => AnnexKey::Exemption(exemption.key()),
            Self::Value(value) => AnnexKey::Value(value.key()),
        }
    }

    /// The organisation that it belongs to.
    pub fn organization(&self) -> &OrganizationId {
        match self {
            Self::Exemption(exemption) => &exemption.unit,
            Self::Value(value) => &value.organization,
        }
    }

    /// Checks what can be said of it without a graph.
    ///
    /// # Errors
    /// [`Violation::Annex`] with the column at fault.
    pub fn check(&self) -> Result<(), Violation> {
        match self {
            Self::Exemption(exemption) => exemption.check(),
            Self::Value(value) => value.check(),
        }
    }
}

impl AnnexKey {
    /// The organisation that it belongs to.
    pub fn organization(&self) -> &OrganizationId {
        match self {
            Self::Exemption(key) => &key.unit,
            Self::Value(key) => &key.organization,
        }
    }

    /// What several of its sort are called.
    pub fn plural(&self) -> &'static str {
        match self {
            Self::Exemption(_) => "exemptions",
            Self::Value(_) => "dated values",
        }
    }
}

impl fmt::Display for AnnexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exemption(key) => key.fmt(f),
            Self::Value(key) => key.fmt(f),
        }
    }
}
