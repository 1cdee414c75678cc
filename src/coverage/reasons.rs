use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, OrganizationSet, slots};
use crate::model::Date;

use super::{Examiner, Indicator, Truth};

/// How many units fail for one condition that a form needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// The form, by its place among the indicator's forms.
    pub form: usize,
    /// The condition, in the words of the rule.
    pub needed: String,
    /// How many units fail for it; a unit that fails for several counts at each.
    pub count: u64,
}

/// For which conditions uncovered units fail and how many do, the most first; then in the order of forms and words.
pub fn reason_counts(
    indicator: &Indicator,
    graph: &Graph,
    date: Date,
    uncovered: &OrganizationSet,
) -> Vec<ReasonCount> {
    let examiner = Examiner::new(graph, date);
    let mut counts: BTreeMap<(usize, String), u64> = BTreeMap::new();
    for slot in slots(uncovered) {
        for (number, form) in indicator.forms.iter().enumerate() {
            let reasons = examiner.examine(&form.when, slot).reasons;
            // A condition may fail at several related organisations, and is one reason nevertheless.
            let needed: BTreeSet<_> =
                reasons.into_iter().filter(|reason| reason.truth == Truth::False).map(|r| r.needed).collect();
            for needed in needed {
                *counts.entry((number, needed)).or_default() += 1;
            }
        }
    }
    let mut counts: Vec<_> =
        counts.into_iter().map(|((form, needed), count)| ReasonCount { form, needed, count }).collect();
    counts.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    counts
}
