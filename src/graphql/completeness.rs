use std::sync::Arc;

use async_graphql::{Object, Result};

use super::filter::ById;
use super::organization::Organization;
use super::page::{Connection, PageArguments, page};
use super::scalar::Date;
use super::{cancellable, cost};
use crate::atlas::Snapshot;
use crate::coverage;
use crate::graph::slots;

/// How completely the values are recorded that an indicator compares.
pub(super) struct ValueCompleteness {
    snapshot: Arc<Snapshot>,
    found: coverage::Completeness,
}

impl ValueCompleteness {
    pub(super) fn new(snapshot: &Arc<Snapshot>, found: coverage::Completeness) -> Self {
        Self { snapshot: Arc::clone(snapshot), found }
    }
}

/// How completely the values are recorded that an indicator compares, and how old they are.
#[Object]
impl ValueCompleteness {
    /// The operand: members, a column, or the id of a declared attribute.
    async fn operand(&self) -> &str {
        self.found.operand.name()
    }

    /// Whether it is asked of organisations that the units are related to, and not of the units.
    async fn related(&self) -> bool {
        self.found.related
    }

    /// How many organisations it is asked of.
    async fn population(&self) -> u64 {
        self.found.asked.len()
    }

    /// For how many of them nothing is recorded that holds on the day.
    async fn missing(&self) -> u64 {
        self.found.missing.len()
    }

    /// Those for which nothing is recorded, in the order of ids.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn missing_organizations(
        &self,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Organization>> {
        cancellable(|| {
            let graph = &self.snapshot.graph;
            let missing = graph.sorted_by_id(slots(&self.found.missing));
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            let order = ById { graph, list: "missing" };
            page(&missing, &order, &arguments, |slot| Organization::new(&self.snapshot, slot))
        })
    }

    /// For how many of them a dated value holds on the day. Of the rest the value stands in a column: since when
    /// that has been true is not recorded.
    async fn dated(&self) -> u64 {
        self.found.dated.len()
    }

    /// The earliest day from which one of the dated values holds; null without one.
    async fn oldest(&self) -> Option<Date> {
        self.found.oldest.map(Date)
    }

    /// The latest day from which one of the dated values holds; null without one.
    async fn newest(&self) -> Option<Date> {
        self.found.newest.map(Date)
    }
}
