//! The topology is what petgraph's own graph is, edge by edge, and a copy stays as it was.

use petgraph::stable_graph::StableDiGraph;
use petgraph::visit::EdgeRef;
use proptest::prelude::*;

use super::*;
use crate::model::RelationType;

const WEIGHT: RelationWeight =
    RelationWeight { relation_type: RelationType::PartOf, mode: None, implied: false };

/// Every node with the other ends of its edges, in both directions.
fn described(topology: &Topology) -> Vec<(usize, Vec<usize>, Vec<usize>)> {
    let describe = |node: NodeIndex| {
        let out = topology.edges_directed(node, Direction::Outgoing).map(|edge| edge.target().index());
        let inward = topology.edges_directed(node, Direction::Incoming).map(|edge| edge.source().index());
        (node.index(), out.collect(), inward.collect())
    };
    topology.node_indices().map(describe).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn it_does_what_petgraph_does(steps in prop::collection::vec((0usize..4, 0usize..12, 0usize..12), 0..120)) {
        let mut ours = Topology::default();
        let mut theirs = StableDiGraph::<(), RelationWeight>::new();
        for (step, one, other) in steps {
            let (a, b) = (NodeIndex::new(one), NodeIndex::new(other));
            let (copy, before) = (ours.clone(), described(&ours));
            match step {
                0 => prop_assert_eq!(ours.add_node(), theirs.add_node(())),
                1 if theirs.contains_node(a) && theirs.contains_node(b) => {
                    prop_assert_eq!(ours.add_edge(a, b, WEIGHT), theirs.add_edge(a, b, WEIGHT));
                }
                2 => {
                    let edge = EdgeIndex::new(one);
                    prop_assert_eq!(ours.remove_edge(edge), theirs.remove_edge(edge));
                }
                3 if theirs.contains_node(a) && theirs.neighbors_undirected(a).next().is_none() => {
                    ours.remove_node(a);
                    theirs.remove_node(a);
                }
                _ => {}
            }
            prop_assert_eq!(described(&copy), before);
        }
        prop_assert_eq!((ours.node_count(), ours.edge_count()), (theirs.node_count(), theirs.edge_count()));
        let describe = |node: NodeIndex| {
            let out = theirs.edges_directed(node, Direction::Outgoing).map(|edge| edge.target().index());
            let inward = theirs.edges_directed(node, Direction::Incoming).map(|edge| edge.source().index());
            (node.index(), out.collect(), inward.collect())
        };
        let expected: Vec<_> = theirs.node_indices().map(describe).collect();
        prop_assert_eq!(described(&ours), expected);
        prop_assert!(ours.edge_references().map(|e| e.id()).eq(theirs.edge_indices()));
    }
}
