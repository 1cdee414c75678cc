use crate::graph::OrganizationSet;

use super::{Evaluation, Indicator, Target};

/// How many units of a set are in which state, and what that says of the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    /// covered + uncovered + unknown + exempt, always.
    pub population: u64,
    /// Units of which a form holds.
    pub covered: u64,
    /// Units of which no form holds.
    pub uncovered: u64,
    /// Units of which nobody knows.
    pub unknown: u64,
    /// Units that need not be covered.
    pub exempt: u64,
    /// The covered, by the first form that holds, in the order of the indicator's forms.
    pub forms: Vec<u64>,
    /// Whether the target is met; `None` where the unknown decide, without subjects or without target.
    pub met: Option<bool>,
    /// The fewest uncovered units that must become covered; 0 where the target is met or there is none.
    pub shortfall: u64,
}

impl Counts {
    /// The counts of all units of an evaluation, or of those in a set.
    ///
    /// A target that is a count belongs to the whole: in a group it is neither met nor missed.
    pub(super) fn of(
        evaluation: &Evaluation,
        within: Option<&OrganizationSet>,
        target: Option<Target>,
    ) -> Self {
        let count =
            |set: &OrganizationSet| within.map_or_else(|| set.len(), |within| set.intersection_len(within));
        let forms: Vec<_> = evaluation.covered_by.iter().map(count).collect();
        let covered = forms.iter().sum();
        let (uncovered, unknown) = (count(&evaluation.uncovered), count(&evaluation.unknown));
        let met = target.and_then(|target| target.met(covered, uncovered, unknown));
        let shortfall = target.map_or(0, |target| target.missing(covered, uncovered));
        let exempt = count(&evaluation.exempt);
        let population = covered + uncovered + unknown + exempt;
        Self { population, covered, uncovered, unknown, exempt, forms, met, shortfall }
    }

    /// The counts of no units at all.
    pub(super) fn nothing(indicator: &Indicator) -> Self {
        let forms = vec![OrganizationSet::new(); indicator.forms.len()];
        let evaluation = Evaluation { covered_by: forms, ..Evaluation::default() };
        Self::of_group(&evaluation, &OrganizationSet::new(), indicator)
    }

    /// The counts of a group.
    pub(super) fn of_group(evaluation: &Evaluation, group: &OrganizationSet, indicator: &Indicator) -> Self {
        Self::of(evaluation, Some(group), indicator.target.filter(|target| target.is_share()))
    }

    /// covered + uncovered, the denominator of the ratio.
    pub fn subjects(&self) -> u64 {
        self.covered + self.uncovered
    }

    /// covered / subjects; `None` where there are none.
    pub fn ratio(&self) -> Option<f64> {
        (self.subjects() > 0).then(|| self.covered as f64 / self.subjects() as f64)
    }
}
