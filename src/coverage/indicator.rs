use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::model::{Date, IndicatorDefinition, Label};

use super::{Condition, IndicatorError, Target};

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
    /// Where its definition stands; not a part of it.
    #[serde(skip)]
    pub origin: IndicatorOrigin,
}

/// Where the definition of an indicator stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum IndicatorOrigin {
    /// Orgatlas carries it, and its meaning is fixed.
    Core,
    /// It belongs to the programme that Orgatlas carries.
    Programme,
    /// It stands in a file of the store's folder.
    File,
    /// It is recorded in the change log, as is everything that has been read on its own.
    #[default]
    Recorded,
}

impl IndicatorOrigin {
    /// The name that users meet, such as `RECORDED`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Indicator {
    /// Reads a definition as it is recorded; whether its rules fit the declared attributes is not asked.
    ///
    /// # Errors
    /// [`IndicatorError::Form`], and [`IndicatorError::Key`] where the text has another id or version than its record.
    pub fn read(definition: &IndicatorDefinition) -> Result<Self, IndicatorError> {
        let read: Self =
            toml::from_str(&definition.text).map_err(|error| IndicatorError::Form(error.to_string()))?;
        if *read.id != *definition.id || read.version != definition.version {
            let (id, version) = (definition.id.to_string(), definition.version);
            return Err(IndicatorError::Key { id, version });
        }
        Ok(read)
    }

    /// Its definition as it is recorded: the text in the form of the files.
    ///
    /// # Errors
    /// [`IndicatorError::Form`] where a number is beyond what files can hold.
    pub fn definition(&self) -> Result<IndicatorDefinition, IndicatorError> {
        let text = toml::to_string(self).map_err(|error| IndicatorError::Form(error.to_string()))?;
        Ok(IndicatorDefinition { id: self.id.as_str().into(), version: self.version, text: text.into() })
    }

    /// Whether another says the same, whatever its version and wherever it stands.
    pub fn says_what(&self, other: &Self) -> bool {
        let Self { version, origin, .. } = *self;
        *self == Self { version, origin, ..other.clone() }
    }
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
