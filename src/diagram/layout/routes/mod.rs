//! Ways of second lines through a tree that is laid out: between the boxes, with as few bends and crossings as can be.
//!
//! Lee's maze routing with the A* search of Hart, Nilsson and Raphael (1968), on a grid that is finer than any gap. Lines
//! that come from one box share their way as long as they can, as the branches of a Steiner tree; no box is moved.

mod field;
mod search;

use std::collections::BTreeMap;

use super::{Layout, Point};
use crate::diagram::Chart;
use crate::work::go_on;
use field::Field;
use search::Search;

/// The way of a line that does not lead straight from box to box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The line, by its position in the chart.
    pub line: usize,
    /// Of a second line, level and upright by turns: from the edge of the upper box, or from where it leaves the way of
    /// another line of that box, to the edge of the lower one. Of a line that passes through layers: where it enters and
    /// leaves each.
    pub points: Vec<Point>,
}

/// So many steps are looked at for all lines of a chart, and then no more: boxes say in words what lines would.
const MOST_STEPS: usize = 20_000_000;

/// Finds the ways of second lines.
pub(super) fn routes(chart: &Chart, layout: &Layout) -> Vec<Route> {
    let mut by_upper: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, line) in chart.lines.iter().enumerate().filter(|(_, line)| line.second) {
        by_upper.entry(line.from).or_default().push(position);
    }
    if by_upper.is_empty() {
        return Vec::new();
    }
    let Some(mut field) = Field::new(layout) else { return Vec::new() };
    let mut routes = Vec::new();
    let mut steps = MOST_STEPS;
    for (upper, mut lines) in by_upper {
        // The nearest first: their ways are what the others set out from.
        let from = layout.boxes[upper];
        lines.sort_by_key(|line| {
            let to = layout.boxes[chart.lines[*line].to];
            (from.centre_x().abs_diff(to.centre_x()) + from.centre_y().abs_diff(to.centre_y()), *line)
        });
        let mut search = Search::from(&field, from);
        for line in lines {
            go_on();
            let way = search.way_to(&field, layout.boxes[chart.lines[line].to], &mut steps);
            routes.extend(way.map(|points| Route { line, points }));
        }
        field.use_up(search.ways());
    }
    routes.sort_by_key(|route| route.line);
    routes
}
