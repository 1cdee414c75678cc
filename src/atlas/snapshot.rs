use std::sync::{Arc, OnceLock};

use super::past::Past;
use super::restricted_view::RestrictedViews;
use super::sight::Sight;
use crate::coverage::{IndicatorCatalog, Programme};
use crate::graph::Graph;
use crate::model::{AttributeCatalog, Disclosure};

/// A graph as it stood after one commit; it never changes.
#[derive(Debug)]
pub struct Snapshot {
    /// The graph.
    pub graph: Graph,
    /// How many commits made it.
    pub version: u64,
    /// The attributes that are declared.
    pub attributes: Arc<AttributeCatalog>,
    /// The programme that the indicators serve.
    pub programme: Arc<Programme>,
    /// The indicators that are known: the core ones, the programme's, those of the store's file, the recorded ones.
    pub indicators: Arc<IndicatorCatalog>,
    /// How what is told of it is marked.
    pub disclosure: Arc<Disclosure>,
    pub(super) past: Arc<Past>,
    /// To what it is limited, if it is.
    pub(super) sight: Option<Sight>,
    /// What those see of it who are limited to some territories.
    pub(super) views: Arc<RestrictedViews>,
    /// Whether small counts of members are kept back.
    pub(super) keeps_back: bool,
    /// The same with them kept back.
    pub(super) readers: OnceLock<Arc<Self>>,
}

impl Snapshot {
    /// What changes that nobody records would make of it, seen with the same attributes, indicators and limits.
    #[must_use]
    pub fn altered(&self, graph: Graph) -> Self {
        let sight = self.territories().map(|ids| Sight::of(ids, &graph));
        Self { sight, keeps_back: self.keeps_back, ..self.with_graph(graph, self.version) }
    }

    /// What follows it after a commit that makes this graph and these indicators.
    ///
    /// The restricted views that the commit does not touch hold for it too.
    pub(super) fn followed_by(&self, graph: Graph, indicators: Arc<IndicatorCatalog>, version: u64) -> Self {
        // Indicators say what a restricted view looks at.
        let is_alike = Arc::ptr_eq(&indicators, &self.indicators);
        let views = Arc::clone(&self.views);
        views.commit(version, is_alike.then(|| graph.touched()));
        Self { indicators, views, ..self.with_graph(graph, version) }
    }

    /// Another graph, with views of its own, seen with the same attributes and indicators.
    pub(super) fn with_graph(&self, graph: Graph, version: u64) -> Self {
        Self {
            graph,
            version,
            attributes: Arc::clone(&self.attributes),
            programme: Arc::clone(&self.programme),
            indicators: Arc::clone(&self.indicators),
            disclosure: Arc::clone(&self.disclosure),
            past: Arc::clone(&self.past),
            sight: None,
            views: Arc::default(),
            keeps_back: false,
            readers: OnceLock::new(),
        }
    }
}
