use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{
    DivisionCode, Organization, OrganizationCategory, OrganizationId, OrganizationKind as K, RelationType,
};

use super::dice::Dice;
use super::{Base, GenerateError};

/// Where something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Site {
    /// Nobody said.
    Nowhere,
    /// In the district as a whole.
    District,
    /// In a subdistrict, by its place in the list.
    Subdistrict(usize),
    /// In a community or village, by its place in the list.
    Locality(usize),
}

/// A real subdistrict or town.
pub(super) struct Subdistrict {
    pub(super) id: OrganizationId,
    pub(super) name: Arc<str>,
    /// How well things go there, about 100: gaps differ between subdistricts, so that a ranking has something to say.
    pub(super) quality: u32,
    /// Its Party working committee.
    pub(super) committee: Option<OrganizationId>,
}

/// A real community or village.
pub(super) struct Locality {
    pub(super) id: OrganizationId,
    pub(super) kind: K,
    /// Its name without the words for its committee.
    pub(super) name: String,
    pub(super) subdistrict: usize,
    /// A campus that is counted like a community.
    pub(super) quasi: bool,
}

/// The real territories and the bodies that the facts name, as the sections ask for them.
pub(super) struct Ground {
    pub(super) district: Option<OrganizationId>,
    pub(super) subdistricts: Vec<Subdistrict>,
    pub(super) localities: Vec<Locality>,
    /// Communities, by their places in the list of localities; campuses are left out.
    pub(super) communities: Vec<usize>,
    /// Places in the list of localities, communities four times and campuses not at all.
    pub(super) busy: Vec<usize>,
    pub(super) district_committee: Option<OrganizationId>,
    pub(super) chamber_committee: Option<OrganizationId>,
    pub(super) zone: Option<OrganizationId>,
    /// Industries, chains and industry Party committees by their industry.
    pub(super) industries: BTreeMap<Arc<str>, OrganizationId>,
    pub(super) chains: BTreeMap<Arc<str>, OrganizationId>,
    pub(super) industry_committees: BTreeMap<Arc<str>, OrganizationId>,
    /// Party-building complexes with their subdistricts.
    pub(super) complexes: Vec<(OrganizationId, usize)>,
    /// Named places that facilities may serve.
    pub(super) places: Vec<(Organization, Site)>,
}

impl Ground {
    pub(super) fn read(base: &Base, seed: u64) -> Result<Self, GenerateError> {
        let mut parents = BTreeMap::new();
        for relation in base.relations.iter().filter(|r| r.relation_type == RelationType::PartOf) {
            parents.insert(&relation.source, &relation.target);
        }
        let mut dice = Dice::new(seed, 0);
        let mut subdistricts = Vec::new();
        let mut numbers = BTreeMap::new();
        for organization in of_kind(base, K::Subdistrict) {
            let quality = dice.between(55, 145);
            numbers.insert(&organization.id, subdistricts.len());
            subdistricts.push(Subdistrict {
                id: organization.id.clone(),
                name: organization.name.clone(),
                quality,
                committee: of_kind(base, K::PartyWorkingCommittee)
                    .find(|committee| committee.division == organization.id.division())
                    .map(|committee| committee.id.clone()),
            });
        }
        let mut localities = Vec::new();
        for organization in &base.organizations {
            let subdistrict = parents.get(&organization.id).and_then(|parent| numbers.get(*parent));
            if let (K::Community | K::Village, Some(subdistrict)) = (organization.kind, subdistrict) {
                localities.push(Locality {
                    id: organization.id.clone(),
                    kind: organization.kind,
                    name: short_name(&organization.name),
                    subdistrict: *subdistrict,
                    quasi: organization.designations.contains("QUASI_COMMUNITY"),
                });
            }
        }
        if localities.is_empty() {
            return Err(GenerateError::NoLocality);
        }
        let mut ground = Self {
            district: of_kind(base, K::District).next().map(|o| o.id.clone()),
            subdistricts,
            localities,
            communities: Vec::new(),
            busy: Vec::new(),
            district_committee: of_kind(base, K::PartyCommittee).next().map(|o| o.id.clone()),
            chamber_committee: of_kind(base, K::IndustryPartyCommittee)
                .find(|committee| committee.name.contains("商会"))
                .map(|committee| committee.id.clone()),
            zone: of_kind(base, K::DevelopmentZone).next().map(|o| o.id.clone()),
            industries: by_industry(base, K::Industry),
            chains: by_industry(base, K::IndustrialChain),
            industry_committees: by_industry(base, K::IndustryPartyCommittee),
            complexes: Vec::new(),
            places: Vec::new(),
        };
        ground.communities = ground.localities_of(K::Community);
        ground.busy = ground.communities.repeat(4);
        ground.busy.extend(ground.localities_of(K::Village));
        ground.read_bodies(base);
        Ok(ground)
    }

    fn read_bodies(&mut self, base: &Base) {
        for organization in &base.organizations {
            let site = self.site_of(organization.division);
            match (organization.kind, site) {
                (K::PartyBuildingComplex, Site::Subdistrict(number)) => {
                    self.complexes.push((organization.id.clone(), number));
                }
                (K::DevelopmentZone | K::DemonstrationArea, _) => {}
                (kind, _) if kind.category() == OrganizationCategory::Place => {
                    self.places.push((organization.clone(), site));
                }
                _ => {}
            }
        }
    }

    fn site_of(&self, division: Option<DivisionCode>) -> Site {
        let Some(id) = division.map(OrganizationId::of_division) else { return Site::Nowhere };
        if let Some(number) = self.localities.iter().position(|locality| locality.id == id) {
            return Site::Locality(number);
        }
        match self.subdistricts.iter().position(|subdistrict| subdistrict.id == id) {
            Some(number) => Site::Subdistrict(number),
            None => Site::District,
        }
    }

    /// The territory of a site.
    pub(super) fn id(&self, site: Site) -> Option<&OrganizationId> {
        match site {
            Site::Nowhere => None,
            Site::District => self.district.as_ref(),
            Site::Subdistrict(number) => self.subdistricts.get(number).map(|s| &s.id),
            Site::Locality(number) => self.localities.get(number).map(|l| &l.id),
        }
    }

    /// What a site is called.
    pub(super) fn name(&self, site: Site) -> &str {
        match site {
            Site::Nowhere | Site::District => "区",
            Site::Subdistrict(number) => self.subdistricts.get(number).map_or("", |s| &s.name),
            Site::Locality(number) => self.localities.get(number).map_or("", |l| &l.name),
        }
    }

    /// The subdistrict of a site.
    pub(super) fn subdistrict(&self, site: Site) -> Option<usize> {
        match site {
            Site::Nowhere | Site::District => None,
            Site::Subdistrict(number) => Some(number),
            Site::Locality(number) => self.localities.get(number).map(|l| l.subdistrict),
        }
    }

    /// How well things go at a site, about 100.
    pub(super) fn quality(&self, site: Site) -> u32 {
        self.subdistrict(site).and_then(|number| self.subdistricts.get(number)).map_or(100, |s| s.quality)
    }

    /// The communities or the villages, by their places in the list; campuses are left out.
    pub(super) fn localities_of(&self, kind: K) -> Vec<usize> {
        let right = |(number, l): (usize, &Locality)| (l.kind == kind && !l.quasi).then_some(number);
        self.localities.iter().enumerate().filter_map(right).collect()
    }
}

fn of_kind(base: &Base, kind: K) -> impl Iterator<Item = &Organization> {
    base.organizations.iter().filter(move |organization| organization.kind == kind)
}

fn by_industry(base: &Base, kind: K) -> BTreeMap<Arc<str>, OrganizationId> {
    of_kind(base, kind).filter_map(|o| Some((o.industry.clone()?, o.id.clone()))).collect()
}

fn short_name(name: &str) -> String {
    let end = [("社区居民委员会", "社区"), ("村村民委员会", "村"), ("居民委员会", ""), ("村民委员会", "村")];
    for (long, short) in end {
        if let Some(stem) = name.strip_suffix(long) {
            return format!("{stem}{short}");
        }
    }
    name.to_owned()
}
