use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use hashbrown::HashMap;

use super::field::{Axis, Field, Port, STEP};
use crate::diagram::layout::{Point, Rect};
use crate::work::go_on;

/// What a bend costs.
const BEND: u32 = 24;

/// A place, and the direction in which it was reached.
type State = (u32, bool);

/// How a state was reached: what that costs, and from where.
type Reached = HashMap<State, (u32, Option<State>)>;

/// The ways that lead from one box.
pub(super) struct Search {
    ports: Vec<Port>,
    /// Places of ways that are found, and the directions in which lines run there.
    ways: BTreeMap<u32, (bool, bool)>,
}

impl Search {
    /// A search from a box.
    pub(super) fn from(field: &Field, rect: Rect) -> Self {
        Self { ports: field.ports(rect), ways: BTreeMap::new() }
    }

    /// The places of all ways that were found, with the direction of the line there.
    pub(super) fn ways(&self) -> impl Iterator<Item = (u32, Axis)> {
        self.ways.iter().flat_map(|(place, (level, upright))| {
            let level = level.then_some((*place, Axis::Level));
            level.into_iter().chain(upright.then_some((*place, Axis::Upright)))
        })
    }

    /// The cheapest way to a box, from the one that is searched from or from a way that is found already; `None` where
    /// there is none, or no steps are left.
    pub(super) fn way_to(&mut self, field: &Field, rect: Rect, steps: &mut usize) -> Option<Vec<Point>> {
        let ends = field.ports(rect);
        let mut reached = Reached::new();
        let mut queue = BinaryHeap::new();
        let mut begin = |place: u32, axis: Axis, cost: u32| {
            let state = (place, axis == Axis::Upright);
            if reached.get(&state).is_none_or(|(known, _)| *known > cost) {
                reached.insert(state, (cost, None));
                queue.push(Reverse((cost + least(field, place, &ends), cost, state)));
            }
        };
        if self.ways.is_empty() {
            self.ports.iter().for_each(|port| begin(port.place, port.axis, 0));
        }
        for (place, (level, upright)) in &self.ways {
            begin(*place, Axis::Level, if *level { 0 } else { BEND });
            begin(*place, Axis::Upright, if *upright { 0 } else { BEND });
        }
        let end = loop {
            let Reverse((_, cost, state)) = queue.pop()?;
            if reached.get(&state).is_some_and(|(known, _)| *known < cost) {
                continue;
            }
            *steps = steps.checked_sub(1)?;
            if steps.is_multiple_of(4_096) {
                go_on();
            }
            let (place, upright) = state;
            // The last bend, into the box, has been paid for where the direction is that of the port.
            if let Some(port) = ends.iter().find(|p| p.place == place && (p.axis == Axis::Upright) == upright)
            {
                break (state, *port);
            }
            for (next, axis, step) in field.beside(place) {
                let to = (next, axis == Axis::Upright);
                let bend = if to.1 == upright { 0 } else { BEND };
                let cost = cost + step + bend;
                if reached.get(&to).is_none_or(|(known, _)| *known > cost) {
                    reached.insert(to, (cost, Some(state)));
                    queue.push(Reverse((cost + least(field, next, &ends), cost, to)));
                }
            }
            // To turn where it stands, so that a port is left and reached straight.
            let turned = (place, !upright);
            let cost = cost + BEND;
            if ends.iter().any(|port| port.place == place)
                && reached.get(&turned).is_none_or(|(known, _)| *known > cost)
            {
                reached.insert(turned, (cost, Some(state)));
                queue.push(Reverse((cost, cost, turned)));
            }
        };
        Some(self.take(field, &reached, end))
    }

    /// Makes a way of what was found, and a part of the ways to set out from.
    fn take(&mut self, field: &Field, reached: &Reached, (end, port): (State, Port)) -> Vec<Point> {
        let mut states = vec![end];
        while let Some((_, Some(before))) = states.last().and_then(|state| reached.get(state)) {
            states.push(*before);
        }
        states.reverse();
        let first = states[0];
        // What sets out from another way begins there, and not at the box.
        let start = self.ports.iter().find(|p| p.place == first.0 && self.ways.is_empty()).map(|p| p.edge);
        let places = states.iter().map(|state| field.point(state.0));
        let points = straightened(start.into_iter().chain(places).chain([port.edge]));
        for pair in states.windows(2) {
            let upright = field.at(pair[0].0).0 == field.at(pair[1].0).0;
            for state in pair {
                let (level, up) = self.ways.entry(state.0).or_default();
                if pair[0].0 != pair[1].0 {
                    if upright { *up = true } else { *level = true }
                }
            }
        }
        self.ways.entry(first.0).or_default();
        points
    }
}

/// The least that the way from a place to one of some ports can cost.
fn least(field: &Field, place: u32, ends: &[Port]) -> u32 {
    let (column, row) = field.at(place);
    let to = |port: &Port| {
        let (other_column, other_row) = field.at(port.place);
        column.abs_diff(other_column) + row.abs_diff(other_row)
    };
    ends.iter().map(to).min().unwrap_or_default() * STEP
}

/// Without the points that lie on a straight line between their neighbours.
fn straightened(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., before, last] = kept.as_slice()
            && ((before.x == last.x && last.x == point.x) || (before.y == last.y && last.y == point.y))
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}
