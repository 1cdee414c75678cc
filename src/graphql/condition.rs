//! Rules as GraphQL input: the same language as in files, one field a condition.

use async_graphql::{ID, InputObject, OneofObject, Result};

use super::enums::{
    Comparison, Direction, OperatingStatus, OrganizationKind, Quantifier, RelationMode, RelationType,
};
use super::error::bad_input;
use super::scalar::RuleValue;
use crate::coverage;
use crate::model::{AttributeCatalog, Label};

/// What can be asked of one organisation: exactly one of these.
#[derive(OneofObject)]
pub(super) enum ConditionInput {
    /// Its kind is one of these.
    Kind(Vec<OrganizationKind>),
    /// It has this designation.
    Designation(String),
    /// Whether it works is one of these.
    OperatingStatus(Vec<OperatingStatus>),
    /// A value compares so; unknown where nothing is recorded.
    Compare(CompareInput),
    /// It is related so.
    Related(Box<RelatedInput>),
    /// It stands within this organisation, or is it.
    Within(ID),
    /// Each of these holds; with none, always.
    All(Vec<ConditionInput>),
    /// At least one of these holds; with none, never.
    Any(Vec<ConditionInput>),
    /// This does not hold.
    Not(Box<ConditionInput>),
}

/// A recorded value against a stated one.
#[derive(InputObject)]
pub(super) struct CompareInput {
    /// Which value: members, a fixed column with a number or a date, or a declared attribute.
    operand: String,
    /// How it must stand to the stated one.
    comparison: Comparison,
    /// The stated value.
    value: RuleValue,
}

/// Relations of one type, in one direction, to organisations that satisfy a condition.
#[derive(InputObject)]
pub(super) struct RelatedInput {
    /// The type.
    r#type: RelationType,
    /// Whether they start at the organisation, end at it, or either.
    direction: Direction,
    /// The modes that count; left out, every mode does, the unspecified one too.
    #[graphql(default)]
    modes: Vec<RelationMode>,
    /// How many of them must lead to what `to` asks for. Where there is no such relation at all, NONE, EVERY and
    /// AT_MOST hold, SOME does not; what `to` leaves open for want of a value stays open.
    #[graphql(default_with = "Quantifier::Some")]
    quantifier: Quantifier,
    /// The number of AT_LEAST and AT_MOST: distinct organisations, not relations.
    count: Option<u32>,
    /// What the other end must satisfy; anything where left out.
    to: Option<ConditionInput>,
}

/// An indicator of one's own: a population and the forms in which a unit counts as covered.
#[derive(InputObject)]
pub(super) struct CoverageRuleInput {
    /// Which units it speaks of, among those that exist on the day.
    population: ConditionInput,
    /// The forms in which a unit counts as covered, the first that holds first.
    forms: Vec<FormInput>,
    /// What should be reached.
    target: Option<TargetInput>,
}

/// One way in which a unit counts as covered.
#[derive(InputObject)]
pub(super) struct FormInput {
    /// Its id within the rule, such as `own`.
    id: String,
    /// What must hold of the unit.
    when: ConditionInput,
}

/// What should be reached: exactly one of these.
#[derive(OneofObject)]
pub(super) enum TargetInput {
    /// Covered of subjects, at least this share, as a decimal such as "0.8".
    ShareAtLeast(String),
    /// Covered of subjects, more than this share, as a decimal such as "0.8".
    ShareMoreThan(String),
    /// At least so many covered.
    CoveredAtLeast(u32),
    /// At most so many uncovered.
    UncoveredAtMost(u32),
}

impl ConditionInput {
    /// The condition that was written.
    pub(super) fn read(&self) -> Result<coverage::Condition> {
        use coverage::Condition as C;
        let all = |parts: &[Self]| parts.iter().map(Self::read).collect::<Result<_>>();
        Ok(match self {
            Self::Kind(kinds) => C::Kind(kinds.iter().map(|kind| (*kind).into()).collect()),
            Self::Designation(designation) => C::Designation(designation.clone()),
            Self::OperatingStatus(statuses) => {
                C::OperatingStatus(statuses.iter().map(|status| (*status).into()).collect())
            }
            Self::Compare(compare) => C::Compare(compare.read()?),
            Self::Related(related) => C::Related(Box::new(related.read()?)),
            Self::Within(id) => C::Within(id.parse().map_err(|e| bad_input(format!("within: {e}")))?),
            Self::All(parts) => C::All(all(parts)?),
            Self::Any(parts) => C::Any(all(parts)?),
            Self::Not(inner) => C::Not(Box::new(inner.read()?)),
        })
    }

    /// The condition that was written, its operands and values checked.
    pub(super) fn checked(&self, attributes: &AttributeCatalog) -> Result<coverage::Condition> {
        let condition = self.read()?;
        condition.check(attributes).map_err(|error| bad_input(error.to_string()))?;
        Ok(condition)
    }
}

impl CompareInput {
    fn read(&self) -> Result<coverage::Compare> {
        let operand = coverage::Operand::named(&self.operand)
            .ok_or_else(|| bad_input(format!("compare: \"{}\" is no attribute id", self.operand)))?;
        Ok(coverage::Compare { operand, comparison: self.comparison.into(), value: self.value.0.clone() })
    }
}

impl RelatedInput {
    fn read(&self) -> Result<coverage::Related> {
        Ok(coverage::Related {
            relation_type: self.r#type.into(),
            direction: self.direction.into(),
            modes: self.modes.iter().map(|mode| (*mode).into()).collect(),
            quantifier: self.quantifier.into(),
            count: self.count,
            to: self.to.as_ref().map_or(Ok(coverage::Condition::always()), ConditionInput::read)?,
        })
    }
}

impl CoverageRuleInput {
    /// The rule as an indicator that nobody has named.
    pub(super) fn indicator(&self, attributes: &AttributeCatalog) -> Result<coverage::Indicator> {
        let label = |text: &str| Label {
            simplified: text.to_owned(),
            traditional: text.to_owned(),
            english: text.to_owned(),
        };
        let forms = self.forms.iter().map(|form| {
            let when = form.when.checked(attributes)?;
            Ok(coverage::Form { name: label(&form.id), id: form.id.clone(), when })
        });
        Ok(coverage::Indicator {
            // It has no id by which an exemption could name it.
            id: String::new(),
            version: std::num::NonZeroU32::MIN,
            name: label("rule"),
            source: String::new(),
            due: None,
            population: self.population.checked(attributes)?,
            forms: forms.collect::<Result<_>>()?,
            target: self.target.as_ref().map(TargetInput::read).transpose()?,
            origin: coverage::IndicatorOrigin::default(),
        })
    }
}

impl TargetInput {
    /// The target that was written.
    pub(super) fn read(&self) -> Result<coverage::Target> {
        let share = |text: &str| text.parse().map_err(|e| bad_input(format!("target: {e}")));
        Ok(match self {
            Self::ShareAtLeast(text) => coverage::Target::ShareAtLeast(share(text)?),
            Self::ShareMoreThan(text) => coverage::Target::ShareMoreThan(share(text)?),
            Self::CoveredAtLeast(count) => coverage::Target::CoveredAtLeast((*count).into()),
            Self::UncoveredAtMost(count) => coverage::Target::UncoveredAtMost((*count).into()),
        })
    }
}
