use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{AnnexKey, Date, OrganizationId, Violation};

/// That a unit need not be covered for a time, by a decision on record.
///
/// ```
/// use orgatlas::model::{Exemption, parse_date};
/// let exemption = Exemption {
///     unit: "ent-1".parse()?,
///     indicator: "two-new-own-branch".into(),
///     granted_on: parse_date("2024-01-01")?,
///     until: Some(parse_date("2025-01-01")?),
///     reason: "停产搬迁".into(),
///     granted_by: "区委组织部".into(),
/// };
/// assert!(exemption.applies_on(parse_date("2024-12-31")?));
/// assert!(!exemption.applies_on(parse_date("2025-01-01")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// The unit.
    pub unit: OrganizationId,
    /// The id of the indicator that it is exempt from.
    pub indicator: Arc<str>,
    /// The first day on which it applies.
    pub granted_on: Date,
    /// The first day on which it does not apply any more; `None` is open.
    pub until: Option<Date>,
    /// Why it was granted.
    pub reason: Arc<str>,
    /// The office that granted it, never a person.
    pub granted_by: Arc<str>,
}

/// What makes an exemption itself: two with the same key are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExemptionKey {
    /// The unit.
    pub unit: OrganizationId,
    /// The id of the indicator that it is exempt from.
    pub indicator: Arc<str>,
    /// The first day on which it applies.
    pub granted_on: Date,
}

impl Exemption {
    /// What makes it itself.
    pub fn key(&self) -> ExemptionKey {
        ExemptionKey {
            unit: self.unit.clone(),
            indicator: Arc::clone(&self.indicator),
            granted_on: self.granted_on,
        }
    }

    /// Whether it applies on a day.
    pub fn applies_on(&self, date: Date) -> bool {
        self.granted_on <= date && self.until.is_none_or(|until| date < until)
    }

    pub(super) fn check(&self) -> Result<(), Violation> {
        let refused = |column, cause: String| {
            Err(Violation::Annex { key: Box::new(AnnexKey::Exemption(self.key())), column, cause })
        };
        for (column, text) in
            [("indicator", &self.indicator), ("reason", &self.reason), ("granted_by", &self.granted_by)]
        {
            if text.trim().is_empty() {
                return refused(column, "it is empty".to_owned());
            }
        }
        match self.until {
            Some(until) if until <= self.granted_on => {
                refused("until", format!("{until} is not later than the day on which it was granted"))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for ExemptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exemption of {} from {} granted on {}", self.unit, self.indicator, self.granted_on)
    }
}
