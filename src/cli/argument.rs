//! Arguments that are names of the model: wrong ones are refused with the choices.

use std::str::FromStr;

use crate::access::Role;
use crate::coverage::CoverageState;
use crate::model::OrganizationKind;

/// Reads a name of an enum, or says which names there are.
fn named<T: FromStr>(text: &str, names: impl Iterator<Item = &'static str>) -> Result<T, String> {
    text.parse().map_err(|_| format!("it is one of {}", names.collect::<Vec<_>>().join(", ")))
}

/// Reads a kind of organisation.
pub(super) fn kind(text: &str) -> Result<OrganizationKind, String> {
    named(text, OrganizationKind::all().map(OrganizationKind::name))
}

/// Reads a state of coverage.
pub(super) fn state(text: &str) -> Result<CoverageState, String> {
    named(text, CoverageState::all().map(CoverageState::name))
}

/// Reads a role.
pub(super) fn role(text: &str) -> Result<Role, String> {
    named(text, Role::all().map(Role::name))
}
