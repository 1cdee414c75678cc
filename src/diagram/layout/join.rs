use std::collections::BTreeMap;

use super::{Connector, Point};

/// Makes one connector of all that come from a box, and one piece of two that go on in each other, unless another
/// piece joins them there.
pub(super) fn joined(connectors: Vec<Connector>) -> Vec<Connector> {
    let mut pieces: BTreeMap<usize, Vec<[Point; 2]>> = BTreeMap::new();
    for connector in connectors {
        pieces.entry(connector.from).or_default().extend(connector.pieces);
    }
    pieces.into_iter().map(|(from, pieces)| Connector { from, pieces: merged(&pieces) }).collect()
}

/// Where pieces of one direction lie: by the coordinate that they share, from where to where.
type Lines = BTreeMap<i32, Vec<(i32, i32)>>;

fn merged(pieces: &[[Point; 2]]) -> Vec<[Point; 2]> {
    let (mut upright, mut level) = (Lines::new(), Lines::new());
    for [one, other] in pieces {
        if one.x == other.x {
            upright.entry(one.x).or_default().push((one.y.min(other.y), one.y.max(other.y)));
        } else {
            level.entry(one.y).or_default().push((one.x.min(other.x), one.x.max(other.x)));
        }
    }
    let upright_pieces =
        chains(&upright, &level).into_iter().map(|(x, from, to)| [Point { x, y: from }, Point { x, y: to }]);
    let level_pieces =
        chains(&level, &upright).into_iter().map(|(y, from, to)| [Point { x: from, y }, Point { x: to, y }]);
    upright_pieces.chain(level_pieces).collect()
}

fn chains(lines: &Lines, across: &Lines) -> Vec<(i32, i32, i32)> {
    let mut chains: Vec<(i32, i32, i32)> = Vec::new();
    for (at, stretches) in lines {
        let mut sorted = stretches.clone();
        sorted.sort_unstable();
        for (from, to) in sorted {
            let crossed = |place: i32| {
                let there = across.get(&place);
                there.is_some_and(|there| there.iter().any(|(a, b)| (*a..=*b).contains(at)))
            };
            match chains.last_mut() {
                Some((last, _, end)) if last == at && *end == from && !crossed(from) => *end = to,
                _ => chains.push((*at, from, to)),
            }
        }
    }
    chains
}
