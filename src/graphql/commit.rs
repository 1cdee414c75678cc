//! Commits as GraphQL output: who changed what, when and why.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};

use super::enums::{RelationMode, RelationType};
use super::organization::Organization;
use super::scalar::{Date, DateTime};
use crate::atlas::Snapshot;
use crate::model::{self, OrganizationId, RelationKey, Validity};
use crate::storage::CommitPart;

/// Changes that were recorded together.
#[derive(SimpleObject)]
pub(super) struct Commit {
    /// The version of the graph that it made; commits count from 1.
    version: u64,
    /// When it was recorded.
    recorded_at: DateTime,
    /// Who recorded it.
    actor: String,
    /// Why it was recorded.
    reason: String,
    /// The changes, in their order; a large commit comes in several parts, each with the next of its changes.
    changes: Vec<Change>,
    /// How many changes the commit has in all its parts.
    total_changes: u64,
    /// Whether it is the last part of its commit.
    complete: bool,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum ChangeAction {
    /// 登记组织: records an organisation, or what is new about one.
    PutOrganization,
    /// 注销组织: forgets an organisation.
    RemoveOrganization,
    /// 登记关系: records a relation, or what is new about one.
    PutRelation,
    /// 删除关系: forgets a relation.
    RemoveRelation,
}

/// One change: of an organisation, or of a relation.
pub(super) struct Change {
    snapshot: Arc<Snapshot>,
    change: model::Change,
}

/// The relation of a change.
pub(super) struct ChangedRelation {
    snapshot: Arc<Snapshot>,
    key: RelationKey,
    put: Option<(Validity, Option<String>)>,
}

impl Commit {
    /// A part of a commit, or those of its changes that concern one organisation; none where no change does.
    pub(super) fn new(
        snapshot: &Arc<Snapshot>,
        part: CommitPart,
        organization: Option<&OrganizationId>,
    ) -> Option<Self> {
        let CommitPart { head, changes, is_last } = part;
        let concerned = |change: &model::Change| organization.is_none_or(|id| concerns(change, id));
        let changes: Vec<_> = changes.into_iter().filter(concerned).collect();
        if changes.is_empty() && organization.is_some() {
            return None;
        }
        let present = |change| Change { snapshot: Arc::clone(snapshot), change };
        Some(Self {
            version: head.sequence,
            recorded_at: DateTime(head.time),
            actor: head.actor.clone(),
            reason: head.reason.clone(),
            changes: changes.into_iter().map(present).collect(),
            total_changes: head.changes,
            complete: is_last,
        })
    }
}

/// Whether a change is of an organisation, or of a relation at whose end it stands.
fn concerns(change: &model::Change, id: &OrganizationId) -> bool {
    match change {
        model::Change::PutOrganization(organization) => organization.id == *id,
        model::Change::RemoveOrganization(removed) => removed == id,
        model::Change::PutRelation(relation) => relation.source == *id || relation.target == *id,
        model::Change::RemoveRelation(key) => key.source == *id || key.target == *id,
    }
}

/// One change: of an organisation, or of a relation.
#[Object]
impl Change {
    /// What it does.
    async fn action(&self) -> ChangeAction {
        match &self.change {
            model::Change::PutOrganization(_) => ChangeAction::PutOrganization,
            model::Change::RemoveOrganization(_) => ChangeAction::RemoveOrganization,
            model::Change::PutRelation(_) => ChangeAction::PutRelation,
            model::Change::RemoveRelation(_) => ChangeAction::RemoveRelation,
        }
    }

    /// The id of the organisation that is recorded or forgotten; null where it is of a relation.
    async fn organization_id(&self) -> Option<ID> {
        self.organization().map(|id| id.as_str().into())
    }

    /// That organisation as it stands now; null where it was forgotten, or the change is of a relation.
    #[graphql(name = "organization")]
    async fn present_organization(&self) -> Option<Organization> {
        Organization::find(&self.snapshot, self.organization()?.as_str())
    }

    /// The relation that is recorded or forgotten; null where it is of an organisation.
    async fn relation(&self) -> Option<ChangedRelation> {
        let (key, put) = match &self.change {
            model::Change::PutRelation(relation) => {
                let citation = relation.citation.as_ref().map(ToString::to_string);
                (relation.key(), Some((relation.validity, citation)))
            }
            model::Change::RemoveRelation(key) => (key.clone(), None),
            _ => return None,
        };
        Some(ChangedRelation { snapshot: Arc::clone(&self.snapshot), key, put })
    }
}

impl Change {
    fn organization(&self) -> Option<&OrganizationId> {
        match &self.change {
            model::Change::PutOrganization(organization) => Some(&organization.id),
            model::Change::RemoveOrganization(id) => Some(id),
            _ => None,
        }
    }
}

/// The relation of a change.
#[Object]
impl ChangedRelation {
    /// The id of where it starts.
    async fn source_id(&self) -> ID {
        self.key.source.as_str().into()
    }

    /// Where it starts, as that stands now; null where it was forgotten.
    async fn source(&self) -> Option<Organization> {
        Organization::find(&self.snapshot, self.key.source.as_str())
    }

    /// What it says.
    async fn r#type(&self) -> RelationType {
        self.key.relation_type.into()
    }

    /// The id of where it ends.
    async fn target_id(&self) -> ID {
        self.key.target.as_str().into()
    }

    /// Where it ends, as that stands now; null where it was forgotten.
    async fn target(&self) -> Option<Organization> {
        Organization::find(&self.snapshot, self.key.target.as_str())
    }

    /// Its manner; null where it is unspecified.
    async fn mode(&self) -> Option<RelationMode> {
        self.key.mode.map(Into::into)
    }

    /// First day on which it holds; null where it is open.
    async fn valid_from(&self) -> Option<Date> {
        self.key.valid_from.map(Date)
    }

    /// First day on which it does not hold any more; null where it is open, or the relation was forgotten.
    async fn valid_to(&self) -> Option<Date> {
        self.put.as_ref()?.0.to().map(Date)
    }

    /// Where the record comes from; null where none is recorded, or the relation was forgotten.
    async fn citation(&self) -> Option<&str> {
        self.put.as_ref()?.1.as_deref()
    }
}
