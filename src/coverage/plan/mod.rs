//! How the gap of an indicator can be closed, step by step, under default rules.
//!
//! The rules are no facts of any report; [`Limits`] holds their numbers. A unit with three or more members has
//! a branch of its own. Units with fewer join a joint branch of at most five units that has three members
//! together: neighbours first, and one that exists and has room before a new one. A service station serves at
//! most so many grids of a neighbourhood. What no rule decides is not planned, and said to be so.
//!
//! A plan depends on the graph, the day and the limits alone: everything is taken in the order of ids. What it
//! promises is not computed twice: steps add up what they cover, and the whole is made on a copy of the graph
//! and evaluated once, at the end.

mod area;
mod bound;
mod branches;
mod draft;
mod existing;
mod grouping;
mod members;
mod recipe;
mod regroup;
mod related;
mod remedies;
mod sentence;
mod stations;
mod strategy;
#[cfg(test)]
mod tests;

use crate::graph::{Graph, Slot};
use crate::model::{Change, Date, OrganizationId};

use super::{Counts, CoverageState, Indicator, Scope, changed, coverage, units_in_states};
use draft::Draft;

pub use bound::{Bound, Counted};
pub use remedies::Remedies;
pub use sentence::{Note, Sentence};

/// The numbers of the default rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many units a joint branch has at the most; 1 or more.
    pub units_per_branch: usize,
    /// How many members a branch has at the least, together where it is joint.
    pub members_per_branch: u32,
    /// How many grids a service station serves at the most; 1 or more.
    pub grids_per_station: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { units_per_branch: 5, members_per_branch: 3, grids_per_station: 5 }
    }
}

/// How far a plan goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// To the target of the indicator, or until nothing is left to plan where it has none.
    #[default]
    Target,
    /// Until nothing is left to plan.
    Everything,
}

/// What sort of thing is done to cover units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RemedyKind {
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

/// One thing to do, and the units that it covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// What sort of thing it is.
    pub kind: RemedyKind,
    /// What is done.
    pub text: Sentence,
    /// The units that become covered, in the order of ids.
    pub units: Vec<Slot>,
    /// What it changes, in an order in which it can be applied.
    pub changes: Vec<Change>,
}

impl Remedy {
    /// The ids of the organisations that it founds.
    pub fn founded(&self) -> impl Iterator<Item = &OrganizationId> {
        self.changes.iter().filter_map(|change| match change {
            Change::PutOrganization(organization) => Some(&organization.id),
            _ => None,
        })
    }
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done.
    pub remedy: Remedy,
    /// How many units are covered after it.
    pub covered: u64,
}

/// Why a unit that is not covered is in no step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unplanned {
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

/// What is asked of a plan.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest {
    /// The day, and the part of the graph.
    pub scope: Scope,
    /// The numbers of the rules.
    pub limits: Limits,
    /// How far it goes.
    pub goal: Goal,
    /// Counts of members from 1 up to below this are suppressed: the plan depends on their range alone. 0 for none.
    pub suppress_below: u32,
}

/// How the gap of an indicator can be closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The day from which the changes hold.
    pub date: Date,
    /// The counts as the graph stands.
    pub before: Counts,
    /// The counts when all steps are done, as evaluated on a copy of the graph.
    pub after: Counts,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// How far the plan can be from the fewest; `None` without steps.
    pub bound: Option<Bound>,
    /// Units that are not covered and in no step, and why, in the order of ids; not those that the target can
    /// do without.
    pub unplanned: Vec<(Slot, Unplanned)>,
    /// What a reader must know beside: why there is no automatic plan, or why it stops short.
    pub note: Option<Note>,
    /// Whether units that were generated are among the population.
    pub synthetic: bool,
}

/// What a strategy made: remedies in order, how good they are, and what it left out.
#[derive(Default)]
struct Drafted {
    remedies: Vec<Remedy>,
    bound: Option<Bound>,
    unplanned: Vec<(Slot, Unplanned)>,
    note: Option<Note>,
}

/// Plans how to close the gap of an indicator.
pub fn plan(indicator: &Indicator, graph: &Graph, request: &PlanRequest) -> Plan {
    let scope = &request.scope;
    let counted = coverage(indicator, graph, scope, None);
    let before = counted.counts;
    let needed = match (request.goal, indicator.target) {
        (Goal::Target, Some(_)) => before.shortfall.min(before.uncovered),
        _ => before.uncovered,
    };
    let units_in =
        |state| units_in_states(indicator, graph, scope, &[state]).into_iter().map(|(slot, _)| slot);
    let uncovered: Vec<_> = units_in(CoverageState::Uncovered).collect();
    let mut draft = Draft::new(graph, scope.date, &indicator.id).suppressing(request.suppress_below);
    let mut drafted = match needed {
        0 => Drafted { note: nothing_to_do(indicator, &before), ..Drafted::default() },
        _ => strategy::draft(indicator, &uncovered, needed, &request.limits, &mut draft),
    };
    let mut covered = before.covered;
    let steps: Vec<_> = std::mem::take(&mut drafted.remedies)
        .into_iter()
        .map(|remedy| {
            covered += remedy.units.len() as u64;
            Step { remedy, covered }
        })
        .collect();
    let mut plan = Plan {
        date: scope.date,
        after: before.clone(),
        before,
        bound: drafted.bound.filter(|_| !steps.is_empty()),
        steps,
        unplanned: drafted.unplanned,
        note: drafted.note,
        synthetic: counted.synthetic,
    };
    match promised(indicator, graph, scope, &plan.steps) {
        Some(after) if after.covered == covered => plan.after = after,
        // What a rule forbids elsewhere, such as a population that the new organisations join themselves.
        _ => {
            let left = plan.steps.drain(..).flat_map(|step| step.remedy.units);
            plan.unplanned.extend(left.map(|unit| (unit, Unplanned::NoRule)));
            plan.bound = None;
            plan.note = Some(Note::NotAsExpected);
        }
    }
    plan.unplanned.extend(units_in(CoverageState::Unknown).map(|unit| (unit, Unplanned::UnknownState)));
    plan.unplanned.sort_by(|(a, _), (b, _)| graph.id(*a).cmp(graph.id(*b)));
    plan
}

/// The counts that the steps lead to; `None` if they break a rule.
fn promised(indicator: &Indicator, graph: &Graph, scope: &Scope, steps: &[Step]) -> Option<Counts> {
    let changes: Vec<_> = steps.iter().flat_map(|step| &step.remedy.changes).cloned().collect();
    let changed = changed(graph, &changes).ok()?;
    Some(coverage(indicator, &changed, scope, None).counts)
}

fn nothing_to_do(indicator: &Indicator, counts: &Counts) -> Option<Note> {
    match (indicator.target, counts.shortfall) {
        (Some(target), 0) if counts.uncovered > 0 => Some(Note::Reached(target)),
        (Some(target), missing) if missing > 0 => Some(Note::TooFewUnits { target, missing }),
        _ => None,
    }
}
