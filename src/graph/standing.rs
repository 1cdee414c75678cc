use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::visit::EdgeRef;

use super::relations::RelationSlot;
use super::{Direction, Graph, OrganizationSet, Slot, When};
use crate::model::RelationType;

/// The relations that say where something stands.
pub(super) const STANDING: [RelationType; 2] = [RelationType::PartOf, RelationType::LocatedIn];

/// Up to so many ancestors are looked through one by one.
const LOOKED_THROUGH: usize = 32;

impl Graph {
    /// What stands within an organisation: all that reaches it by `PART_OF` or `LOCATED_IN`; itself not.
    pub fn within(&self, slot: Slot, when: When) -> OrganizationSet {
        if let When::On(date) = when
            && let Some(day) = self.kept_day(date)
        {
            return day.slots_in(&day.within(slot)).map(Slot::position).collect();
        }
        let mut found = OrganizationSet::new();
        if !self.exists(slot, when) {
            return found;
        }
        let mut open = vec![slot];
        while let Some(here) = open.pop() {
            let incoming = self.topology.edges_directed(here.node(), petgraph::Direction::Incoming);
            for edge in incoming.filter(|edge| edge.weight().relation_type.is_standing()) {
                let source = Slot::of(edge.source());
                if self.standing_holds(RelationSlot::of(edge.id()), source, when) && found.insert(source.0) {
                    open.push(source);
                }
            }
        }
        // Over all days taken together two may stand within each other, each in its time.
        found.remove(slot.0);
        found
    }

    /// What an organisation stands within, nearest first, by id among the equally near; itself not.
    pub fn ancestors(&self, slot: Slot, when: When) -> Vec<Slot> {
        // The first is the organisation itself, and goes in the end. Mostly there are a handful, which are looked through; a
        // set knows those of a chain that is longer.
        let (mut found, mut level) = (vec![slot], 0..1);
        let mut known = OrganizationSet::new();
        while !level.is_empty() {
            for at in level.clone() {
                self.each_other_end(found[at], Direction::Out, (&STANDING, &[]), when, |place| {
                    if found.len() == LOOKED_THROUGH {
                        known.extend(found.iter().map(|slot| slot.0));
                    }
                    let is_new = if found.len() < LOOKED_THROUGH {
                        !found.contains(&place)
                    } else {
                        known.insert(place.0)
                    };
                    if is_new {
                        found.push(place);
                    }
                });
            }
            level = level.end..found.len();
            found[level.clone()].sort_by(|a, b| self.id(*a).cmp(self.id(*b)));
        }
        found.remove(0);
        found
    }

    /// What stands directly in an organisation, in the order of ids.
    pub fn children(&self, slot: Slot, when: When) -> Vec<Slot> {
        let set: BTreeSet<_> =
            self.relations_of(slot, Direction::In, &STANDING, when).map(|r| r.source).collect();
        self.sorted_by_id(set)
    }

    /// Where an organisation stands first of all: `PART_OF` before `LOCATED_IN`, the lowest id among several.
    pub fn parent(&self, slot: Slot, when: When) -> Option<Slot> {
        self.relations_of(slot, Direction::Out, &STANDING, when)
            .min_by_key(|relation| (relation.relation_type, self.id(relation.target)))
            .map(|relation| relation.target)
    }

    /// What is some steps away from a root, which is among it: each with those that it was reached from, the nearest to
    /// the root first.
    pub fn reached(
        &self,
        root: Slot,
        depth: u32,
        mut below: impl FnMut(Slot) -> Vec<Slot>,
    ) -> BTreeMap<Slot, Vec<Slot>> {
        let mut reached = BTreeMap::from([(root, Vec::new())]);
        let mut queue = VecDeque::from([(root, 0)]);
        while let Some((upper, level)) = queue.pop_front() {
            if level == depth {
                continue;
            }
            // The root hangs from nothing, also where what hangs from it leads back.
            for lower in below(upper).into_iter().filter(|lower| *lower != root) {
                if !reached.contains_key(&lower) {
                    queue.push_back((lower, level + 1));
                }
                reached.entry(lower).or_default().push(upper);
            }
        }
        reached
    }

    /// Slots in the byte order of their ids.
    pub fn sorted_by_id(&self, slots: impl IntoIterator<Item = Slot>) -> Vec<Slot> {
        let mut slots: Vec<_> = slots.into_iter().collect();
        slots.sort_by(|a, b| self.id(*a).cmp(self.id(*b)));
        slots
    }

    /// Whether a relation holds whose target is known to exist.
    fn standing_holds(&self, relation: RelationSlot, source: Slot, when: When) -> bool {
        match when {
            When::Ever => true,
            When::On(date) => self.relations.validity(relation).contains(date) && self.exists(source, when),
        }
    }
}
