use std::sync::Arc;

use super::fold::fold;
use super::query::SearchQuery;
use super::{SearchMatch, Slot};
use crate::graph::{Graph, OrganizationSet};
use crate::work::{OnceMade, counted, go_on};

/// What parts the names of one organisation, and what ends an organisation: neither comes out of a fold.
const NEXT_NAME: u16 = 1;
const END: u16 = 0;

/// How many organisations may be touched before the names are rather packed anew.
const TOUCHED: u64 = 10_000;

/// After how many organisations a search looks whether it is still wanted.
const PLACES_A_LOOK: usize = 4_096;

/// How many units show which of a text are rare, and how many of a text are looked at for that.
const SAMPLE: usize = 4_096;
const LOOKED_AT: usize = 16;

/// The packed names that are kept, made when something is searched for first and shared by copies of the graph until one
/// of them is changed.
#[derive(Clone, Default)]
pub(in crate::graph) struct Names(Arc<OnceMade<Kept>>);

#[derive(Clone)]
pub(super) struct Kept {
    pub(super) packed: Arc<Packed>,
    /// Organisations that came, went or have other names since.
    pub(super) touched: Arc<OrganizationSet>,
}

/// The folded names of all organisations one after another, and their ids, in the byte order of ids.
pub(super) struct Packed {
    slots: Vec<Slot>,
    names: Vec<u16>,
    /// Where the names of each organisation start.
    starts: Vec<u32>,
    /// The ids in lower case.
    ids: Vec<u8>,
    id_starts: Vec<u32>,
}

impl Names {
    /// Notes that an organisation came, went or may have other names.
    pub(in crate::graph) fn touch(&mut self, slot: Slot) {
        let kept = Arc::make_mut(&mut self.0).made_mut();
        if let Some(names) = kept {
            Arc::make_mut(&mut names.touched).insert(slot.position());
            if names.touched.len() > TOUCHED {
                *kept = None;
            }
        }
    }
}

impl Graph {
    /// The packed names of this graph, and what of them is stale.
    pub(super) fn packed_names(&self) -> Kept {
        self.names.0.get_or_make(|| Kept { packed: Arc::new(Packed::of(self)), touched: Arc::default() })
    }

    /// Every name of an organisation, folded, the simplified one first.
    pub(super) fn folded_names(&self, slot: Slot) -> impl Iterator<Item = Vec<u16>> {
        let others = self.columns.other_names(slot).map(|name| fold(name));
        std::iter::once(fold(self.name(slot))).chain(others)
    }
}

impl Packed {
    fn of(graph: &Graph) -> Self {
        let count = graph.organization_count();
        let mut packed = Self {
            slots: Vec::with_capacity(count),
            names: Vec::new(),
            starts: Vec::with_capacity(count),
            ids: Vec::new(),
            id_starts: Vec::with_capacity(count),
        };
        for slot in counted("packing names", count as u64, graph.slots_by_id()) {
            packed.slots.push(slot);
            packed.starts.push(packed.names.len() as u32);
            packed.id_starts.push(packed.ids.len() as u32);
            for (number, name) in graph.folded_names(slot).enumerate() {
                packed.names.extend((number > 0).then_some(NEXT_NAME));
                packed.names.extend(name);
            }
            packed.names.push(END);
            packed.ids.extend(graph.id(slot).as_str().bytes().map(|byte| byte.to_ascii_lowercase()));
            packed.ids.push(b'\n');
        }
        packed.names.shrink_to_fit();
        packed.ids.shrink_to_fit();
        packed
    }

    /// Who stands at each place.
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The names at a place, parted; the simplified one first.
    fn names_at(&self, place: usize) -> impl Iterator<Item = &[u16]> {
        let end = self.starts.get(place + 1).map_or(self.names.len(), |start| *start as usize);
        self.names[self.starts[place] as usize..end - 1].split(|unit| *unit == NEXT_NAME)
    }

    /// How many units the simplified name at a place has.
    pub(super) fn name_length(&self, place: usize) -> u16 {
        self.names_at(place).next().map_or(0, length)
    }

    /// Calls `found` with each place of which the query matches a name or the id, in order, perhaps twice.
    pub(super) fn search(&self, query: &SearchQuery, mut found: impl FnMut(usize, SearchMatch)) {
        let mut take = |place| {
            let matches = self.names_at(place).filter_map(|name| query.matches_name(name));
            if let Some(best) = matches.min() {
                found(place, best);
            }
        };
        self.holding(query.text(), &mut take);
        let looked_at = |place: &usize| {
            if place.is_multiple_of(PLACES_A_LOOK) {
                go_on();
            }
            true
        };
        if let Some(spelling) = query.spelling() {
            let spelt = |place: &usize| self.names_at(*place).any(|name| spelling.is_in(name));
            (0..self.slots.len()).filter(looked_at).filter(spelt).for_each(&mut take);
        }
        match query.written_word() {
            Some(word) => self.holding(word, &mut take),
            None if query.has_words() => (0..self.slots.len()).filter(looked_at).for_each(take),
            None => {}
        }
        self.search_ids(query, found);
    }

    /// Calls `take` with each place of which a name holds a text.
    fn holding(&self, text: &[u16], take: &mut impl FnMut(usize)) {
        let Some(rarest) = self.rarest(text) else { return };
        let (mut at, mut place) = (0, 0);
        while let Some(found) = position(&self.names[at..], text[rarest]) {
            at += found + 1;
            let holds =
                (at - 1).checked_sub(rarest).is_some_and(|start| self.names[start..].starts_with(text));
            if !holds {
                continue;
            }
            while self.starts.get(place + 1).is_some_and(|start| (*start as usize) < at) {
                place += 1;
            }
            take(place);
            at = self.starts.get(place + 1).map_or(self.names.len(), |start| *start as usize);
        }
    }

    /// Which unit of a text is met least often, by a look at the first names.
    fn rarest(&self, text: &[u16]) -> Option<usize> {
        let sample = &self.names[..self.names.len().min(SAMPLE)];
        let count = |at: &usize| sample.iter().filter(|unit| **unit == text[*at]).count();
        (0..text.len()).take(LOOKED_AT).min_by_key(count)
    }

    fn search_ids(&self, query: &SearchQuery, mut found: impl FnMut(usize, SearchMatch)) {
        let Some(finder) = query.ascii() else { return };
        let (mut at, mut place) = (0, 0);
        while let Some(met) = finder.find(&self.ids[at..]) {
            at += met;
            while self.id_starts.get(place + 1).is_some_and(|start| *start as usize <= at) {
                place += 1;
            }
            let end = self.id_starts.get(place + 1).map_or(self.ids.len(), |start| *start as usize);
            let id = &self.ids[self.id_starts[place] as usize..end - 1];
            if let Some(matched) = query.matches_id(id) {
                found(place, matched);
            }
            at = end;
        }
    }
}

/// How many units a folded name has.
pub(super) fn length(name: &[u16]) -> u16 {
    u16::try_from(name.len()).unwrap_or(u16::MAX)
}

/// Where a unit stands first.
fn position(units: &[u16], unit: u16) -> Option<usize> {
    // A block is looked at as a whole, which processors do in few steps; then the unit is found in it.
    const BLOCK: usize = 64;
    let holds = |block: &[u16]| block.iter().fold(false, |holds, other| holds | (*other == unit));
    let block = units.chunks(BLOCK).position(holds)?;
    let start = block * BLOCK;
    units[start..].iter().position(|other| *other == unit).map(|at| start + at)
}
