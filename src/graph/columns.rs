mod fill;
mod packing;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::interner::Interner;
use super::shared::{Column, TextColumn};
use super::{OrganizationSet, Slot};
use crate::model::{
    AttributeId, AttributeValue, DivisionCode, MAX_COUNT, OperatingStatus, Organization, OrganizationId,
    OrganizationKind, UnifiedSocialCreditCode, Validity,
};

pub(super) use fill::ColumnsFiller;
pub(super) use packing::{RowReader, RowWriter};

/// Symbol of a list that is empty or a text that is not there, and a count that is not: none is so high.
const NOTHING: u32 = u32::MAX;
const _: () = assert!(MAX_COUNT < NOTHING);

/// What is recorded of organisations, a column a field that is looked through, a row a slot.
///
/// What nearly all have stands in dense columns; what few have stands in [`Rarities`], so that a million
/// enterprises do not pay for the fields of a thousand villages.
#[derive(Clone)]
pub(super) struct Columns {
    ids: Column<Option<OrganizationId>>,
    names: TextColumn,
    kinds: Column<OrganizationKind>,
    lives: Column<Validity>,
    party_members: Column<u32>,
    full_members: Column<u32>,
    employees: Column<u32>,
    details: Column<Details>,
    rarities: Column<Option<Arc<Rarities>>>,
    synthetic: Arc<OrganizationSet>,
    texts: Interner<str>,
    lists: Interner<[Arc<str>]>,
}

/// Fields that are read one organisation at a time; texts and lists by their symbols.
#[derive(Clone, Copy, PartialEq)]
struct Details {
    division: Option<DivisionCode>,
    credit_code: Option<UnifiedSocialCreditCode>,
    status: OperatingStatus,
    industry: u32,
    designations: u32,
    sources: u32,
}

const NO_DETAILS: Details = Details {
    division: None,
    credit_code: None,
    status: OperatingStatus::Operating,
    industry: NOTHING,
    designations: NOTHING,
    sources: NOTHING,
};

impl Default for Columns {
    fn default() -> Self {
        Self {
            ids: Column::of(None),
            names: TextColumn::default(),
            kinds: Column::of(OrganizationKind::Province),
            lives: Column::of(Validity::ALWAYS),
            party_members: Column::of(NOTHING),
            full_members: Column::of(NOTHING),
            employees: Column::of(NOTHING),
            details: Column::of(NO_DETAILS),
            rarities: Column::of(None),
            synthetic: Arc::default(),
            texts: Interner::default(),
            lists: Interner::default(),
        }
    }
}

/// Fields that few organisations have.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct Rarities {
    name_hant: Option<Arc<str>>,
    name_en: Option<Arc<str>>,
    aliases: Vec<Arc<str>>,
    floor_area_m2: Option<f64>,
    annual_income_cny: Option<f64>,
    attributes: BTreeMap<AttributeId, AttributeValue>,
}

impl Rarities {
    /// What an organisation has of them; `None` where that is nothing.
    fn of(organization: &Organization) -> Option<Self> {
        let Organization { name_hant, name_en, aliases, attributes, .. } = organization;
        let (floor_area_m2, annual_income_cny) = (organization.floor_area_m2, organization.annual_income_cny);
        let has_any = name_hant.is_some()
            || name_en.is_some()
            || !aliases.is_empty()
            || floor_area_m2.is_some()
            || annual_income_cny.is_some()
            || !attributes.is_empty();
        has_any.then(|| Self {
            name_hant: name_hant.clone(),
            name_en: name_en.clone(),
            aliases: aliases.clone(),
            floor_area_m2,
            annual_income_cny,
            attributes: attributes.clone(),
        })
    }

    /// All decimal numbers among them.
    fn numbers(&self) -> impl Iterator<Item = f64> {
        let of_attributes = self.attributes.values().filter_map(|value| match value {
            AttributeValue::Number(number) => Some(*number),
            _ => None,
        });
        [self.floor_area_m2, self.annual_income_cny].into_iter().flatten().chain(of_attributes)
    }
}

impl Columns {
    /// Writes an organisation's row, in place of what stood there.
    pub(super) fn set(&mut self, slot: Slot, organization: &Organization) {
        let row = slot.0 as usize;
        let designations: Vec<_> = organization.designations.iter().cloned().collect();
        let details = Details {
            division: organization.division,
            credit_code: organization.uscc,
            status: organization.operating_status,
            industry: organization.industry.as_ref().map_or(NOTHING, |text| self.texts.symbol(text)),
            designations: self.list_symbol(&designations),
            sources: self.list_symbol(&organization.sources),
        };
        self.details.set(row, details);
        if self.ids[row].as_ref() != Some(&organization.id) {
            self.ids.set(row, Some(organization.id.clone()));
        }
        self.names.set(row, &organization.name);
        self.kinds.set(row, organization.kind);
        self.lives.set(row, organization.life);
        self.party_members.set(row, organization.party_members.unwrap_or(NOTHING));
        self.full_members.set(row, organization.full_members.unwrap_or(NOTHING));
        self.employees.set(row, organization.employees.unwrap_or(NOTHING));
        self.set_synthetic(slot, organization.synthetic);
        self.rarities.set(row, Rarities::of(organization).map(Arc::new));
    }

    /// Empties a row.
    pub(super) fn clear(&mut self, slot: Slot) {
        let row = slot.0 as usize;
        self.ids.set(row, None);
        self.names.set(row, "");
        self.details.set(row, NO_DETAILS);
        self.set_synthetic(slot, false);
        self.rarities.set(row, None);
    }

    fn set_synthetic(&mut self, slot: Slot, is_synthetic: bool) {
        if self.synthetic.contains(slot.0) == is_synthetic {
            return;
        }
        let synthetic = Arc::make_mut(&mut self.synthetic);
        if is_synthetic {
            synthetic.insert(slot.0)
        } else {
            synthetic.remove(slot.0)
        };
    }

    /// The whole record of a row; `None` where none stands.
    pub(super) fn get(&self, slot: Slot) -> Option<Organization> {
        let row = slot.0 as usize;
        let id = self.ids[row].clone()?;
        let rarities = self.rarities[row].as_deref().cloned().unwrap_or_default();
        let details = self.details[row];
        Some(Organization {
            id,
            kind: self.kinds[row],
            name: self.names.get(row).into(),
            name_hant: rarities.name_hant,
            name_en: rarities.name_en,
            aliases: rarities.aliases,
            division: details.division,
            uscc: details.credit_code,
            industry: self.industry(slot).cloned(),
            party_members: self.party_members(slot),
            full_members: self.full_members(slot),
            employees: self.employees(slot),
            floor_area_m2: rarities.floor_area_m2,
            annual_income_cny: rarities.annual_income_cny,
            designations: self.designations(slot).iter().cloned().collect(),
            operating_status: details.status,
            life: self.lives[row],
            synthetic: self.synthetic.contains(slot.0),
            sources: self.list(details.sources).to_vec(),
            attributes: rarities.attributes,
        })
    }

    /// The id of a row that holds an organisation.
    pub(super) fn id(&self, slot: Slot) -> &OrganizationId {
        match &self.ids[slot.0 as usize] {
            Some(id) => id,
            None => unreachable!("invariant 1: slot {} holds no organisation", slot.0),
        }
    }

    pub(super) fn name(&self, slot: Slot) -> &str {
        self.names.get(slot.0 as usize)
    }

    pub(super) fn kind(&self, slot: Slot) -> OrganizationKind {
        self.kinds[slot.0 as usize]
    }

    pub(super) fn life(&self, slot: Slot) -> Validity {
        self.lives[slot.0 as usize]
    }

    pub(super) fn status(&self, slot: Slot) -> OperatingStatus {
        self.details[slot.0 as usize].status
    }

    pub(super) fn division(&self, slot: Slot) -> Option<DivisionCode> {
        self.details[slot.0 as usize].division
    }

    pub(super) fn credit_code(&self, slot: Slot) -> Option<UnifiedSocialCreditCode> {
        self.details[slot.0 as usize].credit_code
    }

    pub(super) fn party_members(&self, slot: Slot) -> Option<u32> {
        count(self.party_members[slot.0 as usize])
    }

    pub(super) fn full_members(&self, slot: Slot) -> Option<u32> {
        count(self.full_members[slot.0 as usize])
    }

    pub(super) fn employees(&self, slot: Slot) -> Option<u32> {
        count(self.employees[slot.0 as usize])
    }

    pub(super) fn floor_area_m2(&self, slot: Slot) -> Option<f64> {
        self.rarities[slot.0 as usize].as_ref()?.floor_area_m2
    }

    pub(super) fn annual_income_cny(&self, slot: Slot) -> Option<f64> {
        self.rarities[slot.0 as usize].as_ref()?.annual_income_cny
    }

    pub(super) fn attribute(&self, slot: Slot, id: &AttributeId) -> Option<&AttributeValue> {
        self.rarities[slot.0 as usize].as_ref()?.attributes.get(id)
    }

    /// The rows that have a value of a declared attribute.
    pub(super) fn with_attributes(&self) -> impl Iterator<Item = Slot> {
        let rare = self.rarities.iter().filter_map(|(row, rarities)| Some((row, rarities.as_ref()?)));
        rare.filter(|(_, rarities)| !rarities.attributes.is_empty()).map(|(row, _)| Slot(row as u32))
    }

    pub(super) fn designations(&self, slot: Slot) -> &[Arc<str>] {
        self.list(self.details[slot.0 as usize].designations)
    }

    pub(super) fn synthetic(&self) -> &OrganizationSet {
        &self.synthetic
    }

    pub(super) fn industry(&self, slot: Slot) -> Option<&Arc<str>> {
        let symbol = self.details[slot.0 as usize].industry;
        (symbol != NOTHING).then(|| self.texts.value(symbol))
    }

    /// Every name that a text search looks at beside the first: other writings and aliases.
    pub(super) fn other_names(&self, slot: Slot) -> impl Iterator<Item = &Arc<str>> {
        self.rarities[slot.0 as usize]
            .iter()
            .flat_map(|r| r.name_hant.iter().chain(&r.name_en).chain(&r.aliases))
    }

    fn list(&self, symbol: u32) -> &[Arc<str>] {
        if symbol == NOTHING { &[] } else { self.lists.value(symbol) }
    }

    fn list_symbol(&mut self, list: &[Arc<str>]) -> u32 {
        if list.is_empty() { NOTHING } else { self.lists.symbol(list) }
    }
}

/// A count as it stands in its column.
fn count(stored: u32) -> Option<u32> {
    (stored != NOTHING).then_some(stored)
}
