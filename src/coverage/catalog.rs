use serde::Deserialize;
use thiserror::Error;

use crate::model::AttributeCatalog;

use super::{Indicator, RuleError};

/// Why indicators are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IndicatorError {
    /// The text is no TOML of the right form.
    #[error("the indicators cannot be read: {0}")]
    Form(String),
    /// Two indicators have one id.
    #[error("the indicator \"{0}\" is defined twice")]
    Twice(String),
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

impl IndicatorCatalog {
    /// The core indicators, whose ids and meaning are fixed.
    ///
    /// # Errors
    /// [`IndicatorError`] if the data that the program carries is wrong; a test sees to it that it is not.
    pub fn core() -> Result<Self, IndicatorError> {
        Self::from_toml(CORE, &AttributeCatalog::default())
    }

    /// Reads indicators and checks their rules.
    ///
    /// # Errors
    /// The first [`IndicatorError`].
    pub fn from_toml(text: &str, attributes: &AttributeCatalog) -> Result<Self, IndicatorError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            #[serde(default)]
            indicator: Vec<Indicator>,
        }
        let file: File = toml::from_str(text).map_err(|e| IndicatorError::Form(e.to_string()))?;
        let mut catalog = Self::default();
        for indicator in file.indicator {
            if catalog.get(&indicator.id).is_some() {
                return Err(IndicatorError::Twice(indicator.id));
            }
            let forms = indicator.forms.iter().map(|form| (format!("form {}", form.id), &form.when));
            for (part, rule) in [("population".to_owned(), &indicator.population)].into_iter().chain(forms) {
                rule.check(attributes).map_err(|cause| IndicatorError::Rule {
                    indicator: indicator.id.clone(),
                    part,
                    cause,
                })?;
            }
            catalog.indicators.push(indicator);
        }
        Ok(catalog)
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
                assert_eq!(&toml::from_str::<Indicator>(&written).unwrap(), i, "{written}");
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
