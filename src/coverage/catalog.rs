use serde::Deserialize;
use thiserror::Error;

use crate::model::AttributeCatalog;

use super::{Condition, Indicator, RuleError};

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
        Self::default().with_toml(text, attributes)
    }

    /// These indicators and, behind them, those that a text adds.
    ///
    /// # Errors
    /// The first [`IndicatorError`]; an id that is known already is one.
    pub fn with_toml(self, text: &str, attributes: &AttributeCatalog) -> Result<Self, IndicatorError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            #[serde(default)]
            indicator: Vec<Indicator>,
        }
        let file: File = toml::from_str(text).map_err(|e| IndicatorError::Form(e.to_string()))?;
        self.with(file.indicator, attributes)
    }

    /// These indicators and, behind them, others.
    ///
    /// # Errors
    /// The first [`IndicatorError`]; an id that is known already is one.
    pub fn with(
        mut self,
        added: Vec<Indicator>,
        attributes: &AttributeCatalog,
    ) -> Result<Self, IndicatorError> {
        let before = self.indicators.len();
        for indicator in added {
            match self.indicators.iter().position(|known| known.id == indicator.id) {
                Some(known) if known < before => return Err(IndicatorError::Taken(indicator.id)),
                Some(_) => return Err(IndicatorError::Twice(indicator.id)),
                None => check(&indicator, attributes)?,
            }
            self.indicators.push(indicator);
        }
        Ok(self)
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
