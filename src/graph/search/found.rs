use std::collections::BTreeMap;

use super::fold::fold;
use super::packed::{Kept, length};
use super::query::SearchQuery;
use super::{SearchField, SearchFinding, SearchHit, SearchMatch, Slot};
use crate::graph::{Graph, OrganizationSet};

/// What no text matches.
const UNMATCHED: u8 = u8::MAX;

impl Graph {
    /// The organisations of a set that a text matches: the better match first, among equals the shorter name,
    /// then by id.
    pub fn search(&self, query: &SearchQuery, among: &OrganizationSet) -> Vec<SearchHit> {
        let kept = self.packed_names();
        let best = self.best_matches(query, &kept);
        let mut ranked = BTreeMap::<_, Equals>::new();
        for (place, slot) in kept.packed.slots().iter().enumerate() {
            let position = slot.position();
            if let Some(matched) = matched(&best, *slot)
                && among.contains(position)
                && !kept.touched.contains(position)
            {
                ranked.entry((matched, kept.packed.name_length(place))).or_default().packed.push(*slot);
            }
        }
        let touched = kept.touched.iter().filter(|slot| among.contains(*slot)).map(Slot);
        for (slot, matched) in touched.filter_map(|slot| Some((slot, matched(&best, slot)?))) {
            ranked.entry((matched, length(&fold(self.name(slot))))).or_default().touched.push(slot);
        }
        let hits = ranked.into_iter().flat_map(|((matched, name_length), equals)| {
            let slots = equals.by_id(self).into_iter();
            slots.map(move |slot| SearchHit { slot, matched, name_length })
        });
        hits.collect()
    }

    /// The organisations that a text matches.
    pub fn matching(&self, query: &SearchQuery) -> OrganizationSet {
        let best = self.best_matches(query, &self.packed_names());
        self.everything().iter().filter(|slot| matched(&best, Slot(*slot)).is_some()).collect()
    }

    /// What of an organisation a text matches best; of equally good fields the first.
    pub fn finding(&self, slot: Slot, query: &SearchQuery) -> Option<SearchFinding> {
        let record = self.record(slot)?;
        let names = [
            (SearchField::Name, Some(&record.name)),
            (SearchField::NameHant, record.name_hant.as_ref()),
            (SearchField::NameEn, record.name_en.as_ref()),
        ];
        let aliases = record.aliases.iter().map(|alias| (SearchField::Alias, Some(alias)));
        let names = names.into_iter().chain(aliases).filter_map(|(field, name)| {
            let name = name?;
            Some((query.matches_name(&fold(name))?, field, name.to_string()))
        });
        let own = record.id.division();
        let division = query.matches_division(&record.id, record.division).map(|matched| {
            let code = own.or(record.division).map_or_else(String::new, |code| code.to_string());
            (matched, SearchField::Division, code)
        });
        let credit_code = record.uscc.and_then(|code| {
            Some((query.matches_credit_code(&code)?, SearchField::CreditCode, code.to_string()))
        });
        let id = query.matches_id(record.id.as_str().to_ascii_lowercase().as_bytes());
        let id = id.map(|matched| (matched, SearchField::Id, record.id.to_string()));
        let found = names.chain(division).chain(credit_code).chain(id);
        let best = found.min_by_key(|(matched, field, _)| (*matched, *field));
        best.map(|(matched, field, text)| SearchFinding { matched, field, text })
    }

    /// The best match of each organisation, by the positions of slots.
    fn best_matches(&self, query: &SearchQuery, names: &Kept) -> Vec<u8> {
        let mut best = vec![UNMATCHED; self.topology.node_bound()];
        let mut note = |slot: Slot, matched: SearchMatch| {
            let best = &mut best[slot.position() as usize];
            *best = (*best).min(matched as u8);
        };
        let packed = &names.packed;
        packed.search(query, |place, matched| {
            let slot = packed.slots()[place];
            if !names.touched.contains(slot.position()) {
                note(slot, matched);
            }
        });
        for slot in names.touched.iter().filter(|slot| self.everything().contains(*slot)).map(Slot) {
            let names = self.folded_names(slot).filter_map(|name| query.matches_name(&name));
            let id = query.matches_id(self.id(slot).as_str().to_ascii_lowercase().as_bytes());
            names.chain(id).for_each(|matched| note(slot, matched));
        }
        if query.may_be_code() {
            for slot in self.everything().iter().map(Slot) {
                let division = query.matches_division(self.id(slot), self.division(slot));
                let credit_code = self.credit_code(slot).and_then(|code| query.matches_credit_code(&code));
                division.into_iter().chain(credit_code).for_each(|matched| note(slot, matched));
            }
        }
        best
    }
}

/// Organisations that a text matches equally well and whose names are equally long.
#[derive(Default)]
struct Equals {
    /// Those that stand as they were packed, in the order of ids.
    packed: Vec<Slot>,
    /// Others, in any order.
    touched: Vec<Slot>,
}

impl Equals {
    fn by_id(mut self, graph: &Graph) -> Vec<Slot> {
        if self.touched.is_empty() {
            return self.packed;
        }
        self.touched.sort_by(|a, b| graph.id(*a).cmp(graph.id(*b)));
        let mut slots = Vec::with_capacity(self.packed.len() + self.touched.len());
        let mut rest = self.packed.as_slice();
        for slot in self.touched {
            let before = rest.partition_point(|other| graph.id(*other) < graph.id(slot));
            slots.extend_from_slice(&rest[..before]);
            slots.push(slot);
            rest = &rest[before..];
        }
        slots.extend_from_slice(rest);
        slots
    }
}

fn matched(best: &[u8], slot: Slot) -> Option<SearchMatch> {
    SearchMatch::ALL.get(usize::from(best[slot.position() as usize])).copied()
}
