use std::collections::HashMap;

use super::super::{Layout, Point, Rect};

/// Something that keeps its place among its neighbours: a box, or an upright piece of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) top: i32,
    pub(super) bottom: i32,
    /// Whether it is a box.
    pub(super) whole: bool,
}

/// The bodies of a layout, boxes first, and which of them keep together: a box with the lines that end on it from
/// above and below, and with the trunk that it hangs from.
pub(super) struct Bodies {
    pub(super) all: Vec<Body>,
    /// A body for each, the same for those that keep together.
    leader: Vec<usize>,
    /// Upright pieces by the box that they come from and their place.
    upright: HashMap<(usize, i32), Vec<usize>>,
    /// Boxes by their left edges, and by their right ones.
    by_left: Edges,
    by_right: Edges,
}

impl Bodies {
    pub(super) fn of(layout: &Layout) -> Self {
        let boxes = &layout.boxes;
        let mut bodies = Self {
            all: boxes.iter().map(Body::of_box).collect(),
            leader: Vec::new(),
            upright: HashMap::new(),
            by_left: Edges::new(boxes.iter().map(|rect| (rect.x, rect.y, rect.bottom()))),
            by_right: Edges::new(boxes.iter().map(|rect| (rect.right(), rect.y, rect.bottom()))),
        };
        let pieces =
            || layout.connectors.iter().flat_map(|c| c.pieces.iter().map(move |piece| (c.from, piece)));
        for (from, [one, other]) in pieces().filter(|(_, [one, other])| one.x == other.x) {
            bodies.upright.entry((from, one.x)).or_default().push(bodies.all.len());
            bodies.all.push(Body::of_piece(one, other));
        }
        bodies.leader = (0..bodies.all.len()).collect();
        bodies.join_upright(boxes);
        for (from, [one, other]) in pieces().filter(|(_, [one, other])| one.x != other.x) {
            let (left, right) = if one.x < other.x { (one, other) } else { (other, one) };
            let trunks: Vec<usize> = bodies.upright_at(from, *left).collect();
            if let Some(hanging) = bodies.by_left.at(*right) {
                trunks.into_iter().for_each(|trunk| bodies.join(trunk, hanging));
            }
        }
        bodies.leader = (0..bodies.all.len()).map(|body| bodies.group(body)).collect();
        bodies
    }

    /// Joins upright pieces with the boxes that they end on.
    fn join_upright(&mut self, boxes: &[Rect]) {
        let above = Edges::new(boxes.iter().map(|rect| (rect.y, rect.x, rect.right())));
        let below = Edges::new(boxes.iter().map(|rect| (rect.bottom(), rect.x, rect.right())));
        let turned = |x, y| Point { x: y, y: x };
        let mut pairs = Vec::new();
        for pieces in self.upright.values() {
            for piece in pieces {
                let Body { left: x, top, bottom, .. } = self.all[*piece];
                let ends = [above.at(turned(x, bottom)), below.at(turned(x, top))];
                pairs.extend(ends.into_iter().flatten().map(|found| (found, *piece)));
            }
        }
        for (one, other) in pairs {
            self.join(one, other);
        }
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.group(one), self.group(other));
        self.leader[one.max(other)] = one.min(other);
    }

    /// The group of a body, named by one of its bodies.
    pub(super) fn group(&self, mut body: usize) -> usize {
        while self.leader[body] != body {
            body = self.leader[body];
        }
        body
    }

    /// What the end of a level piece moves with: trunks of the same line, else the box that it ends on, else the box that
    /// it comes from.
    pub(super) fn holders(&self, from: usize, end: Point) -> Vec<usize> {
        let trunks: Vec<usize> = self.upright_at(from, end).collect();
        if !trunks.is_empty() {
            return trunks;
        }
        vec![self.by_left.at(end).or_else(|| self.by_right.at(end)).unwrap_or(from)]
    }

    fn upright_at(&self, from: usize, end: Point) -> impl Iterator<Item = usize> {
        let pieces = self.upright.get(&(from, end.x)).into_iter().flatten().copied();
        pieces.filter(move |piece| (self.all[*piece].top..=self.all[*piece].bottom).contains(&end.y))
    }
}

impl Body {
    fn of_box(rect: &Rect) -> Self {
        Self { left: rect.x, right: rect.right(), top: rect.y, bottom: rect.bottom(), whole: true }
    }

    fn of_piece(one: &Point, other: &Point) -> Self {
        let (top, bottom) = (one.y.min(other.y), one.y.max(other.y));
        Self { left: one.x, right: one.x, top, bottom, whole: false }
    }
}

/// Edges of boxes, by where they stand and where they begin and end.
struct Edges(Vec<(i32, i32, i32, usize)>);

impl Edges {
    fn new(edges: impl Iterator<Item = (i32, i32, i32)>) -> Self {
        let mut all: Vec<_> =
            edges.enumerate().map(|(position, (at, from, to))| (at, from, to, position)).collect();
        all.sort_unstable();
        Self(all)
    }

    /// The box on whose edge a point lies; boxes do not overlap, so there is one at the most.
    fn at(&self, point: Point) -> Option<usize> {
        let after = self.0.partition_point(|(at, from, ..)| (*at, *from) <= (point.x, point.y));
        let (at, _, to, position) = self.0.get(after.checked_sub(1)?)?;
        (*at == point.x && *to >= point.y).then_some(*position)
    }
}
