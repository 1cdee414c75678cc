//! Coverage and gaps: which organisations satisfy an indicator, which do not, and why.
//!
//! Floor 2. Population, form and reason are one thing, a [`Condition`] on an organisation; an
//! [`Indicator`] is a population, the forms in which a unit counts as covered, and a target. A condition
//! has one meaning in Kleene's three values, written twice: once for one organisation
//! ([`Examiner`], a page long, which also says why) and once for sets of them ([`evaluate`]). A property
//! test holds both to the same answer.

mod catalog;
mod check;
mod condition;
mod counts;
mod describe;
mod evaluate;
mod examine;
mod indicator;
pub mod plan;
mod report;
mod target;
#[cfg(test)]
mod tests;
mod truth;
mod what_if;

pub use catalog::{IndicatorCatalog, IndicatorError};
pub use check::RuleError;
pub use condition::{Compare, Comparison, Condition, Operand, Quantifier, Related, RuleValue};
pub use counts::Counts;
pub use evaluate::{Evaluation, TruthSets, evaluate, select};
pub use examine::{Examiner, Finding, Reason};
pub use indicator::{CoverageState, Form, Indicator};
pub use report::{Coverage, CoverageGroup, Scope, coverage, units_in_states};
pub use target::{Share, ShareError, Target};
pub use truth::Truth;
pub use what_if::{Effect, GroupEffect, changed, effect};
