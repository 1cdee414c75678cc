//! The traits by which petgraph's algorithms see the graph.

use std::collections::HashSet;

use petgraph::Direction;
use petgraph::stable_graph::{EdgeIndex, NodeIndex};
use petgraph::visit::{
    Data, EdgeRef, GraphBase, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors,
    IntoNeighborsDirected, IntoNodeIdentifiers, Visitable,
};

use super::{END, Edge, Node, Topology};
use crate::graph::relations::RelationWeight;

/// One edge with its ends.
#[derive(Clone, Copy)]
pub(in crate::graph) struct EdgeReference<'t> {
    row: u32,
    ends: [u32; 2],
    weight: &'t RelationWeight,
}

impl<'t> EdgeReference<'t> {
    pub(super) fn of(row: u32, edge: &'t Edge) -> Option<Self> {
        edge.weight.as_ref().map(|weight| Self { row, ends: edge.ends, weight })
    }
}

impl<'t> EdgeRef for EdgeReference<'t> {
    type NodeId = NodeIndex;
    type EdgeId = EdgeIndex;
    type Weight = RelationWeight;

    fn source(&self) -> NodeIndex {
        NodeIndex::new(self.ends[0] as usize)
    }

    fn target(&self) -> NodeIndex {
        NodeIndex::new(self.ends[1] as usize)
    }

    fn weight(&self) -> &'t RelationWeight {
        self.weight
    }

    fn id(&self) -> EdgeIndex {
        EdgeIndex::new(self.row as usize)
    }
}

/// The edges of one node in one direction.
#[derive(Clone)]
pub(in crate::graph) struct Edges<'t> {
    topology: &'t Topology,
    side: usize,
    here: u32,
}

impl<'t> Edges<'t> {
    pub(super) fn of(topology: &'t Topology, node: Node, direction: Direction) -> Self {
        let side = direction.index();
        let here = if node.first[1] == super::VACANT { END } else { node.first[side] };
        Self { topology, side, here }
    }
}

impl<'t> Iterator for Edges<'t> {
    type Item = EdgeReference<'t>;

    fn next(&mut self) -> Option<EdgeReference<'t>> {
        if self.here == END {
            return None;
        }
        let row = self.here;
        let edge = &self.topology.edges[row as usize];
        self.here = edge.next[self.side];
        EdgeReference::of(row, edge)
    }
}

/// The other ends of the edges of one node in one direction.
pub(in crate::graph) struct Neighbors<'t>(Edges<'t>);

impl Iterator for Neighbors<'_> {
    type Item = NodeIndex;

    fn next(&mut self) -> Option<NodeIndex> {
        let far = 1 - self.0.side;
        self.0.next().map(|edge| NodeIndex::new(edge.ends[far] as usize))
    }
}

impl GraphBase for Topology {
    type NodeId = NodeIndex;
    type EdgeId = EdgeIndex;
}

impl Data for Topology {
    type NodeWeight = ();
    type EdgeWeight = RelationWeight;
}

impl Visitable for Topology {
    type Map = HashSet<NodeIndex>;

    fn visit_map(&self) -> Self::Map {
        HashSet::new()
    }

    fn reset_map(&self, map: &mut Self::Map) {
        map.clear();
    }
}

impl<'t> IntoNeighbors for &'t Topology {
    type Neighbors = Neighbors<'t>;

    fn neighbors(self, node: NodeIndex) -> Neighbors<'t> {
        Neighbors(self.edges(node))
    }
}

impl<'t> IntoNeighborsDirected for &'t Topology {
    type NeighborsDirected = Neighbors<'t>;

    fn neighbors_directed(self, node: NodeIndex, direction: Direction) -> Neighbors<'t> {
        Neighbors(self.edges_directed(node, direction))
    }
}

impl<'t> IntoEdgeReferences for &'t Topology {
    type EdgeRef = EdgeReference<'t>;
    type EdgeReferences = Box<dyn Iterator<Item = EdgeReference<'t>> + 't>;

    fn edge_references(self) -> Self::EdgeReferences {
        Box::new(Topology::edge_references(self))
    }
}

impl<'t> IntoEdges for &'t Topology {
    type Edges = Edges<'t>;

    fn edges(self, node: NodeIndex) -> Edges<'t> {
        Topology::edges(self, node)
    }
}

impl<'t> IntoEdgesDirected for &'t Topology {
    type EdgesDirected = Edges<'t>;

    fn edges_directed(self, node: NodeIndex, direction: Direction) -> Edges<'t> {
        Topology::edges_directed(self, node, direction)
    }
}

impl<'t> IntoNodeIdentifiers for &'t Topology {
    type NodeIdentifiers = Box<dyn Iterator<Item = NodeIndex> + 't>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        Box::new(self.node_indices())
    }
}
