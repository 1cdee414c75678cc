//! Granting and revoking exemptions, which is more than writing: it decides what is counted.

use async_graphql::{Context, Error, Result, SimpleObject};

use super::change_annexes::{ExemptionInput, ExemptionKeyInput};
use super::change_read::{Problem, Reader};
use super::error::bad_input;
use super::exemption::Exemption;
use super::query::Query;
use super::writing::{Unwritten, Writing};
use crate::model::{Annex, Change};

/// What the grant of an exemption did.
#[derive(SimpleObject)]
pub(super) struct GrantExemptionPayload {
    /// The version of the graph with the exemption.
    version: u64,
    /// The exemption as it was recorded.
    exemption: Option<Exemption>,
    /// Any question, asked of the graph with the exemption.
    query: Query,
}

/// What the revocation of an exemption did.
#[derive(SimpleObject)]
pub(super) struct RevokeExemptionPayload {
    /// The version of the graph without the exemption.
    version: u64,
    /// Any question, asked of the graph without the exemption.
    query: Query,
}

pub(super) fn grant(
    context: &Context<'_>,
    input: ExemptionInput,
    expected: Option<u64>,
) -> Result<GrantExemptionPayload> {
    let writing = Writing::begin(context, expected, input.reason.as_deref().unwrap_or_default())?;
    let annex = Reader::new(writing.snapshot()).exemption(input).map_err(|problem| named(&problem))?;
    let snapshot = std::sync::Arc::clone(writing.snapshot());
    let exemption = match &annex {
        Annex::Exemption(record) => Some(Exemption::new(&snapshot, record)),
        Annex::Value(_) | Annex::Task(_) => None,
    };
    let version = made(writing, Change::PutAnnex(Box::new(annex)))?;
    Ok(GrantExemptionPayload { version, exemption, query: Query })
}

pub(super) fn revoke(
    context: &Context<'_>,
    input: &ExemptionKeyInput,
    reason: &str,
    expected: Option<u64>,
) -> Result<RevokeExemptionPayload> {
    let writing = Writing::begin(context, expected, reason)?;
    let key = input.read().map_err(|problem| named(&problem))?;
    let version = made(writing, Change::RemoveAnnex(key))?;
    Ok(RevokeExemptionPayload { version, query: Query })
}

fn made(writing: Writing<'_>, change: Change) -> Result<u64> {
    let committed = writing.commit(vec![change]).map_err(|unwritten| match unwritten {
        Unwritten::Violations(_, violations) => {
            let causes: Vec<_> = violations.iter().map(|(_, violation)| violation.to_string()).collect();
            bad_input(format!("exemption: {}", causes.join("; ")))
        }
        Unwritten::Error(error) => error,
    })?;
    Ok(committed.version)
}

fn named(problem: &Problem) -> Error {
    bad_input(format!("exemption.{}: {}", problem.field, problem.cause))
}
