use super::Resource;
use super::name::{Name, Range, Space, Term};
use super::organization::{Class, describe_validity, organization_name};
use crate::exchange::contents::Edge;
use crate::exchange::field::FieldType::{Day, Flag, Text};
use crate::model::{Date, EnumLabels, Relation, RelationType as T, Validity};

/// The term of a relation type.
pub(super) fn type_term(relation_type: T) -> Term {
    let local = match relation_type {
        T::PartOf => "partOf",
        T::LocatedIn => "locatedIn",
        T::SubordinateTo => "subordinateTo",
        T::Organizes => "organizes",
        T::Instructs => "instructs",
        T::MemberOf => "memberOf",
        T::Leads => "leads",
        T::OperatesIn => "operatesIn",
        T::InChain => "inChain",
        T::ManagedBy => "managedBy",
        T::GuidedBy => "guidedBy",
        T::Serves => "serves",
        T::Chairs => "chairs",
        T::JoinsLocality => "joinsLocality",
        T::ResponsibleFor => "responsibleFor",
        T::PartnersWith => "partnersWith",
    };
    Term { name: Name::fixed(Space::Vocabulary, local), range: Range::Resource }
}

/// The term of the ontology for a relation between two classes, if it has one for both.
pub(super) fn ontology_term(relation_type: T, source: Class, target: Class) -> Option<Term> {
    let both = source.is_organization() && target.is_organization();
    match relation_type {
        T::LocatedIn if source.is_organization() && target == Class::Site => Some(Term::HAS_SITE),
        T::PartOf | T::SubordinateTo if (source, target) == (Class::Unit, Class::Formal) => {
            Some(Term::UNIT_OF)
        }
        T::PartOf | T::SubordinateTo if both => Some(Term::SUB_ORGANIZATION_OF),
        T::MemberOf if both => Some(Term::MEMBER_OF),
        T::PartOf | T::SubordinateTo | T::MemberOf | T::LocatedIn => None,
        _ => both.then_some(Term::LINKED_TO),
    }
}

/// A relation as a resource with its days, and the interval of a membership that has any.
pub(super) fn describe_relation(edge: &Edge, source: Class, target: Class) -> (Resource, Option<Resource>) {
    let Relation { relation_type, mode, validity, citation, .. } = &edge.relation;
    let id = edge.id();
    let ends = [&edge.relation.source, &edge.relation.target].map(organization_name);
    let is_membership = *relation_type == T::MemberOf && source.is_organization() && target.is_organization();
    let mut classes = vec![Name::fixed(Space::Vocabulary, "Relation")];
    if is_membership {
        classes.insert(0, Name::fixed(Space::Org, "Membership"));
    }
    let mut resource = Resource::new(Name::of(Space::Relation, &[&id]), classes);
    let mut interval = None;
    let [source, target] = ends;
    if is_membership {
        resource.leads_to(Term::MEMBER, source.clone());
        resource.leads_to(Term::ORGANIZATION, target.clone());
        if *validity != Validity::ALWAYS {
            let during = describe_interval(Name::of(Space::Interval, &[&id]), *validity);
            resource.leads_to(Term::MEMBER_DURING, during.id.clone());
            interval = Some(during);
        }
    }
    resource.leads_to(Term::RELATION_TYPE, type_term(*relation_type).name);
    resource.leads_to(Term::RELATION_SOURCE, source);
    resource.leads_to(Term::RELATION_TARGET, target);
    resource.may_have(Term::MODE, mode.map(|mode| mode.name()), Text);
    describe_validity(&mut resource, *validity);
    resource.may_have(Term::SOURCE, citation.as_ref(), Text);
    resource.has(Term::IMPLIED, &edge.implied, Flag);
    (resource, interval)
}

fn describe_interval(name: Name, validity: Validity) -> Resource {
    let mut resource = Resource::new(name, [Name::fixed(Space::Time, "Interval")]);
    for (term, day) in [(Term::HAS_BEGINNING, validity.from()), (Term::HAS_END, validity.to())] {
        if let Some(day) = day {
            resource.leads_to(term, day_name(day));
        }
    }
    resource
}

fn day_name(day: Date) -> Name {
    Name::of(Space::Day, &[&day])
}

/// A day on which an interval begins or ends.
pub(super) fn describe_day(day: Date) -> Resource {
    let mut resource = Resource::new(day_name(day), [Name::fixed(Space::Time, "Instant")]);
    resource.has(Term::IN_DAY, &day, Day);
    resource
}

/// A relation type as a property.
pub(super) fn describe_type(relation_type: T) -> Resource {
    let mut resource = Resource::new(type_term(relation_type).name, [Name::fixed(Space::Rdf, "Property")]);
    resource.has(Term::NOTATION, relation_type.name(), Text);
    if let Some(label) = EnumLabels::of("RelationType").and_then(|labels| labels.get(relation_type.name())) {
        resource.is_named(&label);
    }
    // The one type that joins organisations only, and always as the ontology says it.
    if relation_type == T::SubordinateTo {
        resource.leads_to(Term::SUB_PROPERTY_OF, Term::SUB_ORGANIZATION_OF.name);
    }
    resource
}
