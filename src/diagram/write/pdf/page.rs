use krilla::Document;
use krilla::geom::{PathBuilder, Rect as Area, Transform};
use krilla::page::PageSettings;
use krilla::paint::FillRule;
use krilla::surface::Surface;

use super::PdfError;
use super::paint::{Painter, line, stroked};
use super::tiling::{MARGIN, Tiling, shows};
use crate::caught::caught;
use crate::diagram::sketch::{Item, Sketch};
use crate::diagram::theme::Ink;
use crate::work::check;

/// How long marks to cut at are, in points.
const MARK: f32 = 14.0;
/// The size of what is written in margins, in points.
const NOTE: f32 = 9.0;

/// The name of a sheet: its column by a letter or more, its row by a number.
fn label((column, row): (i32, i32)) -> String {
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
    tiles: &[(i32, i32)],
    at: (i32, i32),
    painter: &mut Painter<'_>,
) -> Result<(), PdfError> {
    let mut page = document.start_page_with(settings(tiling.sheet)?);
    let mut surface = page.surface();
    let ((left, top), (width, height)) = (tiling.corner(), tiling.room());
    clip(&mut surface, (left, top, left + width, top + height));
    let (part, scale) = (tiling.part(at), tiling.scale);
    let (x, y) = (left - part.x as f32 * scale, top - part.y as f32 * scale);
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, x, y));
    let shown = sketch.items.iter().filter(|item| shows(&item.extent, &part));
    let drawn = draw(&mut surface, shown, painter);
    surface.pop();
    surface.pop();
    drawn?;
    if tiles.len() > 1 {
        marks(&mut surface, tiling);
        let note = format!("{}　{}　{}", label(at), sketch.title, neighbours(tiles, at));
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
    tiles: &[(i32, i32)],
    painter: &mut Painter<'_>,
) -> Result<(), PdfError> {
    let (across, down) = (tiling.step.width as f32, tiling.step.height as f32);
    let (columns, rows) = (tiling.columns, tiling.rows);
    let fits = |(width, height): (f32, f32)| {
        let (width, height) = (width - 2.0 * MARGIN, height - 2.0 * MARGIN);
        (width / (across * columns as f32)).min(height / (down * rows as f32))
    };
    // However the sheets themselves are turned.
    let turned = (tiling.sheet.1, tiling.sheet.0);
    let paper = if fits(turned) > fits(tiling.sheet) { turned } else { tiling.sheet };
    let scale = fits(paper);
    let mut page = document.start_page_with(settings(paper)?);
    let mut surface = page.surface();
    let note = format!("{}　共 {} 张，{columns} 列 {rows} 行", sketch.title, tiles.len());
    painter.write(&mut surface, (MARGIN, MARGIN - 8.0), NOTE, Ink::Muted, &note)?;
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, MARGIN, MARGIN));
    // Too small to be read on paper, but whoever searches on a screen finds here where on the wall a name hangs.
    let drawn = draw(&mut surface, sketch.items.iter(), painter);
    surface.pop();
    drawn?;
    let step = (across * scale, down * scale);
    for tile in tiles {
        let (left, top) = (MARGIN + step.0 * tile.0 as f32, MARGIN + step.1 * tile.1 as f32);
        let mut path = PathBuilder::new();
        if let Some(area) = Area::from_xywh(left, top, step.0, step.1) {
            path.push_rect(area);
        }
        line(&mut surface, path, stroked(Ink::Second, Some([4.0, 3.0]), 0.8));
        let size = (step.1 / 4.0).min(step.0 / 4.0).clamp(6.0, 28.0);
        painter.write(&mut surface, (left + 4.0, top + size), size, Ink::Second, &label(*tile))?;
    }
    surface.finish();
    page.finish();
    Ok(())
}

/// Draws items, after which a surface can be brought back to where it was.
///
/// A surface asserts in its destructor that all that was pushed was popped. So an error is returned past the pops, and a
/// panic is turned into an error before it reaches the surface: a second one would abort the process.
fn draw<'a>(
    surface: &mut Surface<'_>,
    items: impl Iterator<Item = &'a Item>,
    painter: &mut Painter<'_>,
) -> Result<(), PdfError> {
    let drawn = caught(|| {
        for item in items {
            check()?;
            for shape in &item.shapes {
                painter.draw(surface, shape)?;
            }
        }
        Ok(())
    });
    drawn.map_err(PdfError::Encoding)?
}

fn settings((width, height): (f32, f32)) -> Result<PageSettings, PdfError> {
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
fn neighbours(tiles: &[(i32, i32)], (column, row): (i32, i32)) -> String {
    let beside = [
        ("左接", (column - 1, row)),
        ("右接", (column + 1, row)),
        ("上接", (column, row - 1)),
        ("下接", (column, row + 1)),
    ];
    let there = beside.into_iter().filter(|(_, tile)| tiles.contains(tile));
    there.map(|(side, tile)| format!("{side} {}", label(tile))).collect::<Vec<_>>().join("，")
}
