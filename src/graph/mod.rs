//! The graph: topology for petgraph's algorithms, attribute columns and indexes, kept in step by one door, [`Graph::apply`].
//!
//! Floor 1: pure questions, plain data out. Invariants, checked by [`Graph::validate`]:
//!
//! 1. A [`Slot`] is the position of a node; its column values and its node come and go together.
//! 2. Every index (ids, kinds, designations, credit codes, divisions, relation types) says what the columns say.
//! 3. Every relation joins kinds that its type may join, in a mode that its type has.
//! 4. `PART_OF` and `LOCATED_IN` together have no cycle on any day, nor has `SUBORDINATE_TO`.
//! 5. Every division code is that of a territory in the graph.
//! 6. An implied `LOCATED_IN` stands exactly where, and on the days on which, the rule of [`implied`] asks for one; it is
//!    never stated.
//! 7. No two stated relations have one key, no two organisations one id or one credit code.
//! 8. A day that is kept laid out ([`day`]) says what one that is made afresh says, and so do packed names
//!    ([`search`]).
//! 9. An annex belongs to an organisation of the graph; the sets of annexes say what these say; no two dated
//!    values of one attribute of one organisation hold on one day.
//! 10. A definition of an indicator has a later version than those that were recorded under its id before.
//!
//! What is absent: no petgraph index leaves this floor, no slot is ever written to a disk (an [`image`] has places
//! in the order of ids), and nothing here knows of storage, of indicators or of the date of today.

mod aggregate;
mod annexes;
mod apply;
mod columns;
mod day;
mod definitions;
mod image;
mod implied;
mod index;
mod interner;
mod lookup;
mod part;
mod path;
mod reach;
mod relations;
mod replay;
mod search;
mod shared;
mod standing;
mod subgraph;
#[cfg(test)]
mod tests;
mod topology;
mod validate;
mod values;

use petgraph::stable_graph::NodeIndex;
use roaring::RoaringBitmap;

use crate::model::Date;
use annexes::Annexes;
use columns::Columns;
use day::Days;
use definitions::Definitions;
use index::Indexes;
use relations::RelationColumns;
use search::Names;
use topology::Topology;

pub use aggregate::{
    GroupValue, OrganizationGroup, OrganizationGroupKey, RelationGroup, RelationGroupKey, Statistics,
};
pub use day::{Day, KeptSets, OrderedSet, Part, Ranges, Rank};
pub use image::{IMAGE_FORMAT_VERSION, ImageError};
pub use lookup::Operand;
pub use part::PartQuery;
pub use path::{Path, PathQuery};
pub use relations::{Direction, RelationSlot, RelationView};
pub use replay::Replay;
pub use search::{SearchField, SearchFinding, SearchHit, SearchMatch, SearchQuery};
pub use subgraph::{Subgraph, SubgraphQuery};
pub use values::FoundValue;

/// The position of an organisation in one graph; it means nothing in another graph, or after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(u32);

impl Slot {
    /// The position as a number, for sets of slots.
    pub fn position(self) -> u32 {
        self.0
    }

    fn node(self) -> NodeIndex {
        NodeIndex::new(self.0 as usize)
    }

    fn of(node: NodeIndex) -> Self {
        Self(node.index() as u32)
    }
}

/// A set of organisations of one graph, by the positions of their slots.
pub type OrganizationSet = RoaringBitmap;

/// The slots of a set.
pub fn slots(set: &OrganizationSet) -> impl Iterator<Item = Slot> {
    set.iter().map(Slot)
}

/// Which days a question ranges over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Everything recorded, whatever its dates.
    Ever,
    /// What exists and holds on one day.
    On(Date),
}

/// Organisations, the dated relations between them, and what is recorded beside these.
///
/// A copy shares with its original all that neither has changed since, so that it is cheap at any size.
///
/// ```
/// use orgatlas::graph::Graph;
/// use orgatlas::model::{Change, Organization, OrganizationKind};
/// let mut graph = Graph::new();
/// let district = Organization::new("cn-370114".parse()?, OrganizationKind::District, "章丘区");
/// graph.apply(&[Change::PutOrganization(Box::new(district))]).unwrap();
/// assert_eq!(graph.organization("cn-370114").unwrap().name.as_ref(), "章丘区");
/// # Ok::<(), orgatlas::model::CodeError>(())
/// ```
#[derive(Clone, Default)]
pub struct Graph {
    topology: Topology,
    columns: Columns,
    relations: RelationColumns,
    indexes: Indexes,
    annexes: Annexes,
    definitions: Definitions,
    days: Days,
    names: Names,
    /// What the last [`Graph::apply`] touched.
    touched: OrganizationSet,
}

impl Graph {
    /// A graph that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many organisations it holds.
    pub fn organization_count(&self) -> usize {
        self.topology.node_count()
    }

    /// How many relations it holds, implied ones included.
    pub fn relation_count(&self) -> usize {
        self.topology.edge_count()
    }
}

impl Graph {
    /// The organisations that the last [`Graph::apply`] put, took away, gave or took relations or annexes: every question
    /// that reads no more than others has the answer that it had before.
    pub fn touched(&self) -> &OrganizationSet {
        &self.touched
    }
}

impl PartialEq for Graph {
    /// Whether both hold the same organisations, relations, annexes and definitions; slots may differ.
    fn eq(&self, other: &Self) -> bool {
        self.organization_count() == other.organization_count()
            && self.relation_count() == other.relation_count()
            && self.organizations().eq(other.organizations())
            && self.relations().eq(other.relations())
            && self.annexes().eq(other.annexes())
            && self.definitions == other.definitions
    }
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.organizations())
            .entries(self.relations())
            .entries(self.annexes())
            .entries(self.definition_changes())
            .finish()
    }
}
