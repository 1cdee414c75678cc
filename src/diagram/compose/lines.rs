use std::collections::HashMap;

use super::around;
use super::written::DETAIL;
use crate::diagram::font::{FontError, Metrics};
use crate::diagram::layout::{Flow, Layout, Point, Rect, Size};
use crate::diagram::sketch::{Item, Shape};
use crate::diagram::theme::Ink;
use crate::diagram::{Arrangement, Chart, ChartLine};

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
    let at = |point: &Point| Point { x: point.x + origin.x, y: point.y + origin.y };
    for piece in layout.connectors.iter().flat_map(|connector| &connector.pieces) {
        let points: Vec<Point> = piece.iter().map(at).collect();
        let shape = Shape::Line { points: points.clone(), ink: Ink::Line };
        items.push(Item { extent: around(&points), subject: None, shapes: vec![shape] });
    }
    let layered = chart.arrangement == Arrangement::Layered;
    let rect = |position: usize| moved(layout.boxes[position], origin);
    let mut labels = Labels::default();
    if layered {
        (0..layout.boxes.len()).for_each(|position| labels.take(rect(position)));
    }
    for line in drawn_apart(chart) {
        let route = match flow {
            Flow::TopDown => Route::new(rect(line.from), rect(line.to), rect(0)),
            Flow::LeftRight => {
                let [from, to, root] = [line.from, line.to, 0].map(|position| rect(position).transposed());
                Route::new(from, to, root).transposed()
            }
        };
        let (points, ink) = (route.points, if line.second { Ink::Second } else { Ink::Line });
        let mut shapes = vec![Shape::Curve { points, ink, dotted: line.second }];
        if layered {
            shapes.push(Shape::Line { points: arrow(points[2], points[3]), ink });
        }
        items.push(Item { extent: around(&points), subject: None, shapes });
        if let Some(text) = &line.label {
            labels.put(text, &points, route.label, metrics)?;
        }
    }
    // Over all lines, so that none runs through a text.
    items.extend(labels.items);
    Ok(())
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

/// Lines that the layout of a tree does not draw: second ones, and all those of a chart that is no tree.
fn drawn_apart(chart: &Chart) -> impl Iterator<Item = &ChartLine> {
    chart.lines.iter().filter(|line| line.second || chart.arrangement == Arrangement::Layered)
}

/// The way of a line from one box to another, where a chart grows downwards.
struct Route {
    /// A curve: where it begins, its two control points, and where it ends.
    points: [Point; 4],
    /// How much of the way lies before what is written on it.
    label: f32,
}

impl Route {
    /// From layer to layer where one box stands lower than the other, else around the side that the root is not on.
    fn new(from: Rect, to: Rect, root: Rect) -> Self {
        let below = |rect: Rect| Point { x: rect.centre_x(), y: rect.bottom() };
        let above = |rect: Rect| Point { x: rect.centre_x(), y: rect.y };
        let outwards = if from.y >= root.y { 1 } else { -1 };
        if from.bottom() >= to.y && to.bottom() >= from.y {
            let edge = if outwards > 0 { below } else { above };
            let (start, end) = (edge(from), edge(to));
            let reach = outwards * (30 + (start.x.abs_diff(end.x) / 10).min(40) as i32);
            let out = |point: Point| Point { y: point.y + reach, ..point };
            return Self { points: [start, out(start), out(end), end], label: 0.5 };
        }
        let down = from.bottom() < to.y;
        let (start, end) = if down { (below(from), above(to)) } else { (above(from), below(to)) };
        let half = (end.y - start.y) / 2;
        let points = [start, Point { y: start.y + half, ..start }, Point { y: end.y - half, ..end }, end];
        // Lines come together at the box that is nearer to the root, and are apart at the other.
        let away = |rect: Rect| rect.centre_y().abs_diff(root.centre_y());
        Self { points, label: if away(to) >= away(from) { 0.66 } else { 0.34 } }
    }

    fn transposed(self) -> Self {
        Self { points: self.points.map(Point::transposed), ..self }
    }
}

/// The two strokes of an arrow at the end of a curve that arrives from a control point, level or upright.
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
