use super::name::{Name, Space, Term};
use super::{Object, Resource};
use crate::exchange::contents::Contents;
use crate::exchange::field::FieldType;
use crate::exchange::field::FieldType::{Day, Decimal, Flag, Integer, Text};
use crate::model::{
    DatedValue, Exemption, Language, Organization, OrganizationCategory as C, OrganizationId,
    OrganizationKind, OrganizationKind as K, Validity,
};

/// What the ontology says of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Stands on its own in law or by statute.
    Formal,
    /// A part of another.
    Unit,
    /// Several that work together.
    Collaboration,
    /// An organisation, and no more is said.
    Organization,
    /// A place where organisations are; the ontology has it that none is one.
    Site,
    /// What units are classified by.
    Concept,
    Programme,
}

impl Class {
    pub(super) fn of(kind: OrganizationKind) -> Self {
        match (kind, kind.category()) {
            (K::Workshop | K::WorkTeam | K::PartyGroup, _) => Self::Unit,
            (
                K::JointBody
                | K::PartyBuildingConsortium
                | K::PartyBuildingAlliance
                | K::PartyBuildingComplex,
                _,
            ) => Self::Collaboration,
            (_, C::Unit | C::Party) => Self::Formal,
            (_, C::Territory) => Self::Organization,
            (_, C::Place | C::Facility) => Self::Site,
            (_, C::Sector) => Self::Concept,
            (_, C::Programme) => Self::Programme,
        }
    }

    pub(super) fn is_organization(self) -> bool {
        !matches!(self, Self::Site | Self::Concept | Self::Programme)
    }

    fn names(self) -> Vec<Name> {
        let org = |local| Name::fixed(Space::Org, local);
        let organization = || org("Organization");
        match self {
            Self::Formal => vec![org("FormalOrganization"), organization()],
            Self::Unit => vec![org("OrganizationalUnit"), organization()],
            Self::Collaboration => vec![org("OrganizationalCollaboration"), organization()],
            Self::Organization => vec![organization()],
            Self::Site => vec![org("Site")],
            Self::Concept => vec![Name::fixed(Space::Skos, "Concept")],
            Self::Programme => vec![Name::fixed(Space::Vocabulary, "Programme")],
        }
    }
}

/// The name of an organisation.
pub(super) fn organization_name(id: &OrganizationId) -> Name {
    Name::of(Space::Organization, &[id])
}

/// The name of a kind.
pub(super) fn kind_name(kind: OrganizationKind) -> Name {
    Name::fixed(Space::Kind, kind.name())
}

/// What is recorded of an organisation in its columns.
pub(super) fn describe_organization(contents: &Contents<'_>, organization: &Organization) -> Resource {
    let class = Class::of(organization.kind);
    let mut resource = Resource::new(organization_name(&organization.id), class.names());
    let names = [
        (Some(&organization.name), Language::ZhHans),
        (organization.name_hant.as_ref(), Language::ZhHant),
        (organization.name_en.as_ref(), Language::En),
    ];
    for (name, language) in names {
        if let Some(name) = name {
            resource.says(Term::PREF_LABEL, Object::Named(name.to_string(), language.tag()));
        }
    }
    organization.aliases.iter().for_each(|name| resource.has(Term::ALT_LABEL, name, Text));
    resource.leads_to(Term::KIND, kind_name(organization.kind));
    if class.is_organization() {
        resource.leads_to(Term::CLASSIFICATION, kind_name(organization.kind));
    }
    resource.may_have(Term::IDENTIFIER, organization.uscc, Text);
    resource.may_have(Term::DIVISION, organization.division, Text);
    resource.may_have(Term::INDUSTRY, organization.industry.as_ref(), Text);
    resource.may_have(Term::PARTY_MEMBERS, organization.party_members, Integer);
    resource.may_have(Term::FULL_MEMBERS, organization.full_members, Integer);
    resource.may_have(Term::EMPLOYEES, organization.employees, Integer);
    resource.may_have(Term::FLOOR_AREA_M2, organization.floor_area_m2, Decimal);
    resource.may_have(Term::ANNUAL_INCOME_CNY, organization.annual_income_cny, Decimal);
    organization.designations.iter().for_each(|text| resource.has(Term::DESIGNATION, text, Text));
    resource.has(Term::OPERATING_STATUS, organization.operating_status.name(), Text);
    resource.may_have(Term::ESTABLISHED_ON, organization.life.from(), Day);
    resource.may_have(Term::DISSOLVED_ON, organization.life.to(), Day);
    resource.has(Term::SYNTHETIC, &organization.synthetic, Flag);
    organization.sources.iter().for_each(|source| resource.has(Term::SOURCE, source, Text));
    for declaration in contents.catalog.iter() {
        if let Some(value) = organization.attributes.get(&declaration.id) {
            let value_type = FieldType::of(declaration.attribute_type);
            resource.has(Term::attribute(&declaration.id, value_type), value, value_type);
        }
    }
    resource
}

/// An exemption as a resource.
pub(super) fn describe_exemption(exemption: &Exemption) -> Resource {
    let Exemption { unit, indicator, granted_on, until, reason, granted_by } = exemption;
    let name = Name::of(Space::Exemption, &[unit, indicator, granted_on]);
    let mut resource = Resource::new(name, [Name::fixed(Space::Vocabulary, "Exemption")]);
    resource.leads_to(Term::SUBJECT, organization_name(unit));
    resource.has(Term::INDICATOR, indicator, Text);
    resource.has(Term::REASON, reason, Text);
    resource.has(Term::GRANTED_BY, granted_by, Text);
    resource.has(Term::GRANTED_ON, granted_on, Day);
    resource.may_have(Term::UNTIL, until.as_ref(), Day);
    resource
}

/// A dated value as a resource.
pub(super) fn describe_value(dated: &DatedValue) -> Resource {
    let DatedValue { organization, attribute, value, validity, source } = dated;
    let from = validity.from().map_or_else(String::new, |from| from.to_string());
    let name = Name::of(Space::Value, &[organization, attribute, &from]);
    let mut resource = Resource::new(name, [Name::fixed(Space::Vocabulary, "DatedValue")]);
    resource.leads_to(Term::SUBJECT, organization_name(organization));
    resource.has(Term::OF_ATTRIBUTE, attribute, Text);
    resource.has(Term::HAS_VALUE, value, FieldType::of(value.attribute_type()));
    describe_validity(&mut resource, *validity);
    resource.may_have(Term::SOURCE, source.as_ref(), Text);
    resource
}

/// The first day of something, and the first day after it.
pub(super) fn describe_validity(resource: &mut Resource, validity: Validity) {
    resource.may_have(Term::VALID_FROM, validity.from(), Day);
    resource.may_have(Term::VALID_TO, validity.to(), Day);
}

/// A kind as what organisations are classified by.
pub(super) fn describe_kind(kind: OrganizationKind) -> Resource {
    let mut resource = Resource::new(kind_name(kind), [Name::fixed(Space::Skos, "Concept")]);
    resource.has(Term::NOTATION, kind.name(), Text);
    resource.is_named(&kind.label());
    resource
}
