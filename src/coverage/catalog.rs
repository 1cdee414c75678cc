use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::AttributeCatalog;

use super::{Condition, Indicator, IndicatorOrigin, RuleError};

/// Why indicators are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IndicatorError {
    /// The text is no TOML of the right form.
    #[error("the indicators cannot be read: {0}")]
    Form(String),
    /// An id that cannot be one.
    #[error("\"{0}\" is no id of an indicator: letters, digits, \".\", \"_\" and \"-\", at least one")]
    Id(String),
    /// Two indicators have one id.
    #[error("the indicator \"{0}\" is defined twice")]
    Twice(String),
    /// The id belongs to an indicator that was there before.
    #[error(
        "the id \"{0}\" belongs to an indicator that Orgatlas carries and that stays as it is; take another id"
    )]
    Taken(String),
    /// The id belongs to an indicator of the store's file.
    #[error(
        "the id \"{0}\" belongs to an indicator of indicators.toml in the store's folder; change it there, or take \
         another id"
    )]
    Filed(String),
    /// The store's file defines an indicator that is recorded as well.
    #[error(
        "the indicator \"{0}\" is recorded in the change log, too; take it out of the file, or give it another id"
    )]
    Recorded(String),
    /// A recorded text is not that of its record.
    #[error("the text is not that of the indicator \"{id}\", version {version}")]
    Key {
        /// The id of the record.
        id: String,
        /// The version of the record.
        version: NonZeroU32,
    },
    /// Two forms of an indicator have one id.
    #[error("the indicator \"{indicator}\" has two forms with the id \"{form}\"")]
    FormTwice {
        /// The indicator.
        indicator: String,
        /// The id at fault.
        form: String,
    },
    /// A rule in an indicator is wrong.
    #[error("the indicator \"{indicator}\", {part}: {cause}")]
    Rule {
        /// The indicator.
        indicator: String,
        /// `population` or `form <id>`.
        part: String,
        /// What is wrong.
        cause: RuleError,
    },
}

/// The indicators that a store knows, in the order of their definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndicatorCatalog {
    indicators: Vec<Indicator>,
}

/// The core indicators, as data.
const CORE: &str = include_str!("../../graph-data/indicators.toml");

/// Indicators as files hold them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    indicator: Vec<Indicator>,
}

impl IndicatorCatalog {
    /// The core indicators, whose ids and meaning are fixed.
    ///
    /// # Errors
    /// [`IndicatorError`] if the data that the program carries is wrong; a test sees to it that it is not.
    pub fn core() -> Result<Self, IndicatorError> {
        let attributes = AttributeCatalog::default();
        Self::default().with_toml(CORE, IndicatorOrigin::Core, &attributes)
    }

    /// Reads indicators from a file and checks their rules.
    ///
    /// # Errors
    /// The first [`IndicatorError`].
    pub fn from_toml(text: &str, attributes: &AttributeCatalog) -> Result<Self, IndicatorError> {
        Self::default().with_toml(text, IndicatorOrigin::File, attributes)
    }

    /// These indicators and, behind them, those that a text adds.
    ///
    /// # Errors
    /// The first [`IndicatorError`]; an id that is known already is one.
    pub fn with_toml(
        self,
        text: &str,
        origin: IndicatorOrigin,
        attributes: &AttributeCatalog,
    ) -> Result<Self, IndicatorError> {
        let file: File = toml::from_str(text).map_err(|e| IndicatorError::Form(e.to_string()))?;
        self.with(file.indicator, origin, attributes)
    }

    /// Those of one origin, as a file of indicators.
    ///
    /// # Errors
    /// [`IndicatorError::Form`] where a number is beyond what files can hold.
    pub fn to_toml(&self, origin: IndicatorOrigin) -> Result<String, IndicatorError> {
        let indicator = self.iter().filter(|indicator| indicator.origin == origin).cloned().collect();
        toml::to_string(&File { indicator }).map_err(|error| IndicatorError::Form(error.to_string()))
    }

    /// These indicators and, behind them, others.
    ///
    /// # Errors
    /// The first [`IndicatorError`]; an id that is known already is one.
    pub fn with(
        mut self,
        added: Vec<Indicator>,
        origin: IndicatorOrigin,
        attributes: &AttributeCatalog,
    ) -> Result<Self, IndicatorError> {
        let before = self.indicators.len();
        for indicator in added.into_iter().map(|indicator| Indicator { origin, ..indicator }) {
            match self.indicators.iter().position(|known| known.id == indicator.id) {
                Some(known) if known < before => return Err(IndicatorError::Taken(indicator.id)),
                Some(_) => return Err(IndicatorError::Twice(indicator.id)),
                None => check(&indicator, attributes)?,
            }
            self.indicators.push(indicator);
        }
        Ok(self)
    }

    /// Checks a recorded indicator and takes it in, in place of the recorded one with its id.
    ///
    /// # Errors
    /// The first [`IndicatorError`]; the id of one that is not recorded is one.
    pub fn record(
        &mut self,
        indicator: Indicator,
        attributes: &AttributeCatalog,
    ) -> Result<(), IndicatorError> {
        match self.get(&indicator.id).map(|known| known.origin) {
            Some(IndicatorOrigin::Core | IndicatorOrigin::Programme) => {
                return Err(IndicatorError::Taken(indicator.id));
            }
            Some(IndicatorOrigin::File) => return Err(IndicatorError::Filed(indicator.id)),
            Some(IndicatorOrigin::Recorded) | None => check(&indicator, attributes)?,
        }
        self.put(indicator);
        Ok(())
    }

    /// Takes a recorded indicator in unchecked, in place of whatever has its id; recorded ones are in the order of ids.
    pub fn put(&mut self, indicator: Indicator) {
        let indicator = Indicator { origin: IndicatorOrigin::Recorded, ..indicator };
        self.remove(&indicator.id);
        let others = self
            .indicators
            .partition_point(|known| known.origin != IndicatorOrigin::Recorded || known.id < indicator.id);
        self.indicators.insert(others, indicator);
    }

    /// Takes an indicator out.
    pub fn remove(&mut self, id: &str) {
        self.indicators.retain(|known| known.id != id);
    }

    /// Those that are not recorded: what Orgatlas carries, and what the store's file adds.
    #[must_use]
    pub fn without_recorded(&self) -> Self {
        let carried = self.iter().filter(|indicator| indicator.origin != IndicatorOrigin::Recorded);
        Self { indicators: carried.cloned().collect() }
    }

    /// An indicator by its id.
    pub fn get(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }

    /// All indicators, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Indicator> {
        self.indicators.iter()
    }
}

/// Checks what the form of an indicator alone does not.
fn check(indicator: &Indicator, attributes: &AttributeCatalog) -> Result<(), IndicatorError> {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if indicator.id.is_empty() || !indicator.id.chars().all(fit) {
        return Err(IndicatorError::Id(indicator.id.clone()));
    }
    let rule = |part: String, rule: &Condition| {
        let refused = |cause| IndicatorError::Rule { indicator: indicator.id.clone(), part, cause };
        rule.check(attributes).map_err(refused)
    };
    rule("population".to_owned(), &indicator.population)?;
    for (number, form) in indicator.forms.iter().enumerate() {
        if indicator.forms.iter().take(number).any(|earlier| earlier.id == form.id) {
            let (indicator, form) = (indicator.id.clone(), form.id.clone());
            return Err(IndicatorError::FormTwice { indicator, form });
        }
        rule(format!("form {}", form.id), &form.when)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_indicators_are_those_of_the_contract_and_print_back_as_they_were_read() {
        let core = IndicatorCatalog::core().unwrap();
        let lines: Vec<_> = core
            .iter()
            .map(|i| {
                let written = toml::to_string(i).unwrap();
                assert!(toml::from_str::<Indicator>(&written).unwrap().says_what(i), "{written}");
                assert_eq!(i.origin, IndicatorOrigin::Core);
                let forms: Vec<_> = i.forms.iter().map(|f| format!("  {}: {}", f.id, f.when)).collect();
                let target = i.target.map_or_else(|| "no target".to_owned(), |t| t.to_string());
                format!("{} ({}): {}\n{}\n  {target}", i.id, i.source, i.population, forms.join("\n"))
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn a_wrong_rule_is_refused_with_its_place_and_the_choices() {
        let indicator = |population: &str| {
            let text = format!(
                "[[indicator]]\nid = \"a\"\nsource = \"F1\"\nform = []\npopulation = {population}\n\
                 name = {{ simplified = \"a\", traditional = \"a\", english = \"a\" }}"
            );
            IndicatorCatalog::from_toml(&text, &AttributeCatalog::default()).unwrap_err().to_string()
        };
        let table = [
            (
                "{ all = [{ compare = { operand = \"grid_workers\", comparison = \"AT_LEAST\", value = 1 } }] }",
                "the indicator \"a\", population: all[0].compare: the attribute \"grid_workers\" is not declared; \
                 besides members and the fixed columns there are: ",
            ),
            (
                "{ compare = { operand = \"members\", comparison = \"AT_LEAST\", value = \"many\" } }",
                "the indicator \"a\", population: compare: members is of type integer, and \"many\" is not",
            ),
            (
                "{ related = { type = \"SERVES\", direction = \"IN\", quantifier = \"AT_LEAST\" } }",
                "the indicator \"a\", population: related: AT_LEAST needs a count",
            ),
        ];
        for (population, message) in table {
            assert_eq!(indicator(population), message);
        }
        assert!(indicator("{ kind = [\"VILAGE\"] }").contains("unknown variant `VILAGE`, expected one of"));
    }
}
