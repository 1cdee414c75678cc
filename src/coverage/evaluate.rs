use crate::graph::{Direction, Graph, OrganizationSet, Slot, When, slots};
use crate::model::Date;
use crate::work::go_on;

use super::{Compare, Condition, Indicator, Quantifier, Related, Truth};

/// Where a condition holds and where that is unknown; elsewhere it does not hold. The two never overlap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TruthSets {
    /// It holds.
    pub holds: OrganizationSet,
    /// A value that decides is unknown.
    pub unknown: OrganizationSet,
}

/// Every unit of an indicator's population by its state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// All units of the population, those included whose membership is unknown.
    pub population: OrganizationSet,
    /// The covered units, by the first form that holds.
    pub covered_by: Vec<OrganizationSet>,
    /// Units of which no form holds.
    pub uncovered: OrganizationSet,
    /// Units of which nobody knows whether they belong, or whether a form holds.
    pub unknown: OrganizationSet,
    /// Units of the population that are exempt, whatever else is true of them.
    pub exempt: OrganizationSet,
}

/// Evaluates an indicator on one day for all organisations at once.
pub fn evaluate(indicator: &Indicator, graph: &Graph, date: Date) -> Evaluation {
    let exempt = graph.exempt(&indicator.id, date);
    let mut evaluation = evaluate_among(indicator, graph, date, &graph.existing(When::On(date)));
    evaluation.exempt = &evaluation.population & &exempt;
    let sets = [&mut evaluation.uncovered, &mut evaluation.unknown];
    evaluation.covered_by.iter_mut().chain(sets).for_each(|set| *set -= &exempt);
    evaluation
}

/// Evaluates an indicator on one day for some of the organisations that exist then; none is exempt.
pub(super) fn evaluate_among(
    indicator: &Indicator,
    graph: &Graph,
    date: Date,
    domain: &OrganizationSet,
) -> Evaluation {
    let evaluator = Evaluator { graph, when: When::On(date) };
    let candidates = evaluator.candidates(&indicator.population) & domain;
    let TruthSets { holds: mut open, mut unknown } = evaluator.sets(&indicator.population, &candidates);
    let population = &open | &unknown;
    let mut maybe = OrganizationSet::new();
    let mut covered_by = Vec::with_capacity(indicator.forms.len());
    for form in &indicator.forms {
        let sets = evaluator.sets(&form.when, &open);
        open -= &sets.holds;
        maybe |= sets.unknown;
        covered_by.push(sets.holds);
    }
    maybe &= &open;
    let uncovered = open - &maybe;
    unknown |= maybe;
    Evaluation { population, covered_by, uncovered, unknown, exempt: OrganizationSet::new() }
}

/// The organisations of which a condition holds, on one day or in everything recorded.
pub fn select(condition: &Condition, graph: &Graph, when: When) -> OrganizationSet {
    let evaluator = Evaluator { graph, when };
    let candidates = evaluator.candidates(condition);
    let existing = slots(&candidates).filter(|slot| graph.exists(*slot, when)).map(Slot::position).collect();
    evaluator.sets(condition, &existing).holds
}

/// Evaluates conditions for sets of organisations of a graph.
struct Evaluator<'a> {
    graph: &'a Graph,
    when: When,
}

impl Evaluator<'_> {
    /// A set that holds every organisation of which a condition may hold, from the indexes alone.
    fn candidates(&self, condition: &Condition) -> OrganizationSet {
        match condition {
            Condition::Kind(kinds) => {
                kinds.iter().fold(OrganizationSet::new(), |all, kind| all | self.graph.of_kind(*kind))
            }
            Condition::Designation(d) => self.graph.of_designation(d).cloned().unwrap_or_default(),
            Condition::All(parts) => parts
                .iter()
                .map(|part| self.candidates(part))
                .reduce(|a, b| a & b)
                .unwrap_or_else(|| self.graph.everything().clone()),
            Condition::Any(parts) => {
                parts.iter().fold(OrganizationSet::new(), |all, part| all | self.candidates(part))
            }
            _ => self.graph.everything().clone(),
        }
    }

    /// Where in a domain of existing organisations a condition holds.
    fn sets(&self, condition: &Condition, domain: &OrganizationSet) -> TruthSets {
        go_on();
        match condition {
            Condition::Kind(_) | Condition::Designation(_) => {
                TruthSets::known(domain & self.candidates(condition))
            }
            Condition::OperatingStatus(statuses) => {
                let all = OrganizationSet::new();
                let all =
                    statuses.iter().fold(all, |all, status| all | self.graph.of_operating_status(*status));
                TruthSets::known(domain & all)
            }
            Condition::Compare(compare) => self.compare(compare, domain),
            Condition::Related(related) => self.related(related, domain),
            Condition::Within(id) => {
                let within = self.graph.slot(id.as_str()).map_or_else(OrganizationSet::new, |slot| {
                    let mut within = self.graph.within(slot, self.when);
                    within.insert(slot.position());
                    within
                });
                TruthSets::known(domain & within)
            }
            Condition::All(parts) => {
                let mut open = domain.clone();
                let mut unknown = OrganizationSet::new();
                for part in parts {
                    let sets = self.sets(part, &open);
                    unknown |= &sets.unknown;
                    open = sets.holds | sets.unknown;
                }
                unknown &= &open;
                TruthSets { holds: open - &unknown, unknown }
            }
            Condition::Any(parts) => {
                let mut open = domain.clone();
                let mut unknown = OrganizationSet::new();
                for part in parts {
                    let sets = self.sets(part, &open);
                    open -= sets.holds;
                    unknown |= sets.unknown;
                }
                unknown &= &open;
                TruthSets { holds: domain - open, unknown }
            }
            Condition::Not(inner) => self.sets(inner, domain).negated(domain),
        }
    }

    fn compare(&self, compare: &Compare, domain: &OrganizationSet) -> TruthSets {
        let (mut holds, mut unknown) = (Vec::new(), Vec::new());
        let truth = compare.truths(self.graph, self.when);
        for slot in slots(domain) {
            match truth(slot) {
                Truth::True => holds.push(slot),
                Truth::Unknown => unknown.push(slot),
                Truth::False => {}
            }
        }
        TruthSets { holds: self.graph.set_of(holds), unknown: self.graph.set_of(unknown) }
    }

    fn related(&self, related: &Related, domain: &OrganizationSet) -> TruthSets {
        let pairs = self.pairs(related, domain);
        let others = self.graph.set_of(pairs.iter().map(|(_, other)| *other));
        let others = self.sets(&related.to, &others);
        let subjects = |set: &OrganizationSet| -> OrganizationSet {
            let chosen = pairs.iter().filter(|(_, other)| set.contains(other.position()));
            self.graph.set_of(chosen.map(|(subject, _)| *subject))
        };
        match related.quantifier {
            Quantifier::Some | Quantifier::None => {
                let holds = subjects(&others.holds);
                let unknown = subjects(&others.unknown) - &holds;
                let some = TruthSets { holds, unknown };
                if related.quantifier == Quantifier::Some { some } else { some.negated(domain) }
            }
            Quantifier::Every => {
                let failing = pairs.iter().filter(|(_, other)| !others.may_hold(*other));
                let failing = self.graph.set_of(failing.map(|(subject, _)| *subject));
                let unknown = subjects(&others.unknown) - &failing;
                TruthSets { holds: domain - failing - &unknown, unknown }
            }
            Quantifier::AtLeast => at_least(related.count(), pairs, &others, domain),
            Quantifier::AtMost => at_least(related.count() + 1, pairs, &others, domain).negated(domain),
        }
    }

    /// Each organisation of a domain with each organisation that a relation of the condition leads to; some twice.
    ///
    /// A small domain is walked by its own relations, a large one by one pass over the relations of the type.
    fn pairs(&self, related: &Related, domain: &OrganizationSet) -> Vec<(Slot, Slot)> {
        let mut pairs = Vec::new();
        if domain.len() < self.graph.count_of_type(related.relation_type) {
            let wanted = (&[related.relation_type][..], related.modes.as_slice());
            for slot in slots(domain) {
                let take = |other| pairs.push((slot, other));
                self.graph.each_other_end(slot, related.direction, wanted, self.when, take);
            }
            return pairs;
        }
        for relation in self.graph.relations_of_type(related.relation_type) {
            let in_mode =
                related.modes.is_empty() || relation.mode.is_some_and(|m| related.modes.contains(&m));
            if !in_mode || !self.graph.holds(&relation, self.when) {
                continue;
            }
            let (source, target) = (relation.source, relation.target);
            if related.direction != Direction::In && domain.contains(source.position()) {
                pairs.push((source, target));
            }
            if related.direction != Direction::Out && domain.contains(target.position()) {
                pairs.push((target, source));
            }
        }
        pairs
    }
}

impl TruthSets {
    fn known(holds: OrganizationSet) -> Self {
        Self { holds, unknown: OrganizationSet::new() }
    }

    fn may_hold(&self, slot: Slot) -> bool {
        self.holds.contains(slot.position()) || self.unknown.contains(slot.position())
    }

    fn negated(self, domain: &OrganizationSet) -> Self {
        Self { holds: domain - self.holds - &self.unknown, unknown: self.unknown }
    }
}

/// Where enough distinct organisations satisfy the condition, or may do so.
fn at_least(
    needed: u64,
    mut pairs: Vec<(Slot, Slot)>,
    others: &TruthSets,
    domain: &OrganizationSet,
) -> TruthSets {
    if needed == 0 {
        return TruthSets::known(domain.clone());
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut sets = TruthSets::default();
    let mut open = pairs.iter().peekable();
    while let Some((subject, _)) = open.peek().copied() {
        let (mut sure, mut possible) = (0, 0);
        while let Some((_, other)) = open.next_if(|(s, _)| s == subject) {
            sure += u64::from(others.holds.contains(other.position()));
            possible += u64::from(others.may_hold(*other));
        }
        if sure >= needed {
            sets.holds.insert(subject.position());
        } else if possible >= needed {
            sets.unknown.insert(subject.position());
        }
    }
    sets
}
