//! The formats of a chart, a file each.

mod dot;
mod drawio;
mod mermaid;
mod pdf;
mod png;
mod svg;
#[cfg(test)]
mod tests;

pub use dot::dot;
pub use drawio::drawio;
pub use mermaid::mermaid;
pub use pdf::{Fit, Paper, PdfError, pdf};
pub use png::{MOST_PIXELS, PngError, SCALE, png};
pub use svg::svg;
