use std::collections::BTreeSet;
use std::io;

use super::Resource;
use super::organization::{
    Class, describe_exemption, describe_kind, describe_organization, describe_value, organization_name,
};
use super::relation::{describe_day, describe_relation, describe_type, ontology_term, type_term};
use crate::exchange::contents::{Contents, Edge};
use crate::model::{OrganizationKind, RelationType};

/// Everything as resources, each with all that is said of it: kinds and types, then organisations with what
/// belongs to them, by id, then the days that intervals lead to.
pub(super) fn describe(
    contents: &Contents<'_>,
    mut each: impl FnMut(&Resource) -> io::Result<()>,
) -> io::Result<()> {
    let graph = contents.graph;
    for kind in OrganizationKind::all().filter(|kind| !graph.of_kind(*kind).is_empty()) {
        each(&describe_kind(kind))?;
    }
    for relation_type in RelationType::all().filter(|found| graph.count_of_type(*found) > 0) {
        each(&describe_type(relation_type))?;
    }
    let mut days = BTreeSet::new();
    let mut edges = contents.edges().peekable();
    for organization in contents.organizations() {
        let organization = organization?;
        let mut resource = describe_organization(contents, &organization);
        let mut related = Vec::new();
        let is_its = |edge: &Result<Edge, _>| {
            edge.as_ref().map_or(true, |edge| edge.relation.source == organization.id)
        };
        while let Some(edge) = edges.next_if(is_its) {
            let edge = edge?;
            let [source, target] = classes(contents, &edge);
            if edge.relation.validity.to().is_none() {
                let types = [Some(type_term(edge.relation.relation_type))];
                let terms =
                    types.into_iter().chain([ontology_term(edge.relation.relation_type, source, target)]);
                for term in terms.flatten() {
                    let direct = (term, super::Object::Resource(organization_name(&edge.relation.target)));
                    // Relations of two manners make one triple.
                    if !resource.statements.contains(&direct) {
                        resource.statements.push(direct);
                    }
                }
            }
            let (relation, interval) = describe_relation(&edge, source, target);
            if interval.is_some() {
                days.extend(
                    [edge.relation.validity.from(), edge.relation.validity.to()].into_iter().flatten(),
                );
            }
            related.push(relation);
            related.extend(interval);
        }
        each(&resource)?;
        related.iter().try_for_each(&mut each)?;
        contents.exemptions(&organization).try_for_each(|exemption| each(&describe_exemption(exemption)))?;
        contents.values(&organization).try_for_each(|value| each(&describe_value(value)))?;
    }
    days.into_iter().try_for_each(|day| each(&describe_day(day)))
}

fn classes(contents: &Contents<'_>, edge: &Edge) -> [Class; 2] {
    let graph = contents.graph;
    [&edge.relation.source, &edge.relation.target].map(|id| {
        let kind = graph.slot(id.as_str()).map(|slot| graph.kind(slot));
        kind.map_or(Class::Organization, Class::of)
    })
}
