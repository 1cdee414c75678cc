use crate::graph::{Graph, Operand, OrganizationSet, Slot, When, slots};
use crate::model::Date;

use super::{Condition, Examiner, Indicator, Truth};

/// How completely the values are recorded that an indicator compares with one operand.
#[derive(Clone, Debug, PartialEq)]
pub struct Completeness {
    /// The operand.
    pub operand: Operand,
    /// Whether it is asked of organisations that the units are related to, and not of the units.
    pub related: bool,
    /// The organisations of which it is asked.
    pub asked: OrganizationSet,
    /// Those among them for which nothing is recorded that holds on the day.
    pub missing: OrganizationSet,
    /// Those among them of which a dated value holds on the day; when a column's value was true is not recorded.
    pub dated: OrganizationSet,
    /// The earliest first day of the dated values.
    pub oldest: Option<Date>,
    /// The latest first day of the dated values.
    pub newest: Option<Date>,
}

/// Which values an indicator asks for among some units of its population, and where none is recorded.
///
/// A value is asked of every organisation that the conditions beside it let through, those apart that compare
/// values themselves: so the answer says what is missing, also where another value decides already. Operands come
/// in the order of the rule.
pub fn completeness(
    indicator: &Indicator,
    graph: &Graph,
    date: Date,
    units: &OrganizationSet,
) -> Vec<Completeness> {
    let (examiner, when) = (Examiner::new(graph, date), When::On(date));
    let mut survey = Survey { graph, examiner, when, found: Vec::new() };
    for condition in std::iter::once(&indicator.population).chain(indicator.forms.iter().map(|f| &f.when)) {
        if compares(condition) {
            slots(units).for_each(|slot| survey.ask(condition, slot, false));
        }
    }
    survey.found
}

struct Survey<'a> {
    graph: &'a Graph,
    examiner: Examiner<'a>,
    when: When,
    found: Vec<Completeness>,
}

impl Survey<'_> {
    fn ask(&mut self, condition: &Condition, slot: Slot, related: bool) {
        match condition {
            Condition::Compare(compare) => self.record(&compare.operand, slot, related),
            Condition::All(parts) => {
                let mut plain = parts.iter().filter(|part| !compares(part));
                if plain.all(|part| self.examiner.examine(part, slot).truth != Truth::False) {
                    parts.iter().for_each(|part| self.ask(part, slot, related));
                }
            }
            Condition::Any(parts) => parts.iter().for_each(|part| self.ask(part, slot, related)),
            Condition::Not(inner) => self.ask(inner, slot, related),
            Condition::Related(link) if compares(&link.to) => {
                for other in self.examiner.ends(link, slot) {
                    self.ask(&link.to, other, true);
                }
            }
            Condition::Related(_)
            | Condition::Kind(_)
            | Condition::Designation(_)
            | Condition::OperatingStatus(_)
            | Condition::Within(_) => {}
        }
    }

    fn record(&mut self, operand: &Operand, slot: Slot, related: bool) {
        let known = self.found.iter().position(|c| c.related == related && c.operand == *operand);
        let place = known.unwrap_or_else(|| {
            self.found.push(Completeness {
                operand: operand.clone(),
                related,
                asked: OrganizationSet::new(),
                missing: OrganizationSet::new(),
                dated: OrganizationSet::new(),
                oldest: None,
                newest: None,
            });
            self.found.len() - 1
        });
        let completeness = &mut self.found[place];
        completeness.asked.insert(slot.position());
        match self.graph.found_value(slot, operand, self.when).map(|found| found.dated) {
            None => drop(completeness.missing.insert(slot.position())),
            Some(Some(dated)) => {
                completeness.dated.insert(slot.position());
                let from = dated.validity.from();
                completeness.oldest = completeness.oldest.into_iter().chain(from).min();
                completeness.newest = completeness.newest.max(from);
            }
            Some(None) => {}
        }
    }
}

/// Whether a condition compares a value anywhere in it.
fn compares(condition: &Condition) -> bool {
    match condition {
        Condition::Compare(_) => true,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(compares),
        Condition::Not(inner) => compares(inner),
        Condition::Related(related) => compares(&related.to),
        Condition::Kind(_)
        | Condition::Designation(_)
        | Condition::OperatingStatus(_)
        | Condition::Within(_) => false,
    }
}
