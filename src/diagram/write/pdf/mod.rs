mod page;
mod paint;
mod paper;

use krilla::Document;
use krilla::metadata::Metadata;
use thiserror::Error;

use crate::diagram::font::{Font, FontError};
use crate::diagram::sketch::Sketch;
use page::{overview, sheet};
use paint::Painter;
pub use paper::Paper;
use paper::Tiling;

/// Why no PDF can be made.
#[derive(Debug, Error)]
pub enum PdfError {
    /// The font lacks a character.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The font cannot be put into a PDF.
    #[error("the font \"{0}\" cannot be put into a PDF; name another with --font")]
    Embedding(String),
    /// The file cannot be made.
    #[error("the PDF cannot be made: {0}")]
    Encoding(String),
}

/// Draws a sketch as a PDF whose text can be selected, with the glyphs that it needs inside.
///
/// What does not fit on one sheet of the paper is spread over several, with an overview of them in front; each has
/// marks to cut at and says which are beside it.
///
/// # Errors
/// [`PdfError`] where the font lacks a character or cannot be embedded.
pub fn pdf(sketch: &Sketch, font: &Font, paper: Paper) -> Result<Vec<u8>, PdfError> {
    let (data, index) = font.source();
    let embedded = krilla::text::Font::new(data.clone().into(), index)
        .ok_or_else(|| PdfError::Embedding(font.family().to_owned()))?;
    let mut painter = Painter { font: embedded, metrics: font.metrics()? };
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(sketch.title.clone())
            .description(sketch.description.clone())
            .language("zh-Hans".to_owned())
            .creator("Orgatlas".to_owned()),
    );
    let tiling = Tiling::new(sketch.size, paper);
    if tiling.count() > 1 {
        overview(&mut document, sketch, &tiling, &mut painter)?;
    }
    for row in 0..tiling.rows {
        for column in 0..tiling.columns {
            sheet(&mut document, sketch, &tiling, (column, row), &mut painter)?;
        }
    }
    document.finish().map_err(|cause| PdfError::Encoding(format!("{cause:?}")))
}
