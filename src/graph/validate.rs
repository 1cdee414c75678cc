use petgraph::visit::EdgeRef;

use super::annexes::Annexes;
use super::apply::cycles::HIERARCHIES;
use super::index::Indexes;
use super::relations::RelationSlot;
use super::{Graph, Slot};
use crate::model::{OrganizationId, check_organization, check_relation};
use crate::work::counted;

impl Graph {
    /// Checks every invariant of this floor from the ground up.
    ///
    /// # Errors
    /// One sentence for each place where an invariant is broken, with the number of the invariant.
    pub fn validate(&self) -> Result<(), Vec<String>> {
        let mut broken = Vec::new();
        self.validate_indexes(&mut broken);
        self.validate_organizations(&mut broken);
        self.validate_relations(&mut broken);
        self.validate_annexes(&mut broken);
        for hierarchy in &HIERARCHIES {
            if let Some(slot) = self.on_a_cycle(hierarchy) {
                broken.push(format!("4: {} stands on a cycle of {}", self.id(slot), hierarchy.name));
            }
        }
        if broken.is_empty() { Ok(()) } else { Err(broken) }
    }

    fn validate_indexes(&self, broken: &mut Vec<String>) {
        let mut fresh = Indexes::default();
        for node in
            counted("checking indexes", self.organization_count() as u64, self.topology.node_indices())
        {
            let slot = Slot::of(node);
            fresh.enter_id(slot, &self.columns);
            fresh.enter(slot, &self.columns);
            if let Some(code) = self.columns.credit_code(slot)
                && let Some(holder) = fresh.enter_credit_code(code, slot, &self.columns)
            {
                broken.push(format!(
                    "7: {} and {} both have the credit code {code}",
                    self.id(slot),
                    self.id(holder)
                ));
            }
        }
        for edge in self.topology.edge_references() {
            fresh.enter_relation(RelationSlot::of(edge.id()), edge.weight().relation_type);
        }
        fresh.settle(&self.columns);
        if !self.indexes.are_alike(&fresh, &self.columns) {
            broken.push("2: an index differs from what the columns say".to_owned());
        }
    }

    fn validate_organizations(&self, broken: &mut Vec<String>) {
        for organization in
            counted("checking organisations", self.organization_count() as u64, self.organizations())
        {
            if let Err(violation) = check_organization(&organization) {
                broken.push(format!("3: {violation}"));
            }
            if let Some(division) = organization.division {
                let territory = self.slot(OrganizationId::of_division(division).as_str());
                if territory.is_none_or(|t| self.kind(t).level().is_none()) {
                    broken.push(format!("5: {}: there is no territory cn-{division}", organization.id));
                }
            }
            let Some(slot) = self.slot(organization.id.as_str()) else { continue };
            if !self.is_implied_right(slot) {
                broken.push(format!(
                    "6: the implied location of {} is not what its rule asks for",
                    organization.id
                ));
            }
        }
    }

    fn validate_relations(&self, broken: &mut Vec<String>) {
        let mut previous = None;
        for relation in counted("checking relations", self.relation_count() as u64, self.stated_relations()) {
            let (source, target) = (self.slot(relation.source.as_str()), self.slot(relation.target.as_str()));
            let (Some(source), Some(target)) = (source, target) else { continue };
            if let Err(violation) = check_relation(&relation, self.kind(source), self.kind(target)) {
                broken.push(format!("3: {violation}"));
            }
            let key = relation.key();
            if previous.as_ref() == Some(&key) {
                broken.push(format!("7: the relation {key} is recorded twice"));
            }
            previous = Some(key);
        }
    }

    fn validate_annexes(&self, broken: &mut Vec<String>) {
        let mut fresh = Annexes::default();
        for annex in self.annexes.all() {
            let violation = annex.check().err().or_else(|| self.conflict(annex));
            broken.extend(violation.map(|violation| format!("9: {violation}")));
            match self.slot(annex.organization().as_str()) {
                Some(slot) => fresh.set(slot, annex.clone()),
                None => broken.push(format!("9: the {} belongs to nobody", annex.key())),
            }
        }
        if fresh != self.annexes {
            broken.push("9: a set of annexes differs from what these say".to_owned());
        }
    }
}
