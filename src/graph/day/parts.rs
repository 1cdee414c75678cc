//! How a part of the graph is divided by the organisations of a kind: a city by its subdistricts.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use super::{Day, KeptSets, OrderedSet, Ranges, Rank};
use crate::graph::{OrganizationSet, Slot, When};
use crate::model::OrganizationKind;

/// How many divisions a day keeps, and of how many parts all of them together.
const KEPT: usize = 256;
const KEPT_PARTS: usize = 1 << 16;

/// The share that one organisation has of a scope.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The organisation; `None` for what stands in none of its kind.
    pub by: Option<Slot>,
    /// The positions of what stands in it, and its own, within the scope.
    pub ranges: Ranges,
    /// Whether the organisation stands within the scope itself, its root not.
    pub is_inside: bool,
}

/// Divisions that were asked for since something was touched last.
#[derive(Clone, Default)]
pub(super) struct KeptParts {
    by_question: HashMap<(Option<Slot>, OrganizationKind), Arc<[Part]>>,
    count: usize,
}

impl KeptParts {
    fn keep(&mut self, question: (Option<Slot>, OrganizationKind), parts: &Arc<[Part]>) {
        if self.by_question.len() >= KEPT || self.count + parts.len() > KEPT_PARTS {
            self.forget();
        }
        if parts.len() <= KEPT_PARTS && self.by_question.insert(question, Arc::clone(parts)).is_none() {
            self.count += parts.len();
        }
    }

    pub(super) fn forget(&mut self) {
        self.by_question.clear();
        self.count = 0;
    }
}

/// The organisations of a kind as a day keeps them: one set.
struct OfKind(OrganizationKind);

impl KeptSets for OfKind {
    fn among(&self, day: &Day<'_>, domain: &OrganizationSet) -> Vec<OrganizationSet> {
        vec![domain & day.graph().of_kind(self.0)]
    }

    fn reached(&self, _: &Day<'_>, touched: &OrganizationSet) -> OrganizationSet {
        touched.clone()
    }
}

impl Day<'_> {
    /// The share of each organisation of a kind in the order of ids, and that of what stands in none last.
    ///
    /// The scope is what stands within an organisation, and it itself; everything where none is given.
    pub fn parts(&self, within: Option<Slot>, kind: OrganizationKind) -> Arc<[Part]> {
        let question = (within, kind);
        let kept = || self.cached.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(parts) = kept().by_question.get(&question) {
            return Arc::clone(parts);
        }
        let parts: Arc<[Part]> = self.divided(within, kind).into();
        kept().keep(question, &parts);
        parts
    }

    fn divided(&self, within: Option<Slot>, kind: OrganizationKind) -> Vec<Part> {
        let all = within.map_or_else(|| self.everywhere(), |root| self.standing_in(root));
        let inside = within.map_or_else(|| self.everywhere(), |root| self.within(root));
        let mut parts = Vec::new();
        let mut grouped = Vec::new();
        for by in self.candidates(within, &inside, kind) {
            let members = self.standing_in(by);
            grouped.extend(members.iter());
            let is_inside = self.position(by).is_some_and(|position| inside.contains(position));
            parts.push(Part { by: Some(by), ranges: members.intersection(&all), is_inside });
        }
        parts.push(Part { by: None, ranges: all.difference(&Ranges::joined(grouped)), is_inside: false });
        parts
    }

    /// The organisations of a kind in which a part of the scope may stand, in the order of ids.
    ///
    /// Where everything stands in one place at the most, these are inside the scope or above it.
    fn candidates(&self, within: Option<Slot>, inside: &Ranges, kind: OrganizationKind) -> Vec<Slot> {
        let of_kind: Arc<Vec<OrderedSet>> =
            self.kept(kind.name(), &self.everywhere(), || Arc::new(OfKind(kind)));
        let all = |ranges: &Ranges| -> Vec<(Rank<'_>, Slot)> {
            of_kind.iter().flat_map(|set| self.first_of(set, ranges, usize::MAX)).collect()
        };
        let mut found = match within {
            Some(root) if self.is_forest() => {
                let above = self.graph.ancestors(root, When::On(self.date));
                let above = above.into_iter().chain([root]).filter(|slot| self.graph.kind(*slot) == kind);
                let above = above.filter(|slot| self.position(*slot).is_some());
                all(inside).into_iter().chain(above.map(|slot| (self.rank(slot), slot))).collect()
            }
            _ => all(&self.everywhere()),
        };
        found.sort_unstable();
        found.into_iter().map(|(_, slot)| slot).collect()
    }
}
