use std::cmp::Reverse;
use std::collections::HashMap;

use crate::coverage::{CoverageState, Examiner, Indicator, Scope, Truth, evaluate};
use crate::graph::{Graph, Slot, slots};

use super::area::{Level, Near};
use super::branches::{join, joint_branch, own_branch, small_unit};
use super::draft::Draft;
use super::existing::{Existing, existing};
use super::grouping::Small;
use super::members::Members;
use super::recipe::single_relation;
use super::related::{Maker, NearBy, Way, near_by};
use super::sentence::Action;
use super::stations::station;
use super::strategy::Strategy;
use super::{Limits, Remedy, RemedyKind};
use crate::model::Date;

/// How many joint branches that exist are offered for one unit.
const OFFERED: usize = 3;

/// What would close single gaps of an indicator: read once, asked for each gap.
pub struct Remedies {
    date: Date,
    limits: Limits,
    /// Below how many members a count is suppressed; 0 for none.
    suppress_below: u32,
    /// Joint branches with room.
    rooms: Vec<Existing>,
    /// Units that are not covered and have some members, among which a unit finds partners, by neighbourhood.
    neighbours: HashMap<Slot, Vec<Small>>,
    /// Who can be chosen near by, for each form.
    near: Vec<NearBy>,
}

impl Remedies {
    /// Looks at what the gaps of an indicator have in common; small counts of members are suppressed below a number.
    pub fn new(
        indicator: &Indicator,
        graph: &Graph,
        scope: &Scope,
        limits: Limits,
        suppress_below: u32,
    ) -> Self {
        let draft = Draft::new(graph, scope.date, &indicator.id).suppressing(suppress_below);
        let ways =
            indicator.forms.iter().map(|form| single_relation(form).and_then(|r| Some((r, Way::of(r)?))));
        let near = ways.map(|way| way.map_or_else(NearBy::new, |(r, way)| near_by(r, way, &draft)));
        let near = near.collect();
        let uncovered = evaluate(indicator, graph, scope.date).uncovered;
        let uncovered = graph.sorted_by_id(slots(&uncovered));
        let (rooms, neighbours) = (Vec::new(), HashMap::new());
        let mut remedies = Self { date: scope.date, limits, suppress_below, rooms, neighbours, near };
        if let Some(Strategy::Branches { joint: true }) = Strategy::of(indicator, graph, &uncovered) {
            remedies.rooms = existing(graph, draft.when(), limits.units_per_branch);
            for unit in uncovered {
                let some = Members::of(&draft, unit).filter(|members| {
                    members.at_least > 0 && members.are_fewer_than(limits.members_per_branch)
                });
                let Some(small) = some.and_then(|members| small_unit(&draft, unit, members)) else {
                    continue;
                };
                for slot in small.near.all() {
                    remedies.neighbours.entry(slot).or_default().push(small.clone());
                }
            }
        }
        remedies
    }

    /// The ways in which one gap can be closed by itself, the one that the rules prefer first.
    pub fn of(&self, indicator: &Indicator, graph: &Graph, unit: Slot, state: CoverageState) -> Vec<Remedy> {
        match state {
            CoverageState::Covered | CoverageState::Exempt => Vec::new(),
            CoverageState::Unknown => self.unknown(indicator, graph, unit),
            CoverageState::Uncovered => self.uncovered(indicator, graph, unit),
        }
    }

    fn unknown(&self, indicator: &Indicator, graph: &Graph, unit: Slot) -> Vec<Remedy> {
        let examiner = Examiner::new(graph, self.date);
        let forms = indicator.forms.iter().map(|form| &form.when);
        let mut asked: Vec<_> = std::iter::once(&indicator.population)
            .chain(forms)
            .flat_map(|condition| examiner.examine(condition, unit).reasons)
            .filter(|reason| reason.truth == Truth::Unknown)
            .map(|reason| (reason.needed, graph.name(reason.organization).to_string()))
            .collect();
        asked.dedup();
        asked.into_iter().map(|(asked, of)| record(Action::Record { asked, of }, unit)).collect()
    }

    fn uncovered(&self, indicator: &Indicator, graph: &Graph, unit: Slot) -> Vec<Remedy> {
        // The ids of what single remedies found are told apart by the unit.
        let mut draft =
            Draft::new(graph, self.date, graph.id(unit).as_str()).suppressing(self.suppress_below);
        let mut found = Vec::new();
        let mut others = true;
        match Strategy::of(indicator, graph, &[unit]) {
            Some(Strategy::Branches { joint }) => {
                found.extend(self.branches(&mut draft, unit, joint));
                // Which branches are set up for a unit is said by the rules of members and of neighbours alone.
                others = false;
            }
            Some(Strategy::Stations) => {
                let place = Near::of(graph, unit, draft.when());
                let place = place.community.or(place.area());
                found.extend(place.map(|place| station(&mut draft, Some(place), vec![unit])));
                others = false;
            }
            Some(Strategy::Relation(..)) | None => {}
        }
        for (form, near) in indicator.forms.iter().zip(&self.near) {
            let Some(related) = single_relation(form) else { continue };
            let Some(way) = Way::of(related).filter(|way| others || *way != Way::Found) else { continue };
            let made = Maker::new(related, way, near).remedy(&mut draft, unit);
            found.extend(made.map(|(_, remedy)| remedy));
        }
        found
    }

    fn branches(&self, draft: &mut Draft<'_>, unit: Slot, joint: bool) -> Vec<Remedy> {
        let Some(members) = Members::of(draft, unit) else {
            let name = draft.graph.name(unit).to_string();
            return vec![record(Action::RecordMembers { unit: name }, unit)];
        };
        if members.at_least >= self.limits.members_per_branch {
            return vec![own_branch(draft, unit)];
        }
        if !joint || !members.are_fewer_than(self.limits.members_per_branch) {
            return Vec::new();
        }
        let Some(small) = small_unit(draft, unit, members) else {
            let name = draft.graph.name(unit).to_string();
            return vec![record(Action::RecordPlace { unit: name }, unit)];
        };
        let mut found = Vec::new();
        for level in Level::ALL {
            for branch in &self.rooms {
                let near = branch.near.iter().flat_map(|near| near.at(level));
                let is_near = near.into_iter().any(|slot| small.near.at(level).contains(slot));
                let known = found.iter().any(|b: &&Existing| b.branch == branch.branch);
                if is_near && !known && found.len() < OFFERED {
                    found.push(branch);
                }
            }
        }
        let mut found: Vec<_> = found.into_iter().map(|branch| join(draft, branch, &[&small])).collect();
        let partners = self.partners(draft, &small);
        if !partners.is_empty() {
            let mut units: Vec<_> = partners.iter().chain([&small]).collect();
            units.sort_by(|a, b| draft.graph.id(a.unit).cmp(draft.graph.id(b.unit)));
            found.push(joint_branch(draft, &units));
        }
        found
    }

    /// The neighbours, as few as are needed, with which a unit has members enough for a joint branch.
    fn partners(&self, draft: &Draft<'_>, unit: &Small) -> Vec<Small> {
        for level in Level::ALL {
            let near = unit.near.at(level).iter().filter_map(|slot| self.neighbours.get(slot)).flatten();
            let mut near: Vec<_> = near.filter(|other| other.unit != unit.unit).collect();
            near.sort_by_key(|other| {
                let same = unit.industry.is_some() && other.industry == unit.industry;
                (!same, Reverse(other.members), draft.graph.id(other.unit))
            });
            near.dedup_by_key(|other| other.unit);
            let mut together = unit.members;
            let mut partners = Vec::new();
            for other in near.into_iter().take(self.limits.units_per_branch - 1) {
                if together >= self.limits.members_per_branch {
                    break;
                }
                together += other.members;
                partners.push(other.clone());
            }
            if together >= self.limits.members_per_branch {
                return partners;
            }
        }
        Vec::new()
    }
}

fn record(action: Action, unit: Slot) -> Remedy {
    Remedy { kind: RemedyKind::RecordValue, text: action.into(), units: vec![unit], changes: Vec::new() }
}
