//! The nodes and edges, in columns that copies of a graph share.
//!
//! Laid out as petgraph's own graphs are: each node starts a list of its outgoing and one of its incoming
//! edges, which run through the edges themselves. Positions stay when others are removed, and are used again.
//! Its traits are those of petgraph ([`visit`]), so that petgraph's algorithms run on it.

mod fill;
#[cfg(test)]
mod tests;
mod visit;

use petgraph::Direction;
use petgraph::stable_graph::{EdgeIndex, NodeIndex};

use super::relations::RelationWeight;
use super::shared::Column;

pub(super) use fill::TopologyFiller;
pub(super) use visit::{EdgeReference, Edges};

/// Where a list ends.
const END: u32 = u32::MAX;

/// Stands in place of a first incoming edge, or of a source, where nothing is.
const VACANT: u32 = u32::MAX - 1;

/// Directed edges with weights between nodes that have none.
#[derive(Clone)]
pub(super) struct Topology {
    nodes: Column<Node>,
    edges: Column<Edge>,
    node_bound: u32,
    edge_bound: u32,
    node_count: usize,
    edge_count: usize,
    /// The first positions that are free again; each knows the next.
    free: [u32; 2],
}

/// The first outgoing and the first incoming edge; of a free position the next free one.
#[derive(Clone, Copy, PartialEq)]
struct Node {
    first: [u32; 2],
}

#[derive(Clone, Copy, PartialEq)]
struct Edge {
    /// Source and target.
    ends: [u32; 2],
    /// The next edge of the source, and of the target; of a free position the next free one.
    next: [u32; 2],
    weight: Option<RelationWeight>,
}

const NO_NODE: Node = Node { first: [END, VACANT] };
const NO_EDGE: Edge = Edge { ends: [VACANT; 2], next: [END; 2], weight: None };

impl Default for Topology {
    fn default() -> Self {
        Self {
            nodes: Column::of(NO_NODE),
            edges: Column::of(NO_EDGE),
            node_bound: 0,
            edge_bound: 0,
            node_count: 0,
            edge_count: 0,
            free: [END; 2],
        }
    }
}

impl Topology {
    pub(super) fn node_count(&self) -> usize {
        self.node_count
    }

    pub(super) fn edge_count(&self) -> usize {
        self.edge_count
    }

    /// One more than the highest position that a node ever had.
    pub(super) fn node_bound(&self) -> usize {
        self.node_bound as usize
    }

    pub(super) fn add_node(&mut self) -> NodeIndex {
        let row = match self.free[0] {
            END => {
                self.node_bound += 1;
                self.node_bound - 1
            }
            free => {
                self.free[0] = self.nodes[free as usize].first[0];
                free
            }
        };
        self.node_count += 1;
        self.nodes.set(row as usize, Node { first: [END; 2] });
        NodeIndex::new(row as usize)
    }

    /// Removes a node that has no edges any more.
    pub(super) fn remove_node(&mut self, node: NodeIndex) {
        debug_assert_eq!(self.nodes[node.index()].first, [END; 2]);
        self.nodes.set(node.index(), Node { first: [self.free[0], VACANT] });
        self.free[0] = node.index() as u32;
        self.node_count -= 1;
    }

    pub(super) fn add_edge(
        &mut self,
        source: NodeIndex,
        target: NodeIndex,
        weight: RelationWeight,
    ) -> EdgeIndex {
        let row = match self.free[1] {
            END => {
                self.edge_bound += 1;
                self.edge_bound - 1
            }
            free => {
                self.free[1] = self.edges[free as usize].next[0];
                free
            }
        };
        let mut next = [END; 2];
        for (side, node) in [source, target].into_iter().enumerate() {
            next[side] = std::mem::replace(&mut self.nodes.row_mut(node.index()).first[side], row);
        }
        let ends = [source.index() as u32, target.index() as u32];
        self.edges.set(row as usize, Edge { ends, next, weight: Some(weight) });
        self.edge_count += 1;
        EdgeIndex::new(row as usize)
    }

    pub(super) fn remove_edge(&mut self, edge: EdgeIndex) -> Option<RelationWeight> {
        let removed = self.edges[edge.index()];
        let weight = removed.weight?;
        for (side, (end, next)) in removed.ends.into_iter().zip(removed.next).enumerate() {
            self.unlink(side, end, edge.index() as u32, next);
        }
        let free = Edge { next: [self.free[1], END], ..NO_EDGE };
        self.edges.set(edge.index(), free);
        self.free[1] = edge.index() as u32;
        self.edge_count -= 1;
        Some(weight)
    }

    /// Lets whatever leads to an edge in the list of a node lead to the next one.
    fn unlink(&mut self, side: usize, node: u32, edge: u32, next: u32) {
        let mut here = self.nodes[node as usize].first[side];
        if here == edge {
            self.nodes.row_mut(node as usize).first[side] = next;
            return;
        }
        while here != END {
            let after = self.edges[here as usize].next[side];
            if after == edge {
                self.edges.row_mut(here as usize).next[side] = next;
                return;
            }
            here = after;
        }
    }

    pub(super) fn edge_endpoints(&self, edge: EdgeIndex) -> Option<(NodeIndex, NodeIndex)> {
        let Edge { ends: [source, target], weight, .. } = self.edges[edge.index()];
        weight.map(|_| (NodeIndex::new(source as usize), NodeIndex::new(target as usize)))
    }

    pub(super) fn edge_weight(&self, edge: EdgeIndex) -> Option<&RelationWeight> {
        self.edges[edge.index()].weight.as_ref()
    }

    /// The outgoing edges of a node, the newest first.
    pub(super) fn edges(&self, node: NodeIndex) -> Edges<'_> {
        self.edges_directed(node, Direction::Outgoing)
    }

    /// The outgoing or the incoming edges of a node, the newest first.
    pub(super) fn edges_directed(&self, node: NodeIndex, direction: Direction) -> Edges<'_> {
        Edges::of(self, self.nodes[node.index()], direction)
    }

    pub(super) fn node_indices(&self) -> impl Iterator<Item = NodeIndex> {
        let taken = self.nodes.iter().filter(|(_, node)| node.first[1] != VACANT);
        taken.map(|(row, _)| NodeIndex::new(row))
    }

    /// All edges, in the order of their positions.
    pub(super) fn edge_references(&self) -> impl Iterator<Item = EdgeReference<'_>> {
        self.edges.iter().filter_map(|(row, edge)| EdgeReference::of(row as u32, edge))
    }
}
