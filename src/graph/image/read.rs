use std::sync::Arc;

use super::{Bytes, CITATIONS, HEAD, IMAGE_FORMAT_VERSION, ImageError, LISTS, RELATIONS, ROWS, TEXTS};
use crate::graph::columns::RowReader;
use crate::graph::index::Indexes;
use crate::graph::interner::Interner;
use crate::graph::relations::{RelationFiller, RelationWeight};
use crate::graph::shared::SlotTable;
use crate::graph::topology::TopologyFiller;
use crate::graph::{Graph, Slot};
use crate::model::{RelationMode, RelationType, Validity};

/// Makes a graph of the blocks of an image.
pub(in crate::graph) struct ImageReader {
    /// How many organisations and relations there must be; `None` before the head.
    counts: Option<[u64; 2]>,
    rows: RowReader,
    texts: Vec<Arc<str>>,
    lists: Vec<Arc<[Arc<str>]>>,
    citations: Vec<Arc<str>>,
    topology: TopologyFiller,
    relations: RelationFiller,
    source: u32,
    /// Where the relation before goes, and its type, mode and first day, of the same source.
    before: Option<(u32, u8, u8, u32)>,
    types: Vec<RelationType>,
    modes: Vec<RelationMode>,
}

impl Default for ImageReader {
    fn default() -> Self {
        Self {
            counts: None,
            rows: RowReader::default(),
            texts: Vec::new(),
            lists: Vec::new(),
            citations: Vec::new(),
            topology: TopologyFiller::default(),
            relations: RelationFiller::default(),
            source: 0,
            before: None,
            types: RelationType::all().collect(),
            modes: RelationMode::all().collect(),
        }
    }
}

impl ImageReader {
    /// Reads the next block.
    pub(in crate::graph) fn read(&mut self, block: &[u8]) -> Result<(), ImageError> {
        let mut bytes = Bytes(block);
        let sort = bytes.byte()?;
        match (sort, self.counts) {
            (HEAD, None) => self.head(&mut bytes)?,
            (ROWS, Some(_)) => self.rows.read(&mut bytes)?,
            (TEXTS, Some(_)) => read_all(&mut bytes, &mut self.texts, |bytes| bytes.text().map(Arc::from))?,
            (LISTS, Some(_)) => read_all(&mut bytes, &mut self.lists, list)?,
            (CITATIONS, Some(_)) => {
                read_all(&mut bytes, &mut self.citations, |bytes| bytes.text().map(Arc::from))?;
            }
            (RELATIONS, Some([organizations, _])) => {
                if u64::from(self.rows.len()) != organizations {
                    return Err(ImageError::Unfit("number of organisations"));
                }
                self.topology.begin(self.rows.len());
                while !bytes.is_empty() {
                    self.relation(&mut bytes)?;
                }
            }
            _ => return Err(ImageError::Unfit("block")),
        }
        if bytes.is_empty() { Ok(()) } else { Err(ImageError::Unfit("length of a block")) }
    }

    /// The graph, without annexes and implied locations, and without an index of credit codes.
    pub(in crate::graph) fn finish(mut self) -> Result<Graph, ImageError> {
        let [organizations, relations] = self.counts.ok_or(ImageError::CutShort)?;
        let count = self.rows.len();
        self.topology.begin(count);
        let topology = self.topology.finish();
        if (u64::from(count), topology.edge_count() as u64) != (organizations, relations) {
            return Err(ImageError::CutShort);
        }
        let twice = ImageError::Unfit("text");
        let texts = Interner::of(&self.texts).ok_or_else(|| twice.clone())?;
        let lists = Interner::of(&self.lists).ok_or_else(|| twice.clone())?;
        let citations = Interner::of(&self.citations).ok_or(twice)?;
        let columns = self.rows.finish(texts, lists).ok_or(ImageError::Unfit("symbol"))?;
        let relations = self.relations.finish(citations).ok_or(ImageError::Unfit("symbol"))?;
        let indexes = Indexes::in_order_of_ids(&columns, &topology, || {
            // That all ids differ was seen by their order.
            SlotTable::up_to(count, |row| Some(columns.id(Slot(row)).as_str())).0
        });
        Ok(Graph { topology, columns, relations, indexes, ..Graph::default() })
    }

    fn head(&mut self, bytes: &mut Bytes<'_>) -> Result<(), ImageError> {
        let found = u32::from_le_bytes(bytes.array()?);
        if found != IMAGE_FORMAT_VERSION {
            return Err(ImageError::Version { found });
        }
        self.counts = Some([bytes.number()?, bytes.number()?]);
        Ok(())
    }

    fn relation(&mut self, bytes: &mut Bytes<'_>) -> Result<(), ImageError> {
        let distance = bytes.small()?;
        let (target, kind, mode) = (bytes.small()?, bytes.byte()?, bytes.byte()?);
        let days = [bytes.small()?, bytes.small()?];
        let citation = bytes.small()?;
        if distance > 0 {
            self.source = self.source.saturating_add(distance);
            self.before = None;
        }
        let this = Some((target, kind, mode, days[0]));
        if self.before >= this {
            return Err(ImageError::Unfit("order of relations"));
        }
        self.before = this;
        let mode = match mode.checked_sub(1) {
            None => None,
            Some(mode) => Some(*self.modes.get(usize::from(mode)).ok_or(ImageError::Unfit("mode"))?),
        };
        let relation_type = *self.types.get(usize::from(kind)).ok_or(ImageError::Unfit("relation type"))?;
        let weight = RelationWeight { relation_type, mode, implied: false };
        let validity = Validity::of_numbers(days).ok_or(ImageError::Unfit("day"))?;
        self.topology.add(self.source, target, weight).ok_or(ImageError::Unfit("place"))?;
        self.relations.add(validity, citation);
        Ok(())
    }
}

fn list(bytes: &mut Bytes<'_>) -> Result<Arc<[Arc<str>]>, ImageError> {
    let count = bytes.small()?;
    (0..count).map(|_| bytes.text().map(Arc::from)).collect()
}

fn read_all<T>(
    bytes: &mut Bytes<'_>,
    into: &mut Vec<T>,
    read: impl Fn(&mut Bytes<'_>) -> Result<T, ImageError>,
) -> Result<(), ImageError> {
    while !bytes.is_empty() {
        into.push(read(bytes)?);
    }
    Ok(())
}
