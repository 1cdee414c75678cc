use std::collections::BTreeMap;

use crate::graph::{Graph, OrganizationSet, slots};
use crate::model::Date;

use super::{Condition, Examiner, Indicator, Truth};

/// How many units fail for one condition that a form needs.
#[derive(Clone, Debug, PartialEq)]
pub struct ReasonCount {
    /// The form, by its place among the indicator's forms.
    pub form: usize,
    /// The condition.
    pub needed: Condition,
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
    // Told apart, and sorted, by the words of the rule.
    let mut counts: BTreeMap<(usize, String), (Condition, u64)> = BTreeMap::new();
    for slot in slots(uncovered) {
        for (number, form) in indicator.forms.iter().enumerate() {
            let reasons = examiner.examine(&form.when, slot).reasons;
            // A condition may fail at several related organisations, and is one reason nevertheless.
            let needed: BTreeMap<String, Condition> = reasons
                .into_iter()
                .filter(|reason| reason.truth == Truth::False)
                .map(|reason| (reason.needed.to_string(), reason.needed))
                .collect();
            for (words, condition) in needed {
                counts.entry((number, words)).or_insert((condition, 0)).1 += 1;
            }
        }
    }
    let mut counts: Vec<_> =
        counts.into_iter().map(|((form, _), (needed, count))| ReasonCount { form, needed, count }).collect();
    counts.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    counts
}
