use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Direction, Graph, Operand, OrganizationSet, RelationSlot, Slot, When, slots};
use crate::model::{OrganizationId, RelationType};

use super::{Condition, Indicator};

/// Where indicators look, from the units that they ask about along relations: all that their states hang on.
#[derive(Debug, Default)]
pub struct Look {
    /// The values that are compared here.
    operands: Vec<Operand>,
    /// The organisations that something here may have to stand within.
    within: BTreeSet<OrganizationId>,
    /// The relations that are followed from here, and where they look from there.
    steps: Vec<(RelationType, Direction, Self)>,
}

/// What a [`Look`] met.
#[derive(Debug, Default)]
pub struct Seen {
    /// The relations that it followed, whatever their dates.
    pub relations: BTreeSet<RelationSlot>,
    /// The organisations to which these led, with the values that it compared there.
    pub values: BTreeMap<Slot, Vec<Operand>>,
}

impl Look {
    /// Where some indicators look.
    pub fn of<'a>(indicators: impl IntoIterator<Item = &'a Indicator>) -> Self {
        let mut look = Self::default();
        for indicator in indicators {
            look.add(&indicator.population);
            indicator.forms.iter().for_each(|form| look.add(&form.when));
        }
        look
    }

    /// Where a condition looks.
    pub fn of_condition(condition: &Condition) -> Self {
        let mut look = Self::default();
        look.add(condition);
        look
    }

    fn add(&mut self, condition: &Condition) {
        match condition {
            Condition::Kind(_) | Condition::Designation(_) | Condition::OperatingStatus(_) => {}
            Condition::Compare(compare) => {
                if !self.operands.contains(&compare.operand) {
                    self.operands.push(compare.operand.clone());
                }
            }
            Condition::Within(id) => {
                self.within.insert(id.clone());
            }
            Condition::Related(related) => {
                self.step(related.relation_type, related.direction).add(&related.to);
            }
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| self.add(part)),
            Condition::Not(inner) => self.add(inner),
        }
    }

    fn step(&mut self, relation_type: RelationType, direction: Direction) -> &mut Self {
        let known = self.steps.iter().position(|(t, d, _)| (*t, *d) == (relation_type, direction));
        let at = known.unwrap_or_else(|| {
            self.steps.push((relation_type, direction, Self::default()));
            self.steps.len() - 1
        });
        &mut self.steps[at].2
    }

    /// Whether anything of some sort is compared, here or along relations.
    pub fn compares(&self, is_meant: fn(&Operand) -> bool) -> bool {
        self.operands.iter().any(is_meant) || self.steps.iter().any(|(_, _, look)| look.compares(is_meant))
    }

    /// The organisations that indicators name, here or along relations.
    pub fn named(&self) -> BTreeSet<OrganizationId> {
        let along = self.steps.iter().flat_map(|(_, _, look)| look.named());
        self.within.iter().cloned().chain(along).collect()
    }

    /// What it meets from some organisations.
    pub fn from(&self, graph: &Graph, from: &OrganizationSet) -> Seen {
        let mut seen = Seen::default();
        self.walk(graph, from, &mut seen);
        seen
    }

    fn walk(&self, graph: &Graph, from: &OrganizationSet, seen: &mut Seen) {
        for slot in slots(from) {
            let values = seen.values.entry(slot).or_default();
            values.extend(self.operands.iter().cloned());
        }
        if !self.within.is_empty() {
            climb(graph, from, seen);
        }
        for (relation_type, direction, look) in &self.steps {
            let mut others = OrganizationSet::new();
            for slot in slots(from) {
                for relation in graph.relations_of(slot, *direction, &[*relation_type], When::Ever) {
                    seen.relations.insert(relation.slot);
                    let other = if relation.source == slot { relation.target } else { relation.source };
                    others.insert(other.position());
                }
            }
            look.walk(graph, &others, seen);
        }
    }
}

/// Follows all by which organisations stand within others, whatever the dates, to the top.
fn climb(graph: &Graph, from: &OrganizationSet, seen: &mut Seen) {
    let mut climbed = from.clone();
    let mut open: Vec<_> = slots(from).collect();
    while let Some(here) = open.pop() {
        let standing = [RelationType::PartOf, RelationType::LocatedIn];
        for relation in graph.relations_of(here, Direction::Out, &standing, When::Ever) {
            seen.relations.insert(relation.slot);
            seen.values.entry(relation.target).or_default();
            if climbed.insert(relation.target.position()) {
                open.push(relation.target);
            }
        }
    }
}
