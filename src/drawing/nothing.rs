use std::collections::{HashSet, VecDeque};

use strum::IntoEnumIterator;

use super::DrawingError;
use crate::coverage::{Examiner, Indicator, Scope, coverage};
use crate::diagram::{ChartOptions, View, chart};
use crate::graph::{Direction, Graph, Slot, When};

/// How many organisations are looked at for one of which a view shows something.
const LOOKED_AT: usize = 40;
/// How many of them are named.
const NAMED: usize = 3;

/// Why a chart is one lone box: which views show something of its root, and of which roots near by its view does.
pub(super) fn nothing(graph: &Graph, options: &ChartOptions, indicator: Option<&Indicator>) -> DrawingError {
    let shows = |view: View, root: Slot, kinds| {
        let Some(indicator) = indicator.filter(|_| view == View::Coverage) else {
            // The first box below the root is enough: nothing has to be chosen.
            let few =
                ChartOptions { view, root, kinds, depth: 1, limit: usize::MAX, most: 1, ..options.clone() };
            return chart(graph, &few).boxes.len() > 1;
        };
        let counts =
            coverage(indicator, graph, &Scope { date: options.date, within: Some(root) }, None).counts;
        let own = Examiner::new(graph, options.date).state(indicator, root).map_or(0, |_| 1);
        kinds.is_none() && counts.subjects() + counts.unknown + counts.exempt > own
    };
    let root = options.root;
    let mut hints = Vec::new();
    if options.kinds.is_some() && shows(options.view, root, None) {
        hints.push("without --kinds it has".to_owned());
    }
    let views: Vec<&str> =
        View::iter().filter(|view| shows(*view, root, options.kinds)).map(Into::into).collect();
    if !views.is_empty() {
        hints.push(format!("views that have: {}", views.join(", ")));
    }
    let near = nearest(graph, options, |slot| shows(options.view, slot, options.kinds));
    let near: Vec<_> =
        near.iter().map(|slot| format!("{} ({})", graph.id(*slot), graph.name(*slot))).collect();
    if !near.is_empty() {
        hints.push(format!("nearest roots of which this view has: {}", near.join(", ")));
    }
    if hints.is_empty() {
        hints.push("no relation of it holds on that day".to_owned());
    }
    DrawingError::Nothing {
        view: options.view.into(),
        root: graph.id(root).to_string(),
        date: options.date,
        hints: hints.join("; "),
    }
}

/// The first organisations that a test accepts, those fewest relations away first, then by id.
fn nearest(graph: &Graph, options: &ChartOptions, is_wanted: impl Fn(Slot) -> bool) -> Vec<Slot> {
    let mut met = HashSet::from([options.root]);
    let mut open = VecDeque::from([options.root]);
    let mut found = Vec::new();
    while let Some(slot) = open.pop_front() {
        let relations = graph.relations_of(slot, Direction::Both, &[], When::On(options.date));
        let others = relations.map(|r| if r.source == slot { r.target } else { r.source });
        for other in graph.sorted_by_id(others) {
            if met.len() > LOOKED_AT || found.len() == NAMED {
                return found;
            }
            if met.insert(other) {
                open.push_back(other);
                found.extend(is_wanted(other).then_some(other));
            }
        }
    }
    found
}
