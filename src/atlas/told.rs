//! What readers who are limited to territories are told of a commit.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::departures::Departed;
use super::sight::{above, is_common, pseudonym};
use super::{Atlas, PastError, Snapshot};
use crate::graph::slots;
use crate::model::{Change, OrganizationId, Relation, RelationKey};

impl Atlas {
    /// The changes of a commit as the readers of a restricted view are told of them; `view` is that view of `now`.
    ///
    /// They are told of changes of what is located in their territories now, or was right before the commit, and of its
    /// relations. The other end of a relation has the id that it has in the view.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub fn told_changes(
        &self,
        now: &Arc<Snapshot>,
        view: &Snapshot,
        (version, time): (u64, Timestamp),
        changes: Vec<Change>,
    ) -> Result<Vec<Change>, PastError> {
        let Some(territories) = view.territories() else { return Ok(changes) };
        let above: BTreeSet<_> =
            slots(&above(&now.graph, territories)).map(|slot| now.graph.id(slot).clone()).collect();
        let audience = |is_removal| Audience {
            atlas: self,
            now,
            view,
            commit: (version, time),
            territories,
            above: &above,
            is_removal,
        };
        let told = changes.into_iter().map(|change| audience(is_removal(&change)).told(change));
        told.filter_map(Result::transpose).collect()
    }
}

struct Audience<'a> {
    atlas: &'a Atlas,
    now: &'a Arc<Snapshot>,
    view: &'a Snapshot,
    commit: (u64, Timestamp),
    territories: &'a BTreeSet<OrganizationId>,
    /// What the territories are located within.
    above: &'a BTreeSet<OrganizationId>,
    /// Whether the change removes something.
    is_removal: bool,
}

fn is_removal(change: &Change) -> bool {
    matches!(change, Change::RemoveOrganization(_) | Change::RemoveRelation(_) | Change::RemoveAnnex(_))
}

impl Audience<'_> {
    fn told(&self, change: Change) -> Result<Option<Change>, PastError> {
        let organization = match &change {
            Change::PutOrganization(organization) => &organization.id,
            Change::RemoveOrganization(id) => id,
            Change::PutAnnex(annex) => annex.organization(),
            Change::RemoveAnnex(key) => key.organization(),
            // What an indicator means concerns everybody.
            Change::PutIndicator(_) | Change::RemoveIndicator(_) => return Ok(Some(change)),
            Change::PutRelation(put) => {
                let Some([source, target]) = self.ends([&put.source, &put.target])? else { return Ok(None) };
                let named = source == put.source && target == put.target;
                let citation = put.citation.clone().filter(|_| named);
                let told = Relation { source, target, citation, ..put.clone() };
                return Ok(Some(Change::PutRelation(told)));
            }
            Change::RemoveRelation(key) => {
                let Some([source, target]) = self.ends([&key.source, &key.target])? else { return Ok(None) };
                let told = RelationKey { source, target, ..key.clone() };
                return Ok(Some(Change::RemoveRelation(told)));
            }
        };
        Ok(self.is_inside(organization)?.then_some(change))
    }

    /// The ids of a relation's ends in the view; `None` where neither end is inside.
    fn ends(&self, ends: [&OrganizationId; 2]) -> Result<Option<[OrganizationId; 2]>, PastError> {
        let [source, target] = ends;
        let inside = [self.is_inside(source)?, self.is_inside(target)?];
        if inside == [false; 2] {
            return Ok(None);
        }
        let shown = |id: &OrganizationId, inside| if inside { Ok(id.clone()) } else { self.shown(id) };
        Ok(Some([shown(source, inside[0])?, shown(target, inside[1])?]))
    }

    fn is_inside(&self, id: &OrganizationId) -> Result<bool, PastError> {
        if self.view.graph.slot(id.as_str()).is_some_and(|slot| self.view.holds(slot)) {
            return Ok(true);
        }
        Ok(self.departed(id)?.is_some_and(|departed| departed.was_within(self.territories)))
    }

    /// The id of an organisation outside as the view shows it.
    fn shown(&self, id: &OrganizationId) -> Result<OrganizationId, PastError> {
        let graph = &self.now.graph;
        let is_named = self.view.graph.slot(id.as_str()).is_some()
            || match graph.slot(id.as_str()) {
                Some(slot) => is_common(graph, &above(graph, self.territories), slot),
                None => self.departed(id)?.is_some_and(|departed| departed.was_common(id, self.above)),
            };
        Ok(if is_named { id.clone() } else { pseudonym(id) })
    }

    fn departed(&self, id: &OrganizationId) -> Result<Option<Arc<Departed>>, PastError> {
        self.atlas.departures.find(self.now, self.commit, id, self.is_removal)
    }
}
