use krilla::Document;
use krilla::geom::{PathBuilder, Rect as Area, Transform};
use krilla::page::PageSettings;
use krilla::paint::FillRule;
use krilla::surface::Surface;

use super::PdfError;
use super::paint::{Painter, line, stroked};
use super::paper::{MARGIN, Tiling, shows};
use crate::diagram::sketch::Sketch;
use crate::diagram::theme::Ink;
use crate::work::go_on;

/// How long marks to cut at are, in points.
const MARK: f32 = 14.0;
/// The size of what is written in margins, in points.
const NOTE: f32 = 9.0;

/// The name of a sheet: its row by a number, its column by a letter or more.
fn label((column, row): (u32, u32)) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters.into_iter().rev().chain((row + 1).to_string().chars()).collect()
}

/// Draws one sheet.
pub(super) fn sheet(
    document: &mut Document,
    sketch: &Sketch,
    tiling: &Tiling,
    at: (u32, u32),
    painter: &mut Painter<'_>,
) -> Result<(), PdfError> {
    let mut page = document.start_page_with(settings(tiling)?);
    let mut surface = page.surface();
    let (width, height) = tiling.room();
    clip(&mut surface, (MARGIN, MARGIN, MARGIN + width, MARGIN + height));
    let corner = tiling.corner(at);
    let scale = tiling.scale;
    let (x, y) = (MARGIN - corner.0 * scale, MARGIN - corner.1 * scale);
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, x, y));
    let part = tiling.part(at);
    go_on();
    for item in sketch.items.iter().filter(|item| shows(&item.extent, &part)) {
        for shape in &item.shapes {
            painter.draw(&mut surface, shape)?;
        }
    }
    surface.pop();
    surface.pop();
    if tiling.count() > 1 {
        marks(&mut surface, tiling);
        let beside = neighbours(tiling, at);
        let note = format!("{}　{}　{}", label(at), sketch.title, beside);
        painter.write(&mut surface, (MARGIN + 2.0 * MARK, MARGIN - 8.0), NOTE, Ink::Muted, &note)?;
    }
    surface.finish();
    page.finish();
    Ok(())
}

/// Draws all sheets in small, with their names.
pub(super) fn overview(
    document: &mut Document,
    sketch: &Sketch,
    tiling: &Tiling,
    painter: &mut Painter<'_>,
) -> Result<(), PdfError> {
    let mut page = document.start_page_with(settings(tiling)?);
    let mut surface = page.surface();
    let (width, height) = tiling.room();
    let note =
        format!("{}　共 {} 页，{} 列 {} 行", sketch.title, tiling.count(), tiling.columns, tiling.rows);
    painter.write(&mut surface, (MARGIN, MARGIN - 8.0), NOTE, Ink::Muted, &note)?;
    let across = width / tiling.scale * tiling.columns as f32;
    let down = height / tiling.scale * tiling.rows as f32;
    let scale = (width / across).min(height / down);
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, MARGIN, MARGIN));
    // Too small to be read on paper, but a reader on a screen can search here for names that sheets cut in two.
    for shape in sketch.items.iter().flat_map(|item| &item.shapes) {
        painter.draw(&mut surface, shape)?;
    }
    surface.pop();
    let step = (across / tiling.columns as f32 * scale, down / tiling.rows as f32 * scale);
    for row in 0..tiling.rows {
        for column in 0..tiling.columns {
            let (left, top) = (MARGIN + step.0 * column as f32, MARGIN + step.1 * row as f32);
            let mut path = PathBuilder::new();
            if let Some(area) = Area::from_xywh(left, top, step.0, step.1) {
                path.push_rect(area);
            }
            line(&mut surface, path, stroked(Ink::Second, Some([4.0, 3.0]), 0.8));
            let size = (step.1 / 4.0).min(step.0 / 4.0).clamp(6.0, 28.0);
            painter.write(
                &mut surface,
                (left + 4.0, top + size),
                size,
                Ink::Second,
                &label((column, row)),
            )?;
        }
    }
    surface.finish();
    page.finish();
    Ok(())
}

fn settings(tiling: &Tiling) -> Result<PageSettings, PdfError> {
    let (width, height) = tiling.sheet;
    PageSettings::from_wh(width, height)
        .ok_or_else(|| PdfError::Encoding(format!("there is no sheet of {width} by {height} points")))
}

fn clip(surface: &mut Surface<'_>, (left, top, right, bottom): (f32, f32, f32, f32)) {
    let mut path = PathBuilder::new();
    if let Some(area) = Area::from_ltrb(left, top, right, bottom) {
        path.push_rect(area);
    }
    if let Some(path) = path.finish() {
        surface.push_clip_path(&path, &FillRule::NonZero);
    }
}

/// Marks at the corners, to cut and glue at.
fn marks(surface: &mut Surface<'_>, tiling: &Tiling) {
    let (width, height) = tiling.room();
    for (x, away) in [(MARGIN, -MARK), (MARGIN + width, MARK)] {
        for (y, off) in [(MARGIN, -MARK), (MARGIN + height, MARK)] {
            let mut path = PathBuilder::new();
            path.move_to(x, y);
            path.line_to(x + away, y);
            path.move_to(x, y);
            path.line_to(x, y + off);
            line(surface, path, stroked(Ink::Muted, None, 0.5));
        }
    }
}

/// Which sheets are beside one.
fn neighbours(tiling: &Tiling, (column, row): (u32, u32)) -> String {
    let mut beside = Vec::new();
    if column > 0 {
        beside.push(format!("左接 {}", label((column - 1, row))));
    }
    if column + 1 < tiling.columns {
        beside.push(format!("右接 {}", label((column + 1, row))));
    }
    if row > 0 {
        beside.push(format!("上接 {}", label((column, row - 1))));
    }
    if row + 1 < tiling.rows {
        beside.push(format!("下接 {}", label((column, row + 1))));
    }
    beside.join("，")
}
