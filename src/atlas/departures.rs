//! Where organisations were located right before a commit took them away from there.
//!
//! Readers who are limited to territories follow commits; that a unit of theirs is gone concerns them, and the graph
//! after the commit does not hold it any more.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::{PastError, Snapshot};
use crate::graph::{Graph, When};
use crate::model::{Change, OrganizationId, RelationType};

/// How many departures are kept; the oldest commits go first. They are a cache: what is not kept is found by a replay of
/// the log, and nothing makes an entry invalid, since commits never change.
const KEPT: usize = 100_000;

/// What an organisation was right before a commit.
#[derive(Clone, Debug)]
pub(super) struct Departed {
    /// What it was located within, at any recorded date, and it itself.
    within: BTreeSet<OrganizationId>,
    is_territory: bool,
}

/// The departures of the latest commits.
#[derive(Debug)]
pub(super) struct Departures(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Those of every commit after this version are kept.
    after: u64,
    /// By organisation, the oldest first, with the version of the commit.
    of: HashMap<OrganizationId, VecDeque<(u64, Arc<Departed>)>>,
    /// All of them, the oldest first.
    order: VecDeque<(u64, OrganizationId)>,
}

impl Departed {
    fn of(graph: &Graph, id: &OrganizationId) -> Option<Self> {
        let slot = graph.slot(id.as_str())?;
        let above = graph.ancestors(slot, When::Ever).into_iter().map(|slot| graph.id(slot).clone());
        let is_territory = graph.kind(slot).level().is_some();
        Some(Self { within: above.chain([id.clone()]).collect(), is_territory })
    }

    /// Whether it was located within some territories, or was one of them.
    pub(super) fn was_within(&self, territories: &BTreeSet<OrganizationId>) -> bool {
        !self.within.is_disjoint(territories)
    }

    /// Whether it was located nowhere, or directly in organisations that territories are located within.
    pub(super) fn was_common(&self, id: &OrganizationId, above: &BTreeSet<OrganizationId>) -> bool {
        above.contains(id)
            || !self.is_territory && self.within.iter().all(|other| other == id || above.contains(other))
    }
}

impl Departures {
    /// None yet; commits up to a version are in the log alone.
    pub(super) fn after(version: u64) -> Self {
        Self(Mutex::new(Kept { after: version, ..Kept::default() }))
    }

    /// Notes what the changes of a commit take away from where it is.
    pub(super) fn note(&self, version: u64, before: &Graph, after: &Graph, changes: &[Change]) {
        let taken: BTreeSet<_> = changes.iter().filter_map(taken_away).collect();
        let left = taken.into_iter().filter_map(|id| {
            let departed = Departed::of(before, id)?;
            let now = Departed::of(after, id);
            let stays = now.is_some_and(|now| departed.within.is_subset(&now.within));
            (!stays).then(|| (id.clone(), Arc::new(departed)))
        });
        let left: Vec<_> = left.collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, departed) in left {
            kept.order.push_back((version, id.clone()));
            kept.of.entry(id).or_default().push_back((version, departed));
        }
        while kept.order.len() > KEPT {
            let Some((version, id)) = kept.order.pop_front() else { break };
            kept.after = version;
            if let Some(of) = kept.of.get_mut(&id) {
                of.pop_front();
                if of.is_empty() {
                    kept.of.remove(&id);
                }
            }
        }
    }

    /// What an organisation was before a commit from a version on took it away; `None` where none did.
    ///
    /// Of removals in commits whose departures are not kept, the log is replayed up to there.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub(super) fn find(
        &self,
        now: &Arc<Snapshot>,
        (version, time): (u64, Timestamp),
        id: &OrganizationId,
        is_removal: bool,
    ) -> Result<Option<Arc<Departed>>, PastError> {
        let (known, is_kept) = {
            let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let known = kept.of.get(id).and_then(|of| of.iter().find(|(at, _)| *at >= version));
            (known.map(|(_, departed)| Arc::clone(departed)), version > kept.after)
        };
        if known.is_some() || is_kept || !is_removal || now.graph.slot(id.as_str()).is_some() {
            return Ok(known);
        }
        let before = time.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MIN);
        Ok(Departed::of(&now.recorded_at(before)?.graph, id).map(Arc::new))
    }
}

/// The organisation that a change may take away from where it is.
fn taken_away(change: &Change) -> Option<&OrganizationId> {
    let standing = |relation_type: RelationType| relation_type.is_standing();
    match change {
        // Another division code, or a stated location in place of an implied one, moves it too.
        Change::PutOrganization(organization) => {
            Some(&organization.id).filter(|_| organization.division.is_some())
        }
        Change::RemoveOrganization(id) => Some(id),
        Change::PutRelation(put) => Some(&put.source).filter(|_| standing(put.relation_type)),
        Change::RemoveRelation(key) => Some(&key.source).filter(|_| standing(key.relation_type)),
        Change::PutAnnex(_)
        | Change::RemoveAnnex(_)
        | Change::PutIndicator(_)
        | Change::RemoveIndicator(_) => None,
    }
}
