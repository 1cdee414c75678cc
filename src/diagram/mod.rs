//! Charts of a part of the graph, written in text formats that other tools draw.
//!
//! Floor 2. A view makes a [`Chart`], plain boxes and lines in a fixed order; a format writes it. The same
//! graph and the same options give the same bytes.

mod chart;
mod dot;
mod mermaid;
mod view;

pub use chart::{Chart, ChartBox, ChartLine};
pub use dot::dot;
pub use mermaid::mermaid;
pub use view::{ChartOptions, View, chart};
