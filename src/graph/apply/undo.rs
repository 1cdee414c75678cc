use petgraph::visit::EdgeRef;

use super::Transaction;
use crate::graph::{RelationSlot, Slot};
use crate::model::{Annex, AnnexKey, Organization, OrganizationId, Relation, RelationKey};

/// What puts one step back.
pub(super) enum Undo {
    Organization(OrganizationId, Option<Box<Organization>>),
    Relation(RelationKey, Option<Relation>),
    Annex(AnnexKey, Option<Box<Annex>>),
}

impl Transaction<'_> {
    /// Puts all steps back, the last first.
    pub(super) fn go_back(&mut self) {
        for step in std::mem::take(&mut self.undo).into_iter().rev() {
            match step {
                Undo::Organization(id, before) => self.restore_organization(&id, before.as_deref()),
                Undo::Relation(key, before) => self.restore_relation(&key, before.as_ref()),
                Undo::Annex(key, before) => self.restore_annex(&key, before.map(|annex| *annex)),
            }
        }
        // A code may have gone from hand to hand: each goes back to whoever has it in the columns again.
        for (_, id) in self.put.iter().chain(&self.removed) {
            let Some(slot) = self.graph.slot(id.as_str()) else { continue };
            if let Some(code) = self.graph.columns.credit_code(slot) {
                self.graph.indexes.enter_credit_code(code, slot);
            }
        }
    }

    fn restore_organization(&mut self, id: &OrganizationId, before: Option<&Organization>) {
        match before {
            Some(organization) => {
                self.graph.set_organization(organization);
            }
            None => {
                if let Some(slot) = self.graph.slot(id.as_str()) {
                    self.drop_implied_here(slot);
                    self.graph.unset_organization(slot);
                }
            }
        }
    }

    /// Implied relations that lead to an organisation about to go; the rule is applied again afterwards.
    fn drop_implied_here(&mut self, slot: Slot) {
        let here: Vec<_> = self
            .graph
            .topology
            .edges_directed(slot.node(), petgraph::Direction::Incoming)
            .map(|edge| RelationSlot::of(edge.id()))
            .collect();
        for relation in here {
            self.graph.unset_edge(relation);
        }
    }

    fn restore_relation(&mut self, key: &RelationKey, before: Option<&Relation>) {
        let standing = self.graph.stated_slot(key);
        match before {
            Some(relation) => {
                let ends = (self.graph.slot(key.source.as_str()), self.graph.slot(key.target.as_str()));
                if let (Some(source), Some(target)) = ends {
                    self.graph.replace_relation(standing, source, target, relation);
                }
            }
            None => {
                if let Some(slot) = standing {
                    self.graph.unset_edge(slot);
                }
            }
        }
    }

    fn restore_annex(&mut self, key: &AnnexKey, before: Option<Annex>) {
        let Some(slot) = self.graph.slot(key.organization().as_str()) else { return };
        match before {
            Some(annex) => self.graph.set_annex(slot, annex),
            None => self.graph.unset_annex(slot, key),
        };
    }
}
