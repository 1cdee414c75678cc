use std::collections::BTreeMap;
use std::path::Path;

use crate::generate::{Base, Generated, Options, generate};
use crate::model::{Date, Organization, OrganizationId, Relation, RelationType, Validity};

/// The real tree and the named bodies, as the bundled ledgers hold them; only the columns that they use.
pub(super) fn base() -> Base {
    let mut base = Base::default();
    for file in ["territories.csv", "facts-organizations.csv"] {
        for row in rows(file) {
            let cell = |column: &str| row.get(column).filter(|cell| !cell.is_empty()).cloned();
            let (id, kind, name) = (&row["id"], &row["kind"], row["name"].as_str());
            let mut organization = Organization::new(id.parse().unwrap(), kind.parse().unwrap(), name);
            organization.division = cell("division").map(|code| code.parse().unwrap());
            organization.industry = cell("industry").map(Into::into);
            let words = cell("designations").unwrap_or_default();
            organization.designations = words.split_terminator(';').map(Into::into).collect();
            organization.sources = vec![row["source"].as_str().into()];
            base.organizations.push(organization);
        }
    }
    for file in ["territory-relations.csv", "facts-relations.csv"] {
        for row in rows(file) {
            let id = |column: &str| row[column].parse::<OrganizationId>().unwrap();
            let mut relation = Relation::new(id("source"), row["type"].parse().unwrap(), id("target"));
            relation.mode = row.get("mode").filter(|m| !m.is_empty()).map(|m| m.parse().unwrap());
            base.relations.push(relation);
        }
    }
    base
}

fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data/base").join(file);
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

pub(super) fn generated(organizations: u64, seed: u64) -> Generated {
    generate(&base(), Options { organizations, seed }).unwrap()
}

/// Base and generated records together as they are on one day, for naive questions.
pub(super) struct World {
    pub(super) organizations: BTreeMap<OrganizationId, Organization>,
    pub(super) relations: Vec<Relation>,
    incoming: BTreeMap<OrganizationId, Vec<usize>>,
    outgoing: BTreeMap<OrganizationId, Vec<usize>>,
}

impl World {
    pub(super) fn new(base: Base, generated: Generated) -> Self {
        let day = Date::constant(2024, 6, 30);
        let all = base.organizations.into_iter().chain(generated.organizations);
        let organizations: BTreeMap<_, _> = all
            .chain(generated.village_values)
            .filter(|o| o.life.contains(day))
            .map(|o| (o.id.clone(), o))
            .collect();
        let holds = |relation: &Relation| {
            let validity: Validity = relation.validity;
            let exists = |id| organizations.contains_key(id);
            validity.contains(day) && exists(&relation.source) && exists(&relation.target)
        };
        let relations: Vec<_> = base.relations.into_iter().chain(generated.relations).filter(holds).collect();
        let (mut incoming, mut outgoing) = (BTreeMap::new(), BTreeMap::new());
        for (number, relation) in relations.iter().enumerate() {
            incoming.entry(relation.target.clone()).or_insert_with(Vec::new).push(number);
            outgoing.entry(relation.source.clone()).or_insert_with(Vec::new).push(number);
        }
        Self { organizations, relations, incoming, outgoing }
    }

    /// The relations of a type that end at an organisation, with the organisations that they come from.
    pub(super) fn sources(
        &self,
        target: &Organization,
        relation_type: RelationType,
    ) -> impl Iterator<Item = (&Relation, &Organization)> {
        self.ends(&self.incoming, target, relation_type, |relation| &relation.source)
    }

    /// The relations of a type that begin at an organisation, with the organisations that they lead to.
    pub(super) fn targets(
        &self,
        source: &Organization,
        relation_type: RelationType,
    ) -> impl Iterator<Item = (&Relation, &Organization)> {
        self.ends(&self.outgoing, source, relation_type, |relation| &relation.target)
    }

    fn ends<'a>(
        &'a self,
        index: &'a BTreeMap<OrganizationId, Vec<usize>>,
        organization: &Organization,
        relation_type: RelationType,
        end: impl Fn(&Relation) -> &OrganizationId + 'a,
    ) -> impl Iterator<Item = (&'a Relation, &'a Organization)> {
        let numbers = index.get(&organization.id).into_iter().flatten();
        numbers
            .map(|number| &self.relations[*number])
            .filter(move |relation| relation.relation_type == relation_type)
            .map(move |relation| (relation, &self.organizations[end(relation)]))
    }
}
