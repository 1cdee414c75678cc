use std::sync::Arc;

use async_graphql::SimpleObject;

use super::organization::Organization;
use super::page::MAX_LIST;
use super::relation::Relation;
use crate::atlas::Snapshot;
use crate::graph;

/// A shortest path: one organisation more than relations.
#[derive(SimpleObject)]
pub(super) struct Path {
    /// How many relations it has.
    length: usize,
    /// The organisations on the way, both ends included.
    nodes: Vec<Organization>,
    /// The relations between them, in order; each may be walked against its direction.
    relations: Vec<Relation>,
}

/// An organisation, what is within some steps of it, and the relations among all of these, flat.
#[derive(SimpleObject)]
pub(super) struct Subgraph {
    /// Nearest first, by id among the equally near; the root first of all.
    nodes: Vec<Organization>,
    /// All relations of the types asked for between these, 100000 at the most.
    edges: Vec<Relation>,
    /// Whether the limit cut some organisations off, or there are more relations.
    truncated: bool,
}

impl Path {
    pub(super) fn new(snapshot: &Arc<Snapshot>, path: graph::Path) -> Self {
        Self {
            length: path.relations.len(),
            nodes: path.nodes.into_iter().map(|slot| Organization::new(snapshot, slot)).collect(),
            relations: path.relations.into_iter().map(|slot| Relation::new(snapshot, slot)).collect(),
        }
    }
}

impl Subgraph {
    pub(super) fn new(snapshot: &Arc<Snapshot>, subgraph: graph::Subgraph) -> Self {
        Self {
            nodes: subgraph.nodes.into_iter().map(|slot| Organization::new(snapshot, slot)).collect(),
            truncated: subgraph.truncated || subgraph.relations.len() > MAX_LIST,
            edges: subgraph
                .relations
                .into_iter()
                .take(MAX_LIST)
                .map(|slot| Relation::new(snapshot, slot))
                .collect(),
        }
    }
}
