use super::paper::Paper;
use super::{Fit, PdfError};
use crate::diagram::Flow;
use crate::diagram::compose::Composition;
use crate::diagram::font::FontError;
use crate::diagram::layout::{Rect, Size};
use crate::diagram::sketch::Sketch;
use crate::work::go_on;

/// Points, of which there are 72 to the inch, in a pixel of the chart: 96 to the inch. Names have 9 points then.
const POINTS: f32 = 0.75;
/// What fits on one sheet is made so large at the most.
const ENLARGED: f32 = 1.2;
/// What fits on one sheet only if it is made smaller than this is spread over several.
const SMALLEST: f32 = 0.55;
/// Nobody reads names of less than four points, also where somebody asks for few sheets.
const UNREADABLE: f32 = 0.33;
/// What is left free around a sheet, in points: 10 mm.
pub(super) const MARGIN: f32 = 28.35;
/// PDF knows no larger sheet, in points.
const LARGEST: f32 = 14_400.0;
/// So many scales are tried to find the largest that fits.
const TRIALS: usize = 8;

/// How a chart is spread over sheets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tiling {
    /// The sheet, in points.
    pub(super) sheet: (f32, f32),
    /// Points to a pixel.
    pub(super) scale: f32,
    /// How much of the chart a sheet shows, in pixels.
    pub(super) step: Size,
    /// How many sheets from left to right.
    pub(super) columns: i32,
    /// How many sheets from top to bottom.
    pub(super) rows: i32,
}

/// Draws a chart for paper, and says how it is spread over sheets: one that it can be read on, else as few as its
/// size demands, or as it is asked to fit.
pub(super) fn spread(
    composition: &mut Composition<'_>,
    flow: Flow,
    paper: Paper,
    fit: Option<Fit>,
) -> Result<(Sketch, Tiling), PdfError> {
    let sketch = composition.sketch(flow, None)?;
    let Some((short, long)) = paper.upright() else {
        let tiling = Tiling::as_large(sketch.size);
        return Ok((sketch, tiling));
    };
    let sheets = [(long, short), (short, long)];
    let alone = sheets.map(|sheet| Tiling::alone(sketch.size, sheet));
    let alone = if alone[1].scale > alone[0].scale { alone[1] } else { alone[0] };
    let several = match fit {
        None if alone.scale >= SMALLEST => None,
        None => {
            let mut found = Vec::new();
            for sheet in sheets {
                found.push(on(composition, flow, sheet, POINTS)?);
            }
            found.into_iter().min_by_key(|(_, tiling)| tiling.count())
        }
        Some(Fit(1)) => None,
        Some(fit) => largest(composition, flow, sheets, fit)?,
    };
    match several {
        Some(several) if fit.is_none() || several.1.scale > alone.scale => Ok(several),
        _ if alone.scale >= UNREADABLE => Ok((sketch, alone)),
        _ => {
            let (_, fewest) = on(composition, flow, sheets[0], UNREADABLE)?;
            Err(PdfError::Fit { sheets: fit.map_or(1, |Fit(sheets)| sheets), fewest: fewest.count() })
        }
    }
}

/// The chart at the largest scale at which it takes no more sheets.
fn largest(
    composition: &mut Composition<'_>,
    flow: Flow,
    sheets: [(f32, f32); 2],
    Fit(most): Fit,
) -> Result<Option<(Sketch, Tiling)>, PdfError> {
    let mut best: Option<(Sketch, Tiling)> = None;
    for sheet in sheets {
        let (mut fits, mut too_large) = (UNREADABLE, ENLARGED);
        for trial in 0..TRIALS {
            go_on();
            let scale = if trial == 0 { fits } else { f32::midpoint(fits, too_large) };
            let found = on(composition, flow, sheet, scale)?;
            if found.1.count() > most {
                if trial == 0 {
                    break;
                }
                too_large = scale;
                continue;
            }
            fits = scale;
            if best.as_ref().is_none_or(|(_, best)| best.scale < scale) {
                best = Some(found);
            }
        }
    }
    Ok(best)
}

/// The chart on sheets of a size at a scale.
fn on(
    composition: &mut Composition<'_>,
    flow: Flow,
    sheet: (f32, f32),
    scale: f32,
) -> Result<(Sketch, Tiling), FontError> {
    let room = room(sheet);
    let step = Size { width: (room.0 / scale) as i32, height: (room.1 / scale) as i32 };
    let sketch = composition.sketch(flow, Some(step))?;
    // What is free at the right and below needs no sheet.
    let right = sketch.items.iter().map(|item| item.extent.right()).max().unwrap_or(1);
    let bottom = sketch.items.iter().map(|item| item.extent.bottom()).max().unwrap_or(1);
    let tiling = Tiling {
        sheet,
        scale,
        step,
        columns: right.max(0) / step.width + 1,
        rows: bottom.max(0) / step.height + 1,
    };
    Ok((sketch, tiling))
}

/// How much of a sheet is drawn on, in points.
fn room(sheet: (f32, f32)) -> (f32, f32) {
    (sheet.0 - 2.0 * MARGIN, sheet.1 - 2.0 * MARGIN)
}

impl Tiling {
    /// One sheet as large as the chart.
    fn as_large(size: Size) -> Self {
        let (width, height) = (size.width as f32, size.height as f32);
        let scale = POINTS.min((LARGEST - 2.0 * MARGIN) / width.max(height));
        let sheet = (width * scale + 2.0 * MARGIN, height * scale + 2.0 * MARGIN);
        Self { sheet, scale, step: size, columns: 1, rows: 1 }
    }

    /// One sheet of a size, the chart as large as it allows.
    fn alone(size: Size, sheet: (f32, f32)) -> Self {
        let room = room(sheet);
        let scale = (room.0 / size.width as f32).min(room.1 / size.height as f32).min(ENLARGED);
        Self { sheet, scale, step: size, columns: 1, rows: 1 }
    }

    /// How many sheets there are, empty ones included.
    pub(super) fn count(&self) -> u32 {
        (self.columns * self.rows).unsigned_abs()
    }

    /// How much of a sheet is drawn on, in points.
    pub(super) fn room(&self) -> (f32, f32) {
        (self.step.width as f32 * self.scale, self.step.height as f32 * self.scale)
    }

    /// Where on a sheet that begins, in points from its upper left corner: in the middle of one that is alone.
    pub(super) fn corner(&self) -> (f32, f32) {
        if self.count() > 1 {
            return (MARGIN, MARGIN);
        }
        let room = self.room();
        ((self.sheet.0 - room.0) / 2.0, (self.sheet.1 - room.1) / 2.0)
    }

    /// The part of the chart that a sheet shows, in pixels.
    pub(super) fn part(&self, (column, row): (i32, i32)) -> Rect {
        Rect { x: column * self.step.width, y: row * self.step.height, size: self.step }
    }

    /// The sheets that show anything, row by row.
    pub(super) fn tiles(&self, sketch: &Sketch) -> Vec<(i32, i32)> {
        let mut shown = vec![false; (self.columns * self.rows).unsigned_abs() as usize];
        for item in &sketch.items {
            let of = |from: i32, to: i32, step: i32, most: i32| {
                (from.div_euclid(step).clamp(0, most - 1), to.div_euclid(step).clamp(0, most - 1))
            };
            let columns = of(item.extent.x, item.extent.right(), self.step.width, self.columns);
            let rows = of(item.extent.y, item.extent.bottom(), self.step.height, self.rows);
            for row in rows.0..=rows.1 {
                for column in columns.0..=columns.1 {
                    shown[(row * self.columns + column).unsigned_abs() as usize] = true;
                }
            }
        }
        let all = (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (column, row)));
        all.zip(shown).filter(|(_, shown)| *shown).map(|(tile, _)| tile).collect()
    }
}

/// Whether what takes some room shows on a part.
pub(super) fn shows(extent: &Rect, part: &Rect) -> bool {
    let size = Size { width: extent.size.width + 2, height: extent.size.height + 2 };
    Rect { x: extent.x - 1, y: extent.y - 1, size }.overlaps(part)
}
