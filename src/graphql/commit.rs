//! Commits as GraphQL output: who changed what, when and why.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};
use data_encoding::HEXLOWER;
use serde_json::json;

use super::change_write::{WrittenChange, written};
use super::cost;
use super::enums::{Door, Network};
use super::organization::Organization;
use super::scalar::DateTime;
use crate::access::Access;
use crate::atlas::{Atlas, PastError, Snapshot};
use crate::model::{self, Annex, AnnexKey, OrganizationId, reason_without_files};
use crate::storage::{self, CommitPart};

/// Changes that were recorded together.
#[derive(SimpleObject)]
pub(super) struct Commit {
    /// The version of the graph that it made; commits count from 1.
    version: u64,
    /// When it was recorded.
    recorded_at: DateTime,
    /// Who recorded it.
    actor: String,
    /// Why it was recorded; without names of files for whoever is limited to territories.
    reason: String,
    /// The changes, in their order; a large commit comes in several parts, each with the next of its changes.
    changes: Vec<Change>,
    /// How many changes the commit has in all its parts; for whoever is limited to territories, those of this part.
    total_changes: u64,
    /// Whether it is the last part of its commit.
    complete: bool,
    /// From where it came; null where it was recorded before that was kept.
    origin: Option<Origin>,
    /// The text that was taken out of earlier commits, where that is what it records.
    redaction: Option<Redaction>,
    /// The hash of the commit, which covers all earlier ones too; null in all parts but the last.
    hash: Option<String>,
}

/// From where changes came; no name of a person or of a machine, and no address, is kept.
#[derive(SimpleObject)]
pub(super) struct Origin {
    /// By which door.
    door: Door,
    /// From what network, where they came by one.
    network: Option<Network>,
    /// What the sender showed: the id of a token of the store, or who signed another; null for whoever is limited to
    /// territories.
    credential: Option<String>,
    /// The names of the files that they were read from; none for whoever is limited to territories.
    files: Vec<String>,
}

/// A text that was taken out of earlier commits.
#[derive(SimpleObject)]
pub(super) struct Redaction {
    /// At how many places it stood.
    places: u64,
    /// The versions whose commits it was taken out of.
    commits: Vec<u64>,
    /// Random bytes in hexadecimal, digested with it.
    salt: String,
    /// The digest of it and the salt, in hexadecimal (Argon2id, 19 MiB, 2 passes).
    digest: String,
}

/// What a change does, by the name of the field of `ChangeInput` that would do the same.
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
    /// 登记豁免: records an exemption.
    PutExemption,
    /// 删除豁免: forgets an exemption.
    RemoveExemption,
    /// 登记分期数值: records a value that holds for a time.
    PutValue,
    /// 删除分期数值: forgets a value that held for a time.
    RemoveValue,
    /// 登记交办任务: records a task of the monthly loop, or its next step.
    PutTask,
    /// 删除交办任务: forgets a task.
    RemoveTask,
    /// 定义指标: records the definition of an indicator, or its next version.
    PutIndicator,
    /// 撤销指标: withdraws an indicator.
    RemoveIndicator,
}

/// One change.
pub(super) struct Change {
    snapshot: Arc<Snapshot>,
    change: model::Change,
}

impl Commit {
    /// A part of a commit, or those of its changes that concern one organisation; none where there is nothing to tell.
    ///
    /// Readers who are limited to territories are told of changes that concern what is within these, and of nothing else.
    ///
    /// # Errors
    /// [`PastError`] when the log cannot be read.
    pub(super) fn new(
        atlas: &Atlas,
        access: &Access,
        part: CommitPart,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<Self>, PastError> {
        let CommitPart { head, changes, is_last, hash } = part;
        let now = atlas.snapshot();
        let snapshot = &now.seen_by(access);
        let is_limited = snapshot.territories().is_some();
        let mut changes = atlas.told_changes(&now, snapshot, (head.sequence, head.time), changes)?;
        changes.retain(|change| organization.is_none_or(|id| concerns(change, id)));
        // The first part of a commit may hold its reason alone.
        if changes.is_empty() && (is_limited || organization.is_some() || !is_last) {
            return Ok(None);
        }
        let present = |change| Change { snapshot: Arc::clone(snapshot), change };
        let total_changes = if is_limited { changes.len() as u64 } else { head.changes };
        Ok(Some(Self {
            version: head.sequence,
            recorded_at: DateTime(head.time),
            actor: head.actor.clone(),
            reason: if is_limited {
                reason_without_files(&head.actor, &head.reason).to_owned()
            } else {
                head.reason.clone()
            },
            changes: changes.into_iter().map(present).collect(),
            total_changes,
            complete: is_last,
            origin: head.origin.as_ref().map(|origin| Origin::new(origin, is_limited)),
            redaction: head.redaction.as_ref().map(Redaction::new),
            hash: hash.map(|hash| hash.to_string()),
        }))
    }
}

impl Origin {
    fn new(origin: &model::Origin, is_limited: bool) -> Self {
        let shown = Some(origin).filter(|_| !is_limited);
        Self {
            door: origin.door.into(),
            network: origin.network.map(Into::into),
            credential: shown.and_then(|origin| Some(origin.credential.as_ref()?.to_string())),
            files: shown.iter().flat_map(|origin| &origin.files).map(ToString::to_string).collect(),
        }
    }
}

impl Redaction {
    fn new(redaction: &storage::Redaction) -> Self {
        Self {
            places: redaction.places,
            commits: redaction.commits().into_iter().collect(),
            salt: HEXLOWER.encode(&redaction.salt),
            digest: HEXLOWER.encode(&redaction.digest),
        }
    }
}

/// A part of a commit as JSON: what `changes` tells of it, each change as it was written.
pub fn commit_json(part: &CommitPart) -> serde_json::Value {
    let CommitPart { head, changes, is_last, hash } = part;
    let redaction = head.redaction.as_ref().map(Redaction::new).map(|redaction| {
        let Redaction { places, commits, salt, digest } = redaction;
        json!({ "places": places, "commits": commits, "salt": salt, "digest": digest })
    });
    json!({
        "version": head.sequence,
        "recordedAt": head.time.to_string(),
        "actor": head.actor,
        "reason": head.reason,
        "origin": head.origin,
        "redaction": redaction,
        "changes": changes.iter().map(written).collect::<Vec<_>>(),
        "totalChanges": head.changes,
        "complete": is_last,
        "hash": hash.map(|hash| hash.to_string()),
    })
}

/// Whether a change is of an organisation, or of a relation at whose end it stands.
fn concerns(change: &model::Change, id: &OrganizationId) -> bool {
    concerned(change).contains(&Some(id))
}

/// The organisation that a change is of; both ends, where it is of a relation; none, where it is of an indicator.
fn concerned(change: &model::Change) -> [Option<&OrganizationId>; 2] {
    match change {
        model::Change::PutOrganization(organization) => [Some(&organization.id), None],
        model::Change::RemoveOrganization(id) => [Some(id), None],
        model::Change::PutRelation(relation) => [Some(&relation.source), Some(&relation.target)],
        model::Change::RemoveRelation(key) => [Some(&key.source), Some(&key.target)],
        model::Change::PutAnnex(annex) => [Some(annex.organization()), None],
        model::Change::RemoveAnnex(key) => [Some(key.organization()), None],
        model::Change::PutIndicator(_) | model::Change::RemoveIndicator(_) => [None, None],
    }
}

/// One change.
#[Object]
impl Change {
    /// What it does.
    async fn action(&self) -> ChangeAction {
        match &self.change {
            model::Change::PutOrganization(_) => ChangeAction::PutOrganization,
            model::Change::RemoveOrganization(_) => ChangeAction::RemoveOrganization,
            model::Change::PutRelation(_) => ChangeAction::PutRelation,
            model::Change::RemoveRelation(_) => ChangeAction::RemoveRelation,
            model::Change::PutAnnex(annex) => match annex.as_ref() {
                Annex::Exemption(_) => ChangeAction::PutExemption,
                Annex::Value(_) => ChangeAction::PutValue,
                Annex::Task(_) => ChangeAction::PutTask,
            },
            model::Change::RemoveAnnex(AnnexKey::Exemption(_)) => ChangeAction::RemoveExemption,
            model::Change::RemoveAnnex(AnnexKey::Value(_)) => ChangeAction::RemoveValue,
            model::Change::RemoveAnnex(AnnexKey::Task(_)) => ChangeAction::RemoveTask,
            model::Change::PutIndicator(_) => ChangeAction::PutIndicator,
            model::Change::RemoveIndicator(_) => ChangeAction::RemoveIndicator,
        }
    }

    /// The id of the indicator that it defines or withdraws; null where it does neither.
    async fn indicator_id(&self) -> Option<ID> {
        match &self.change {
            model::Change::PutIndicator(definition) => Some((&*definition.id).into()),
            model::Change::RemoveIndicator(id) => Some((&**id).into()),
            _ => None,
        }
    }

    /// The ids of the organisations that it concerns: one, or the source and the target of a relation; none where it
    /// concerns an indicator.
    async fn organization_ids(&self) -> Vec<ID> {
        self.organizations().map(|id| id.as_str().into()).collect()
    }

    /// Those organisations as they stand now, in the same order; null where one was forgotten.
    #[graphql(name = "organizations", complexity = "cost::list(2, child_complexity)")]
    async fn present_organizations(&self) -> Vec<Option<Organization>> {
        self.organizations().map(|id| Organization::find(&self.snapshot, id.as_str())).collect()
    }

    /// What it says, as it was recorded; small counts of members are left out where they are kept back from readers.
    async fn written(&self) -> WrittenChange {
        WrittenChange::told(&self.change, self.snapshot.kept_back_below())
    }
}

impl Change {
    fn organizations(&self) -> impl Iterator<Item = &OrganizationId> {
        concerned(&self.change).into_iter().flatten()
    }
}
