use std::collections::BTreeSet;

use thiserror::Error;

use super::left_out::LeftOut;
use crate::graph::{Direction, Graph, OrganizationSet, PartQuery, Slot, When, slots};
use crate::model::{Annex, Date, KindSet};

/// What part of a graph is exported; all of it where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// It and what stands within it.
    pub root: Option<String>,
    /// How many steps away from the root; any where `None`.
    pub depth: Option<u32>,
    /// Only organisations of these kinds, and the root; all where `None`.
    pub kinds: Option<KindSet>,
    /// Only what exists, holds and applies on this day; everything recorded where `None`.
    pub as_of: Option<Date>,
}

/// Why there is no such part.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PartError {
    /// The root is no organisation of the graph.
    #[error("there is no organisation with the id \"{0}\"")]
    Root(String),
    /// Steps from nowhere.
    #[error("a depth is counted from a root: say which")]
    NoRoot,
}

impl Part {
    /// Whether it is all of a graph.
    pub fn is_whole(&self) -> bool {
        self.root.is_none() && self.depth.is_none() && self.kinds.is_none() && self.as_of.is_none()
    }

    /// The part as a graph of its own, and what leads out of it.
    ///
    /// It holds the relations among its organisations. Steps are counted as in a chart of what stands within what;
    /// kinds leave organisations out, and not what stands within them.
    ///
    /// # Errors
    /// [`PartError`] where the root is not known, or a depth is said without one.
    pub fn of(&self, graph: &Graph) -> Result<(Graph, LeftOut), PartError> {
        let when = self.as_of.map_or(When::Ever, When::On);
        let organizations = self.organizations(graph, when)?;
        let mut relations = BTreeSet::new();
        let mut leading_out = 0;
        for relation in
            slots(&organizations).flat_map(|slot| graph.relations_of(slot, Direction::Both, &[], when))
        {
            let ends = [relation.source, relation.target];
            if ends.iter().all(|end| organizations.contains(end.position())) {
                relations.insert(relation.slot);
            } else {
                leading_out += 1;
            }
        }
        let part = graph.part(&PartQuery {
            organizations: &organizations,
            relations: &relations,
            record: &|slot| graph.record(slot),
            annexes: &|slot| graph.annexes_of(slot).iter().filter(|a| self.applies(a)).cloned().collect(),
            is_cited: &|_| true,
        });
        let mut left_out = LeftOut::default();
        left_out.count(leading_out, "relations that lead out of the part");
        Ok((part, left_out))
    }

    fn organizations(&self, graph: &Graph, when: When) -> Result<OrganizationSet, PartError> {
        let Some(id) = &self.root else {
            return match self.depth {
                Some(_) => Err(PartError::NoRoot),
                None => Ok(self.of_kinds(graph, &graph.existing(when))),
            };
        };
        let root = graph.slot(id).ok_or_else(|| PartError::Root(id.clone()))?;
        if !graph.exists(root, when) {
            return Ok(OrganizationSet::new());
        }
        let within = match self.depth {
            None => graph.within(root, when),
            Some(depth) => {
                let reached = graph.reached(root, depth, |slot| graph.children(slot, when));
                reached.into_keys().map(Slot::position).collect()
            }
        };
        let mut organizations = self.of_kinds(graph, &within);
        organizations.insert(root.position());
        Ok(organizations)
    }

    fn of_kinds(&self, graph: &Graph, organizations: &OrganizationSet) -> OrganizationSet {
        let Some(kinds) = self.kinds else { return organizations.clone() };
        kinds.iter().fold(OrganizationSet::new(), |all, kind| all | (organizations & graph.of_kind(kind)))
    }

    fn applies(&self, annex: &Annex) -> bool {
        self.as_of.is_none_or(|date| match annex {
            Annex::Exemption(exemption) => exemption.applies_on(date),
            Annex::Value(value) => value.validity.contains(date),
            Annex::Task(task) => task.issued_on().is_some_and(|issued| issued <= date),
        })
    }
}
