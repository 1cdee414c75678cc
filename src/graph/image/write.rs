use std::collections::VecDeque;
use std::sync::Arc;

use petgraph::visit::EdgeRef;

use super::{CITATIONS, HEAD, IMAGE_FORMAT_VERSION, LISTS, RELATIONS, ROWS, TEXTS, put_number, put_text};
use crate::graph::columns::RowWriter;
use crate::graph::interner::Renumbering;
use crate::graph::{Direction, Graph, RelationView, Slot, When};

/// How many organisations a block holds; with these and their names it has about 70 KiB.
const ROWS_AT_ONCE: usize = 1024;

/// How many bytes of anything else a block holds, give or take an entry.
const BLOCK: usize = 96 * 1024;

impl Graph {
    /// The image of all but the annexes, in blocks of about 100 KiB.
    pub fn image(&self) -> impl Iterator<Item = Vec<u8>> {
        ImageWriter::new(self)
    }

    /// How many relations were stated.
    pub fn stated_count(&self) -> usize {
        self.topology.edge_references().filter(|edge| !edge.weight().implied).count()
    }
}

/// Writes a block each time it is asked for one.
struct ImageWriter<'g> {
    graph: &'g Graph,
    /// All organisations, in the order of their ids.
    order: Vec<Slot>,
    /// The place of each slot in that order.
    places: Vec<u32>,
    rows: RowWriter<'g>,
    citations: Renumbering,
    /// How many organisations are written, and how many of them with their relations.
    written: [usize; 2],
    /// The organisation whose relations were written last.
    source: usize,
    /// What stands between organisations and relations, and after these.
    ready: VecDeque<Vec<u8>>,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    Head,
    Rows,
    Relations,
    Done,
}

impl<'g> ImageWriter<'g> {
    fn new(graph: &'g Graph) -> Self {
        let order: Vec<_> = graph.indexes.in_order().collect();
        let mut places = vec![0; graph.topology.node_bound()];
        (0..).zip(&order).for_each(|(place, slot)| places[slot.0 as usize] = place);
        Self {
            graph,
            order,
            places,
            rows: RowWriter::new(&graph.columns),
            citations: graph.relations.citations(),
            written: [0; 2],
            source: 0,
            ready: VecDeque::new(),
            stage: Stage::Head,
        }
    }

    fn head(&self) -> Vec<u8> {
        let mut block = vec![HEAD];
        block.extend_from_slice(&IMAGE_FORMAT_VERSION.to_le_bytes());
        put_number(&mut block, self.order.len() as u64);
        put_number(&mut block, self.graph.stated_count() as u64);
        block
    }

    fn rows(&mut self) -> Option<Vec<u8>> {
        let left = &self.order[self.written[0]..];
        let slots = &left[..left.len().min(ROWS_AT_ONCE)];
        if slots.is_empty() {
            return None;
        }
        self.written[0] += slots.len();
        let mut block = vec![ROWS];
        self.rows.write(slots, &mut block);
        Some(block)
    }

    fn relations(&mut self) -> Option<Vec<u8>> {
        let mut block = vec![RELATIONS];
        let mut of_source = Vec::new();
        while let Some(slot) = self.order.get(self.written[1])
            && block.len() < BLOCK
        {
            let relations = self.graph.relations_of(*slot, Direction::Out, &[], When::Ever);
            of_source.extend(relations.filter(|relation| !relation.implied));
            of_source.sort_unstable_by_key(|r| (self.place(r.target), order(r)));
            for relation in of_source.drain(..) {
                put_number(&mut block, (self.written[1] - self.source) as u64);
                self.source = self.written[1];
                put_number(&mut block, u64::from(self.place(relation.target)));
                block.push(relation.relation_type as u8);
                block.push(relation.mode.map_or(0, |mode| mode as u8 + 1));
                let days = relation.validity.to_numbers();
                days.iter().for_each(|day| put_number(&mut block, u64::from(*day)));
                let citation = self.graph.relations.citation_symbol(relation.slot);
                put_number(&mut block, self.citations.number(citation));
            }
            self.written[1] += 1;
        }
        (block.len() > 1).then_some(block)
    }

    fn place(&self, slot: Slot) -> u32 {
        self.places[slot.0 as usize]
    }
}

/// In what order relations of one source to one target stand; no two stated ones are equal in it.
fn order(relation: &RelationView<'_>) -> (u8, u8, u32) {
    let mode = relation.mode.map_or(0, |mode| mode as u8 + 1);
    (relation.relation_type as u8, mode, relation.validity.to_numbers()[0])
}

impl Iterator for ImageWriter<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(block) = self.ready.pop_front() {
                return Some(block);
            }
            match self.stage {
                Stage::Head => {
                    self.stage = Stage::Rows;
                    return Some(self.head());
                }
                Stage::Rows => match self.rows() {
                    Some(block) => return Some(block),
                    None => {
                        self.stage = Stage::Relations;
                        pack(TEXTS, self.rows.texts(), |text, block| put_text(block, text), &mut self.ready);
                        pack(LISTS, self.rows.lists(), put_list, &mut self.ready);
                    }
                },
                Stage::Relations => match self.relations() {
                    Some(block) => return Some(block),
                    None => {
                        self.stage = Stage::Done;
                        let citations = self.graph.relations.cited(&self.citations);
                        pack(CITATIONS, citations, |text, block| put_text(block, text), &mut self.ready);
                    }
                },
                Stage::Done => return None,
            }
        }
    }
}

fn put_list(list: &Arc<[Arc<str>]>, block: &mut Vec<u8>) {
    put_number(block, list.len() as u64);
    list.iter().for_each(|text| put_text(block, text));
}

/// Puts entries into blocks of one sort.
fn pack<T>(
    sort: u8,
    entries: impl Iterator<Item = T>,
    put: impl Fn(T, &mut Vec<u8>),
    blocks: &mut VecDeque<Vec<u8>>,
) {
    let mut block = vec![sort];
    for entry in entries {
        put(entry, &mut block);
        if block.len() >= BLOCK {
            blocks.push_back(std::mem::replace(&mut block, vec![sort]));
        }
    }
    if block.len() > 1 {
        blocks.push_back(block);
    }
}
