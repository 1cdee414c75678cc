use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::interner::Interner;
use super::{OrganizationSet, Slot};
use crate::model::{
    AttributeId, AttributeValue, DivisionCode, OperatingStatus, Organization, OrganizationId,
    OrganizationKind, UnifiedSocialCreditCode, Validity,
};

/// Symbol of a list that is empty or a text that is not there.
const NOTHING: u32 = u32::MAX;

/// What is recorded of organisations, a column a field, a row a slot.
///
/// What nearly all have stands in dense columns; what few have stands in [`Rarities`], so that a million
/// enterprises do not pay for the fields of a thousand villages.
#[derive(Clone, Default)]
pub(super) struct Columns {
    ids: Vec<Option<OrganizationId>>,
    names: Vec<Arc<str>>,
    kinds: Vec<OrganizationKind>,
    lives: Vec<Validity>,
    statuses: Vec<OperatingStatus>,
    divisions: Vec<Option<DivisionCode>>,
    credit_codes: Vec<Option<UnifiedSocialCreditCode>>,
    party_members: Vec<Option<u32>>,
    full_members: Vec<Option<u32>>,
    employees: Vec<Option<u32>>,
    industries: Vec<u32>,
    designations: Vec<u32>,
    sources: Vec<u32>,
    synthetic: OrganizationSet,
    rarities: HashMap<Slot, Arc<Rarities>>,
    texts: Interner<str>,
    lists: Interner<[Arc<str>]>,
}

/// Fields that few organisations have.
#[derive(Clone, Default, PartialEq)]
struct Rarities {
    name_hant: Option<Arc<str>>,
    name_en: Option<Arc<str>>,
    aliases: Vec<Arc<str>>,
    floor_area_m2: Option<f64>,
    annual_income_cny: Option<f64>,
    attributes: BTreeMap<AttributeId, AttributeValue>,
}

impl Columns {
    /// How many rows there are, empty ones included.
    pub(super) fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Writes an organisation's row, in place of what stood there.
    pub(super) fn set(&mut self, slot: Slot, organization: &Organization) {
        let row = slot.0 as usize;
        if row >= self.ids.len() {
            self.grow(row + 1);
        }
        let industry = organization.industry.as_ref().map_or(NOTHING, |text| self.texts.symbol(text));
        let designations: Vec<_> = organization.designations.iter().cloned().collect();
        self.designations[row] = self.list_symbol(&designations);
        self.sources[row] = self.list_symbol(&organization.sources);
        self.industries[row] = industry;
        self.ids[row] = Some(organization.id.clone());
        self.names[row] = Arc::clone(&organization.name);
        self.kinds[row] = organization.kind;
        self.lives[row] = organization.life;
        self.statuses[row] = organization.operating_status;
        self.divisions[row] = organization.division;
        self.credit_codes[row] = organization.uscc;
        self.party_members[row] = organization.party_members;
        self.full_members[row] = organization.full_members;
        self.employees[row] = organization.employees;
        if organization.synthetic {
            self.synthetic.insert(slot.0);
        } else {
            self.synthetic.remove(slot.0);
        }
        let rarities = Rarities {
            name_hant: organization.name_hant.clone(),
            name_en: organization.name_en.clone(),
            aliases: organization.aliases.clone(),
            floor_area_m2: organization.floor_area_m2,
            annual_income_cny: organization.annual_income_cny,
            attributes: organization.attributes.clone(),
        };
        if rarities == Rarities::default() {
            self.rarities.remove(&slot);
        } else {
            self.rarities.insert(slot, Arc::new(rarities));
        }
    }

    /// Empties a row.
    pub(super) fn clear(&mut self, slot: Slot) {
        let row = slot.0 as usize;
        self.ids[row] = None;
        self.names[row] = Arc::default();
        self.credit_codes[row] = None;
        self.synthetic.remove(slot.0);
        self.rarities.remove(&slot);
    }

    /// The whole record of a row; `None` where none stands.
    pub(super) fn get(&self, slot: Slot) -> Option<Organization> {
        let row = slot.0 as usize;
        let id = self.ids.get(row)?.clone()?;
        let rarities = self.rarities.get(&slot).map(Arc::as_ref).cloned().unwrap_or_default();
        Some(Organization {
            id,
            kind: self.kinds[row],
            name: Arc::clone(&self.names[row]),
            name_hant: rarities.name_hant,
            name_en: rarities.name_en,
            aliases: rarities.aliases,
            division: self.divisions[row],
            uscc: self.credit_codes[row],
            industry: self.industry(slot).cloned(),
            party_members: self.party_members[row],
            full_members: self.full_members[row],
            employees: self.employees[row],
            floor_area_m2: rarities.floor_area_m2,
            annual_income_cny: rarities.annual_income_cny,
            designations: self.designations(slot).iter().cloned().collect(),
            operating_status: self.statuses[row],
            life: self.lives[row],
            synthetic: self.synthetic.contains(slot.0),
            sources: self.list(self.sources[row]).to_vec(),
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

    pub(super) fn name(&self, slot: Slot) -> &Arc<str> {
        &self.names[slot.0 as usize]
    }

    pub(super) fn kind(&self, slot: Slot) -> OrganizationKind {
        self.kinds[slot.0 as usize]
    }

    pub(super) fn life(&self, slot: Slot) -> Validity {
        self.lives[slot.0 as usize]
    }

    pub(super) fn status(&self, slot: Slot) -> OperatingStatus {
        self.statuses[slot.0 as usize]
    }

    pub(super) fn division(&self, slot: Slot) -> Option<DivisionCode> {
        self.divisions[slot.0 as usize]
    }

    pub(super) fn credit_code(&self, slot: Slot) -> Option<UnifiedSocialCreditCode> {
        self.credit_codes[slot.0 as usize]
    }

    pub(super) fn party_members(&self, slot: Slot) -> Option<u32> {
        self.party_members[slot.0 as usize]
    }

    pub(super) fn full_members(&self, slot: Slot) -> Option<u32> {
        self.full_members[slot.0 as usize]
    }

    pub(super) fn employees(&self, slot: Slot) -> Option<u32> {
        self.employees[slot.0 as usize]
    }

    pub(super) fn floor_area_m2(&self, slot: Slot) -> Option<f64> {
        self.rarities.get(&slot)?.floor_area_m2
    }

    pub(super) fn annual_income_cny(&self, slot: Slot) -> Option<f64> {
        self.rarities.get(&slot)?.annual_income_cny
    }

    pub(super) fn attribute(&self, slot: Slot, id: &AttributeId) -> Option<&AttributeValue> {
        self.rarities.get(&slot)?.attributes.get(id)
    }

    pub(super) fn designations(&self, slot: Slot) -> &[Arc<str>] {
        self.list(self.designations[slot.0 as usize])
    }

    pub(super) fn synthetic(&self) -> &OrganizationSet {
        &self.synthetic
    }

    pub(super) fn industry(&self, slot: Slot) -> Option<&Arc<str>> {
        let symbol = self.industries[slot.0 as usize];
        (symbol != NOTHING).then(|| self.texts.value(symbol))
    }

    /// Every name that a text search looks at beside the first: other writings and aliases.
    pub(super) fn other_names(&self, slot: Slot) -> impl Iterator<Item = &Arc<str>> {
        self.rarities
            .get(&slot)
            .into_iter()
            .flat_map(|r| r.name_hant.iter().chain(&r.name_en).chain(&r.aliases))
    }

    fn list(&self, symbol: u32) -> &[Arc<str>] {
        if symbol == NOTHING { &[] } else { self.lists.value(symbol) }
    }

    fn list_symbol(&mut self, list: &[Arc<str>]) -> u32 {
        if list.is_empty() { NOTHING } else { self.lists.symbol(list) }
    }

    fn grow(&mut self, rows: usize) {
        self.ids.resize(rows, None);
        self.names.resize(rows, Arc::default());
        self.kinds.resize(rows, OrganizationKind::Province);
        self.lives.resize(rows, Validity::ALWAYS);
        self.statuses.resize(rows, OperatingStatus::Operating);
        self.divisions.resize(rows, None);
        self.credit_codes.resize(rows, None);
        self.party_members.resize(rows, None);
        self.full_members.resize(rows, None);
        self.employees.resize(rows, None);
        self.industries.resize(rows, NOTHING);
        self.designations.resize(rows, NOTHING);
        self.sources.resize(rows, NOTHING);
    }
}
