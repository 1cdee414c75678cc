use std::collections::BTreeMap;
use std::sync::Arc;

use super::field::{Field, FieldType, organization_fields, relation_fields};
use super::left_out::LeftOut;
use crate::graph::{Direction, Graph, When};
use crate::model::{Annex, AttributeCatalog, DatedValue, EnumLabels, Exemption, Organization, Relation};
use crate::work::{Stopped, try_counted};

/// What is to be written, as one stream that every format follows: organisations by id, each with its relations.
pub(super) struct Contents<'a> {
    pub(super) graph: &'a Graph,
    /// What is said of organisations; of declared attributes those that any has.
    pub(super) organization_fields: Vec<Field<Organization>>,
    pub(super) relation_fields: Vec<Field<Edge>>,
    pub(super) catalog: &'a AttributeCatalog,
    /// The classification that a file has to say, where there is one.
    pub(super) classification: Option<&'a str>,
}

/// A relation on its way out.
pub(super) struct Edge {
    pub(super) relation: Relation,
    /// Whether it follows from a division code and was never stated.
    pub(super) implied: bool,
}

impl<'a> Contents<'a> {
    pub(super) fn new(
        graph: &'a Graph,
        catalog: &'a AttributeCatalog,
        classification: Option<&'a str>,
    ) -> Self {
        let mut fields = organization_fields(catalog);
        let mut unseen: Vec<_> = catalog.iter().map(|declaration| &declaration.id).collect();
        for organization in graph.organizations_with_attributes() {
            unseen.retain(|id| !organization.attributes.contains_key(*id));
        }
        fields.retain(|field| field.attribute().is_none_or(|id| !unseen.contains(&id)));
        Self {
            graph,
            organization_fields: fields,
            relation_fields: relation_fields(),
            catalog,
            classification,
        }
    }

    /// All organisations, in the byte order of their ids; an error where the export is cancelled.
    pub(super) fn organizations(&self) -> impl Iterator<Item = Result<Organization, Stopped>> + use<'a> {
        let graph = self.graph;
        try_counted("exporting organisations", graph.organization_count() as u64, graph.organizations())
    }

    /// All relations, in the order of source, type, target, mode and start; an error where the export is cancelled.
    pub(super) fn edges(&self) -> impl Iterator<Item = Result<Edge, Stopped>> + use<'a> {
        let graph = self.graph;
        let edges = graph.slots_by_id().flat_map(move |slot| {
            let found = graph.relations_of(slot, Direction::Out, &[], When::Ever).map(|view| view.slot);
            let sorted = graph.sorted_relations(found).into_iter();
            sorted
                .filter_map(|relation| graph.relation_at(relation))
                .map(|view| Edge { relation: graph.relation_record(&view), implied: view.implied })
        });
        try_counted("exporting relations", graph.relation_count() as u64, edges)
    }

    /// The exemptions of an organisation.
    pub(super) fn exemptions(&self, organization: &Organization) -> impl Iterator<Item = &'a Exemption> {
        let slot = self.graph.slot(organization.id.as_str());
        slot.into_iter().flat_map(|slot| self.graph.exemptions_of(slot))
    }

    /// The dated values of an organisation.
    pub(super) fn values(&self, organization: &Organization) -> impl Iterator<Item = &'a DatedValue> {
        let slot = self.graph.slot(organization.id.as_str());
        slot.into_iter().flat_map(|slot| self.graph.values_of(slot))
    }

    /// The attributes that have dated values, in the order of their names, and what the values are.
    pub(super) fn dated_fields(&self) -> BTreeMap<Arc<str>, FieldType> {
        let dated = self.graph.annexes().filter_map(|annex| match annex {
            Annex::Value(value) => Some(value),
            Annex::Exemption(_) | Annex::Task(_) => None,
        });
        let field = |dated: &DatedValue| {
            let declared = || self.catalog.get(dated.attribute.name()).map(|found| found.attribute_type);
            let value_type = dated.attribute.fixed_type().or_else(declared);
            let value_type = value_type.unwrap_or_else(|| dated.value.attribute_type());
            (dated.attribute.name().into(), FieldType::of(value_type))
        };
        dated.map(field).collect()
    }

    /// Whether any organisation was generated, so that the file has to say so.
    pub(super) fn is_synthetic(&self) -> bool {
        !self.graph.synthetic().is_empty()
    }

    /// What a file says of itself in a text: its classification, and that it holds generated data.
    pub(super) fn mark(&self) -> Option<String> {
        let generated = self.is_synthetic().then_some(SYNTHETIC);
        let marks: Vec<_> = self.classification.into_iter().chain(generated).collect();
        (!marks.is_empty()).then(|| marks.join(" · "))
    }

    /// What a format that holds these sorts of annexes has no place for.
    pub(super) fn left_out(&self, exemptions: bool, values: bool) -> LeftOut {
        LeftOut::but(self.graph, exemptions, values)
    }
}

/// What a file says of generated data.
pub(super) const SYNTHETIC: &str = "含生成数据 generated data";

impl Edge {
    /// What tells it from all others, in characters that may stand in XML names and in local names of Turtle.
    pub(super) fn id(&self) -> String {
        let Relation { source, relation_type, target, mode, validity, .. } = &self.relation;
        let mut id = format!("{source}:{relation_type}:{target}");
        if mode.is_some() || validity.from().is_some() {
            id += &format!(":{}", mode.map_or("", |mode| mode.name()));
        }
        if let Some(from) = validity.from() {
            id += &format!(":{from}");
        }
        id
    }

    /// How readers of simplified Chinese read it.
    pub(super) fn label(&self) -> String {
        let written = |of, value| EnumLabels::of(of).and_then(|l| l.simplified(value)).unwrap_or(value);
        let relation_type = written("RelationType", self.relation.relation_type.name());
        match self.relation.mode {
            Some(mode) => format!("{relation_type}（{}）", written("RelationMode", mode.name())),
            None => relation_type.to_owned(),
        }
    }
}
