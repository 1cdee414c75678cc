use async_graphql::SimpleObject;

use super::coverage::{FormCount, form_counts};
use super::indicator::Form;
use crate::coverage::Counts;

/// How many units are in which state, and what that says of the target.
#[derive(SimpleObject)]
pub(super) struct CoverageCounts {
    /// covered + uncovered + unknown + exempt, always.
    population: u64,
    /// covered + uncovered, the denominator of the ratio.
    subjects: u64,
    /// Units of which a form holds.
    covered: u64,
    /// Units of which no form holds.
    uncovered: u64,
    /// Units of which nobody knows whether they belong, or whether a form holds.
    unknown: u64,
    /// Units that need not be covered.
    exempt: u64,
    /// covered / subjects; null where there are none.
    ratio: Option<f64>,
    /// How the covered are covered: by the first form that holds.
    forms: Vec<FormCount>,
    /// Whether the target is met, however the unknown turn out; null where they decide, without subjects or target.
    met: Option<bool>,
    /// The fewest uncovered units that must become covered; 0 where the target is met or there is none.
    shortfall: u64,
}

/// How much numbers rise; negative where they fall.
#[derive(SimpleObject)]
pub(super) struct CoverageDifference {
    /// Of the population.
    population: i64,
    /// Of the covered.
    covered: i64,
    /// Of the uncovered.
    uncovered: i64,
    /// Of the unknown.
    unknown: i64,
    /// Of the exempt.
    exempt: i64,
    /// Of the ratio; null where it is null before or after.
    ratio: Option<f64>,
}

impl CoverageCounts {
    pub(super) fn new(forms: &[Form], counts: &Counts) -> Self {
        Self {
            population: counts.population,
            subjects: counts.subjects(),
            covered: counts.covered,
            uncovered: counts.uncovered,
            unknown: counts.unknown,
            exempt: counts.exempt,
            ratio: counts.ratio(),
            forms: form_counts(forms, counts),
            met: counts.met,
            shortfall: counts.shortfall,
        }
    }
}

impl CoverageDifference {
    pub(super) fn new(before: &Counts, after: &Counts) -> Self {
        let rise = |count: fn(&Counts) -> u64| count(after) as i64 - count(before) as i64;
        Self {
            population: rise(|counts| counts.population),
            covered: rise(|counts| counts.covered),
            uncovered: rise(|counts| counts.uncovered),
            unknown: rise(|counts| counts.unknown),
            exempt: rise(|counts| counts.exempt),
            ratio: after.ratio().zip(before.ratio()).map(|(after, before)| after - before),
        }
    }
}
