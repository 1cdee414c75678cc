use std::collections::HashMap;

use super::around;
use super::written::DETAIL;
use crate::diagram::font::{FontError, Metrics};
use crate::diagram::layout::{Flow, Layout, Point, Rect, Size};
use crate::diagram::sketch::{Item, Shape};
use crate::diagram::theme::Ink;
use crate::diagram::{Arrangement, Chart};

/// How far from the end of an arrow its two strokes begin.
const ARROW: i32 = 5;

/// Draws the lines of a chart whose layout is moved to an origin.
pub(super) fn draw_lines(
    chart: &Chart,
    (layout, flow): (&Layout, Flow),
    origin: Point,
    metrics: &mut Metrics<'_>,
    items: &mut Vec<Item>,
) -> Result<(), FontError> {
    match chart.arrangement {
        Arrangement::Tree => {
            draw_tree(layout, origin, items);
            Ok(())
        }
        Arrangement::Layered => draw_layered(chart, (layout, flow), origin, metrics, items),
    }
}

/// Draws the lines of a tree, and second lines on their ways.
fn draw_tree(layout: &Layout, origin: Point, items: &mut Vec<Item>) {
    let at = |point: &Point| Point { x: point.x + origin.x, y: point.y + origin.y };
    for piece in layout.connectors.iter().flat_map(|connector| &connector.pieces) {
        items.push(straight(piece.iter().map(at).collect(), Ink::Line, false));
    }
    for route in &layout.routes {
        let points: Vec<Point> = route.points.iter().map(at).collect();
        // Piece by piece, so that a sheet through which none of them leads stays empty.
        items.extend(points.windows(2).map(|piece| straight(piece.to_vec(), Ink::Second, true)));
        if let [.., before, tip] = points.as_slice() {
            items.push(straight(arrow(*before, *tip), Ink::Second, false));
        }
    }
}

/// Draws lines from box to box, with what is written on them.
fn draw_layered(
    chart: &Chart,
    (layout, flow): (&Layout, Flow),
    origin: Point,
    metrics: &mut Metrics<'_>,
    items: &mut Vec<Item>,
) -> Result<(), FontError> {
    // As if the chart grew downwards.
    let turned = |point: Point| if flow == Flow::LeftRight { point.transposed() } else { point };
    let rect = |position: usize| moved(layout.boxes[position], origin);
    let turned_rect = |position: usize| match flow {
        Flow::TopDown => rect(position),
        Flow::LeftRight => rect(position).transposed(),
    };
    let mut passages = layout.routes.iter().peekable();
    let mut labels = Labels::default();
    (0..layout.boxes.len()).for_each(|position| labels.take(rect(position)));
    for (number, line) in chart.lines.iter().enumerate() {
        let passage = passages.next_if(|route| route.line == number);
        let at = |point: &Point| turned(Point { x: point.x + origin.x, y: point.y + origin.y });
        let passed: Vec<Point> = passage.iter().flat_map(|route| &route.points).map(at).collect();
        let way = Way::new(turned_rect(line.from), turned_rect(line.to), turned_rect(0), &passed);
        let curves: Vec<[Point; 4]> = way.curves.iter().map(|curve| curve.map(turned)).collect();
        for points in &curves {
            let shapes = vec![Shape::Curve { points: *points, ink: Ink::Line }];
            items.push(Item { extent: around(points), subject: None, shapes });
        }
        // What stands for others that are left out is joined by lines of either direction.
        if let Some([_, _, before, tip]) = curves.last()
            && chart.boxes[line.to].id.is_some()
        {
            items.push(straight(arrow(*before, *tip), Ink::Line, false));
        }
        if let Some(text) = &line.label {
            labels.put(text, &curves[way.written_on], way.label, metrics)?;
        }
    }
    // Over all lines, so that none runs through a text.
    items.extend(labels.items);
    Ok(())
}

fn straight(points: Vec<Point>, ink: Ink, dotted: bool) -> Item {
    Item { extent: around(&points), subject: None, shapes: vec![Shape::Line { points, ink, dotted }] }
}

pub(super) fn moved(rect: Rect, by: Point) -> Rect {
    Rect { x: rect.x + by.x, y: rect.y + by.y, ..rect }
}

/// What is written on lines.
#[derive(Default)]
struct Labels {
    items: Vec<Item>,
    /// The rooms that are taken, by the squares of this side that they touch.
    taken: HashMap<(i32, i32), Vec<Rect>>,
}

/// The side of a square in which labels are looked for, in pixels.
const SQUARE: i32 = 64;

impl Labels {
    /// Writes a text on a curve: so far along its way as is wanted, or as near to that as no other text stands.
    fn put(
        &mut self,
        text: &str,
        points: &[Point; 4],
        wanted: f32,
        metrics: &mut Metrics<'_>,
    ) -> Result<(), FontError> {
        let size = Size { width: DETAIL.pixels(metrics.width(text)?) + 4, height: DETAIL.line };
        let at = |part: f32| {
            let centre = along(points, part);
            Rect { x: centre.x - size.width / 2, y: centre.y - size.height / 2, size }
        };
        let parts = [0.0, 0.06, -0.06, 0.12, -0.12, 0.18, -0.18, -0.26, -0.34].map(|off| wanted + off);
        let free = parts.into_iter().map(at).find(|rect| self.is_free(rect));
        let rect = free.unwrap_or_else(|| at(wanted));
        self.take(rect);
        let at = Point { x: rect.x + 2, y: rect.y + DETAIL.base() };
        let shapes = vec![
            Shape::Box { rect, fill: Ink::Paper, edge: Ink::Paper, dashed: false },
            Shape::Text { at, size: DETAIL.size, ink: DETAIL.ink, text: text.to_owned() },
        ];
        self.items.push(Item { extent: rect, subject: None, shapes });
        Ok(())
    }

    /// Keeps others off a room.
    fn take(&mut self, rect: Rect) {
        for square in squares(&rect) {
            self.taken.entry(square).or_default().push(rect);
        }
    }

    fn is_free(&self, rect: &Rect) -> bool {
        squares(rect).all(|square| {
            self.taken.get(&square).is_none_or(|there| there.iter().all(|other| !other.overlaps(rect)))
        })
    }
}

fn squares(rect: &Rect) -> impl Iterator<Item = (i32, i32)> + use<> {
    let rows = rect.y.div_euclid(SQUARE)..=rect.bottom().div_euclid(SQUARE);
    let columns = rect.x.div_euclid(SQUARE)..=rect.right().div_euclid(SQUARE);
    rows.flat_map(move |row| columns.clone().map(move |column| (column, row)))
}

/// The way of a line from one box to another, where a chart grows downwards.
struct Way {
    /// Curves that go on in each other: where each begins, its two control points, and where it ends.
    curves: Vec<[Point; 4]>,
    /// The one that bears what is written on the line, and how much of it lies before that.
    written_on: usize,
    label: f32,
}

impl Way {
    /// From layer to layer where one box stands lower than the other, through where it passes other layers, else around the
    /// side that the root is not on.
    fn new(from: Rect, to: Rect, root: Rect, passed: &[Point]) -> Self {
        let below = |rect: Rect| Point { x: rect.centre_x(), y: rect.bottom() };
        let above = |rect: Rect| Point { x: rect.centre_x(), y: rect.y };
        let outwards = if from.y >= root.y { 1 } else { -1 };
        if passed.is_empty() && from.bottom() >= to.y && to.bottom() >= from.y {
            let edge = if outwards > 0 { below } else { above };
            let (start, end) = (edge(from), edge(to));
            let reach = outwards * (30 + (start.x.abs_diff(end.x) / 10).min(40) as i32);
            let out = |point: Point| Point { y: point.y + reach, ..point };
            return Self { curves: vec![[start, out(start), out(end), end]], written_on: 0, label: 0.5 };
        }
        let down = from.bottom() < to.y;
        let (start, end) = if down { (below(from), above(to)) } else { (above(from), below(to)) };
        let points: Vec<Point> = [&[start], passed, &[end]].concat();
        let curve = |ends: &[Point]| {
            let (start, end) = (ends[0], ends[1]);
            let half = (end.y - start.y) / 2;
            [start, Point { y: start.y + half, ..start }, Point { y: end.y - half, ..end }, end]
        };
        // Lines come together at the box that is nearer to the root, and are apart at the other.
        let away = |rect: Rect| rect.centre_y().abs_diff(root.centre_y());
        let at_end = away(to) >= away(from);
        let written_on = if at_end { points.len() - 2 } else { 0 };
        Self {
            curves: points.windows(2).map(curve).collect(),
            written_on,
            label: if at_end { 0.66 } else { 0.34 },
        }
    }
}

/// The two strokes of an arrow at the end of a line that arrives from a point, level or upright.
fn arrow(before: Point, tip: Point) -> Vec<Point> {
    let (x, y) = ((before.x - tip.x).signum() * ARROW, (before.y - tip.y).signum() * ARROW);
    let (aside_x, aside_y) = (y.abs() * 3 / 5, x.abs() * 3 / 5);
    vec![
        Point { x: tip.x + x + aside_x, y: tip.y + y + aside_y },
        tip,
        Point { x: tip.x + x - aside_x, y: tip.y + y - aside_y },
    ]
}

/// The point of a curve so far along its way.
fn along(points: &[Point; 4], part: f32) -> Point {
    let rest = 1.0 - part;
    let weights =
        [rest * rest * rest, 3.0 * rest * rest * part, 3.0 * rest * part * part, part * part * part];
    let of = |axis: fn(&Point) -> i32| {
        points.iter().zip(weights).map(|(point, weight)| axis(point) as f32 * weight).sum::<f32>().round()
            as i32
    };
    Point { x: of(|point| point.x), y: of(|point| point.y) }
}
