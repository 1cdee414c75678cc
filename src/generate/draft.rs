use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{
    AttributeId, AttributeValue, Organization, OrganizationId, OrganizationKind as K, Relation,
    RelationType as T, Validity,
};

use super::GenerateError;
use super::calendar::Calendar;
use super::credit::credit_code;
use super::dice::Dice;
use super::ground::{Ground, Site};
use super::names::{BrandNames, prefix};
use super::plan::Plan;
use crate::work::Steps;

/// Which facts there are: F1 to F20; 0 stands for none.
const FACTS: usize = 20;

/// An organisation of the draft, by its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Handle(usize);

/// One end of a relation: an organisation of the draft or of the base.
#[derive(Clone, Copy)]
pub(super) enum End<'a> {
    Drafted(Handle),
    Named(&'a OrganizationId),
}

impl From<Handle> for End<'_> {
    fn from(handle: Handle) -> Self {
        Self::Drafted(handle)
    }
}

impl<'a> From<&'a OrganizationId> for End<'a> {
    fn from(id: &'a OrganizationId) -> Self {
        Self::Named(id)
    }
}

/// All that has been generated so far, and what the sections need to add to it.
pub(super) struct Draft<'a> {
    pub(super) ground: &'a Ground,
    pub(super) plan: &'a Plan,
    pub(super) dice: Dice,
    pub(super) calendar: Calendar,
    pub(super) brands: BrandNames,
    /// The first Party organisation of each community and village.
    pub(super) seats: Vec<Option<Handle>>,
    /// The enterprise of a workshop and the workshop of a team.
    pub(super) part_of: BTreeMap<Handle, Handle>,
    /// The Party organisation of a unit that has one of its own.
    pub(super) own: BTreeMap<Handle, Handle>,
    /// Industry Party committees by industry, named and generated.
    pub(super) industry_committees: BTreeMap<Arc<str>, OrganizationId>,
    organizations: Vec<Organization>,
    sites: Vec<Site>,
    relations: Vec<Relation>,
    by_kind: BTreeMap<K, Vec<Handle>>,
    words: BTreeMap<&'static str, Arc<str>>,
    attributes: BTreeMap<&'static str, AttributeId>,
    citations: Vec<Arc<str>>,
    /// How many digits the serial numbers of ids have.
    digits: usize,
    credit_codes: u64,
    steps: Steps,
}

impl<'a> Draft<'a> {
    pub(super) fn new(ground: &'a Ground, plan: &'a Plan, organizations: u64) -> Self {
        let cite = |fact: usize| match fact {
            0 => "generated".into(),
            _ => format!("generated (F{fact})").into(),
        };
        Self {
            ground,
            plan,
            dice: Dice::new(0, 0),
            calendar: Calendar::new(),
            brands: BrandNames::default(),
            seats: vec![None; ground.localities.len()],
            part_of: BTreeMap::new(),
            own: BTreeMap::new(),
            industry_committees: ground.industry_committees.clone(),
            organizations: Vec::new(),
            sites: Vec::new(),
            relations: Vec::new(),
            by_kind: BTreeMap::new(),
            words: BTreeMap::new(),
            attributes: BTreeMap::new(),
            citations: (0..=FACTS).map(cite).collect(),
            digits: organizations.to_string().len().max(5),
            credit_codes: 0,
            steps: Steps::begin("making up organisations", organizations),
        }
    }

    /// Adds an organisation; its name gets the mark of an example in front.
    pub(super) fn add(&mut self, kind: K, name: &str, site: Site) -> Result<Handle, GenerateError> {
        self.steps.try_add(1)?;
        let handle = Handle(self.organizations.len());
        let of_kind = self.by_kind.entry(kind).or_default();
        of_kind.push(handle);
        let id = format!("gen-{}-{:0width$}", prefix(kind), of_kind.len(), width = self.digits);
        let mut organization = Organization::new(id.parse()?, kind, format!("示例{name}"));
        organization.synthetic = true;
        organization.sources.push(self.word("generated"));
        organization.division = self.ground.id(site).and_then(OrganizationId::division);
        if self.dice.percent(88) {
            let established = self.calendar.day(&mut self.dice, 2008, 2023);
            organization.life = Validity::new(established, None).unwrap_or_default();
        }
        self.organizations.push(organization);
        self.sites.push(site);
        Ok(handle)
    }

    /// Relates two organisations, with the fact that it goes back to (0: none).
    pub(super) fn relate<'e, 'f>(
        &mut self,
        source: impl Into<End<'e>>,
        relation_type: T,
        target: impl Into<End<'f>>,
        fact: usize,
    ) -> &mut Relation {
        let mut relation = Relation::new(self.end(source.into()), relation_type, self.end(target.into()));
        relation.citation = self.citations.get(fact).cloned();
        let place = self.relations.len();
        self.relations.push(relation);
        &mut self.relations[place]
    }

    fn end(&self, end: End<'_>) -> OrganizationId {
        match end {
            End::Drafted(handle) => self.organizations[handle.0].id.clone(),
            End::Named(id) => id.clone(),
        }
    }

    /// The record as it stands.
    pub(super) fn get(&self, handle: Handle) -> &Organization {
        &self.organizations[handle.0]
    }

    /// The record, to be changed.
    pub(super) fn edit(&mut self, handle: Handle) -> &mut Organization {
        &mut self.organizations[handle.0]
    }

    /// The id, apart from the draft.
    pub(super) fn id(&self, handle: Handle) -> OrganizationId {
        self.organizations[handle.0].id.clone()
    }

    /// Where it was placed.
    pub(super) fn site(&self, handle: Handle) -> Site {
        self.sites[handle.0]
    }

    /// How well things go where it stands, about 100.
    pub(super) fn quality(&self, handle: Handle) -> u32 {
        self.ground.quality(self.site(handle))
    }

    /// Its name without the mark of an example, to be built upon.
    pub(super) fn stem(&self, handle: Handle) -> String {
        let name = &self.get(handle).name;
        name.strip_prefix("示例").unwrap_or(name).to_owned()
    }

    /// All of a kind, in the order of their ids.
    pub(super) fn of(&self, kind: K) -> Vec<Handle> {
        self.by_kind.get(&kind).cloned().unwrap_or_default()
    }

    /// Whether it bears a designation.
    pub(super) fn is_designated(&self, handle: Handle, designation: &str) -> bool {
        self.get(handle).designations.contains(designation)
    }

    /// Gives it a designation.
    pub(super) fn designate(&mut self, handle: Handle, designation: &'static str) {
        let word = self.word(designation);
        self.edit(handle).designations.insert(word);
    }

    /// Gives it a value of a declared attribute.
    pub(super) fn set(
        &mut self,
        handle: Handle,
        attribute: &'static str,
        value: AttributeValue,
    ) -> Result<(), GenerateError> {
        let id = self.attribute(attribute)?;
        self.edit(handle).attributes.insert(id, value);
        Ok(())
    }

    /// The id of an attribute; ids and words are shared by all that bear them, not copied.
    pub(super) fn attribute(&mut self, attribute: &'static str) -> Result<AttributeId, GenerateError> {
        if let Some(id) = self.attributes.get(attribute) {
            return Ok(id.clone());
        }
        let id: AttributeId = attribute.parse()?;
        self.attributes.insert(attribute, id.clone());
        Ok(id)
    }

    /// A word as organisations hold it.
    pub(super) fn word(&mut self, word: &'static str) -> Arc<str> {
        self.words.entry(word).or_insert_with(|| word.into()).clone()
    }

    /// Gives a credit code to most.
    pub(super) fn register(&mut self, handle: Handle, registry: &str) {
        if self.dice.percent(88) {
            self.edit(handle).uscc = credit_code(registry, self.credit_codes);
            self.credit_codes += 1;
        }
    }

    /// Ends the life of a few.
    pub(super) fn dissolve_some(&mut self, handle: Handle, percent: u32) {
        if self.dice.percent(percent) {
            let from = self.get(handle).life.from();
            // Lives begin in 2023 at the latest, so a day of 2024 always ends them later.
            let early = self.calendar.day(&mut self.dice, 2018, 2023).filter(|to| Some(*to) > from);
            let to = early.or(self.calendar.day(&mut self.dice, 2024, 2024));
            self.edit(handle).life = Validity::new(from, to).unwrap_or_default();
        }
    }

    /// A community or village where firms and shops are: each community as often as four villages.
    pub(super) fn busy_site(&mut self) -> Site {
        self.dice.pick(&self.ground.busy).map_or(Site::District, |number| Site::Locality(*number))
    }

    /// Mostly a community, where buildings and markets are.
    pub(super) fn urban_site(&mut self) -> Site {
        let community = self.dice.pick(&self.ground.communities).map(|number| Site::Locality(*number));
        let busy = self.busy_site();
        community.filter(|_| self.dice.percent(80)).unwrap_or(busy)
    }

    /// Any community or village.
    pub(super) fn any_site(&mut self) -> Site {
        let count = u32::try_from(self.ground.localities.len()).unwrap_or(u32::MAX);
        Site::Locality(self.dice.below(count) as usize)
    }

    /// When a relation of a body holds: mostly still; a few are over, a few only planned.
    pub(super) fn validity(&mut self, body: Handle) -> Validity {
        let established = self.get(body).life.from();
        let roll = self.dice.below(100);
        let mut day = |first, last| self.calendar.day(&mut self.dice, first, last);
        let (from, to) = match roll {
            0..45 => (None, None),
            45..94 => (day(2012, 2024).max(established), None),
            94..98 => (day(2009, 2018), day(2020, 2024)),
            _ => (day(2030, 2034), None),
        };
        Validity::new(from, to).unwrap_or_default()
    }

    /// All that was generated.
    pub(super) fn finish(self) -> (Vec<Organization>, Vec<Relation>) {
        (self.organizations, self.relations)
    }
}
