use std::cmp::Ordering;
use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{Result, SimpleObject};

use super::enums::{SearchField, SearchMatch};
use super::error::bad_input;
use super::organization::Organization;
use super::page::{Ordered, PageArguments, cut};
use crate::atlas::Snapshot;
use crate::graph::{Graph, OrganizationSet, SearchHit, SearchQuery};

/// How many characters a text may have that is searched for.
const MAX_TEXT: usize = 256;

/// One page of what a search found, as the Relay cursor specification has it.
#[derive(SimpleObject)]
pub(super) struct SearchConnection {
    /// What was found, each with its cursor and how it matches.
    edges: Vec<SearchEdge>,
    /// The organisations of the page.
    nodes: Vec<Arc<Organization>>,
    /// What comes before and after the page.
    page_info: PageInfo,
    /// How many organisations were found on all pages together.
    total_count: usize,
}

/// An organisation that a search found, and how the text matches it.
#[derive(SimpleObject)]
pub(super) struct SearchEdge {
    /// The organisation.
    node: Arc<Organization>,
    /// Where it stands in the list: what `after` takes.
    cursor: String,
    /// The best way in which the text matches it.
    matched: SearchMatch,
    /// What of it the text matches so.
    matched_field: SearchField,
    /// What stands there.
    matched_text: String,
}

/// The query of a text.
pub(super) fn search_query(argument: &str, text: &str) -> Result<SearchQuery> {
    let length = text.chars().count();
    if length > MAX_TEXT {
        return Err(bad_input(format!("{argument} has {length} characters, but may have {MAX_TEXT}")));
    }
    Ok(SearchQuery::new(text))
}

/// A page of the organisations among some that a text matches.
pub(super) fn search(
    snapshot: &Arc<Snapshot>,
    query: &SearchQuery,
    among: &OrganizationSet,
    arguments: &PageArguments,
) -> Result<SearchConnection> {
    let graph = &snapshot.graph;
    let hits = graph.search(query, among);
    let page = cut(&hits, &ByRank { graph }, arguments)?;
    let mut edges = Vec::with_capacity(page.cursors.len());
    for (hit, cursor) in hits[page.items].iter().zip(page.cursors) {
        let Some(finding) = graph.finding(hit.slot, query) else { continue };
        edges.push(SearchEdge {
            node: Arc::new(Organization::new(snapshot, hit.slot)),
            cursor,
            matched: hit.matched.into(),
            matched_field: finding.field.into(),
            matched_text: finding.text,
        });
    }
    Ok(SearchConnection {
        nodes: edges.iter().map(|edge| Arc::clone(&edge.node)).collect(),
        edges,
        page_info: page.info,
        total_count: hits.len(),
    })
}

/// What was found: the better match first, then the shorter name, then by id.
struct ByRank<'a> {
    graph: &'a Graph,
}

impl Ordered for ByRank<'_> {
    type Item = SearchHit;

    fn tag(&self) -> String {
        "search".to_owned()
    }

    fn key(&self, item: SearchHit) -> Vec<String> {
        let id = self.graph.id(item.slot).to_string();
        vec![format!("{}", item.matched as u8), format!("{:05}", item.name_length), id]
    }

    fn compare(&self, item: SearchHit, key: &[String]) -> Ordering {
        self.key(item).as_slice().cmp(key)
    }
}
