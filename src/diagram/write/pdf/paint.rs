use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point as At};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::diagram::font::{FontError, Glyph, Metrics};
use crate::diagram::layout::{Point, Rect};
use crate::diagram::sketch::Shape;
use crate::diagram::theme::{Ink, Rgb, Theme};

/// Draws shapes on a page.
pub(super) struct Painter<'a> {
    /// The faces of the font, in its order.
    pub(super) fonts: Vec<Font>,
    pub(super) metrics: Metrics<'a>,
}

impl Painter<'_> {
    /// Draws a shape.
    pub(super) fn draw(&mut self, surface: &mut Surface<'_>, shape: &Shape) -> Result<(), FontError> {
        match shape {
            Shape::Box { rect, fill, edge, dashed } => {
                surface.set_fill(Some(filled(*fill)));
                surface.set_stroke(Some(stroked(*edge, dashed.then_some([4.0, 3.0]), 0.8)));
                if let Some(path) = rectangle(*rect) {
                    surface.draw_path(&path);
                }
            }
            Shape::Line { points, ink, dotted } => {
                let mut path = PathBuilder::new();
                for (number, Point { x, y }) in points.iter().enumerate() {
                    let (x, y) = (*x as f32, *y as f32);
                    if number == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
                }
                line(
                    surface,
                    path,
                    stroked(*ink, dotted.then_some([3.0, 3.0]), if *dotted { 1.2 } else { 0.9 }),
                );
            }
            Shape::Curve { points, ink } => {
                let [a, b, c, d] = points.map(|Point { x, y }| (x as f32, y as f32));
                let mut path = PathBuilder::new();
                path.move_to(a.0, a.1);
                path.cubic_to(b.0, b.1, c.0, c.1, d.0, d.1);
                line(surface, path, stroked(*ink, None, 0.9));
            }
            Shape::Text { at, size, ink, text } => {
                let at = (at.x as f32, at.y as f32);
                self.write(surface, at, f32::from(*size), *ink, text)?;
            }
        }
        Ok(())
    }

    /// Writes a text with its left end on the base line.
    pub(super) fn write(
        &mut self,
        surface: &mut Surface<'_>,
        at: (f32, f32),
        size: f32,
        ink: Ink,
        text: &str,
    ) -> Result<(), FontError> {
        let glyphs = self.metrics.glyphs(text)?;
        surface.set_fill(Some(filled(ink)));
        surface.set_stroke(None);
        let placed: Vec<_> = text.char_indices().zip(glyphs).collect();
        let mut x = at.0;
        for run in placed.chunk_by(|(_, one), (_, other)| one.face == other.face) {
            let ((from, _), first) = run[0];
            let to = run.last().map_or(from, |((last, character), _)| last + character.len_utf8());
            let glyph = |((start, character), glyph): &((usize, char), Glyph)| {
                let range = start - from..start - from + character.len_utf8();
                let id = GlyphId::new(u32::from(glyph.id));
                KrillaGlyph::new(id, glyph.advance, 0.0, 0.0, 0.0, range, None)
            };
            let glyphs: Vec<_> = run.iter().map(glyph).collect();
            let font = self.fonts[first.face].clone();
            surface.draw_glyphs(At::from_xy(x, at.1), &glyphs, font, &text[from..to], size, false);
            x += run.iter().map(|(_, glyph)| glyph.advance * size).sum::<f32>();
        }
        Ok(())
    }
}

pub(super) fn line(surface: &mut Surface<'_>, path: PathBuilder, stroke: Stroke) {
    surface.set_fill(None);
    surface.set_stroke(Some(stroke));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

pub(super) fn rectangle(rect: Rect) -> Option<Path> {
    let (left, top) = (rect.x as f32, rect.y as f32);
    let (right, bottom) = (rect.right() as f32, rect.bottom() as f32);
    let mut path = PathBuilder::new();
    path.push_rect(krilla::geom::Rect::from_ltrb(left, top, right, bottom)?);
    path.finish()
}

fn filled(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

pub(super) fn stroked(ink: Ink, dash: Option<[f32; 2]>, width: f32) -> Stroke {
    let dash = dash.map(|dash| StrokeDash { array: dash.to_vec(), offset: 0.0 });
    Stroke { paint: colour(ink).into(), width, dash, ..Stroke::default() }
}

/// Paper is printed on: dark themes are for screens.
fn colour(ink: Ink) -> rgb::Color {
    let Rgb(red, green, blue) = Theme::Print.colour(ink);
    rgb::Color::new(red, green, blue)
}
