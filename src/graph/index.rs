use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use petgraph::visit::EdgeRef;
use roaring::RoaringBitmap;

use super::columns::Columns;
use super::relations::RelationSlot;
use super::shared::{Ordered, SlotTable};
use super::topology::Topology;
use super::{OrganizationSet, Slot};
use crate::model::{OperatingStatus, OrganizationKind, RelationType, UnifiedSocialCreditCode};

/// Where organisations and relations are found by what they are.
#[derive(Clone)]
pub(super) struct Indexes {
    by_id: SlotTable,
    /// By id, all but those that came since [`Indexes::settle`].
    in_order: Ordered,
    /// What came since; some may be gone again.
    unsettled: Vec<u32>,
    by_credit_code: SlotTable,
    by_kind: Vec<Arc<OrganizationSet>>,
    by_status: Vec<Arc<OrganizationSet>>,
    by_designation: BTreeMap<Arc<str>, Arc<OrganizationSet>>,
    by_type: Vec<Arc<RoaringBitmap>>,
    everything: Arc<OrganizationSet>,
}

impl Default for Indexes {
    fn default() -> Self {
        Self {
            by_id: SlotTable::default(),
            in_order: Ordered::default(),
            unsettled: Vec::new(),
            by_credit_code: SlotTable::default(),
            by_kind: vec![Arc::default(); OrganizationKind::all().count()],
            by_status: vec![Arc::default(); OperatingStatus::all().count()],
            by_designation: BTreeMap::new(),
            by_type: vec![Arc::default(); RelationType::COUNT],
            everything: Arc::default(),
        }
    }
}

impl Indexes {
    /// The indexes of organisations whose slots are their places in the order of ids, all but that of credit codes; the
    /// table of ids is made on a thread of its own.
    pub(super) fn in_order_of_ids(
        columns: &Columns,
        topology: &Topology,
        by_id: impl FnOnce() -> SlotTable + Send,
    ) -> Self {
        thread::scope(|scope| {
            let by_id = scope.spawn(by_id);
            let indexes = Self::without_ids(columns, topology);
            let by_id = by_id.join().unwrap_or_else(|panic| resume_unwind(panic));
            Self { by_id, ..indexes }
        })
    }

    fn without_ids(columns: &Columns, topology: &Topology) -> Self {
        let mut indexes = Self::default();
        let count = topology.node_bound() as u32;
        let mut by_kind = vec![OrganizationSet::new(); indexes.by_kind.len()];
        let mut by_status = vec![OrganizationSet::new(); indexes.by_status.len()];
        let mut by_designation: BTreeMap<&Arc<str>, OrganizationSet> = BTreeMap::new();
        // Each comes after those before, so that none has to be looked for.
        let append = |set: &mut OrganizationSet, row| set.try_push(row).unwrap_or_default();
        for row in 0..count {
            let slot = Slot(row);
            append(&mut by_kind[columns.kind(slot) as usize], row);
            append(&mut by_status[columns.status(slot) as usize], row);
            for designation in columns.designations(slot) {
                append(by_designation.entry(designation).or_default(), row);
            }
        }
        let mut by_type = vec![RoaringBitmap::new(); RelationType::COUNT];
        for edge in topology.edge_references() {
            append(&mut by_type[edge.weight().relation_type as usize], edge.id().index() as u32);
        }
        Arc::make_mut(&mut indexes.everything).insert_range(0..count);
        indexes.in_order = Ordered::up_to(count);
        let shared = |sets: Vec<RoaringBitmap>| sets.into_iter().map(Arc::new).collect();
        (indexes.by_kind, indexes.by_status, indexes.by_type) =
            (shared(by_kind), shared(by_status), shared(by_type));
        let named = by_designation.into_iter().map(|(name, set)| (Arc::clone(name), Arc::new(set)));
        indexes.by_designation = named.collect();
        indexes
    }

    /// Enters the credit codes of all rows, of which none is entered yet: those that [`credit_codes`] gave.
    pub(super) fn enter_credit_codes(&mut self, by_credit_code: SlotTable) {
        self.by_credit_code = by_credit_code;
    }

    /// Enters an organisation that is new, by its id; its row too must be entered.
    pub(super) fn enter_id(&mut self, slot: Slot, columns: &Columns) {
        let id = |row| columns.id(Slot(row)).as_str();
        self.by_id.insert(id(slot.0), slot.0, id);
        self.unsettled.push(slot.0);
        Arc::make_mut(&mut self.everything).insert(slot.0);
    }

    /// Takes an organisation out that is about to go.
    pub(super) fn leave_id(&mut self, slot: Slot, columns: &Columns) {
        let id = |row| columns.id(Slot(row)).as_str();
        self.by_id.remove(id(slot.0), slot.0);
        self.in_order.remove(slot.0, |other| id(other).cmp(id(slot.0)));
        Arc::make_mut(&mut self.everything).remove(slot.0);
    }

    /// Brings what came into the order of ids; until then it is found, but not met by walking in order.
    pub(super) fn settle(&mut self, columns: &Columns) {
        let mut new = std::mem::take(&mut self.unsettled);
        new.retain(|row| self.everything.contains(*row));
        let compare = |a, b| columns.id(Slot(a)).cmp(columns.id(Slot(b)));
        new.sort_by(|a, b| compare(*a, *b));
        // A position may have gone to one that came later.
        new.dedup();
        self.in_order.extend(&new, compare);
    }

    /// Enters a row of the columns, all but its id and its credit code.
    pub(super) fn enter(&mut self, slot: Slot, columns: &Columns) {
        Arc::make_mut(&mut self.by_kind[columns.kind(slot) as usize]).insert(slot.0);
        Arc::make_mut(&mut self.by_status[columns.status(slot) as usize]).insert(slot.0);
        for designation in columns.designations(slot) {
            match self.by_designation.get_mut(designation) {
                Some(set) => Arc::make_mut(set).insert(slot.0),
                None => {
                    let set = self.by_designation.entry(Arc::clone(designation)).or_default();
                    Arc::make_mut(set).insert(slot.0)
                }
            };
        }
    }

    /// Takes a row of the columns out, its credit code included, but not its id.
    pub(super) fn leave(&mut self, slot: Slot, columns: &Columns) {
        Arc::make_mut(&mut self.by_kind[columns.kind(slot) as usize]).remove(slot.0);
        Arc::make_mut(&mut self.by_status[columns.status(slot) as usize]).remove(slot.0);
        for designation in columns.designations(slot) {
            if let Some(set) = self.by_designation.get_mut(designation) {
                Arc::make_mut(set).remove(slot.0);
                if set.is_empty() {
                    self.by_designation.remove(designation);
                }
            }
        }
        if let Some(code) = columns.credit_code(slot) {
            self.by_credit_code.remove(code, slot.0);
        }
    }

    /// Enters a row's credit code; gives back who holds it if it is taken.
    pub(super) fn enter_credit_code(
        &mut self,
        code: UnifiedSocialCreditCode,
        slot: Slot,
        columns: &Columns,
    ) -> Option<Slot> {
        // Whoever is entered here has a code.
        let code_of = |row| columns.credit_code(Slot(row)).unwrap_or(code);
        match self.by_credit_code.find(&code, |row| code_of(row) == code) {
            Some(holder) => (holder != slot.0).then_some(Slot(holder)),
            None => {
                self.by_credit_code.insert(code, slot.0, code_of);
                None
            }
        }
    }

    pub(super) fn enter_relation(&mut self, slot: RelationSlot, relation_type: RelationType) {
        Arc::make_mut(&mut self.by_type[relation_type as usize]).insert(slot.0);
    }

    pub(super) fn leave_relation(&mut self, slot: RelationSlot, relation_type: RelationType) {
        Arc::make_mut(&mut self.by_type[relation_type as usize]).remove(slot.0);
    }

    pub(super) fn slot(&self, id: &str, columns: &Columns) -> Option<Slot> {
        self.by_id.find(id, |row| columns.id(Slot(row)).as_str() == id).map(Slot)
    }

    /// Slots in the byte order of their ids.
    pub(super) fn in_order(&self) -> impl DoubleEndedIterator<Item = Slot> {
        self.in_order.iter().map(Slot)
    }

    /// Who comes just before an organisation in the byte order of ids.
    pub(super) fn before(&self, slot: Slot, columns: &Columns) -> Option<Slot> {
        let id = columns.id(slot);
        self.in_order.before(|other| columns.id(Slot(other)).cmp(id)).map(Slot)
    }

    pub(super) fn of_kind(&self, kind: OrganizationKind) -> &OrganizationSet {
        &self.by_kind[kind as usize]
    }

    pub(super) fn of_status(&self, status: OperatingStatus) -> &OrganizationSet {
        &self.by_status[status as usize]
    }

    pub(super) fn of_designation(&self, designation: &str) -> Option<&OrganizationSet> {
        self.by_designation.get(designation).map(Arc::as_ref)
    }

    pub(super) fn of_type(&self, relation_type: RelationType) -> &RoaringBitmap {
        &self.by_type[relation_type as usize]
    }

    pub(super) fn everything(&self) -> &OrganizationSet {
        &self.everything
    }

    /// Whether both find the same rows of the same columns.
    pub(super) fn are_alike(&self, other: &Self, columns: &Columns) -> bool {
        let finds = |slot: Slot| {
            let (id, code) = (columns.id(slot), columns.credit_code(slot));
            let holder = |code| self.by_credit_code.find(&code, |row| row == slot.0);
            self.slot(id.as_str(), columns) == Some(slot) && code.is_none_or(|code| holder(code).is_some())
        };
        self.in_order().eq(other.in_order())
            && self.in_order().all(finds)
            && (self.by_id.len(), self.by_credit_code.len())
                == (other.by_id.len(), other.by_credit_code.len())
            && (&self.by_kind, &self.by_status) == (&other.by_kind, &other.by_status)
            && (&self.by_designation, &self.by_type) == (&other.by_designation, &other.by_type)
            && self.everything == other.everything
    }
}

/// A table of the credit codes of all rows, and whether they all differ.
pub(super) fn credit_codes(columns: &Columns, bound: usize) -> (SlotTable, bool) {
    SlotTable::up_to(bound as u32, |row| columns.credit_code(Slot(row)))
}
