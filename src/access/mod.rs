//! Who asks, and what he may see and do.
//!
//! Floor 1, on top of the model alone: no transport, no clock. A server finds out who asks; the schema asks
//! [`Access`] before it reads or writes.

use std::collections::BTreeSet;

use strum::{EnumString, IntoStaticStr};

use crate::model::OrganizationId;

/// What somebody may do; each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// Asks.
    Reader,
    /// Asks and writes.
    Editor,
    /// Asks, writes, and grants exemptions.
    Administrator,
}

/// What one request may see and do, and in whose name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The name that the change log records.
    pub actor: String,
    /// What may be done.
    pub role: Role,
    /// The territories that it is limited to; `None` where it is not limited.
    pub territories: Option<BTreeSet<OrganizationId>>,
}

impl Access {
    /// Somebody unknown, who may read everything.
    pub fn anonymous() -> Self {
        Self { actor: "anonymous".to_owned(), role: Role::Reader, territories: None }
    }

    /// Whether nothing is known of who asks.
    pub fn is_anonymous(&self) -> bool {
        *self == Self::anonymous()
    }

    /// Whether one may do what a role may.
    pub fn may(&self, role: Role) -> bool {
        self.role >= role
    }

    /// Somebody who may do everything.
    pub fn administrator(actor: impl Into<String>) -> Self {
        Self { actor: actor.into(), role: Role::Administrator, territories: None }
    }
}
