use thiserror::Error;

use crate::graph::Operand;
use crate::model::{AttributeCatalog, AttributeType, parse_date};

use super::{Compare, Comparison, Condition, Quantifier, Related, RuleValue};

/// Why a rule is refused, with the place in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {cause}")]
pub struct RuleError {
    /// The way to the part at fault, such as `all[2].compare`.
    pub place: String,
    /// What is wrong, and what may stand there.
    pub cause: String,
}

/// How deep conditions may stand in each other.
const MAX_DEPTH: usize = 32;

impl Condition {
    /// Checks what the form of a rule alone does not: operands, the types of their values, counts.
    ///
    /// # Errors
    /// The first [`RuleError`].
    pub fn check(&self, attributes: &AttributeCatalog) -> Result<(), RuleError> {
        self.check_at("", attributes, 0)
    }

    fn check_at(&self, place: &str, attributes: &AttributeCatalog, depth: usize) -> Result<(), RuleError> {
        let below = |part: &str| if place.is_empty() { part.to_owned() } else { format!("{place}.{part}") };
        if depth > MAX_DEPTH {
            let cause = format!("conditions stand in each other deeper than {MAX_DEPTH} times");
            return Err(RuleError { place: place.to_owned(), cause });
        }
        let list = |name: &str, parts: &[Self]| {
            let mut numbered = parts.iter().enumerate();
            numbered.try_for_each(|(i, p)| p.check_at(&below(&format!("{name}[{i}]")), attributes, depth + 1))
        };
        match self {
            Self::Compare(compare) => compare.check(&below("compare"), attributes),
            Self::Related(related) => {
                related.check(&below("related"))?;
                related.to.check_at(&below("related.to"), attributes, depth + 1)
            }
            Self::All(parts) => list("all", parts),
            Self::Any(parts) => list("any", parts),
            Self::Not(inner) => inner.check_at(&below("not"), attributes, depth + 1),
            Self::Kind(_) | Self::Designation(_) | Self::OperatingStatus(_) | Self::Within(_) => Ok(()),
        }
    }
}

impl Related {
    fn check(&self, place: &str) -> Result<(), RuleError> {
        match (self.quantifier, self.count) {
            (counting @ (Quantifier::AtLeast | Quantifier::AtMost), None) => {
                let cause = format!("{} needs a count", <&str>::from(counting));
                Err(RuleError { place: place.to_owned(), cause })
            }
            (Quantifier::AtLeast | Quantifier::AtMost, Some(_)) | (_, None) => Ok(()),
            (other, Some(_)) => {
                let cause =
                    format!("a count goes with AT_LEAST or AT_MOST, not with {}", <&str>::from(other));
                Err(RuleError { place: place.to_owned(), cause })
            }
        }
    }
}

impl Compare {
    fn check(&self, place: &str, attributes: &AttributeCatalog) -> Result<(), RuleError> {
        let refused = |cause: String| Err(RuleError { place: place.to_owned(), cause });
        let attribute_type = match &self.operand {
            Operand::Members | Operand::PartyMembers | Operand::FullMembers | Operand::Employees => {
                AttributeType::Integer
            }
            Operand::FloorAreaM2 | Operand::AnnualIncomeCny => AttributeType::Number,
            Operand::Industry => AttributeType::Code,
            Operand::EstablishedOn | Operand::DissolvedOn => AttributeType::Date,
            Operand::Declared(id) => match attributes.get(id.as_str()) {
                Some(declaration) => declaration.attribute_type,
                None => {
                    let declared: Vec<_> = attributes.iter().map(|a| a.id.as_str()).collect();
                    return refused(format!(
                        "the attribute \"{id}\" is not declared; besides members and the fixed columns there are: {}",
                        declared.join(", ")
                    ));
                }
            },
        };
        let fits = match (attribute_type, &self.value) {
            (
                AttributeType::Integer | AttributeType::Number,
                RuleValue::Integer(_) | RuleValue::Number(_),
            )
            | (AttributeType::Flag, RuleValue::Flag(_))
            | (AttributeType::Code, RuleValue::Text(_)) => true,
            (AttributeType::Date, RuleValue::Text(text)) => parse_date(text).is_ok(),
            _ => false,
        };
        if matches!(self.value, RuleValue::Number(number) if !number.is_finite()) {
            return refused(format!(
                "{} is compared with {}, which is no number",
                self.operand.name(),
                self.value
            ));
        }
        if !fits {
            let (name, wanted) = (self.operand.name(), attribute_type.name());
            return refused(format!("{name} is of type {wanted}, and \"{}\" is not", self.value));
        }
        let ordered = !matches!(attribute_type, AttributeType::Flag | AttributeType::Code);
        if !ordered && self.comparison != Comparison::Equal {
            return refused(format!("{} can only be compared with EQUAL", self.operand.name()));
        }
        Ok(())
    }
}
