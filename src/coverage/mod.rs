//! Coverage and gaps: which organisations satisfy an indicator, which do not, and why.
//!
//! Floor 2. Population, form and reason are one thing, a [`Condition`] on an organisation; an
//! [`Indicator`] is a population, the forms in which a unit counts as covered, and a target. A condition
//! has one meaning in Kleene's three values, written twice: once for one organisation
//! ([`Examiner`], a page long, which also says why) and once for sets of them ([`evaluate`]). A property
//! test holds both to the same answer.

mod catalog;
mod check;
mod completeness;
mod condition;
mod counts;
mod describe;
mod evaluate;
mod examine;
mod filter;
mod grouping;
mod indicator;
mod light;
mod look;
mod overlap;
pub mod plan;
mod programme;
mod reasons;
mod report;
mod scoreboard;
mod settled;
mod target;
pub mod tasks;
#[cfg(test)]
mod tests;
mod truth;
mod what_if;
mod words;

pub use catalog::{IndicatorCatalog, IndicatorError};
pub use check::RuleError;
pub use completeness::{Completeness, completeness};
pub use condition::{Compare, Comparison, Condition, Operand, Quantifier, Related, RuleValue};
pub use counts::Counts;
pub use evaluate::{Evaluation, TruthSets, evaluate, select};
pub use examine::{Examiner, Finding, KEPT_BACK, Reason, ValueAsked};
pub use filter::SizeBand;
pub use grouping::{GroupingError, check_grouping};
pub use indicator::{CoverageState, Form, Indicator, IndicatorOrigin};
pub use light::Light;
pub use look::{Look, Seen};
pub use overlap::{Overlap, OverlapCell, OverlapCounts, overlap, units_of_overlap};
pub use programme::{Aim, FocusArea, KeyIndicator, Programme, ProgrammeError};
pub use reasons::{ReasonCount, reason_counts};
pub use report::{
    Coverage, CoverageGroup, Group, Scope, coverage, first_units_in_states, units_in_states, units_of_group,
};
pub use scoreboard::{Score, ScoreboardEntry, ScoreboardRow, Weighed, scoreboard};
pub use target::{Share, ShareError, Target};
pub use truth::Truth;
pub use what_if::{Effect, GroupEffect, changed, effect};
