//! What whoever is limited to territories may write.
//!
//! An organisation is *his* if it is one of his territories, or stands somewhere and every `PART_OF` and `LOCATED_IN` of
//! it that has not ended leads to something that is his. It is *common* if it is no one's
//! ([`sight`](super::sight) says when): an industry, a Party committee of the district.
//!
//! - What is recorded of an organisation, its `PART_OF` and `LOCATED_IN` included, he may change if it is his before
//!   and after; a new one must be his after.
//! - Any other relation he may change if one of its ends is his and the other is his or common. So he records what
//!   covers his units, also from above, and nothing that another territory counts.
//!
//! A new organisation may have a division code only below that of one of his territories: others will record under
//! that code, and what they record is located there.
//!
//! Both are judged on the graph before the commit and after it, so nothing is taken from another territory or given
//! to one. An id that names nothing is refused like one that is not his.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use crate::graph::{Direction, Graph, OrganizationSet, Slot, When};
use crate::model::{Change, Date, DivisionCode, OrganizationId, RelationType, Violation};

use super::sight::{above, is_common};

/// The part of a graph that somebody may write.
pub(super) struct Bounds<'a> {
    graph: &'a Graph,
    territories: OrganizationSet,
    above: OrganizationSet,
    /// The division codes of the territories that have one.
    divisions: Vec<DivisionCode>,
    today: Date,
    /// What is known already of whether an organisation is his.
    known: RefCell<HashMap<Slot, bool>>,
}

const STANDING: [RelationType; 2] = [RelationType::PartOf, RelationType::LocatedIn];

impl<'a> Bounds<'a> {
    pub(super) fn new(graph: &'a Graph, territories: &BTreeSet<OrganizationId>, today: Date) -> Self {
        let above = above(graph, territories);
        let divisions = territories.iter().filter_map(OrganizationId::division).collect();
        let territories = territories.iter().filter_map(|id| graph.slot(id.as_str()));
        let territories = territories.map(Slot::position).collect();
        Self { graph, territories, above, divisions, today, known: RefCell::default() }
    }

    fn is_his(&self, slot: Slot) -> bool {
        let mut known = self.known.borrow_mut();
        let known_of = |known: &HashMap<Slot, bool>, slot: Slot| {
            if self.territories.contains(slot.position()) { Some(true) } else { known.get(&slot).copied() }
        };
        if let Some(is_his) = known_of(&known, slot) {
            return is_his;
        }
        // Depth first on a stack of its own, since hierarchies are as deep as users make them. What is begun counts as
        // not his, so that ways that lead back to it on other days end.
        known.insert(slot, false);
        let ways = self.ways_up(slot);
        let mut open = if ways.is_empty() { Vec::new() } else { vec![(slot, ways)] };
        while let Some((at, ways)) = open.last_mut() {
            let Some(next) = ways.last().copied() else {
                known.insert(*at, true);
                open.pop();
                continue;
            };
            match known_of(&known, next) {
                Some(true) => drop(ways.pop()),
                Some(false) => drop(open.pop()),
                None => {
                    known.insert(next, false);
                    let ways = self.ways_up(next);
                    if !ways.is_empty() {
                        open.push((next, ways));
                    }
                }
            }
        }
        known_of(&known, slot) == Some(true)
    }

    /// Where an organisation stands directly, unless that has ended.
    fn ways_up(&self, slot: Slot) -> Vec<Slot> {
        let ways = self.graph.relations_of(slot, Direction::Out, &STANDING, When::Ever);
        ways.filter(|way| way.validity.to().is_none_or(|to| self.today < to)).map(|way| way.target).collect()
    }

    /// Whether an organisation, if it is there, is his.
    fn owns(&self, id: &OrganizationId) -> bool {
        self.graph.slot(id.as_str()).is_none_or(|slot| self.is_his(slot))
    }

    /// Whether a relation between two organisations, as far as these are there, is his to write.
    fn joins(&self, ends: [&OrganizationId; 2]) -> bool {
        let ends = ends.map(|id| self.graph.slot(id.as_str()));
        let mut there = ends.into_iter().flatten().peekable();
        let open = there.clone().all(|slot| self.is_his(slot) || is_common(self.graph, &self.above, slot));
        open && (there.peek().is_none() || ends.contains(&None) || there.any(|slot| self.is_his(slot)))
    }

    /// Whether an organisation that is new would have a division code outside the territories.
    ///
    /// What others record later under that code would be located there. So where an organisation is says nothing: a
    /// community of another subdistrict, recorded as part of this one, is still the other's.
    fn claims(&self, change: &Change) -> bool {
        let Change::PutOrganization(put) = change else { return false };
        let Some(division) = put.id.division() else { return false };
        let is_new = self.graph.slot(put.id.as_str()).is_none();
        is_new && !self.divisions.iter().any(|own| division.starts_with(&own.to_string()))
    }

    fn allows(&self, change: &Change) -> bool {
        match subject(change) {
            Subject::Organizations(ids) => ids.into_iter().all(|id| self.owns(id)),
            Subject::Relation(ends) => self.joins(ends),
            Subject::Everything => false,
        }
    }
}

/// What a change concerns.
enum Subject<'a> {
    /// Organisations that must be his, each by itself.
    Organizations(Vec<&'a OrganizationId>),
    /// The ends of a relation that says nothing of where they stand.
    Relation([&'a OrganizationId; 2]),
    /// All territories alike: what an indicator means.
    Everything,
}

impl Subject<'_> {
    fn ids(&self) -> &[&OrganizationId] {
        match self {
            Self::Organizations(ids) => ids,
            Self::Relation(ends) => ends,
            Self::Everything => &[],
        }
    }
}

fn subject(change: &Change) -> Subject<'_> {
    let (source, relation_type, target) = match change {
        Change::PutOrganization(organization) => return Subject::Organizations(vec![&organization.id]),
        Change::RemoveOrganization(id) => return Subject::Organizations(vec![id]),
        Change::PutRelation(relation) => (&relation.source, relation.relation_type, &relation.target),
        Change::RemoveRelation(key) => (&key.source, key.relation_type, &key.target),
        Change::PutAnnex(annex) => return Subject::Organizations(vec![annex.organization()]),
        Change::RemoveAnnex(key) => return Subject::Organizations(vec![key.organization()]),
        Change::PutIndicator(_) | Change::RemoveIndicator(_) => return Subject::Everything,
    };
    if relation_type.is_standing() {
        Subject::Organizations(vec![source, target])
    } else {
        Subject::Relation([source, target])
    }
}

/// The changes that go beyond some territories as far as the graph before them tells, by their positions.
pub(super) fn beyond_before(bounds: &Bounds<'_>, changes: &[Change]) -> Vec<usize> {
    let put = changes.iter().filter_map(|change| match change {
        Change::PutOrganization(organization) => Some(&organization.id),
        _ => None,
    });
    let put: BTreeSet<_> = put.collect();
    let is_there = |id: &&OrganizationId| bounds.graph.slot(id.as_str()).is_some() || put.contains(id);
    let beyond = |change: &Change| {
        !subject(change).ids().iter().all(is_there) || !bounds.allows(change) || bounds.claims(change)
    };
    positions(changes, beyond)
}

/// The changes that go beyond some territories as the graph after them tells, by their positions.
pub(super) fn beyond_after(bounds: &Bounds<'_>, changes: &[Change]) -> Vec<usize> {
    positions(changes, |change| !bounds.allows(change))
}

fn positions(changes: &[Change], beyond: impl Fn(&Change) -> bool) -> Vec<usize> {
    let beyond = changes.iter().enumerate().filter(|(_, change)| beyond(change));
    beyond.map(|(position, _)| position).collect()
}

/// Takes out of a broken rule what it would tell of others' organisations: who holds a credit code.
pub(super) fn conceal(bounds: &Bounds<'_>, violation: Violation) -> Violation {
    match violation {
        Violation::TakenCreditCode { id, uscc, holder } if !bounds.owns(&holder) => {
            Violation::TakenCreditCodeOutside { id, uscc }
        }
        other => other,
    }
}
