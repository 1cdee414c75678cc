//! Arguments that are names of the model: wrong ones are refused with the choices.

use std::str::FromStr;

use strum::IntoEnumIterator;

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

/// Reads one of the names of a small enum.
pub(super) fn name<T: FromStr + IntoEnumIterator + Into<&'static str>>(text: &str) -> Result<T, String> {
    named(text, T::iter().map(Into::into))
}

/// Reads a scale.
pub(super) fn scale(text: &str) -> Result<f32, String> {
    let scale: Option<f32> = text.parse().ok().filter(|scale: &f32| *scale > 0.0 && *scale <= 16.0);
    scale.ok_or_else(|| "it is a number above 0, and at most 16".to_owned())
}
