use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Result, SimpleObject};

use super::completeness::ValueCompleteness;
use super::enums::Language;
use super::error::bad_input;
use super::indicator::Form;
use super::language::language as asked_for;
use super::snapshot;
use crate::atlas::Snapshot;
use crate::coverage::{self, Condition, CoverageState, Group, Scope, units_of_group};
use crate::graph::{OrganizationSet, Slot};
use crate::model;

/// The most reasons that are listed.
const MAX_REASONS: i32 = 100;

/// How many uncovered units fail for one condition that a form needs.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct ReasonCount {
    #[graphql(skip)]
    condition: Condition,
    /// The form.
    form: Form,
    /// The condition, in the words of the rule.
    needed: String,
    /// How many units fail for it; a unit that fails for several counts at each.
    count: u64,
}

#[ComplexObject]
impl ReasonCount {
    /// The condition as users read it.
    async fn needed_label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> Result<String> {
        let attributes = &snapshot(context)?.attributes;
        Ok(self.condition.written(asked_for(context, language), attributes))
    }
}

/// The coverage that is explained, and where.
pub(super) struct Explained<'a> {
    pub(super) indicator: &'a coverage::Indicator,
    pub(super) snapshot: &'a Arc<Snapshot>,
    pub(super) date: model::Date,
    pub(super) within: Option<Slot>,
    pub(super) group: Group,
}

impl Explained<'_> {
    /// For which conditions the uncovered units fail, as many reasons as asked for.
    pub(super) fn reason_counts(&self, first: i32) -> Result<Vec<ReasonCount>> {
        let most = usize::try_from(first).ok().filter(|_| first <= MAX_REASONS);
        let most =
            most.ok_or_else(|| bad_input(format!("first is {first}, but may be from 0 to {MAX_REASONS}")))?;
        let uncovered = self.units(&[CoverageState::Uncovered]);
        let counts = coverage::reason_counts(self.indicator, &self.snapshot.graph, self.date, &uncovered);
        let counts = counts.into_iter().take(most).filter_map(|reason| {
            let form = Form::of(self.indicator.forms.get(reason.form)?);
            Some(ReasonCount {
                needed: reason.needed.to_string(),
                condition: reason.needed,
                form,
                count: reason.count,
            })
        });
        Ok(counts.collect())
    }

    /// Which values of the population are recorded.
    pub(super) fn completeness(&self) -> Vec<ValueCompleteness> {
        let units = self.units(&CoverageState::all().collect::<Vec<_>>());
        let found = coverage::completeness(self.indicator, &self.snapshot.graph, self.date, &units);
        found.into_iter().map(|found| ValueCompleteness::new(self.snapshot, found)).collect()
    }

    fn units(&self, states: &[CoverageState]) -> OrganizationSet {
        let scope = Scope { date: self.date, within: self.within };
        units_of_group(self.indicator, &self.snapshot.graph, &scope, states, self.group)
    }
}
