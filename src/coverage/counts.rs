use smallvec::{SmallVec, smallvec};

use crate::graph::Ranges;

use super::settled::Settled;
use super::{Indicator, Target};

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
    /// The covered, by the first form that holds, in the order of the indicator's forms: there are few, and a coverage
    /// may have many groups, so they stand here and not on the heap.
    pub forms: SmallVec<[u64; 4]>,
    /// Whether the target is met; `None` where the unknown decide, without subjects or without target.
    pub met: Option<bool>,
    /// The fewest uncovered units that must become covered; 0 where the target is met or there is none.
    pub shortfall: u64,
}

impl Counts {
    /// The counts of the units of a state that stand at some positions.
    ///
    /// A target that is a count belongs to the whole: for a group, which is neither met nor missed, give none.
    pub(super) fn of(state: &Settled, ranges: &Ranges, target: Option<Target>) -> Self {
        let forms: SmallVec<_> = state.covered_by().iter().map(|set| set.count(ranges)).collect();
        let covered = forms.iter().sum();
        let (uncovered, unknown) = (state.uncovered().count(ranges), state.unknown().count(ranges));
        let met = target.and_then(|target| target.met(covered, uncovered, unknown));
        let shortfall = target.map_or(0, |target| target.missing(covered, uncovered));
        let exempt = state.exempt().map_or(0, |set| set.count(ranges));
        let population = covered + uncovered + unknown + exempt;
        Self { population, covered, uncovered, unknown, exempt, forms, met, shortfall }
    }

    /// The counts of no units at all, as a group.
    pub fn nothing(indicator: &Indicator) -> Self {
        let forms = smallvec![0; indicator.forms.len()];
        Self {
            population: 0,
            covered: 0,
            uncovered: 0,
            unknown: 0,
            exempt: 0,
            forms,
            met: None,
            shortfall: 0,
        }
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
