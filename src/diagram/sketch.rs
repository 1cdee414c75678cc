use super::layout::{Point, Rect, Size};
use super::theme::Ink;

/// A chart as shapes: what every drawing format writes, each in its own way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// What it shows, for those who cannot see it.
    pub title: String,
    /// The same at more length.
    pub description: String,
    /// How large the sheet is.
    pub size: Size,
    /// What is drawn, in this order.
    pub items: Vec<Item>,
}

/// Shapes that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// The room that they take.
    pub extent: Rect,
    /// The organisation that they stand for.
    pub subject: Option<Subject>,
    /// The shapes.
    pub shapes: Vec<Shape>,
}

/// What a box stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The id of the organisation.
    pub id: String,
    /// All that the box says, in one line.
    pub text: String,
}

/// One shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle with rounded corners.
    Box {
        /// Where.
        rect: Rect,
        /// Its inside.
        fill: Ink,
        /// Its edge.
        edge: Ink,
        /// Whether the edge is dashed.
        dashed: bool,
    },
    /// Straight lines from point to point.
    Line {
        /// The points.
        points: Vec<Point>,
        /// Its colour.
        ink: Ink,
        /// Whether it is dotted.
        dotted: bool,
    },
    /// A curve, drawn under all boxes.
    Curve {
        /// Where it begins, its two control points, and where it ends.
        points: [Point; 4],
        /// Its colour.
        ink: Ink,
    },
    /// A line of text.
    Text {
        /// Its left end, on the base line.
        at: Point,
        /// How large it is, in pixels.
        size: u8,
        /// Its colour.
        ink: Ink,
        /// What it says.
        text: String,
    },
}
