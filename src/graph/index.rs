use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::columns::Columns;
use super::relations::RelationSlot;
use super::{OrganizationSet, Slot};
use crate::model::{
    DivisionCode, OperatingStatus, OrganizationId, OrganizationKind, RelationType, UnifiedSocialCreditCode,
};

/// Where organisations and relations are found by what they are.
#[derive(Clone, PartialEq)]
pub(super) struct Indexes {
    by_id: BTreeMap<OrganizationId, Slot>,
    by_kind: Vec<OrganizationSet>,
    by_status: Vec<OrganizationSet>,
    by_designation: BTreeMap<Arc<str>, OrganizationSet>,
    by_credit_code: HashMap<UnifiedSocialCreditCode, Slot>,
    /// How many organisations stand in each division.
    in_division: HashMap<DivisionCode, u32>,
    by_type: Vec<RoaringBitmap>,
    everything: OrganizationSet,
}

impl Default for Indexes {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            by_kind: vec![OrganizationSet::new(); OrganizationKind::all().count()],
            by_status: vec![OrganizationSet::new(); OperatingStatus::all().count()],
            by_designation: BTreeMap::new(),
            by_credit_code: HashMap::new(),
            in_division: HashMap::new(),
            by_type: vec![RoaringBitmap::new(); RelationType::COUNT],
            everything: OrganizationSet::new(),
        }
    }
}

impl Indexes {
    /// Enters a row of the columns, all but its credit code.
    pub(super) fn enter(&mut self, slot: Slot, columns: &Columns) {
        self.by_id.insert(columns.id(slot).clone(), slot);
        self.everything.insert(slot.0);
        self.by_kind[columns.kind(slot) as usize].insert(slot.0);
        self.by_status[columns.status(slot) as usize].insert(slot.0);
        for designation in columns.designations(slot) {
            match self.by_designation.get_mut(designation) {
                Some(set) => set.insert(slot.0),
                None => self.by_designation.entry(Arc::clone(designation)).or_default().insert(slot.0),
            };
        }
        if let Some(division) = columns.division(slot) {
            *self.in_division.entry(division).or_default() += 1;
        }
    }

    /// Takes a row of the columns out, its credit code included.
    pub(super) fn leave(&mut self, slot: Slot, columns: &Columns) {
        self.by_id.remove(columns.id(slot).as_str());
        self.everything.remove(slot.0);
        self.by_kind[columns.kind(slot) as usize].remove(slot.0);
        self.by_status[columns.status(slot) as usize].remove(slot.0);
        for designation in columns.designations(slot) {
            if let Some(set) = self.by_designation.get_mut(designation) {
                set.remove(slot.0);
                if set.is_empty() {
                    self.by_designation.remove(designation);
                }
            }
        }
        if let Some(division) = columns.division(slot)
            && let Some(count) = self.in_division.get_mut(&division)
        {
            *count -= 1;
            if *count == 0 {
                self.in_division.remove(&division);
            }
        }
        if let Some(code) = columns.credit_code(slot)
            && self.by_credit_code.get(&code) == Some(&slot)
        {
            self.by_credit_code.remove(&code);
        }
    }

    /// Enters a row's credit code; gives back who holds it if it is taken.
    pub(super) fn enter_credit_code(&mut self, code: UnifiedSocialCreditCode, slot: Slot) -> Option<Slot> {
        let holder = *self.by_credit_code.entry(code).or_insert(slot);
        (holder != slot).then_some(holder)
    }

    pub(super) fn enter_relation(&mut self, slot: RelationSlot, relation_type: RelationType) {
        self.by_type[relation_type as usize].insert(slot.0);
    }

    pub(super) fn leave_relation(&mut self, slot: RelationSlot, relation_type: RelationType) {
        self.by_type[relation_type as usize].remove(slot.0);
    }

    pub(super) fn slot(&self, id: &str) -> Option<Slot> {
        self.by_id.get(id).copied()
    }

    /// Slots in the byte order of their ids.
    pub(super) fn in_order(&self) -> impl DoubleEndedIterator<Item = Slot> {
        self.by_id.values().copied()
    }

    pub(super) fn of_kind(&self, kind: OrganizationKind) -> &OrganizationSet {
        &self.by_kind[kind as usize]
    }

    pub(super) fn of_status(&self, status: OperatingStatus) -> &OrganizationSet {
        &self.by_status[status as usize]
    }

    pub(super) fn of_designation(&self, designation: &str) -> Option<&OrganizationSet> {
        self.by_designation.get(designation)
    }

    pub(super) fn count_in_division(&self, division: DivisionCode) -> u32 {
        self.in_division.get(&division).copied().unwrap_or_default()
    }

    pub(super) fn of_type(&self, relation_type: RelationType) -> &RoaringBitmap {
        &self.by_type[relation_type as usize]
    }

    pub(super) fn everything(&self) -> &OrganizationSet {
        &self.everything
    }
}
