use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::model::{Date, Label};

use super::{Condition, Target};

/// Which units should have something, in which forms they may have it, and how many should.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Its id, such as `two-new-own-branch`.
    pub id: String,
    /// Which definition of it this is: a changed one takes the next number.
    #[serde(default = "first_version")]
    pub version: NonZeroU32,
    /// How users read it.
    pub name: Label,
    /// The fact, or the other place, that it comes from.
    pub source: String,
    /// Until when the target should be reached, if the source gives a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Which units it speaks of, among those that exist on the day.
    pub population: Condition,
    /// The forms in which a unit counts as covered, the first that holds first.
    #[serde(rename = "form")]
    pub forms: Vec<Form>,
    /// What should be reached; left out where the source gives no figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

/// One way in which a unit counts as covered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its id within the indicator, such as `own`.
    pub id: String,
    /// How users read it.
    pub name: Label,
    /// What must hold of the unit.
    pub when: Condition,
}

fn first_version() -> NonZeroU32 {
    NonZeroU32::MIN
}

/// What an indicator says of a unit of its population.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CoverageState {
    /// A form holds.
    Covered,
    /// No form holds.
    Uncovered,
    /// Nobody knows whether it belongs, or whether a form holds.
    Unknown,
    /// It need not be covered.
    Exempt,
}

impl CoverageState {
    /// The name that users meet, such as `COVERED`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every state.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}
