//! From a chart to shapes: boxes are measured and laid out, and title, notes and legend are put above them.

mod heading;
mod lines;
mod written;

use super::Chart;
use super::font::{Font, FontError, Metrics};
use super::layout::{Flow, Grid, Layout, Point, Rect, Size, arrange};
use super::sketch::Sketch;
use heading::{Heading, notes};
use lines::{draw_lines, moved};
use written::Written;

/// Between the edge of the chart and what is drawn.
const MARGIN: i32 = 32;
/// A heading is broken where it reaches so far, and further than its chart.
const HEADING: i32 = 700;

/// Draws up a chart: measures its boxes, lays them out, and adds title, notes and legend.
///
/// # Errors
/// [`FontError`] where the font lacks a character.
pub fn sketch(chart: &Chart, font: &Font, flow: Flow) -> Result<Sketch, FontError> {
    Composition::new(chart, font)?.sketch(flow, None)
}

/// Measures the boxes of a chart and says where everything goes, on sheets or not, without drawing it.
///
/// # Errors
/// [`FontError`] where the font lacks a character.
pub fn lay_out(chart: &Chart, font: &Font, flow: Flow, grid: Option<&Grid>) -> Result<Layout, FontError> {
    Ok(Composition::new(chart, font)?.arrange(flow, grid))
}

/// A chart whose boxes are measured.
pub(super) struct Composition<'a> {
    chart: &'a Chart,
    metrics: Metrics<'a>,
    texts: Vec<Written>,
}

impl<'a> Composition<'a> {
    pub(super) fn new(chart: &'a Chart, font: &'a Font) -> Result<Self, FontError> {
        let mut metrics = font.metrics()?;
        let texts = chart.boxes.iter().map(|drawn| Written::of_box(drawn, &mut metrics));
        let texts = texts.collect::<Result<_, _>>()?;
        Ok(Self { chart, metrics, texts })
    }

    /// Draws it, on sheets of a size where one is said: then none of its boxes is cut where two of them meet.
    pub(super) fn sketch(&mut self, flow: Flow, sheet: Option<Size>) -> Result<Sketch, FontError> {
        let (head, layout) = match sheet {
            Some(sheet) => {
                let head = Heading::write(self.chart, &mut self.metrics, sheet.width - MARGIN)?;
                let origin = Point { x: MARGIN, y: head.extent.height };
                (head, self.arrange(flow, Some(&Grid { sheet, origin })))
            }
            None => {
                let layout = self.arrange(flow, None);
                let most = HEADING.max(MARGIN + layout.size.width);
                (Heading::write(self.chart, &mut self.metrics, most)?, layout)
            }
        };
        let origin = Point { x: MARGIN, y: head.extent.height };
        let mut items = head.items;
        draw_lines(self.chart, (&layout, flow), origin, &mut self.metrics, &mut items)?;
        for ((drawn, text), rect) in self.chart.boxes.iter().zip(&self.texts).zip(&layout.boxes) {
            items.push(text.item(drawn, moved(*rect, origin)));
        }
        let right = items.iter().map(|item| item.extent.right()).max().unwrap_or_default();
        Ok(Sketch {
            title: self.chart.title.clone(),
            description: format!("{} · {} 个方框", notes(self.chart), self.chart.boxes.len()),
            size: Size {
                width: right.max(MARGIN + layout.size.width) + MARGIN,
                height: origin.y + layout.size.height + MARGIN,
            },
            items,
        })
    }

    fn arrange(&self, flow: Flow, grid: Option<&Grid>) -> Layout {
        let sizes: Vec<Size> = self.texts.iter().map(|text| text.size).collect();
        arrange(self.chart, &sizes, flow, grid)
    }
}

fn around(points: &[Point]) -> Rect {
    let least = |of: fn(&Point) -> i32| points.iter().map(of).min().unwrap_or_default();
    let most = |of: fn(&Point) -> i32| points.iter().map(of).max().unwrap_or_default();
    let (x, y) = (least(|p| p.x), least(|p| p.y));
    Rect { x, y, size: Size { width: most(|p| p.x) - x, height: most(|p| p.y) - y } }
}
