//! Cost and memory of grouped answers, which the document alone does not tell: they depend on the graph.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::{Context, ErrorExtensions, Result, SelectionField};

use super::error::{Code, error, out_of_memory};
use super::limits_of;
use crate::coverage::Scope;
use crate::graph::{Graph, When};
use crate::memory::reserve;
use crate::model::OrganizationKind;

/// How many fields of an entry cost one.
const FIELDS_A_UNIT: usize = 16;

/// About how many bytes a counted entry takes beside its fields, and a field with its name, its value and its JSON.
const ENTRY_BYTES: usize = 256;
const FIELD_BYTES: usize = 160;

/// What the grouped fields of a request have cost so far.
#[derive(Debug, Default)]
pub(super) struct Spent(AtomicUsize);

/// Entries of a grouped answer: one for each group and indicator.
pub(super) struct GroupCharge<'a> {
    /// The field of the query, as users write it.
    pub(super) field: &'a str,
    /// How many groups there can be.
    pub(super) groups: usize,
    /// How many indicators each of them has.
    pub(super) indicators: usize,
    /// How many fields are selected of an entry.
    pub(super) fields: usize,
}

impl GroupCharge<'_> {
    /// Charges the request for the entries and reserves memory for them, before any is made.
    ///
    /// # Errors
    /// An error with cost, limit and field where the request then costs too much; `SERVICE_UNAVAILABLE` where there is no
    /// memory.
    pub(super) fn charge(&self, context: &Context<'_>) -> Result<()> {
        let limit = limits_of(context).cost;
        let entries = self.groups.saturating_mul(self.indicators);
        let cost = entries.saturating_mul(self.fields.div_ceil(FIELDS_A_UNIT));
        let before =
            context.data_opt::<Spent>().map_or(0, |spent| spent.0.fetch_add(cost, Ordering::Relaxed));
        if before.saturating_add(cost) > limit {
            return Err(self.refuse(cost, before, limit));
        }
        let bytes = entries.saturating_mul(self.fields.saturating_mul(FIELD_BYTES) + ENTRY_BYTES);
        reserve(bytes as u64).map_err(|cause| out_of_memory(&cause))
    }

    fn refuse(&self, cost: usize, before: usize, limit: usize) -> async_graphql::Error {
        let Self { field, groups, indicators, fields } = self;
        let beside = if before > 0 { format!(" beside the {before} of other fields") } else { String::new() };
        let message = format!(
            "{field} costs {cost}{beside}: there can be {groups} groups of {indicators} indicators, each with {fields} \
             fields; a query may cost {limit} in all; group by larger units, ask within a part of the territory, or \
             ask for fewer indicators or fields"
        );
        error(Code::LimitExceeded, message).extend_with(|_, extensions| {
            extensions.set("field", *field);
            extensions.set("cost", cost.saturating_add(before) as u64);
            extensions.set("limit", limit as u64);
        })
    }
}

/// How many groups of a kind there can be in a scope, the one of what stands in none included.
pub(super) fn groups_of(graph: &Graph, scope: &Scope, kind: Option<OrganizationKind>) -> usize {
    /// Fewer are not worth the question how many of them stand within the scope.
    const FEW: u64 = 100;
    let Some(kind) = kind else { return 0 };
    let of_kind = graph.of_kind(kind);
    let number = |found: u64| usize::try_from(found).unwrap_or(usize::MAX).saturating_add(1);
    match scope.within {
        Some(root) if of_kind.len() > FEW => {
            let mut inside = graph.within(root, When::On(scope.date));
            inside.insert(root.position());
            number(of_kind.intersection_len(&inside))
        }
        _ => number(of_kind.len()),
    }
}

/// How many fields are selected within the ones that lead from the current field to its groups; none where they are not
/// selected.
pub(super) fn fields_within(context: &Context<'_>, path: &[&str]) -> usize {
    selected(context.field(), path)
}

fn selected(field: SelectionField<'_>, path: &[&str]) -> usize {
    let inner = field.selection_set();
    match path {
        [] => inner.map(|field| 1 + selected(field, &[])).sum(),
        [name, rest @ ..] => {
            inner.filter(|field| field.name() == *name).map(|field| selected(field, rest)).sum()
        }
    }
}
