use std::sync::Arc;

use crate::graph::{Day, Direction, KeptSets, OrderedSet, OrganizationSet, Ranges, When, slots};

use super::evaluate::evaluate_among;
use super::{Condition, CoverageState, Indicator};

/// The units of an indicator's population by their state, in the order of a day, so that any part is counted at once.
///
/// States that were asked for are kept with the day. After a commit only those units are looked at again that the
/// commit can have changed: what it touched, and what the rule reaches these from.
pub(super) struct Settled {
    /// The covered by form, then the uncovered, then the unknown.
    sets: Arc<Vec<OrderedSet>>,
    exempt: Option<OrderedSet>,
}

impl Settled {
    /// The states on a day, right at the positions that are asked for.
    pub(super) fn of(indicator: &Indicator, day: &Day<'_>, asked: &Ranges) -> Self {
        let rule = || Arc::new(Rule(indicator.clone())) as Arc<dyn KeptSets>;
        let settled = Self { sets: day.kept(&name(indicator), asked, rule), exempt: None };
        let exempt = day.graph().exempt(&indicator.id, day.date());
        if exempt.is_empty() { settled } else { settled.without(day, &exempt) }
    }

    fn without(self, day: &Day<'_>, exempt: &OrganizationSet) -> Self {
        let (exempt, everywhere) = (day.ordered(exempt), day.everywhere());
        let others =
            exempt.positions(&everywhere).filter(|at| !self.sets.iter().any(|set| set.contains(*at)));
        let of_population = exempt.without(others);
        let sets = self.sets.iter().map(|set| set.without(exempt.positions(&everywhere)));
        Self { sets: Arc::new(sets.collect()), exempt: Some(of_population) }
    }

    /// The covered, by the first form that holds.
    pub(super) fn covered_by(&self) -> &[OrderedSet] {
        &self.sets[..self.sets.len() - 2]
    }

    /// Units of which no form holds.
    pub(super) fn uncovered(&self) -> &OrderedSet {
        &self.sets[self.sets.len() - 2]
    }

    /// Units of which nobody knows.
    pub(super) fn unknown(&self) -> &OrderedSet {
        &self.sets[self.sets.len() - 1]
    }

    /// Units that need not be covered, where there are any.
    pub(super) fn exempt(&self) -> Option<&OrderedSet> {
        self.exempt.as_ref()
    }

    /// The sets, apart from each other, that make up a state.
    pub(super) fn in_state(&self, state: CoverageState) -> &[OrderedSet] {
        match state {
            CoverageState::Covered => self.covered_by(),
            CoverageState::Uncovered => std::slice::from_ref(self.uncovered()),
            CoverageState::Unknown => std::slice::from_ref(self.unknown()),
            CoverageState::Exempt => self.exempt.as_slice(),
        }
    }

    /// Whether any unit at some positions is also in another set.
    pub(super) fn holds_any(&self, ranges: &Ranges, day: &Day<'_>, other: &OrganizationSet) -> bool {
        let mut sets = self.sets.iter().chain(&self.exempt).filter(|_| !other.is_empty());
        sets.any(|set| day.slots_of(set, ranges).any(|slot| other.contains(slot.position())))
    }
}

/// The states of an indicator, none exempt, as a day keeps them.
struct Rule(Indicator);

impl KeptSets for Rule {
    fn among(&self, day: &Day<'_>, domain: &OrganizationSet) -> Vec<OrganizationSet> {
        let evaluation = evaluate_among(&self.0, day.graph(), day.date(), domain);
        evaluation.covered_by.into_iter().chain([evaluation.uncovered, evaluation.unknown]).collect()
    }

    fn reached(&self, day: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet {
        let conditions =
            std::iter::once(&self.0.population).chain(self.0.forms.iter().map(|form| &form.when));
        conditions.fold(OrganizationSet::new(), |all, condition| all | reached_from(condition, day, touched))
    }
}

/// What the states of an indicator hang on, as text.
fn name(indicator: &Indicator) -> String {
    let forms: Vec<_> = indicator.forms.iter().map(|form| &form.when).collect();
    let rule = (&indicator.population, forms);
    serde_json::to_string(&rule).unwrap_or_else(|_| format!("{rule:?}"))
}

/// The touched, and the organisations that a condition leads from to one of these.
fn reached_from(condition: &Condition, day: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().fold(touched.clone(), |all, part| all | reached_from(part, day, touched))
        }
        Condition::Not(inner) => reached_from(inner, day, touched),
        Condition::Related(related) => {
            let others = reached_from(&related.to, day, touched);
            let types = [related.relation_type];
            let mut all = others.clone();
            for other in slots(&others) {
                let relations = day.graph().relations_of(other, Direction::Both, &types, When::Ever);
                all.extend(relations.flat_map(|r| [r.source.position(), r.target.position()]));
            }
            all
        }
        Condition::Kind(_)
        | Condition::Designation(_)
        | Condition::OperatingStatus(_)
        | Condition::Compare(_)
        | Condition::Within(_) => touched.clone(),
    }
}
