//! A graph that is made at once, of nothing but changes that record: what an import into an empty store comes to.
//!
//! Organisations get their slots in the order of their ids, as where an image is read, and every column, list and index is
//! written once from its first row to its last. Every rule is asked; where one is broken nothing comes of it, and the
//! changes are applied in their order, which tells what is wrong with which. A property test holds both to one graph.

use std::collections::HashMap;
use std::sync::Arc;

use petgraph::visit::EdgeRef;

use super::Transaction;
use super::cycles::HIERARCHIES;
use crate::graph::columns::{Columns, ColumnsFiller};
use crate::graph::index::{Indexes, credit_codes};
use crate::graph::interner::Interner;
use crate::graph::relations::{RelationFiller, RelationSlot, RelationWeight};
use crate::graph::shared::SlotTable;
use crate::graph::topology::TopologyFiller;
use crate::graph::{Graph, Slot};
use crate::model::{
    Change, DivisionCode, OrganizationId, Relation, RelationType, Validity, check_organization,
    check_relation,
};
use crate::work::counted;

impl Graph {
    /// Whether nothing was ever recorded in it.
    pub(super) fn is_blank(&self) -> bool {
        self.topology.node_bound() == 0 && self.topology.edge_count() == 0 && !self.has_ever_defined()
    }

    /// The graph of changes that record organisations, then relations between them, and then anything beside these, each
    /// once; `None` where they do anything else or break a rule.
    pub(super) fn at_once(changes: &[Change]) -> Option<Self> {
        let is_organization = |change: &Change| matches!(change, Change::PutOrganization(_));
        let is_relation = |change: &Change| matches!(change, Change::PutRelation(_));
        let (organizations, rest) =
            changes.split_at(changes.iter().take_while(|c| is_organization(c)).count());
        let (relations, rest) = rest.split_at(rest.iter().take_while(|c| is_relation(c)).count());
        let is_beside = |change: &Change| {
            matches!(change, Change::PutAnnex(_) | Change::PutIndicator(_) | Change::RemoveIndicator(_))
        };
        if !rest.iter().all(is_beside) {
            return None;
        }
        let rows = Rows::of(organizations)?;
        let mut graph = rows.graph(relations)?;
        let (by_credit_code, differ) = credit_codes(&graph.columns, graph.topology.node_bound());
        graph.indexes.enter_credit_codes(by_credit_code);
        if !differ
            || graph.has_repeated_relations()
            || HIERARCHIES.iter().any(|hierarchy| graph.on_a_cycle(hierarchy).is_some())
        {
            return None;
        }
        let mut transaction = Transaction::new(&mut graph);
        for (position, change) in rest.iter().enumerate() {
            transaction.step(position, change).ok()?;
        }
        transaction.finish().ok()?;
        Some(graph)
    }

    /// Whether two relations are one by what makes them themselves.
    fn has_repeated_relations(&self) -> bool {
        let mut of_source = Vec::new();
        for node in self.topology.node_indices() {
            of_source.clear();
            of_source.extend(self.topology.edges(node).filter(|edge| !edge.weight().implied).map(|edge| {
                let (weight, from) =
                    (*edge.weight(), self.relations.validity(RelationSlot::of(edge.id())).from());
                (edge.target().index(), weight.relation_type, weight.mode, from)
            }));
            of_source.sort_unstable();
            if of_source.windows(2).any(|pair| pair[0] == pair[1]) {
                return true;
            }
        }
        false
    }
}

/// Organisations, whose slots are their places in the order of their ids.
struct Rows {
    columns: Columns,
    count: u32,
    by_id: SlotTable,
}

impl Rows {
    fn of(changes: &[Change]) -> Option<Self> {
        let organizations = changes.iter().filter_map(|change| match change {
            Change::PutOrganization(organization) => Some(organization.as_ref()),
            _ => None,
        });
        let mut organizations: Vec<_> = organizations.collect();
        // An order of numbers is made faster than one of texts, of which most are told apart by their beginnings.
        organizations.sort_by_cached_key(|organization| beginning(&organization.id));
        for alike in organizations.chunk_by_mut(|one, other| beginning(&one.id) == beginning(&other.id)) {
            alike.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        }
        let count = u32::try_from(organizations.len()).ok()?;
        let mut columns = ColumnsFiller::default();
        for organization in counted("applying organisations", u64::from(count), organizations) {
            check_organization(organization).ok()?;
            columns.push(organization);
        }
        let columns = columns.finish();
        let (by_id, differ) = SlotTable::up_to(count, |row| Some(columns.id(Slot(row)).as_str()));
        differ.then_some(Self { columns, count, by_id })
    }

    fn slot(&self, id: &str) -> Option<Slot> {
        self.by_id.find(id, |row| self.columns.id(Slot(row)).as_str() == id).map(Slot)
    }

    /// The graph of them and of relations between them, with what follows from division codes, but without credit codes;
    /// what several relations together break is not seen yet.
    fn graph(self, changes: &[Change]) -> Option<Graph> {
        let mut relations = Relations::new(&self);
        let stated = changes.iter().filter_map(|change| match change {
            Change::PutRelation(relation) => Some(relation),
            _ => None,
        });
        for relation in counted("applying relations", changes.len() as u64, stated) {
            relations.add(relation)?;
        }
        let mut territories = HashMap::new();
        for slot in (0..self.count).map(Slot) {
            let Some(division) = self.columns.division(slot) else { continue };
            // Every code is that of a territory.
            let territory = *territories.entry(division).or_insert_with(|| self.territory(division));
            relations.imply(slot, territory?)?;
        }
        let Relations { topology, filler, citations, .. } = relations;
        let (topology, relations) = (topology.finish(), filler.finish(citations)?);
        let Self { columns, by_id, .. } = self;
        let indexes = Indexes::in_order_of_ids(&columns, &topology, || by_id);
        Some(Graph { topology, columns, relations, indexes, ..Graph::default() })
    }

    /// The territory with a division code.
    fn territory(&self, division: DivisionCode) -> Option<Slot> {
        let slot = self.slot(OrganizationId::of_division(division).as_str())?;
        self.columns.kind(slot).level().is_some().then_some(slot)
    }
}

/// The first sixteen bytes of an id, as a number.
fn beginning(id: &OrganizationId) -> u128 {
    let mut bytes = [0; 16];
    let id = id.as_str().as_bytes();
    let length = id.len().min(bytes.len());
    bytes[..length].copy_from_slice(&id[..length]);
    u128::from_be_bytes(bytes)
}

/// Relations that are added one after the other.
struct Relations<'r, 'c> {
    rows: &'r Rows,
    topology: TopologyFiller,
    filler: RelationFiller,
    citations: Interner<str>,
    /// What relations say of where each organisation stands.
    stands: Vec<Stands>,
    /// The days of these relations, of organisations that stand somewhere on some of their days.
    partly: HashMap<u32, Vec<(Slot, Option<Validity>)>>,
    /// The source of the last one, and its slot: many have that of the one before.
    source: Option<(&'c OrganizationId, Slot)>,
    /// The citation of the last one, and one more than its symbol.
    citation: Option<(&'c Arc<str>, u32)>,
}

/// On which days of its life stated relations take the place of the implied location of an organisation.
#[derive(Clone, Copy, Default, PartialEq)]
enum Stands {
    #[default]
    Never,
    Partly,
    Always,
}

impl<'r, 'c> Relations<'r, 'c> {
    fn new(rows: &'r Rows) -> Self {
        let mut topology = TopologyFiller::default();
        topology.begin(rows.count);
        Self {
            rows,
            topology,
            filler: RelationFiller::default(),
            citations: Interner::default(),
            stands: vec![Stands::Never; rows.count as usize],
            partly: HashMap::new(),
            source: None,
            citation: None,
        }
    }

    fn add(&mut self, relation: &'c Relation) -> Option<()> {
        let source = match self.source {
            Some((id, slot)) if *id == relation.source => slot,
            _ => self.rows.slot(relation.source.as_str())?,
        };
        self.source = Some((&relation.source, source));
        let target = self.rows.slot(relation.target.as_str())?;
        let [source_kind, target_kind] = [source, target].map(|slot| self.rows.columns.kind(slot));
        check_relation(relation, source_kind, target_kind).ok()?;
        let Relation { relation_type, mode, validity, .. } = *relation;
        self.topology.add(source.0, target.0, RelationWeight { relation_type, mode, implied: false })?;
        if Graph::may_imply(source_kind) && Graph::replaces_implied(source_kind, relation_type) {
            self.stand(source, target, validity.intersection(self.rows.columns.life(target)));
        }
        let citation = relation.citation.as_ref().map_or(0, |text| self.citation(text));
        self.filler.add(validity, citation);
        Some(())
    }

    /// Takes the days on which a relation says where an organisation stands.
    fn stand(&mut self, source: Slot, target: Slot, held: Option<Validity>) {
        let stands = &mut self.stands[source.0 as usize];
        if held.is_some_and(|held| held.covers(self.rows.columns.life(source))) {
            *stands = Stands::Always;
        } else if *stands != Stands::Always {
            *stands = Stands::Partly;
            self.partly.entry(source.0).or_default().push((target, held));
        }
    }

    fn citation(&mut self, text: &'c Arc<str>) -> u32 {
        match self.citation {
            Some((last, number)) if Arc::ptr_eq(last, text) => number,
            _ => {
                let number = self.citations.symbol(text) + 1;
                self.citation = Some((text, number));
                number
            }
        }
    }

    /// Adds the location that the division code of an organisation implies, if it does.
    fn imply(&mut self, slot: Slot, territory: Slot) -> Option<()> {
        if territory == slot || !Graph::may_imply(self.rows.columns.kind(slot)) {
            return Some(());
        }
        let stated = match self.stands[slot.0 as usize] {
            Stands::Always => return Some(()),
            Stands::Partly => self.partly.remove(&slot.0).unwrap_or_default(),
            Stands::Never => Vec::new(),
        };
        let [life, territory_life] = [slot, territory].map(|slot| self.rows.columns.life(slot));
        for days in Graph::implied_days(&stated, life, (territory, territory_life)) {
            let weight = RelationWeight { relation_type: RelationType::LocatedIn, mode: None, implied: true };
            self.topology.add(slot.0, territory.0, weight)?;
            self.filler.add(days, 0);
        }
        Some(())
    }
}
