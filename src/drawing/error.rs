use thiserror::Error;

use crate::diagram::{ChartOptions, FontError, PdfError, PngError};

/// Why a chart cannot be drawn.
#[derive(Debug, Error)]
pub enum DrawingError {
    /// The root is no organisation of the graph.
    #[error("there is no organisation with the id \"{0}\"")]
    Root(String),
    /// The indicator is not known.
    #[error("there is no indicator with the id \"{0}\"")]
    Indicator(String),
    /// A coverage chart of nothing.
    #[error("the coverage view shows an indicator: say which")]
    NoIndicator,
    /// Too many steps.
    #[error("a chart goes at most {deepest} steps deep, not {0}", deepest = ChartOptions::DEEPEST)]
    Depth(u32),
    /// Too many boxes.
    #[error(
        "the chart has {boxes} boxes, more than the {most} that are drawn; take a smaller part, fewer steps or a lower limit"
    )]
    Boxes {
        /// How many it would have.
        boxes: usize,
        /// How many it may have.
        most: usize,
    },
    /// No font fits.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The picture cannot be drawn.
    #[error(transparent)]
    Png(#[from] PngError),
    /// The sheets cannot be made.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}
