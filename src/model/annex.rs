use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{DatedValue, DatedValueKey, Exemption, ExemptionKey, OrganizationId, Task, TaskId, Violation};

/// A record that belongs to one organisation and is neither an organisation nor a relation.
///
/// The stored form is the position in this list: new annexes go to the end, none is ever removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Annex {
    /// That a unit need not be covered for a time.
    Exemption(Exemption),
    /// A value of an attribute that holds for a time.
    Value(DatedValue),
    /// A gap of a territory that is followed to its end.
    Task(Arc<Task>),
}

/// What makes an annex itself: two with the same key are one.
///
/// The stored form is the position in this list, as in [`Annex`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AnnexKey {
    /// Of an exemption.
    Exemption(ExemptionKey),
    /// Of a dated value.
    Value(DatedValueKey),
    /// Of a task.
    Task(TaskId),
}

impl Annex {
    /// What makes it itself.
    pub fn key(&self) -> AnnexKey {
        match self {
            Self::Exemption(exemption) => AnnexKey::Exemption(exemption.key()),
            Self::Value(value) => AnnexKey::Value(value.key()),
            Self::Task(task) => AnnexKey::Task(task.id.clone()),
        }
    }

    /// The organisation that it belongs to.
    pub fn organization(&self) -> &OrganizationId {
        match self {
            Self::Exemption(exemption) => &exemption.unit,
            Self::Value(value) => &value.organization,
            Self::Task(task) => &task.id.territory,
        }
    }

    /// Checks what can be said of it without a graph.
    ///
    /// # Errors
    /// [`Violation::Annex`] with the column at fault, [`Violation::Task`].
    pub fn check(&self) -> Result<(), Violation> {
        match self {
            Self::Exemption(exemption) => exemption.check(),
            Self::Value(value) => value.check(),
            Self::Task(task) => Ok(task.check()?),
        }
    }
}

impl Annex {
    /// Checks that it may stand in place of what was recorded under its key.
    ///
    /// # Errors
    /// [`Violation::Task`] for a task that rewrites what happened.
    pub fn check_replacing(&self, before: &Self) -> Result<(), Violation> {
        match (self, before) {
            (Self::Task(task), Self::Task(before)) => Ok(task.check_follows(before)?),
            _ => Ok(()),
        }
    }
}

impl AnnexKey {
    /// The organisation that it belongs to.
    pub fn organization(&self) -> &OrganizationId {
        match self {
            Self::Exemption(key) => &key.unit,
            Self::Value(key) => &key.organization,
            Self::Task(id) => &id.territory,
        }
    }

    /// What several of its sort are called.
    pub fn plural(&self) -> &'static str {
        match self {
            Self::Exemption(_) => "exemptions",
            Self::Value(_) => "dated values",
            Self::Task(_) => "tasks",
        }
    }
}

impl fmt::Display for AnnexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exemption(key) => key.fmt(f),
            Self::Value(key) => key.fmt(f),
            Self::Task(id) => write!(f, "task {id}"),
        }
    }
}
