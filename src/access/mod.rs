//! Who asks, and what he may see and do.
//!
//! Floor 1, on top of the model alone. A server lets a [`Guard`] find out who asks, by a token that the store knows
//! ([`TokenFile`]) or by one that an identity provider has signed; the schema asks [`Access`] before it reads or
//! writes. What a role may do within territories hangs on the graph, and is decided where snapshots are taken and
//! changes are committed.

mod book;
mod configuration;
mod guard;
mod jwt;
mod keys;
mod token;
mod token_file;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::model::OrganizationId;

pub use configuration::{CONFIGURATION_FILE, ConfigurationError, Reading};
pub use guard::{Guard, Unauthenticated};
pub use token::{NameError, Secret, Token};
pub use token_file::{NewToken, TOKENS_FILE, TokenFile, TokenFileError};

/// What somebody may do; each role may do what the ones before it may.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Role {
    /// Asks.
    Reader,
    /// Asks and writes.
    Editor,
    /// Asks, writes, and grants exemptions.
    Administrator,
}

impl Role {
    /// The name that users meet, such as `reader`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every role, the least first.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

/// What one request may see and do, and in whose name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The name that the change log records: of an office or a program, not of a person.
    pub actor: String,
    /// What may be done.
    pub role: Role,
    /// The territories that it is limited to; `None` where it is not limited.
    pub territories: Option<BTreeSet<OrganizationId>>,
    /// What was shown for it: `token` and the id of a token of the store, or `issuer` and who signed another.
    pub credential: Option<Arc<str>>,
}

impl Access {
    /// Somebody unknown, who may read everything.
    pub fn anonymous() -> Self {
        Self { actor: ANONYMOUS.to_owned(), role: Role::Reader, territories: None, credential: None }
    }

    /// Whether nothing is known of who asks.
    pub fn is_anonymous(&self) -> bool {
        *self == Self::anonymous()
    }

    /// Somebody who may do everything.
    pub fn administrator(actor: impl Into<String>) -> Self {
        Self { actor: actor.into(), role: Role::Administrator, ..Self::anonymous() }
    }

    /// Whoever runs the program in the store's folder, who could do everything by other means too.
    pub fn operator() -> Self {
        Self::administrator("operator")
    }

    /// Whether a role's work may be done.
    pub fn may(&self, role: Role) -> bool {
        self.role >= role
    }
}

/// The actor of those who show no token; no token has this name.
const ANONYMOUS: &str = "anonymous";
