use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::enums::{IndicatorOrigin, Language};
use super::error::internal;
use super::identity::{identity, said};
use super::language::{language as asked_for, written};
use super::scalar::Date;
use super::seen::Seen;
use super::snapshot;
use crate::coverage;

/// Which units should have something, in which forms they may have it, and how many should.
#[derive(Clone)]
pub(super) struct Indicator(pub(super) Arc<coverage::Indicator>);

/// One way in which a unit counts as covered. Answers may hold it very often, so it is shared.
#[derive(Clone)]
pub(super) struct Form(Arc<coverage::Form>);

/// What an indicator should reach: one of these is not null.
#[derive(SimpleObject)]
pub(super) struct Target {
    /// Covered of subjects, at least this share.
    share_at_least: Option<f64>,
    /// Covered of subjects, more than this share.
    share_more_than: Option<f64>,
    /// At least so many covered.
    covered_at_least: Option<u64>,
    /// At most so many uncovered.
    uncovered_at_most: Option<u64>,
    /// The target as people write it, such as "≥ 80%".
    text: String,
}

/// Which units should have something, in which forms they may have it, and how many should.
#[Object]
impl Indicator {
    /// Its id, such as two-new-own-branch; of a definition that is not the present one with its version behind it, such as
    /// two-new-own-branch@1, because it says something else.
    async fn id(&self, context: &Context<'_>) -> ID {
        let code = self.0.id.as_str();
        // Subscriptions tell of the present only.
        let Some(seen) = context.data_opt::<Seen>() else { return code.into() };
        let present = seen.snapshot().indicators.get(code);
        if present.is_some_and(|present| present.version == self.0.version) {
            return code.into();
        }
        format!("{code}@{}", self.0.version).into()
    }

    /// Its id, such as two-new-own-branch, whatever its version: what arguments take.
    async fn code(&self) -> &str {
        &self.0.id
    }

    /// Which definition of it this is: a changed one takes the next number.
    async fn version(&self) -> u32 {
        self.0.version.get()
    }

    /// Where its definition stands.
    async fn origin(&self) -> IndicatorOrigin {
        self.0.origin.into()
    }

    /// Its definition in the form of the files of indicators.
    async fn definition(&self) -> Result<String> {
        Ok(self.0.definition().map_err(|cause| internal(&cause))?.text.to_string())
    }

    /// How users read it.
    async fn name(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> &str {
        written(context, &self.0.name, language)
    }

    /// The fact, or the other place, that it comes from.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Until when the target should be reached, if the source gives a day.
    async fn due(&self) -> Option<Date> {
        self.0.due.map(Date)
    }

    /// Which units it speaks of, in the words of the rule.
    async fn population(&self) -> String {
        self.0.population.to_string()
    }

    /// The same as users read it.
    async fn population_label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> Result<String> {
        let attributes = &snapshot(context)?.attributes;
        Ok(self.0.population.written(asked_for(context, language), attributes))
    }

    /// The forms in which a unit counts as covered, the first that holds first.
    async fn forms(&self) -> Vec<Form> {
        Form::all(&self.0.forms)
    }

    /// What should be reached; null where the source gives no figure.
    async fn target(&self) -> Option<Target> {
        self.0.target.map(Target::new)
    }
}

/// One way in which a unit counts as covered.
#[Object]
impl Form {
    /// Identifies it with all that it says, as normalised caches need it; `code` is its id within the
    /// indicator.
    async fn id(&self) -> ID {
        let when = self.0.when.to_string();
        identity("form", [self.0.id.as_str(), &when].into_iter().chain(said(&self.0.name)))
    }

    /// Its id within the indicator, such as own.
    async fn code(&self) -> &str {
        &self.0.id
    }

    /// How users read it.
    async fn name(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> &str {
        written(context, &self.0.name, language)
    }

    /// What must hold of the unit, in the words of the rule.
    async fn when(&self) -> String {
        self.0.when.to_string()
    }

    /// The same as users read it.
    async fn when_label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> Result<String> {
        let attributes = &snapshot(context)?.attributes;
        Ok(self.0.when.written(asked_for(context, language), attributes))
    }
}

impl Form {
    pub(super) fn of(form: &coverage::Form) -> Self {
        Self(Arc::new(form.clone()))
    }

    /// Forms, each to be shared by all counts of it.
    pub(super) fn all(forms: &[coverage::Form]) -> Vec<Self> {
        forms.iter().map(Self::of).collect()
    }
}

impl Target {
    pub(super) fn new(target: coverage::Target) -> Self {
        let text = target.to_string();
        let mut presented = Self {
            share_at_least: None,
            share_more_than: None,
            covered_at_least: None,
            uncovered_at_most: None,
            text,
        };
        match target {
            coverage::Target::ShareAtLeast(share) => presented.share_at_least = Some(share.as_f64()),
            coverage::Target::ShareMoreThan(share) => presented.share_more_than = Some(share.as_f64()),
            coverage::Target::CoveredAtLeast(least) => presented.covered_at_least = Some(least),
            coverage::Target::UncoveredAtMost(most) => presented.uncovered_at_most = Some(most),
        }
        presented
    }
}
