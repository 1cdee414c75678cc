//! Commits and graphs for the tests of this floor.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use crate::model::{
    Annex, AnnexKey, AttributeValue, Change, Date, DatedAttribute, DatedValue, Door, Exemption,
    IndicatorDefinition, NamedOrganization, OperatingStatus, Organization, OrganizationId, OrganizationKind,
    Origin, Relation, RelationKey, RelationMode, RelationType, Task, TaskFault, TaskState, TaskStep,
    Validity,
};
use crate::storage::pack::unpack;
use crate::storage::{ApplyError, Commit, CommitPart, Image};

pub(super) fn organization(number: usize, name: &str) -> Organization {
    let id = format!("ent-{number}").parse().unwrap();
    let mut organization = Organization::new(id, OrganizationKind::Enterprise, name);
    organization.employees = Some(number as u32);
    organization
}

pub(super) fn relation(source: usize, target: usize) -> Relation {
    let id = |number| format!("ent-{number}").parse().unwrap();
    Relation::new(id(source), RelationType::PartnersWith, id(target))
}

pub(super) fn put(number: usize, name: &str) -> Change {
    Change::PutOrganization(Box::new(organization(number, name)))
}

pub(super) fn commit(sequence: u64, changes: Vec<Change>) -> Commit {
    let (actor, reason) = (format!("clerk {sequence}"), "更新".to_owned());
    let (origin, redaction) = (Origin::by(Door::CommandLine), None);
    Commit { sequence, time: jiff::Timestamp::UNIX_EPOCH, actor, reason, origin, redaction, changes }
}

/// A commit of several blocks.
pub(super) fn large_commit(sequence: u64) -> Commit {
    commit(sequence, (0..2000).map(|number| put(number, "示例制造有限公司")).collect())
}

/// An exemption of an organisation from its birth on.
pub(super) fn exemption(number: usize, reason: &str) -> Annex {
    Annex::Exemption(Exemption {
        unit: format!("ent-{number}").parse().unwrap(),
        indicator: "two-new-work".into(),
        granted_on: Date::constant(2023, 7, 1),
        until: Some(Date::constant(2024, 7, 1)),
        reason: reason.into(),
        granted_by: "区委组织部".into(),
    })
}

/// The definition of an indicator.
pub(super) fn define(number: usize, version: u32, text: &str) -> Change {
    Change::PutIndicator(Box::new(IndicatorDefinition {
        id: format!("ind-{number}").into(),
        version: NonZeroU32::new(version).unwrap(),
        text: text.into(),
    }))
}

/// A commit of an indicator that is defined, defined anew and withdrawn.
pub(super) fn every_definition(sequence: u64) -> Commit {
    let withdrawal = Change::RemoveIndicator("ind-1".into());
    commit(
        sequence,
        vec![define(1, 1, "id = \"ind-1\""), define(1, 2, "覆盖"), withdrawal, define(2, 1, "b")],
    )
}

/// A commit of an annex of each sort, put and removed, with every field filled.
pub(super) fn every_annex(sequence: u64) -> Commit {
    let value = Annex::Value(DatedValue {
        organization: "ent-1".parse().unwrap(),
        attribute: DatedAttribute::Declared("social_workers".parse().unwrap()),
        value: AttributeValue::Integer(7),
        validity: Validity::new(Some(Date::constant(2023, 1, 1)), Some(Date::constant(2024, 1, 1))).unwrap(),
        source: Some("年报".into()),
    });
    let annexes = [exemption(1, "停产"), value];
    let puts = annexes.iter().map(|annex| Change::PutAnnex(Box::new(annex.clone())));
    let removals = annexes.iter().map(|annex| Change::RemoveAnnex(annex.key()));
    commit(sequence, std::iter::once(put(1, "甲")).chain(puts).chain(removals).collect())
}

/// A commit of a task with every field filled, put and removed.
pub(super) fn every_task(sequence: u64) -> Commit {
    let named = |number: usize| NamedOrganization {
        id: format!("ent-{number}").parse().unwrap(),
        name: "甲".into(),
    };
    let day = |day| Date::constant(2024, 6, day);
    let issue = TaskStep {
        note: Some("按月交办".into()),
        judged_by: NonZeroU32::new(1),
        ..TaskStep::new(TaskState::ToHandOver, day(3), "区委组织部")
    };
    let fault = TaskFault { unit: "ent-2".parse().unwrap(), unknown: true, reason: "members ≥ 3".into() };
    let steps = [TaskState::HandedOver, TaskState::Rectifying, TaskState::Rectified];
    let steps = steps.map(|state| TaskStep::new(state, day(9), "街道"));
    let sent_back =
        TaskStep { faults: vec![fault], ..TaskStep::new(TaskState::Rectifying, day(20), "区委组织部") };
    let task = Annex::Task(Arc::new(Task {
        id: "2024-06/two-new-work/ent-1".parse().unwrap(),
        responsible: named(3),
        due: day(30),
        units: vec![named(1), named(2)],
        steps: std::iter::once(issue).chain(steps).chain([sent_back]).collect(),
    }));
    let removal = Change::RemoveAnnex(task.key());
    commit(sequence, vec![put(1, "甲"), Change::PutAnnex(Box::new(task)), removal])
}

/// The first commit, of one change of each sort that there was at first, with every field filled.
pub(super) fn every_change() -> Commit {
    let day = |day| Some(Date::constant(2023, 7, day));
    let mut full = organization(1, "示例制造");
    full.name_hant = Some("示例製造".into());
    full.name_en = Some("Example Manufacturing".into());
    full.aliases = vec!["示例".into()];
    full.division = Some("370114001002".parse().unwrap());
    full.uscc = Some("91350100M000100Y43".parse().unwrap());
    full.industry = Some("制造业".into());
    full.party_members = Some(4);
    full.full_members = Some(3);
    full.floor_area_m2 = Some(600.5);
    full.annual_income_cny = Some(-500_000.0);
    full.designations.insert("TWO_NEW".into());
    full.operating_status = OperatingStatus::Suspended;
    full.life = Validity::new(day(1), day(31)).unwrap();
    full.synthetic = true;
    full.sources = vec!["ledger".into()];
    let values = [
        AttributeValue::Number(0.5),
        AttributeValue::Integer(-7),
        AttributeValue::Flag(true),
        AttributeValue::Date(Date::constant(2024, 2, 29)),
        AttributeValue::Code("A".into()),
    ];
    full.attributes =
        ["a", "b", "c", "d", "e"].map(|id| id.parse().unwrap()).into_iter().zip(values).collect();
    let mut joined = relation(1, 2);
    joined.mode = Some(RelationMode::CoBuilding);
    joined.validity = Validity::new(day(1), None).unwrap();
    joined.citation = Some("文件".into());
    let (id, key) = (full.id.clone(), joined.key());
    let changes = vec![
        Change::PutOrganization(Box::new(full)),
        Change::PutRelation(joined),
        Change::RemoveRelation(key),
        Change::RemoveOrganization(id),
    ];
    commit(1, changes)
}

/// Puts the parts of commits together again.
pub(super) fn whole<E: std::fmt::Debug>(parts: impl Iterator<Item = Result<CommitPart, E>>) -> Vec<Commit> {
    let mut commits: Vec<Commit> = Vec::new();
    let mut is_whole = true;
    for part in parts.map(Result::unwrap) {
        if is_whole {
            let head = part.head.as_ref();
            commits.push(Commit {
                sequence: head.sequence,
                time: head.time,
                actor: head.actor.clone(),
                reason: head.reason.clone(),
                origin: head.origin.clone().unwrap_or_default(),
                redaction: head.redaction.clone(),
                changes: Vec::new(),
            });
        }
        let commit = commits.last_mut().unwrap();
        commit.changes.extend(part.changes);
        is_whole = part.is_last;
        assert_eq!(is_whole, commit.changes.len() as u64 == part.head.changes);
    }
    assert!(is_whole);
    commits
}

/// The plainest graph that there is: what any store must agree with.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plain {
    pub(super) organizations: BTreeMap<OrganizationId, Organization>,
    pub(super) relations: BTreeMap<RelationKey, Relation>,
    pub(super) annexes: BTreeMap<AnnexKey, Annex>,
    /// The last definition of each indicator, and whether it was withdrawn.
    pub(super) definitions: BTreeMap<Arc<str>, (IndicatorDefinition, bool)>,
    /// An image of which blocks are missing yet.
    part: Option<Box<Plain>>,
}

impl Plain {
    pub(super) fn of<'c>(commits: impl IntoIterator<Item = &'c Commit>) -> Self {
        let mut plain = Self::default();
        plain.apply(commits.into_iter().flat_map(|commit| commit.changes.iter().cloned()));
        plain
    }

    /// What the image leaves out: the changes that put annexes and definitions of indicators.
    pub(super) fn beside_image(&self) -> std::vec::IntoIter<Change> {
        let annexes = self.annexes.values().map(|annex| Change::PutAnnex(Box::new(annex.clone())));
        let definitions = self.definitions.values().flat_map(|(definition, withdrawn)| {
            let withdrawal = withdrawn.then(|| Change::RemoveIndicator(definition.id.clone()));
            [Some(Change::PutIndicator(Box::new(definition.clone()))), withdrawal].into_iter().flatten()
        });
        annexes.chain(definitions).collect::<Vec<_>>().into_iter()
    }

    pub(super) fn apply(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::PutOrganization(o) => drop(self.organizations.insert(o.id.clone(), *o)),
                Change::RemoveOrganization(id) => drop(self.organizations.remove(&id)),
                Change::PutRelation(r) => drop(self.relations.insert(r.key(), r)),
                Change::RemoveRelation(key) => drop(self.relations.remove(&key)),
                Change::PutAnnex(annex) => drop(self.annexes.insert(annex.key(), *annex)),
                Change::RemoveAnnex(key) => drop(self.annexes.remove(&key)),
                Change::PutIndicator(d) => drop(self.definitions.insert(d.id.clone(), (*d, false))),
                Change::RemoveIndicator(id) => {
                    let last = self.definitions.get_mut(&id);
                    last.into_iter().for_each(|(_, withdrawn)| *withdrawn = true);
                }
            }
        }
    }

    /// An image of organisations and relations: its blocks are changes, of which the last is a removal that changes nothing.
    pub(super) fn image(&self) -> Image<std::vec::IntoIter<Vec<u8>>> {
        let organizations =
            self.organizations.values().cloned().map(|o| Change::PutOrganization(Box::new(o)));
        let relations = self.relations.values().cloned().map(Change::PutRelation);
        let end = Change::RemoveOrganization(END.parse().unwrap());
        let changes: Vec<_> = organizations.chain(relations).chain([end]).collect();
        let block =
            |changes: &[Change]| changes.iter().flat_map(|c| postcard::to_stdvec(c).unwrap()).collect();
        let blocks: Vec<_> = changes.chunks(100).map(block).collect();
        let (organizations, relations) = (self.organizations.len() as u64, self.relations.len() as u64);
        Image { organizations, relations, blocks: blocks.into_iter() }
    }

    pub(super) fn read_image(&mut self, block: &[u8]) -> Result<(), ApplyError> {
        let part = self.part.get_or_insert_default();
        let changes = unpack(block)?;
        if matches!(changes.last(), Some(Change::RemoveOrganization(id)) if id.as_str() == END) {
            let whole = self.part.take();
            *self = Self { part: None, ..*whole.ok_or("no image")? };
            self.apply(changes);
            return Ok(());
        }
        part.apply(changes);
        Ok(())
    }

    pub(super) fn finish_image(&mut self) -> Result<(), ApplyError> {
        if self.part.is_some() { Err("the image is cut short".into()) } else { Ok(()) }
    }
}

/// Ends an image.
const END: &str = "end";
