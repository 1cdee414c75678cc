//! Arguments that are names of the model: wrong ones are refused with the choices.

use std::str::FromStr;

use jiff::Timestamp;
use strum::IntoEnumIterator;

use crate::access::Role;
use crate::coverage::CoverageState;
use crate::model::{OrganizationKind, TaskState, personal_data_in};

/// Reads a name of an enum, or says which names there are.
fn named<T: FromStr>(text: &str, names: impl Iterator<Item = &'static str>) -> Result<T, String> {
    text.parse().map_err(|_| format!("it is one of {}", names.collect::<Vec<_>>().join(", ")))
}

/// Reads a kind of organisation.
pub(super) fn kind(text: &str) -> Result<OrganizationKind, String> {
    named(text, OrganizationKind::all().map(OrganizationKind::name))
}

/// Reads the name of a unit, which holds nothing of a person.
pub(super) fn unit(text: &str) -> Result<String, String> {
    match personal_data_in(text) {
        None => Ok(text.to_owned()),
        Some(found) => Err(format!("it holds {found}: a unit is named, never a person")),
    }
}

/// Reads why something is done, which holds nothing of a person.
pub(super) fn reason(text: &str) -> Result<String, String> {
    match personal_data_in(text) {
        None if text.trim().is_empty() => Err("it is empty; say why, for those who read it later".to_owned()),
        None => Ok(text.trim().to_owned()),
        Some(found) => Err(format!("it holds {found}: no personal data is recorded")),
    }
}

/// Reads a cell of an overlap.
pub(super) fn cell(text: &str) -> Result<&'static str, String> {
    const CELLS: [&str; 6] = ["BOTH", "ONE_ONLY", "OTHER_ONLY", "NEITHER", "UNKNOWN", "EXEMPT"];
    let found = CELLS.into_iter().find(|cell| *cell == text);
    found.ok_or_else(|| format!("it is one of {}", CELLS.join(", ")))
}

/// Reads a moment with its offset.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "it is no moment with an offset, such as 2023-07-01T00:00:00+08:00".to_owned())
}

/// Reads a state of coverage.
pub(super) fn state(text: &str) -> Result<CoverageState, String> {
    named(text, CoverageState::all().map(CoverageState::name))
}

/// Reads one of the names of a small enum.
pub(super) fn name<T: FromStr + IntoEnumIterator + Into<&'static str>>(text: &str) -> Result<T, String> {
    named(text, T::iter().map(Into::into))
}

/// Reads a scale.
pub(super) fn scale(text: &str) -> Result<f32, String> {
    let scale: Option<f32> = text.parse().ok().filter(|scale: &f32| *scale > 0.0 && *scale <= 16.0);
    scale.ok_or_else(|| "it is a number above 0, and at most 16".to_owned())
}

/// Reads a role.
pub(super) fn role(text: &str) -> Result<Role, String> {
    named(text, Role::all().map(Role::name))
}

/// Reads a state of a task.
pub(super) fn task_state(text: &str) -> Result<TaskState, String> {
    named(text, TaskState::all().map(TaskState::name))
}
