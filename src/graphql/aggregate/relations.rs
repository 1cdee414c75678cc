use std::sync::Arc;

use async_graphql::{Enum, Object, Result, SimpleObject};

use super::groups::{ByValues, refuse_repeats, sort_key, tag};
use crate::atlas::Snapshot;
use crate::graph::{self, GroupValue, RelationView, When};
use crate::graphql::cancellable;
use crate::graphql::cost;
use crate::graphql::enums::{OrganizationKind, RelationMode, RelationType};
use crate::graphql::page::{Connection, PageArguments, page};
use crate::graphql::plain::Plain;
use crate::model;

/// A property that relations are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum RelationGroupKey {
    /// Their type.
    Type,
    /// Their manner.
    Mode,
    /// The kind of the organisation at which they start.
    SourceKind,
    /// The kind of the organisation at which they end.
    TargetKind,
}

/// What some relations come to, in the whole and by group.
pub(in crate::graphql) struct RelationAggregate {
    snapshot: Arc<Snapshot>,
    count: u64,
    groups: Arc<[graph::RelationGroup]>,
    keys: Arc<[graph::RelationGroupKey]>,
}

/// Relations that have the values in common that were asked for; a value is null where they have none, and where
/// nobody asked to group by it.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RelationGroup {
    /// Their type.
    r#type: Option<RelationType>,
    /// Their manner.
    mode: Option<RelationMode>,
    /// The kind of the organisations at which they start.
    source_kind: Option<OrganizationKind>,
    /// The kind of the organisations at which they end.
    target_kind: Option<OrganizationKind>,
    /// How many there are.
    count: u64,
}

impl Plain for RelationGroup {}

impl From<RelationGroupKey> for graph::RelationGroupKey {
    fn from(key: RelationGroupKey) -> Self {
        match key {
            RelationGroupKey::Type => Self::Type,
            RelationGroupKey::Mode => Self::Mode,
            RelationGroupKey::SourceKind => Self::SourceKind,
            RelationGroupKey::TargetKind => Self::TargetKind,
        }
    }
}

/// What some relations come to, in the whole and by group.
#[Object]
impl RelationAggregate {
    /// How many there are.
    async fn count(&self) -> u64 {
        self.count
    }

    /// The groups in the order of their values, key by key, what has none last; none where nothing was grouped by.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn groups(
        &self,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<RelationGroup>> {
        cancellable(|| {
            let values = |at: usize| self.groups[at].values.as_slice();
            let order = ByValues { graph: &self.snapshot.graph, list: tag(&self.keys), values };
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            let positions: Vec<_> = (0..self.groups.len()).collect();
            page(&positions, &order, &arguments, |at| RelationGroup::new(&self.groups[at], &self.keys))
        })
    }
}

impl RelationGroup {
    fn new(group: &graph::RelationGroup, keys: &[graph::RelationGroupKey]) -> Self {
        use graph::RelationGroupKey as K;
        let mut presented =
            Self { r#type: None, mode: None, source_kind: None, target_kind: None, count: group.count };
        for (key, value) in keys.iter().zip(&group.values) {
            match (key, value) {
                (K::Type, Some(GroupValue::Type(value))) => presented.r#type = Some((*value).into()),
                (K::Mode, Some(GroupValue::Mode(value))) => presented.mode = Some((*value).into()),
                (K::SourceKind, Some(GroupValue::Kind(value))) => {
                    presented.source_kind = Some((*value).into());
                }
                (K::TargetKind, Some(GroupValue::Kind(value))) => {
                    presented.target_kind = Some((*value).into());
                }
                _ => {}
            }
        }
        presented
    }
}

/// What the relations of some types come to; of all where none are named.
pub(in crate::graphql) fn aggregate_relations(
    snapshot: &Arc<Snapshot>,
    types: &[model::RelationType],
    when: When,
    group_by: Vec<RelationGroupKey>,
) -> Result<RelationAggregate> {
    refuse_repeats(&group_by)?;
    let graph = &snapshot.graph;
    let keys: Vec<_> = group_by.into_iter().map(Into::into).collect();
    // A restricted view holds relations among outsiders too, where indicators look: they are nobody's to count.
    let is_held =
        |relation: &RelationView<'_>| snapshot.holds(relation.source) || snapshot.holds(relation.target);
    let mut groups = graph.group_relations(types, &keys, when, is_held);
    let count = groups.iter().map(|group| group.count).sum();
    if keys.is_empty() {
        groups.clear();
    }
    groups.sort_by_cached_key(|group| sort_key(graph, &group.values));
    Ok(RelationAggregate { snapshot: Arc::clone(snapshot), count, groups: groups.into(), keys: keys.into() })
}
