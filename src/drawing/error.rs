use thiserror::Error;

use crate::diagram::{ChartOptions, FontError, PdfError, PngError};
use crate::model::Date;
use crate::work::Stopped;

/// Why a chart cannot be drawn.
#[derive(Debug, Error)]
pub enum DrawingError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The root is no organisation of the graph.
    #[error("there is no organisation with the id \"{0}\"")]
    Root(String),
    /// The indicator is not known.
    #[error("there is no indicator with the id \"{0}\"")]
    Indicator(String),
    /// A coverage chart of nothing.
    #[error("the coverage view shows an indicator: say which")]
    NoIndicator,
    /// The root does not exist on the day.
    #[error("\"{id}\" does not exist on {date}{life}; draw it as of a day on which it does")]
    Absent {
        /// The root.
        id: String,
        /// The day.
        date: Date,
        /// When it exists, in words.
        life: String,
    },
    /// The chart would be one lone box.
    #[error("the {view} view has nothing to show of \"{root}\" on {date}; {hints}")]
    Nothing {
        /// The view.
        view: &'static str,
        /// The root.
        root: String,
        /// The day.
        date: Date,
        /// What would show something.
        hints: String,
    },
    /// Too many steps.
    #[error("a chart goes at most {deepest} steps deep, not {0}", deepest = ChartOptions::DEEPEST)]
    Depth(u32),
    /// More boxes than these.
    #[error(
        "the chart has too many boxes, more than the {0} that are drawn; ask for a part of it: a root further down, a smaller \
         depth, a lower limit (the rest is then counted in boxes of its own), or some kinds alone"
    )]
    Boxes(usize),
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
