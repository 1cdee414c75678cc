mod page;
mod paint;
mod paper;
mod tiling;

use krilla::Document;
use krilla::metadata::Metadata;
use thiserror::Error;

use crate::caught::caught;
use crate::diagram::compose::Composition;
use crate::diagram::font::{Font, FontError};
use crate::diagram::sketch::Sketch;
use crate::diagram::{Chart, Flow};
use crate::work::{Stopped, cancellable};
use page::{overview, sheet};
use paint::Painter;
pub use paper::Paper;
use tiling::{Tiling, spread};

/// Why no PDF can be made.
#[derive(Debug, Error)]
pub enum PdfError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The font lacks a character.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The font cannot be put into a PDF.
    #[error("the font \"{0}\" cannot be put into a PDF; name another with --font")]
    Embedding(String),
    /// It could not be read on so few sheets.
    #[error("on {sheets} of these sheets nobody could read the chart; on {fewest} it could be read")]
    Fit {
        /// How many were asked for.
        sheets: u32,
        /// How many it takes at the smallest size that can be read.
        fewest: u32,
    },
    /// The file cannot be made.
    #[error("the PDF cannot be made: {0}")]
    Encoding(String),
}

/// How many sheets a PDF takes at the most: the chart is made as large as these allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit(pub u32);

/// Draws a chart as a PDF whose text can be selected, with the glyphs that it needs inside.
///
/// What does not fit on one sheet of the paper is spread over several that hang side by side, with an overview of them in
/// front. No box is cut where two of them meet; each has marks to cut at and says which are beside it.
///
/// # Errors
/// [`PdfError`] where the font lacks a character or cannot be embedded, or nobody could read the chart on as few sheets
/// as it is asked to fit.
pub fn pdf(
    chart: &Chart,
    font: &Font,
    flow: Flow,
    paper: Paper,
    fit: Option<Fit>,
) -> Result<Vec<u8>, PdfError> {
    let embedded = font.faces().iter().map(|face| {
        let (data, index) = face.source();
        let refused = || PdfError::Embedding(face.family().to_owned());
        krilla::text::Font::new(data.clone().into(), index).ok_or_else(refused)
    });
    let embedded = embedded.collect::<Result<Vec<_>, _>>()?;
    let spread = || spread(&mut Composition::new(chart, font)?, flow, paper, fit);
    let (sketch, tiling) = cancellable(spread)??;
    let painter = Painter { fonts: embedded, metrics: font.metrics()? };
    caught(|| document(&sketch, &tiling, painter)).map_err(PdfError::Encoding)?
}

/// Draws the sheets; no code in here unwinds but by a fault of its own.
fn document(sketch: &Sketch, tiling: &Tiling, mut painter: Painter<'_>) -> Result<Vec<u8>, PdfError> {
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(sketch.title.clone())
            .description(sketch.description.clone())
            .language("zh-Hans".to_owned())
            .creator("Orgatlas".to_owned()),
    );
    let tiles = tiling.tiles(sketch);
    if tiles.len() > 1 {
        overview(&mut document, sketch, tiling, &tiles, &mut painter)?;
    }
    for tile in &tiles {
        sheet(&mut document, sketch, tiling, &tiles, *tile, &mut painter)?;
    }
    document.finish().map_err(|cause| PdfError::Encoding(format!("{cause:?}")))
}
