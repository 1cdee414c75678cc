//! What holds of a graph and its log however they are used at the same time.

mod checkpoints;
mod clock;
mod model;
mod panics;
mod stress;
mod views;
mod world;

use crate::model::{Change, Door, Organization, OrganizationKind, Origin};

use super::Proposal;

fn enterprise(number: usize, name: &str) -> Change {
    let id = format!("ent-{number}").parse().unwrap();
    Change::PutOrganization(Box::new(Organization::new(id, OrganizationKind::Enterprise, name)))
}

fn proposal(changes: Vec<Change>) -> Proposal {
    let (actor, reason) = ("clerk".to_owned(), "test".to_owned());
    Proposal { changes, actor, reason, origin: Origin::by(Door::Library), expected: None }
}
