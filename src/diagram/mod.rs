//! Charts of a part of the graph: drawn, or written in text formats that other tools draw.
//!
//! Floor 2. A view makes a [`Chart`], plain boxes and lines in a fixed order. Formats that draw by themselves write
//! it as it is. For the others a font measures the boxes, a layout says where they go, and what comes of it is a
//! [`Sketch`] of shapes, which each format writes in its own way. The same graph, options and font give the same
//! bytes.

mod chart;
mod compose;
mod font;
mod layout;
mod link;
mod sketch;
mod theme;
mod view;
mod write;

pub use chart::{Arrangement, Chart, ChartBox, ChartLine, Mark, put_on_one_line};
pub use compose::{lay_out, sketch};
pub use font::{Font, FontError, MissingCharacter};
pub use layout::{Connector, Flow, Grid, Layout, Point, Rect, Route, Size};
pub use link::{LinkError, Links};
pub use sketch::{Item, Shape, Sketch, Subject};
pub use theme::{Ink, Rgb, Theme};
pub use view::{ChartOptions, Detail, View, chart};
pub use write::{Fit, MOST_PIXELS, Paper, PdfError, PngError, SCALE, dot, drawio, mermaid, pdf, png, svg};
