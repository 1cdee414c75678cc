use std::collections::HashMap;

use skrifa::outline::OutlinePen;
use thiserror::Error;
use tiny_skia::{Color, FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash, Transform};

use crate::diagram::font::{Font, FontError, Metrics};
use crate::diagram::layout::{Point, Rect};
use crate::diagram::sketch::{Shape, Sketch};
use crate::diagram::theme::{Ink, Rgb, Theme};
use crate::memory::{OutOfMemory, reserve};
use crate::work::{Stopped, try_counted};

/// A picture has so many pixels at the most: they take four bytes each in memory.
pub const MOST_PIXELS: u64 = 80_000_000;

/// How many bytes a pixel takes: four as it is drawn, four as it is encoded, and what the encoder keeps.
const BYTES_A_PIXEL: u64 = 12;

/// How many pixels of the picture a pixel of the chart takes, on each side, where nobody says and where it fits.
pub const SCALE: f32 = 2.0;

/// Where a note at the foot of a picture begins, in pixels of the chart.
const NOTE_MARGIN: i32 = 32;

/// Why no picture can be drawn.
#[derive(Debug, Error)]
pub enum PngError {
    /// The font lacks a character.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The picture would be too large.
    #[error(
        "a picture of {width} by {height} pixels is more than the {MOST_PIXELS} that are drawn; take a scale of {fits:.2} \
         or less, a smaller part, or SVG or PDF, which have no such limit"
    )]
    TooLarge {
        /// Pixels from left to right.
        width: u64,
        /// Pixels from top to bottom.
        height: u64,
        /// The largest scale that fits.
        fits: f32,
    },
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// There is no memory for it.
    #[error(transparent)]
    OutOfMemory(#[from] OutOfMemory),
    /// The picture cannot be written.
    #[error("the picture cannot be written as PNG: {0}")]
    Encoding(String),
}

/// Draws a sketch as a PNG picture.
///
/// `scale` is how many pixels of the picture a pixel of the chart takes; where nobody says it is [`SCALE`], or as much
/// less as [`MOST_PIXELS`] demands, which the picture then says at its foot.
///
/// # Errors
/// [`PngError`] where the picture is too large for the scale that was asked for, or the font lacks a character.
pub fn png(sketch: &Sketch, font: &Font, theme: Theme, scale: Option<f32>) -> Result<Vec<u8>, PngError> {
    let (wide, high) = (sketch.size.width as f32, sketch.size.height as f32);
    let fits = (MOST_PIXELS as f32 / (wide * high)).sqrt() * 0.999;
    let reduced = scale.is_none() && fits < SCALE;
    let scale = scale.unwrap_or(SCALE.min(fits));
    let (width, height) = ((wide * scale).ceil(), (high * scale).ceil());
    let too_large = || PngError::TooLarge { width: width as u64, height: height as u64, fits };
    if scale > fits {
        return Err(too_large());
    }
    // The picture, and what encoding it takes beside.
    reserve(width as u64 * height as u64 * BYTES_A_PIXEL)?;
    let mut pixmap = Pixmap::new(width as u32, height as u32).ok_or_else(too_large)?;
    pixmap.fill(colour(theme, Ink::Paper));
    let mut picture = Picture { pixmap, metrics: font.metrics()?, outlines: HashMap::new(), theme, scale };
    for item in try_counted("drawing", sketch.items.len() as u64, sketch.items.iter()) {
        for shape in &item?.shapes {
            picture.draw(shape)?;
        }
    }
    if reduced {
        let note = format!("按 {scale:.2} 倍绘制：图像至多 {} 万像素", MOST_PIXELS / 10_000);
        let at = Point { x: NOTE_MARGIN, y: sketch.size.height - 10 };
        picture.write(at, 11.0, Ink::Muted, &note)?;
    }
    picture.pixmap.encode_png().map_err(|cause| PngError::Encoding(cause.to_string()))
}

struct Picture<'a> {
    pixmap: Pixmap,
    metrics: Metrics<'a>,
    /// The outline of each glyph, in units of the font; `None` of one that shows nothing.
    outlines: HashMap<(usize, u16), Option<Path>>,
    theme: Theme,
    scale: f32,
}

impl Picture<'_> {
    fn draw(&mut self, shape: &Shape) -> Result<(), FontError> {
        match shape {
            Shape::Box { rect, fill, edge, dashed } => {
                let Some(path) = rounded(*rect) else { return Ok(()) };
                self.pixmap.fill_path(&path, &self.paint(*fill), FillRule::Winding, self.transform(), None);
                self.stroke(&path, *edge, dashed.then_some(&[4.0, 3.0]), 1.0);
            }
            Shape::Line { points, ink, dotted } => {
                let mut path = PathBuilder::new();
                for (number, point) in points.iter().enumerate() {
                    let (x, y) = placed(*point);
                    if number == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
                }
                if let Some(path) = path.finish() {
                    let dots = dotted.then_some(&[3.0, 3.0]);
                    self.stroke(&path, *ink, dots, if *dotted { 1.4 } else { 1.0 });
                }
            }
            Shape::Curve { points, ink } => {
                let [a, b, c, d] = points.map(placed);
                let mut path = PathBuilder::new();
                path.move_to(a.0, a.1);
                path.cubic_to(b.0, b.1, c.0, c.1, d.0, d.1);
                if let Some(path) = path.finish() {
                    self.stroke(&path, *ink, None, 1.0);
                }
            }
            Shape::Text { at, size, ink, text } => self.write(*at, f32::from(*size), *ink, text)?,
        }
        Ok(())
    }

    fn write(&mut self, at: Point, size: f32, ink: Ink, text: &str) -> Result<(), FontError> {
        let paint = self.paint(ink);
        let mut x = at.x as f32;
        for glyph in self.metrics.glyphs(text)? {
            let face = self.metrics.face(glyph.face);
            let unit = size / f32::from(face.units_per_em());
            let outline = self.outlines.entry((glyph.face, glyph.id)).or_insert_with(|| {
                let mut outline = Outline(PathBuilder::new());
                face.draw(glyph.id, &mut outline).then(|| outline.0.finish())?
            });
            if let Some(path) = outline {
                let (scale, y) = (self.scale, at.y as f32);
                let transform =
                    Transform::from_row(unit * scale, 0.0, 0.0, -unit * scale, x * scale, y * scale);
                self.pixmap.fill_path(path, &paint, FillRule::Winding, transform, None);
            }
            x += glyph.advance * size;
        }
        Ok(())
    }

    fn stroke(&mut self, path: &Path, ink: Ink, dash: Option<&[f32; 2]>, width: f32) {
        let dash = dash.and_then(|dash| StrokeDash::new(dash.to_vec(), 0.0));
        // Square ends would close the gaps between short dashes.
        let line_cap = if dash.is_some() { LineCap::Butt } else { LineCap::Square };
        let stroke = Stroke { width, dash, line_cap, ..Stroke::default() };
        self.pixmap.stroke_path(path, &self.paint(ink), &stroke, self.transform(), None);
    }

    fn transform(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale)
    }

    fn paint(&self, ink: Ink) -> Paint<'static> {
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(colour(self.theme, ink));
        paint
    }
}

fn colour(theme: Theme, ink: Ink) -> Color {
    let Rgb(red, green, blue) = theme.colour(ink);
    Color::from_rgba8(red, green, blue, u8::MAX)
}

/// In the middle of a pixel, so that a line of one pixel is sharp.
fn placed(point: Point) -> (f32, f32) {
    (point.x as f32 + 0.5, point.y as f32 + 0.5)
}

/// A rectangle with corners of three pixels.
fn rounded(rect: Rect) -> Option<Path> {
    const RADIUS: f32 = 3.0;
    let (left, top) = placed(Point { x: rect.x, y: rect.y });
    let (right, bottom) = placed(Point { x: rect.right(), y: rect.bottom() });
    let mut path = PathBuilder::new();
    path.move_to(left + RADIUS, top);
    path.line_to(right - RADIUS, top);
    path.quad_to(right, top, right, top + RADIUS);
    path.line_to(right, bottom - RADIUS);
    path.quad_to(right, bottom, right - RADIUS, bottom);
    path.line_to(left + RADIUS, bottom);
    path.quad_to(left, bottom, left, bottom - RADIUS);
    path.line_to(left, top + RADIUS);
    path.quad_to(left, top, left + RADIUS, top);
    path.close();
    path.finish()
}

struct Outline(PathBuilder);

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
