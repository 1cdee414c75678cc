mod at_once;
pub(super) mod cycles;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::relations::{RelationSlot, RelationWeight};
use super::standing::STANDING;
use super::{Direction, Graph, Slot, When, slots};
use crate::model::{
    Annex, AnnexKey, Change, DivisionCode, Organization, OrganizationId, Relation, RelationKey, Validity,
    Violation, check_organization, check_relation,
};
use crate::work::Steps;
use cycles::Hierarchy;

/// From so many changes on it is worth making a graph at once.
const AT_ONCE: usize = 1_000;

impl Graph {
    /// Applies changes in their order: all of them, or none if any breaks a rule.
    ///
    /// # Errors
    /// Every [`Violation`], with the position of the change at fault; the graph is then as it was. Where the work is
    /// stopped it is of no use any more.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), Vec<(usize, Violation)>> {
        if changes.len() >= AT_ONCE
            && self.is_blank()
            && let Some(graph) = Self::at_once(changes)
        {
            *self = graph;
            self.touched = self.everything().clone();
            return Ok(());
        }
        let before = self.clone();
        self.touched.clear();
        let mut steps = Steps::begin("applying", changes.len() as u64);
        let mut transaction = Transaction::new(self);
        for (position, change) in changes.iter().enumerate() {
            steps.add(1);
            if let Err(violation) = transaction.step(position, change) {
                transaction.violations.push((position, violation));
            }
        }
        transaction.finish().inspect_err(|_| *self = before)
    }

    /// Writes an organisation's row and indexes, all but its credit code, its implied location and its place in
    /// the order of ids.
    pub(super) fn set_organization(&mut self, organization: &Organization) -> Slot {
        let known = self.slot(organization.id.as_str());
        let slot = match known {
            Some(slot) => {
                if self.columns.life(slot) == organization.life {
                    self.days.touch(slot);
                } else {
                    self.note_life(slot, organization.life);
                }
                self.indexes.leave(slot, &self.columns);
                slot
            }
            None => {
                let slot = Slot::of(self.topology.add_node());
                self.days.add(slot, organization.life);
                slot
            }
        };
        self.names.touch(slot);
        self.touched.insert(slot.0);
        self.columns.set(slot, organization);
        if known.is_none() {
            self.indexes.enter_id(slot, &self.columns);
        }
        self.indexes.enter(slot, &self.columns);
        slot
    }

    pub(super) fn unset_organization(&mut self, slot: Slot) {
        let implied: Vec<_> = self.implied_relations(slot).map(|(relation, ..)| relation).collect();
        implied.into_iter().for_each(|relation| self.unset_edge(relation));
        self.days.move_on(slot, Validity::ALWAYS);
        self.names.touch(slot);
        self.touched.insert(slot.0);
        self.indexes.leave(slot, &self.columns);
        self.indexes.leave_id(slot, &self.columns);
        self.columns.clear(slot);
        self.topology.remove_node(slot.node());
    }

    pub(super) fn set_edge(
        &mut self,
        source: Slot,
        target: Slot,
        weight: RelationWeight,
        validity: Validity,
        citation: Option<&Arc<str>>,
    ) -> RelationSlot {
        let slot = RelationSlot::of(self.topology.add_edge(source.node(), target.node(), weight));
        self.relations.set(slot, validity, citation);
        self.indexes.enter_relation(slot, weight.relation_type);
        self.note_relation(slot, validity);
        slot
    }

    /// Writes a relation over the one at a slot, or beside the others.
    pub(super) fn replace_relation(
        &mut self,
        before: Option<RelationSlot>,
        source: Slot,
        target: Slot,
        relation: &Relation,
    ) -> RelationSlot {
        let citation = relation.citation.as_ref();
        if let Some(slot) = before {
            self.note_relation(slot, relation.validity);
            self.relations.set(slot, relation.validity, citation);
            return slot;
        }
        let weight =
            RelationWeight { relation_type: relation.relation_type, mode: relation.mode, implied: false };
        self.set_edge(source, target, weight, relation.validity, citation)
    }

    pub(super) fn unset_edge(&mut self, slot: RelationSlot) {
        self.note_relation(slot, Validity::ALWAYS);
        if let Some(weight) = self.topology.remove_edge(slot.edge()) {
            self.indexes.leave_relation(slot, weight.relation_type);
        }
    }

    /// Notes a relation that came, goes or has other dates.
    fn note_relation(&mut self, slot: RelationSlot, validity: Validity) {
        let Some((source, target)) = self.topology.edge_endpoints(slot.edge()) else { return };
        let weight = self.topology.edge_weight(slot.edge());
        self.touched.extend([source, target].map(|end| Slot::of(end).0));
        self.days.touch_relation([Slot::of(source), Slot::of(target)], validity);
        if weight.is_some_and(|weight| weight.relation_type.is_standing()) {
            self.days.move_on(Slot::of(source), validity);
        }
    }

    /// Tells the days that are laid out that an organisation has another life, and so its relations.
    fn note_life(&mut self, slot: Slot, life: Validity) {
        let relations = self.relations_of(slot, Direction::Both, &[], When::Ever);
        let relations: Vec<_> = relations.map(|r| ([r.source, r.target], r.relation_type)).collect();
        if relations.iter().any(|([_, target], kind)| kind.is_standing() && *target == slot) {
            return self.days.forget();
        }
        relations.into_iter().for_each(|(ends, _)| self.days.touch_relation(ends, life));
        self.days.move_on(slot, life);
    }
}

/// Changes under way: what was touched and must be checked at the end.
struct Transaction<'a> {
    graph: &'a mut Graph,
    violations: Vec<(usize, Violation)>,
    /// Organisations put, with the position of the change: their credit codes, divisions and relations are
    /// checked when all changes are in, since others of them may make right what one alone makes wrong.
    put: Vec<(usize, OrganizationId)>,
    /// Organisations whose kind changed, with the position of the change.
    changed_kind: Vec<(usize, OrganizationId)>,
    /// Organisations whose life changed, with the position of the change.
    changed_life: Vec<(usize, OrganizationId)>,
    /// Relations of hierarchies that were put, with the position of the change.
    placed: Vec<(usize, RelationSlot)>,
    /// Organisations whose implied location may have changed.
    relocated: Vec<OrganizationId>,
    /// Territories removed, with the position of the change.
    removed: Vec<(usize, OrganizationId)>,
    /// Annexes put, with the position of the change.
    put_annexes: Vec<(usize, AnnexKey)>,
}

impl<'a> Transaction<'a> {
    fn new(graph: &'a mut Graph) -> Self {
        Self {
            graph,
            violations: Vec::new(),
            put: Vec::new(),
            changed_kind: Vec::new(),
            changed_life: Vec::new(),
            placed: Vec::new(),
            relocated: Vec::new(),
            removed: Vec::new(),
            put_annexes: Vec::new(),
        }
    }

    fn step(&mut self, position: usize, change: &Change) -> Result<(), Violation> {
        match change {
            Change::PutOrganization(organization) => self.put_organization(position, organization),
            Change::RemoveOrganization(id) => self.remove_organization(position, id),
            Change::PutRelation(relation) => self.put_relation(position, relation),
            Change::RemoveRelation(key) => self.remove_relation(key),
            Change::PutAnnex(annex) => self.put_annex(position, annex),
            Change::RemoveAnnex(key) => self.remove_annex(key),
            Change::PutIndicator(definition) => {
                self.graph.check_definition(definition)?;
                self.graph.definitions.put(definition);
                Ok(())
            }
            Change::RemoveIndicator(id) => {
                self.graph.check_withdrawal(id)?;
                self.graph.definitions.withdraw(id);
                Ok(())
            }
        }
    }

    fn put_organization(&mut self, position: usize, organization: &Organization) -> Result<(), Violation> {
        check_organization(organization)?;
        let id = &organization.id;
        let before = self.graph.slot(id.as_str());
        if before.is_some_and(|slot| self.graph.kind(slot) != organization.kind) {
            self.changed_kind.push((position, id.clone()));
        }
        if before.is_some_and(|slot| self.graph.columns.life(slot) != organization.life) {
            self.changed_life.push((position, id.clone()));
        }
        self.graph.set_organization(organization);
        self.put.push((position, id.clone()));
        self.relocated.push(id.clone());
        Ok(())
    }

    fn remove_organization(&mut self, position: usize, id: &OrganizationId) -> Result<(), Violation> {
        let slot = self.graph.slot(id.as_str()).ok_or_else(|| Violation::UnknownOrganization(id.clone()))?;
        let stated = self
            .graph
            .relations_of(slot, Direction::Both, &[], When::Ever)
            .filter(|relation| !relation.implied)
            .count();
        if stated > 0 {
            let needed_by = format!("it has {stated} relations: remove these first");
            return Err(Violation::StillNeeded { id: id.clone(), needed_by });
        }
        let annexes = self.graph.annexes_of(slot);
        if !annexes.is_empty() {
            let mut counts: BTreeMap<_, usize> = BTreeMap::new();
            annexes.iter().for_each(|annex| *counts.entry(annex.key().plural()).or_default() += 1);
            let counts: Vec<_> = counts.iter().map(|(plural, count)| format!("{count} {plural}")).collect();
            let needed_by = format!("it has {}: remove these first", counts.join(" and "));
            return Err(Violation::StillNeeded { id: id.clone(), needed_by });
        }
        self.relocated.push(id.clone());
        // What stands here by its division alone is put right, or refused, when all changes are in.
        let implied: Vec<_> = self
            .graph
            .relations_of(slot, Direction::In, &[], When::Ever)
            .map(|relation| (relation.slot, relation.source))
            .collect();
        for (relation, source) in implied {
            self.relocated.push(self.graph.id(source).clone());
            self.graph.unset_edge(relation);
        }
        self.graph.unset_organization(slot);
        self.removed.push((position, id.clone()));
        Ok(())
    }

    fn put_relation(&mut self, position: usize, relation: &Relation) -> Result<(), Violation> {
        let slot = |id: &OrganizationId| {
            self.graph.slot(id.as_str()).ok_or_else(|| Violation::UnknownOrganization(id.clone()))
        };
        let (source, target) = (slot(&relation.source)?, slot(&relation.target)?);
        check_relation(relation, self.graph.kind(source), self.graph.kind(target))?;
        let before = self.graph.stated_between(source, target, &relation.key());
        let slot = self.graph.replace_relation(before, source, target, relation);
        if Hierarchy::of(relation.relation_type).is_some() {
            self.placed.push((position, slot));
        }
        if relation.relation_type.is_standing() {
            self.relocated.push(relation.source.clone());
        }
        Ok(())
    }

    fn remove_relation(&mut self, key: &RelationKey) -> Result<(), Violation> {
        let unknown = || Violation::UnknownRelation(Box::new(key.clone()));
        let slot = self.graph.stated_slot(key).ok_or_else(unknown)?;
        self.graph.unset_edge(slot);
        if key.relation_type.is_standing() {
            self.relocated.push(key.source.clone());
        }
        Ok(())
    }

    fn put_annex(&mut self, position: usize, annex: &Annex) -> Result<(), Violation> {
        annex.check()?;
        let id = annex.organization();
        let slot = self.graph.slot(id.as_str()).ok_or_else(|| Violation::UnknownOrganization(id.clone()))?;
        if let Some(before) = self.graph.annex(&annex.key()) {
            annex.check_replacing(before)?;
        }
        self.graph.set_annex(slot, annex.clone());
        self.put_annexes.push((position, annex.key()));
        Ok(())
    }

    fn remove_annex(&mut self, key: &AnnexKey) -> Result<(), Violation> {
        let unknown = || Violation::UnknownAnnex(Box::new(key.clone()));
        let slot = self.graph.slot(key.organization().as_str()).ok_or_else(unknown)?;
        self.graph.unset_annex(slot, key).ok_or_else(unknown)?;
        Ok(())
    }

    /// Makes the checks that need all changes, and what follows from them.
    fn finish(mut self) -> Result<(), Vec<(usize, Violation)>> {
        self.check_credit_codes();
        self.check_divisions();
        self.check_changed_kinds();
        self.check_cycles();
        self.check_annexes();
        if self.violations.is_empty() {
            self.refresh_implied();
            self.graph.indexes.settle(&self.graph.columns);
            self.graph.settle_days();
            return Ok(());
        }
        self.violations.sort_by_key(|(position, _)| *position);
        Err(self.violations)
    }

    fn check_credit_codes(&mut self) {
        for (position, id) in &self.put {
            let Some(slot) = self.graph.slot(id.as_str()) else { continue };
            let Some(uscc) = self.graph.columns.credit_code(slot) else { continue };
            let Graph { indexes, columns, .. } = &mut *self.graph;
            if let Some(holder) = indexes.enter_credit_code(uscc, slot, columns) {
                let holder = self.graph.id(holder).clone();
                self.violations
                    .push((*position, Violation::TakenCreditCode { id: id.clone(), uscc, holder }));
            }
        }
    }

    fn check_divisions(&mut self) {
        let mut known: HashMap<DivisionCode, bool> = HashMap::new();
        for (position, id) in &self.put {
            let Some(slot) = self.graph.slot(id.as_str()) else { continue };
            let Some(division) = self.graph.columns.division(slot) else { continue };
            let is_known = *known.entry(division).or_insert_with(|| {
                let territory = self.graph.slot(OrganizationId::of_division(division).as_str());
                territory.is_some_and(|t| self.graph.kind(t).level().is_some())
            });
            if !is_known {
                self.violations.push((*position, Violation::UnknownDivision { id: id.clone(), division }));
            }
        }
        let mut no_longer: HashMap<DivisionCode, (usize, &OrganizationId, u64)> = HashMap::new();
        for (position, id) in self.removed.iter().chain(&self.changed_kind) {
            let slot = self.graph.slot(id.as_str());
            let is_territory = slot.is_some_and(|s| self.graph.kind(s).level().is_some());
            if let Some(division) = id.division().filter(|_| !is_territory) {
                no_longer.insert(division, (*position, id, 0));
            }
        }
        if no_longer.is_empty() {
            return;
        }
        // Territories seldom go, so who has their codes is not kept, but counted for all of them at once.
        for division in slots(self.graph.everything()).filter_map(|slot| self.graph.columns.division(slot)) {
            if let Some((_, _, count)) = no_longer.get_mut(&division) {
                *count += 1;
            }
        }
        for (position, id, count) in no_longer.into_values().filter(|(_, _, count)| *count > 0) {
            let needed_by = format!("{count} organisations have its division code");
            self.violations.push((position, Violation::StillNeeded { id: id.clone(), needed_by }));
        }
    }

    /// Checks the recorded relations of organisations whose kind is another now.
    fn check_changed_kinds(&mut self) {
        for (position, id) in &self.changed_kind {
            let Some(slot) = self.graph.slot(id.as_str()) else { continue };
            for view in self.graph.relations_of(slot, Direction::Both, &[], When::Ever) {
                if view.implied {
                    continue;
                }
                let relation = self.graph.relation_record(&view);
                let kinds = (self.graph.kind(view.source), self.graph.kind(view.target));
                if let Err(violation) = check_relation(&relation, kinds.0, kinds.1) {
                    self.violations.push((*position, violation));
                }
            }
        }
    }

    /// Checks the relations of hierarchies that were put, and those that hold on other days because of a life.
    fn check_cycles(&mut self) {
        let mut suspects = std::mem::take(&mut self.placed);
        for (position, id) in &self.changed_life {
            let Some(slot) = self.graph.slot(id.as_str()) else { continue };
            let relations = self.graph.relations_of(slot, Direction::Both, &[], When::Ever);
            let stated =
                relations.filter(|view| !view.implied && Hierarchy::of(view.relation_type).is_some());
            suspects.extend(stated.map(|view| (*position, view.slot)));
        }
        let closes = |slot: RelationSlot, without: &HashSet<_>| {
            let view = self.graph.relation_at(slot)?;
            let hierarchy = Hierarchy::of(view.relation_type)?;
            let days = self.graph.cycle_through(slot, hierarchy, without)?;
            let key = Box::new(self.graph.relation_record(&view).key());
            Some(Violation::Cycle { key, rule: hierarchy.name, days })
        };
        let none = HashSet::new();
        if suspects.iter().all(|(_, slot)| closes(*slot, &none).is_none()) {
            return;
        }
        // One by one in their order, so that of relations that form a cycle the one that closes it is named.
        suspects.sort_by_key(|(position, _)| *position);
        let mut without: HashSet<_> = suspects.iter().map(|(_, slot)| *slot).collect();
        for (position, slot) in suspects {
            without.remove(&slot);
            if let Some(violation) = closes(slot, &without) {
                self.violations.push((position, violation));
                without.insert(slot);
            }
        }
    }

    /// Checks the annexes that were put against the others of their organisations.
    fn check_annexes(&mut self) {
        for (position, key) in &self.put_annexes {
            let violation = self.graph.annex(key).and_then(|annex| self.graph.conflict(annex));
            self.violations.extend(violation.map(|violation| (*position, violation)));
        }
    }

    fn refresh_implied(&mut self) {
        for (_, id) in &self.changed_life {
            let Some(slot) = self.graph.slot(id.as_str()) else { continue };
            let standing = self.graph.relations_of(slot, Direction::In, &STANDING, When::Ever);
            let stated = standing.filter(|relation| !relation.implied);
            self.relocated.extend(stated.map(|relation| self.graph.id(relation.source).clone()));
        }
        for id in std::mem::take(&mut self.relocated) {
            if let Some(slot) = self.graph.slot(id.as_str()) {
                self.graph.refresh_implied(slot);
            }
        }
    }
}
