//! What can be asked, by subject; each answers from one snapshot.

mod coverage;
mod organizations;
mod programme;

use async_graphql::{Context, Object, Result};

use super::coverage::planned_coverage;
use super::federation::Federation;
use super::plain::{Inner, Plain, Write};
use super::snapshot;

use coverage::CoverageQuestions;
use organizations::OrganizationQuestions;
use programme::ProgrammeQuestions;

/// Questions about organisations, their relations, and how far indicators are reached.
pub struct Query;

/// Questions about organisations, their relations, and how far indicators are reached.
#[Object]
impl Query {
    /// What the router of a federation asks.
    #[graphql(flatten)]
    async fn federation(&self) -> Federation {
        Federation
    }

    /// How many commits made the graph that is asked: what a mutation takes as the version that it expects.
    async fn version(&self, context: &Context<'_>) -> Result<u64> {
        Ok(snapshot(context)?.version)
    }

    /// The classification that pages, sheets and charts of this store carry; null where it has none.
    async fn classification(&self, context: &Context<'_>) -> Option<Result<String>> {
        snapshot(context).map(|snapshot| snapshot.disclosure.classification.clone()).transpose()
    }

    #[graphql(flatten)]
    async fn organizations(&self) -> OrganizationQuestions {
        OrganizationQuestions
    }

    #[graphql(flatten)]
    async fn coverage(&self) -> CoverageQuestions {
        CoverageQuestions
    }

    #[graphql(flatten)]
    async fn programme(&self) -> ProgrammeQuestions {
        ProgrammeQuestions
    }
}

impl Plain for Query {
    fn field(name: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        match name {
            "version" => {
                Some(Box::new(|_, run, json| Ok(serde_json::to_writer(json, &run.snapshot()?.version)?)))
            }
            "organization" => organizations::planned_organization(inner),
            "organizations" => organizations::planned_organizations(inner),
            "coverage" => planned_coverage(inner),
            _ => None,
        }
    }
}
