use super::{END, Edge, NO_EDGE, NO_NODE, Node, Topology, VACANT};
use crate::graph::relations::RelationWeight;
use crate::graph::shared::{Column, ColumnFiller};

/// Nodes and edges that are added in one go, without a free position between them.
pub(in crate::graph) struct TopologyFiller {
    nodes: Vec<Node>,
    edges: ColumnFiller<Edge>,
    edge_count: u32,
}

impl Default for TopologyFiller {
    fn default() -> Self {
        Self { nodes: Vec::new(), edges: ColumnFiller::of(NO_EDGE), edge_count: 0 }
    }
}

impl TopologyFiller {
    /// Adds all nodes, so many, unless they are there.
    pub(in crate::graph) fn begin(&mut self, nodes: u32) {
        self.nodes.resize(nodes as usize, Node { first: [END; 2] });
    }

    /// Adds an edge; `None` where an end of it is no node, or there are too many.
    pub(in crate::graph) fn add(&mut self, source: u32, target: u32, weight: RelationWeight) -> Option<()> {
        let row = self.edge_count;
        let ends = [source, target];
        let are_nodes = ends.iter().all(|end| (*end as usize) < self.nodes.len());
        if !are_nodes || row == VACANT {
            return None;
        }
        let mut next = [END; 2];
        for (side, end) in ends.into_iter().enumerate() {
            next[side] = std::mem::replace(&mut self.nodes[end as usize].first[side], row);
        }
        self.edges.push(Edge { ends, next, weight: Some(weight) });
        self.edge_count += 1;
        Some(())
    }

    pub(in crate::graph) fn finish(self) -> Topology {
        Topology {
            nodes: Column::filled(NO_NODE, &self.nodes),
            edges: self.edges.finish(),
            node_bound: self.nodes.len() as u32,
            edge_bound: self.edge_count,
            node_count: self.nodes.len(),
            edge_count: self.edge_count as usize,
            free: [END; 2],
        }
    }
}
