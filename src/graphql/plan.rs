use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, Object, Result, SimpleObject};

use super::cancellable;
use super::change_write::WrittenChange;
use super::counts::CoverageCounts;
use super::enums::Language;
use super::error::bad_input;
use super::indicator::{Form, Indicator};
use super::language::language as asked_for;
use super::organization::Organization;
use super::page::{Connection, Ordered, PageArguments, page};
use super::plain::Plain;
use super::scalar::Date;
use super::snapshot;
use crate::atlas::Snapshot;
use crate::coverage;
use crate::coverage::plan::{self, Limits, PlanRequest};

/// How the gap of an indicator can be closed, step by step, under default rules.
pub(super) struct RemedyPlan {
    snapshot: Arc<Snapshot>,
    indicator: Arc<coverage::Indicator>,
    plan: Arc<plan::Plan>,
}

/// What sort of thing is done to cover units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::plan::RemedyKind")]
pub(super) enum RemedyKind {
    /// A new branch of the unit's own.
    OwnBranch,
    /// Units join a joint branch that exists and has room.
    ExistingJointBranch,
    /// A new joint branch of several units.
    NewJointBranch,
    /// A new service station for several grids.
    NewStation,
    /// A relation to an organisation that exists.
    ExistingOrganization,
    /// A relation to an organisation that is founded for it.
    NewOrganization,
    /// A value is recorded that nobody knows yet; no change can be made up for it.
    RecordValue,
}

/// What a bound counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::plan::Counted")]
pub(super) enum Counted {
    /// New branches, own and joint.
    Branches,
    /// New service stations.
    Stations,
    /// New relations of the type that covers.
    Relations,
}

/// Why a unit that is not covered is in no step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::plan::Unplanned")]
pub(super) enum UnplannedReason {
    /// Nobody knows whether the unit belongs or is covered: a value has to be recorded first.
    UnknownState,
    /// How many members it has is not recorded.
    UnknownMembers,
    /// How many members it has is suppressed, and the rules hang on it.
    SuppressedMembers,
    /// Where it stands is not recorded.
    UnknownPlace,
    /// It and its neighbours have too few members together.
    TooFewMembers,
    /// No organisation near by can take it.
    NoneNear,
    /// No default rule says what to do.
    NoRule,
}

/// One thing that would cover a unit, by itself.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Remedy {
    #[graphql(skip)]
    sentence: plan::Sentence,
    /// What sort of thing it is.
    kind: RemedyKind,
    /// What is done, in an English sentence.
    text: String,
    /// The units that it covers.
    units: Vec<Organization>,
    /// What it changes, in an order in which it can be applied.
    changes: Vec<WrittenChange>,
}

#[ComplexObject]
impl Remedy {
    /// What is done, in a sentence as users read it.
    async fn label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> Result<String> {
        let attributes = &snapshot(context)?.attributes;
        Ok(self.sentence.written(asked_for(context, language), attributes))
    }
}

/// One step of a plan.
#[derive(SimpleObject)]
pub(super) struct RemedyStep {
    /// Its number, from 1.
    number: usize,
    /// What is done.
    remedy: Remedy,
    /// How many units are covered after it.
    covered: u64,
    /// covered / subjects after it.
    ratio: Option<f64>,
}

impl Plain for RemedyStep {}

/// How far a plan can be from the fewest: any plan that keeps the same rules and limits and covers the same units
/// (or, where it stops at a target, as many) makes at least so many.
#[derive(SimpleObject)]
pub(super) struct PlanBound {
    /// What is counted.
    counted: Counted,
    /// How many the plan makes.
    planned: u64,
    /// How many any such plan makes at the least.
    at_least: u64,
}

/// A unit that is not covered and in no step.
#[derive(SimpleObject)]
pub(super) struct UnplannedUnit {
    /// The unit.
    organization: Organization,
    /// Why.
    reason: UnplannedReason,
}

impl Plain for UnplannedUnit {}

/// How many units are in no step for one reason.
#[derive(SimpleObject)]
pub(super) struct UnplannedCount {
    /// The reason.
    reason: UnplannedReason,
    /// How many units.
    count: usize,
}

impl RemedyPlan {
    pub(super) fn new(
        snapshot: &Arc<Snapshot>,
        indicator: Arc<coverage::Indicator>,
        request: &PlanRequest,
    ) -> Self {
        let plan = Arc::new(plan::plan(&indicator, &snapshot.graph, request));
        Self { snapshot: Arc::clone(snapshot), indicator, plan }
    }

    fn step(&self, position: usize) -> RemedyStep {
        let step = &self.plan.steps[position];
        let subjects = self.plan.after.subjects();
        RemedyStep {
            number: position + 1,
            remedy: Remedy::new(&self.snapshot, &step.remedy),
            covered: step.covered,
            ratio: (subjects > 0).then(|| step.covered as f64 / subjects as f64),
        }
    }
}

/// How the gap of an indicator can be closed, step by step, under default rules.
#[Object]
impl RemedyPlan {
    /// The indicator.
    async fn indicator(&self) -> Indicator {
        Indicator(Arc::clone(&self.indicator))
    }

    /// The day from which the changes hold.
    async fn as_of(&self) -> Date {
        Date(self.plan.date)
    }

    /// The counts as the graph stands.
    async fn before(&self) -> CoverageCounts {
        CoverageCounts::new(&Form::all(&self.indicator.forms), &self.plan.before)
    }

    /// The counts when all steps are done, as evaluated on a copy of the graph.
    async fn after(&self) -> CoverageCounts {
        CoverageCounts::new(&Form::all(&self.indicator.forms), &self.plan.after)
    }

    /// The steps, in their order.
    async fn steps(
        &self,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<RemedyStep>> {
        cancellable(|| {
            let positions: Vec<_> = (0..self.plan.steps.len()).collect();
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            page(&positions, &ByPosition("steps"), &arguments, |position| self.step(position))
        })
    }

    /// The changes of the first so many steps, in an order in which they can be applied.
    async fn changes(
        &self,
        #[graphql(desc = "How many steps; all where left out.")] steps: Option<i32>,
    ) -> Result<Vec<WrittenChange>> {
        cancellable(|| {
            let steps = match steps.map(usize::try_from) {
                None => usize::MAX,
                Some(Ok(steps)) => steps,
                Some(Err(_)) => return Err(bad_input("steps is negative, but may be 0 or more")),
            };
            let taken = self.plan.steps.iter().take(steps);
            Ok(taken.flat_map(|step| &step.remedy.changes).map(WrittenChange::new).collect())
        })
    }

    /// How far the plan can be from the fewest; null without steps.
    async fn bound(&self) -> Option<PlanBound> {
        let plan::Bound { counted, planned, at_least } = self.plan.bound?;
        Some(PlanBound { counted: counted.into(), planned, at_least })
    }

    /// Units that are not covered and in no step, in the order of ids; not those that the target can do without.
    async fn unplanned(
        &self,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<UnplannedUnit>> {
        cancellable(|| {
            let positions: Vec<_> = (0..self.plan.unplanned.len()).collect();
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            page(&positions, &ByPosition("unplanned"), &arguments, |position| {
                let (unit, reason) = self.plan.unplanned[position];
                UnplannedUnit { organization: Organization::new(&self.snapshot, unit), reason: reason.into() }
            })
        })
    }

    /// How many units are in no step for which reason, the most first.
    async fn unplanned_reasons(&self) -> Vec<UnplannedCount> {
        let mut counts: Vec<(plan::Unplanned, usize)> = Vec::new();
        for (_, reason) in &self.plan.unplanned {
            match counts.iter_mut().find(|(known, _)| known == reason) {
                Some((_, count)) => *count += 1,
                None => counts.push((*reason, 1)),
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.into_iter().map(|(reason, count)| UnplannedCount { reason: reason.into(), count }).collect()
    }

    /// What a reader must know beside, in English: why there is no automatic plan, or why it stops short.
    async fn note(&self) -> Option<String> {
        self.plan.note.map(|note| note.to_string())
    }

    /// The same as users read it.
    async fn note_label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> Option<String> {
        self.plan.note.map(|note| note.written(asked_for(context, language)))
    }

    /// Whether units that were generated are among the population.
    async fn synthetic(&self) -> bool {
        self.plan.synthetic
    }
}

impl Remedy {
    pub(super) fn new(snapshot: &Arc<Snapshot>, remedy: &plan::Remedy) -> Self {
        Self {
            sentence: remedy.text.clone(),
            kind: remedy.kind.into(),
            text: remedy.text.to_string(),
            units: remedy.units.iter().map(|unit| Organization::new(snapshot, *unit)).collect(),
            changes: remedy.changes.iter().map(WrittenChange::new).collect(),
        }
    }
}

/// The numbers of the rules that a request gives.
pub(super) fn limits(
    units_per_branch: i32,
    members_per_branch: i32,
    grids_per_station: i32,
) -> Result<Limits> {
    let read =
        |argument: &str, given: i32| match u32::try_from(given).ok().filter(|n| (1..=1_000).contains(n)) {
            Some(given) => Ok(given),
            None => Err(bad_input(format!("{argument} is {given}, but may be from 1 to 1000"))),
        };
    Ok(Limits {
        units_per_branch: read("unitsPerBranch", units_per_branch)? as usize,
        members_per_branch: read("membersPerBranch", members_per_branch)?,
        grids_per_station: read("gridsPerStation", grids_per_station)? as usize,
    })
}

/// Items in the order of a list that is made anew for each request.
struct ByPosition(&'static str);

impl Ordered for ByPosition {
    type Item = usize;

    fn tag(&self) -> String {
        self.0.to_owned()
    }

    fn key(&self, item: usize) -> Vec<String> {
        vec![format!("{item:010}")]
    }

    fn compare(&self, item: usize, key: &[String]) -> std::cmp::Ordering {
        self.key(item).as_slice().cmp(key)
    }
}
