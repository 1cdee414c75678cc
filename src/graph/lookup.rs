use std::sync::Arc;

use super::{Graph, OrganizationSet, Slot, When};
use crate::model::{
    AttributeId, DivisionCode, OperatingStatus, Organization, OrganizationId, OrganizationKind,
    UnifiedSocialCreditCode, Validity,
};

/// A value of organisations that rules compare.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// Full members, where unknown Party members.
    Members,
    /// Party members.
    PartyMembers,
    /// Full Party members.
    FullMembers,
    /// People employed.
    Employees,
    /// Floor area in square metres.
    FloorAreaM2,
    /// Income of a year in yuan.
    AnnualIncomeCny,
    /// The sector that it works in, as ledgers name it.
    Industry,
    /// First day of its life.
    EstablishedOn,
    /// First day after its life.
    DissolvedOn,
    /// A declared attribute.
    Declared(AttributeId),
}

impl Operand {
    const FIXED: [(&str, Self); 9] = [
        ("members", Self::Members),
        ("party_members", Self::PartyMembers),
        ("full_members", Self::FullMembers),
        ("employees", Self::Employees),
        ("floor_area_m2", Self::FloorAreaM2),
        ("annual_income_cny", Self::AnnualIncomeCny),
        ("industry", Self::Industry),
        ("established_on", Self::EstablishedOn),
        ("dissolved_on", Self::DissolvedOn),
    ];

    /// The operand that rules write so; `None` for a text that is no attribute id either.
    pub fn named(name: &str) -> Option<Self> {
        let fixed = Self::FIXED.iter().find(|(n, _)| *n == name).map(|(_, operand)| operand.clone());
        fixed.or_else(|| name.parse().ok().map(Self::Declared))
    }

    /// How rules write it.
    pub fn name(&self) -> &str {
        match self {
            Self::Declared(id) => id.as_str(),
            fixed => Self::FIXED.iter().find(|(_, o)| o == fixed).map_or("", |(name, _)| name),
        }
    }
}

impl Graph {
    /// Where an organisation stands in this graph.
    pub fn slot(&self, id: &str) -> Option<Slot> {
        self.indexes.slot(id, &self.columns)
    }

    /// The whole record of an organisation.
    pub fn organization(&self, id: &str) -> Option<Organization> {
        self.columns.get(self.slot(id)?)
    }

    /// The whole record at a slot of this graph.
    pub fn record(&self, slot: Slot) -> Option<Organization> {
        self.columns.get(slot)
    }

    /// All organisations in the byte order of their ids.
    pub fn organizations(&self) -> impl Iterator<Item = Organization> {
        self.slots_by_id().filter_map(|slot| self.columns.get(slot))
    }

    /// The organisations that have a value of a declared attribute, in no order worth relying on.
    pub fn organizations_with_attributes(&self) -> impl Iterator<Item = Organization> {
        self.columns.with_attributes().filter_map(|slot| self.columns.get(slot))
    }

    /// All slots in the byte order of their ids.
    pub fn slots_by_id(&self) -> impl DoubleEndedIterator<Item = Slot> {
        self.indexes.in_order()
    }

    /// The id of an organisation.
    pub fn id(&self, slot: Slot) -> &OrganizationId {
        self.columns.id(slot)
    }

    /// The simplified name of an organisation.
    pub fn name(&self, slot: Slot) -> &str {
        self.columns.name(slot)
    }

    /// The kind of an organisation.
    pub fn kind(&self, slot: Slot) -> OrganizationKind {
        self.columns.kind(slot)
    }

    /// The division code of where an organisation stands.
    pub fn division(&self, slot: Slot) -> Option<DivisionCode> {
        self.columns.division(slot)
    }

    /// The unified social credit code of an organisation.
    pub fn credit_code(&self, slot: Slot) -> Option<UnifiedSocialCreditCode> {
        self.columns.credit_code(slot)
    }

    /// The industry of an organisation, as text.
    pub fn industry(&self, slot: Slot) -> Option<&Arc<str>> {
        self.columns.industry(slot)
    }

    /// Whether an organisation works.
    pub fn operating_status(&self, slot: Slot) -> OperatingStatus {
        self.columns.status(slot)
    }

    /// The designations of an organisation, in order.
    pub fn designations(&self, slot: Slot) -> &[Arc<str>] {
        self.columns.designations(slot)
    }

    /// Whether an organisation has a designation.
    pub fn has_designation(&self, slot: Slot, designation: &str) -> bool {
        self.columns.designations(slot).iter().any(|d| d.as_ref() == designation)
    }

    /// Whether an organisation exists on the days asked about.
    pub fn exists(&self, slot: Slot, when: When) -> bool {
        match when {
            When::Ever => true,
            When::On(date) => self.columns.life(slot).contains(date),
        }
    }

    /// The days on which an organisation exists.
    pub fn life(&self, slot: Slot) -> Validity {
        self.columns.life(slot)
    }

    /// All organisations.
    pub fn everything(&self) -> &OrganizationSet {
        self.indexes.everything()
    }

    /// The organisations that exist on the days asked about.
    pub fn existing(&self, when: When) -> OrganizationSet {
        match when {
            When::Ever => self.everything().clone(),
            When::On(_) => self.everything().iter().filter(|s| self.exists(Slot(*s), when)).collect(),
        }
    }

    /// The organisations of a kind.
    pub fn of_kind(&self, kind: OrganizationKind) -> &OrganizationSet {
        self.indexes.of_kind(kind)
    }

    /// The organisations with an operating status.
    pub fn of_operating_status(&self, status: OperatingStatus) -> &OrganizationSet {
        self.indexes.of_status(status)
    }

    /// The organisations with a designation; `None` where there is none.
    pub fn of_designation(&self, designation: &str) -> Option<&OrganizationSet> {
        self.indexes.of_designation(designation)
    }

    /// The organisations that were generated.
    pub fn synthetic(&self) -> &OrganizationSet {
        self.columns.synthetic()
    }
}
