//! Gaps: units, their states, and why they have them.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Object, Result, SimpleObject};

use super::coverage::known_indicator;
use super::dated_value::WitnessValue;
use super::enums::{CoverageState, Language};
use super::exemption::Exemption;
use super::filter::ById;
use super::indicator::{Form, Indicator};
use super::language::language as asked_for;
use super::organization::Organization;
use super::page::{MAX_DETAILS, Ordered};
use super::plain::Plain;
use super::plan::Remedy;
use super::relation::Relation;
use super::scalar::Date;
use super::{cancellable, cost};
use crate::atlas::Snapshot;
use crate::coverage::plan::{Limits, Remedies};
use crate::coverage::{self, Examiner, Scope};
use crate::graph::{Graph, Slot, When};
use crate::model;

/// A unit of a population that is in one of the states asked for.
#[derive(Clone, Copy)]
pub(super) struct GapUnit {
    pub(super) slot: Slot,
    pub(super) state: coverage::CoverageState,
}

/// Gaps in the byte order of their units' ids.
pub(super) struct GapsById<'a>(pub(super) &'a Graph);

impl Ordered for GapsById<'_> {
    type Item = GapUnit;

    fn tag(&self) -> String {
        self.units().tag()
    }

    fn key(&self, item: GapUnit) -> Vec<String> {
        self.units().key(item.slot)
    }

    fn compare(&self, item: GapUnit, key: &[String]) -> std::cmp::Ordering {
        self.units().compare(item.slot, key)
    }
}

impl GapsById<'_> {
    fn units(&self) -> ById<'_> {
        ById { graph: self.0, list: "gaps" }
    }
}

/// A unit of an indicator's population, its state, and why it has it.
pub(super) struct Gap {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) indicator: Arc<coverage::Indicator>,
    pub(super) date: model::Date,
    pub(super) unit: GapUnit,
    /// What the remedies of all gaps of a request have in common, made when the first is asked for.
    pub(super) remedies: Arc<OnceLock<Remedies>>,
}

impl Plain for Gap {}

/// A condition that does not hold, or that nobody knows to hold.
pub(super) struct GapReason {
    snapshot: Arc<Snapshot>,
    date: model::Date,
    form: Option<Form>,
    reason: coverage::Reason,
}

/// A condition that does not hold, or that nobody knows to hold.
#[Object]
impl GapReason {
    /// The form that it belongs to; null where it belongs to the population.
    async fn form(&self) -> Option<&Form> {
        self.form.as_ref()
    }

    /// The organisation at which the condition was asked: the unit, or one that it is related to.
    async fn organization(&self) -> Organization {
        Organization::new(&self.snapshot, self.reason.organization)
    }

    /// Whether that is so because a value is unknown.
    async fn unknown(&self) -> bool {
        self.reason.truth == coverage::Truth::Unknown
    }

    /// The condition, in the words of the rule.
    async fn needed(&self) -> String {
        self.reason.needed.to_string()
    }

    /// The condition as users read it.
    async fn needed_label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> String {
        self.reason.needed.written(asked_for(context, language), &self.snapshot.attributes)
    }

    /// What is recorded instead; "suppressed" for a small count of members that is kept back from readers.
    async fn found(&self) -> &str {
        &self.reason.found
    }

    /// What is recorded instead as users read it, organisations by their names.
    async fn found_label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> String {
        examiner(&self.snapshot, self.date).found_written(&self.reason, asked_for(context, language))
    }
}

/// What an indicator says of one organisation.
#[derive(SimpleObject)]
pub(super) struct CoverageStatus {
    /// The indicator.
    indicator: Indicator,
    /// The day that it is said of.
    as_of: Date,
    /// Its state; null where it is not in the population, or does not exist on the day.
    state: Option<CoverageState>,
    /// The first form that holds; null where it is not covered.
    form: Option<Form>,
    /// The relations by which that form holds, 1000 at the most.
    witness: Vec<Relation>,
    /// The values by which that form holds, 1000 at the most.
    values: Vec<WitnessValue>,
    /// Why it is not covered, or not known to be; 1000 reasons at the most.
    reasons: Vec<GapReason>,
    /// The exemption that applies where it is exempt: of several the last granted.
    exemption: Option<Exemption>,
}

/// A unit of an indicator's population, its state, and why it has it.
#[Object]
impl Gap {
    /// The unit.
    async fn organization(&self) -> Organization {
        Organization::new(&self.snapshot, self.unit.slot)
    }

    /// Its state.
    async fn state(&self) -> CoverageState {
        self.unit.state.into()
    }

    /// For each form that does not hold, the condition that fails, what was found and what is needed; 1000 at the
    /// most.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn reasons(&self) -> Result<Vec<GapReason>> {
        cancellable(|| Ok(reasons(&self.snapshot, &self.indicator, self.date, self.unit)))
    }

    /// The exemption that applies to an exempt unit: of several the last granted; null in other states.
    async fn exemption(&self) -> Option<Exemption> {
        exemption(&self.snapshot, &self.indicator, self.date, self.unit)
    }

    /// What would close the gap by itself under the default rules, the preferred first; empty where no rule says what to do.
    async fn remedies(&self) -> Result<Vec<Remedy>> {
        cancellable(|| {
            let graph = &self.snapshot.graph;
            let scope = Scope { date: self.date, within: None };
            let below = self.snapshot.kept_back_below();
            let make = || Remedies::new(&self.indicator, graph, &scope, Limits::default(), below);
            let remedies = self.remedies.get_or_init(make);
            let found = remedies.of(&self.indicator, graph, self.unit.slot, self.unit.state);
            Ok(found.iter().map(|remedy| Remedy::new(&self.snapshot, remedy)).collect())
        })
    }
}

fn exemption(
    snapshot: &Arc<Snapshot>,
    indicator: &coverage::Indicator,
    date: model::Date,
    unit: GapUnit,
) -> Option<Exemption> {
    let applies = (unit.state == coverage::CoverageState::Exempt)
        .then(|| snapshot.graph.exemption(unit.slot, &indicator.id, date));
    applies.flatten().map(|record| Exemption::new(snapshot, record))
}

fn examiner(snapshot: &Snapshot, date: model::Date) -> Examiner<'_> {
    Examiner::new(&snapshot.graph, date).keeping_back(snapshot.kept_back_below())
}

pub(super) fn reasons(
    snapshot: &Arc<Snapshot>,
    indicator: &coverage::Indicator,
    date: model::Date,
    unit: GapUnit,
) -> Vec<GapReason> {
    let present = |form: Option<&coverage::Form>, reason| GapReason {
        snapshot: Arc::clone(snapshot),
        date,
        form: form.map(Form::of),
        reason,
    };
    let reasons =
        examiner(snapshot, date).reasons(indicator, unit.slot, unit.state).into_iter().take(MAX_DETAILS);
    reasons.map(|(form, reason)| present(form, reason)).collect()
}

impl CoverageStatus {
    /// What an indicator says of an organisation; of one that a graph of the past does not hold, nothing.
    pub(super) fn new(
        snapshot: &Arc<Snapshot>,
        slot: Option<Slot>,
        indicator: &str,
        as_of: Option<Date>,
    ) -> Result<Self> {
        let indicator = known_indicator(snapshot, indicator)?;
        let date = as_of.map_or_else(model::today, |date| date.0);
        let examiner = Examiner::new(&snapshot.graph, date);
        let existing = slot.filter(|slot| snapshot.graph.exists(*slot, When::On(date)));
        let found = existing.and_then(|slot| Some((slot, examiner.state(&indicator, slot)?)));
        let unit = found.map(|(slot, (state, _))| GapUnit { slot, state });
        let form = found.and_then(|(slot, (_, form))| Some((slot, indicator.forms.get(form?)?)));
        let finding = form.map(|(slot, form)| examiner.examine(&form.when, slot));
        let (witness, values) = finding.map(|finding| (finding.witness, finding.values)).unwrap_or_default();
        let values = values.iter().filter_map(|asked| WitnessValue::new(snapshot, asked, date));
        Ok(Self {
            as_of: Date(date),
            state: unit.map(|unit| unit.state.into()),
            form: form.map(|(_, form)| Form::of(form)),
            witness: witness
                .into_iter()
                .take(MAX_DETAILS)
                .map(|relation| Relation::new(snapshot, relation))
                .collect(),
            values: values.take(MAX_DETAILS).collect(),
            reasons: unit.map_or_else(Vec::new, |unit| reasons(snapshot, &indicator, date, unit)),
            exemption: unit.and_then(|unit| exemption(snapshot, &indicator, date, unit)),
            indicator: Indicator(indicator),
        })
    }
}
