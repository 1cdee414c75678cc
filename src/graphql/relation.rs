use std::cmp::Ordering;
use std::sync::Arc;

use async_graphql::{Object, Result};

use super::enums::{RelationMode, RelationType};
use super::organization::Organization;
use super::page::Ordered;
use super::plain::{Inner, Plain, Write, leaf, name};
use super::scalar::Date;
use crate::atlas::Snapshot;
use crate::graph::{Graph, RelationSlot, RelationView};

/// A dated relation between two organisations.
pub(super) struct Relation {
    snapshot: Arc<Snapshot>,
    slot: RelationSlot,
}

impl Relation {
    pub(super) fn new(snapshot: &Arc<Snapshot>, slot: RelationSlot) -> Self {
        Self { snapshot: Arc::clone(snapshot), slot }
    }

    fn view(&self) -> Result<RelationView<'_>> {
        self.snapshot.graph.relation_at(self.slot).ok_or_else(|| "the relation is gone".into())
    }
}

/// A dated relation between two organisations.
#[Object]
impl Relation {
    /// Where it starts.
    async fn source(&self) -> Result<Organization> {
        Ok(Organization::new(&self.snapshot, self.view()?.source))
    }

    /// What it says.
    async fn r#type(&self) -> Result<RelationType> {
        Ok(self.view()?.relation_type.into())
    }

    /// Where it ends.
    async fn target(&self) -> Result<Organization> {
        Ok(Organization::new(&self.snapshot, self.view()?.target))
    }

    /// Its manner; null where it is unspecified.
    async fn mode(&self) -> Option<Result<RelationMode>> {
        self.view().map(|view| view.mode.map(Into::into)).transpose()
    }

    /// First day on which it holds, if both ends exist; null where it is open.
    async fn valid_from(&self) -> Option<Result<Date>> {
        self.view().map(|view| view.validity.from().map(Date)).transpose()
    }

    /// First day on which it does not hold any more; null where it is open.
    async fn valid_to(&self) -> Option<Result<Date>> {
        self.view().map(|view| view.validity.to().map(Date)).transpose()
    }

    /// Where the record comes from.
    async fn citation(&self) -> Option<Result<&str>> {
        self.view().map(|view| view.citation.map(AsRef::as_ref)).transpose()
    }

    /// Whether it follows from a division code and was never stated.
    async fn implied(&self) -> Result<bool> {
        Ok(self.view()?.implied)
    }
}

impl Plain for Relation {
    fn field(field: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        match field {
            "source" => inner.part_after(|r: &Self, before| {
                Ok(Some(Organization::after(before, &r.snapshot, r.view()?.source)))
            }),
            "type" => name(|r: &Self| Ok(Some(RelationType::from(r.view()?.relation_type)))),
            "target" => inner.part_after(|r: &Self, before| {
                Ok(Some(Organization::after(before, &r.snapshot, r.view()?.target)))
            }),
            "mode" => name(|r: &Self| Ok(r.view()?.mode.map(RelationMode::from))),
            "validFrom" => leaf(|r: &Self| Ok(r.view()?.validity.from().map(Date))),
            "validTo" => leaf(|r: &Self| Ok(r.view()?.validity.to().map(Date))),
            "implied" => leaf(|r: &Self| Ok(r.view()?.implied)),
            _ => None,
        }
    }
}

/// Relations in the order of source, type, target, mode and start.
pub(super) struct ByKey<'a> {
    pub(super) graph: &'a Graph,
}

impl Ordered for ByKey<'_> {
    type Item = RelationSlot;

    fn tag(&self) -> String {
        "relations".to_owned()
    }

    fn key(&self, item: RelationSlot) -> Vec<String> {
        let Some(view) = self.graph.relation_at(item) else { return Vec::new() };
        vec![
            self.graph.id(view.source).to_string(),
            // Types and modes are ordered as the contract lists them.
            format!("{:03}", view.relation_type as u8),
            self.graph.id(view.target).to_string(),
            view.mode.map_or_else(String::new, |mode| format!("{:03}", mode as u8)),
            view.validity.from().map_or_else(String::new, |date| date.to_string()),
            u8::from(view.implied).to_string(),
        ]
    }

    fn compare(&self, item: RelationSlot, key: &[String]) -> Ordering {
        self.key(item).as_slice().cmp(key)
    }
}
