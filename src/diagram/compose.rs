use strum::IntoEnumIterator;

use super::chart::SYNTHETIC_MARK;
use super::font::{Font, FontError, Metrics, wrap};
use super::layout::{Flow, Layout, Point, Rect, Size, arrange};
use super::sketch::{Item, Shape, Sketch, Subject};
use super::theme::Ink;
use super::{Arrangement, Chart, ChartBox, ChartLine, Mark};
use crate::model::{EnumLabels, OrganizationCategory, OrganizationKind};
use crate::work::go_on;

const NAME: Writing = Writing { size: 12, line: 16, widest: 11.0, ink: Ink::Text };
const DETAIL: Writing = Writing { size: 10, line: 13, widest: 13.0, ink: Ink::Muted };
const TITLE: Writing = Writing { size: 22, line: 32, widest: 60.0, ink: Ink::Text };
const NOTE: Writing = Writing { size: 11, line: 16, widest: 100.0, ink: Ink::Muted };

/// Between the edge of a box and its text.
const PADDING: Size = Size { width: 8, height: 6 };
/// No box is narrower.
const NARROWEST: i32 = 56;
/// Between the edge of the sheet and the chart.
const MARGIN: i32 = 32;
/// Between two entries of the legend.
const LEGEND_GAP: i32 = 22;

/// How a text is written.
#[derive(Clone, Copy)]
struct Writing {
    /// How large it is, in pixels.
    size: u8,
    /// From one line to the next.
    line: i32,
    /// How wide a line may be, in parts of the size.
    widest: f32,
    ink: Ink,
}

/// Draws up a chart: measures its boxes, lays them out, and adds title, notes and legend.
///
/// # Errors
/// [`FontError`] where the font lacks a character.
pub fn sketch(chart: &Chart, font: &Font, flow: Flow) -> Result<Sketch, FontError> {
    let mut metrics = font.metrics()?;
    let texts = texts(chart, &mut metrics)?;
    let layout = arrange(chart, &sizes(&texts), flow);
    let mut sheet =
        Sheet { sketch: Sketch::default(), metrics, at: Point { x: MARGIN, y: MARGIN }, right: 0 };
    sheet.heading(chart)?;
    let below = sheet.at.y + 12;
    sheet.lines(chart, &layout, Point { x: MARGIN, y: below })?;
    for ((drawn, text), rect) in chart.boxes.iter().zip(&texts).zip(&layout.boxes) {
        sheet.sketch.items.push(text.item(drawn, moved(*rect, MARGIN, below)));
    }
    sheet.right = sheet.right.max(MARGIN + layout.size.width);
    sheet.at = Point { x: MARGIN, y: below + layout.size.height + 24 };
    sheet.legend(chart)?;
    Ok(sheet.finish(chart))
}

/// Measures the boxes of a chart and says where everything goes, without drawing it.
///
/// # Errors
/// [`FontError`] where the font lacks a character.
pub fn lay_out(chart: &Chart, font: &Font, flow: Flow) -> Result<Layout, FontError> {
    let texts = texts(chart, &mut font.metrics()?)?;
    Ok(arrange(chart, &sizes(&texts), flow))
}

fn texts(chart: &Chart, metrics: &mut Metrics<'_>) -> Result<Vec<Written>, FontError> {
    chart.boxes.iter().map(|drawn| Written::of_box(drawn, metrics)).collect()
}

fn sizes(texts: &[Written]) -> Vec<Size> {
    texts.iter().map(|text| text.size).collect()
}

fn moved(rect: Rect, right: i32, down: i32) -> Rect {
    Rect { x: rect.x + right, y: rect.y + down, ..rect }
}

/// The text of a box, broken into lines.
struct Written {
    lines: Vec<(String, Writing)>,
    size: Size,
}

impl Written {
    fn of_box(drawn: &ChartBox, metrics: &mut Metrics<'_>) -> Result<Self, FontError> {
        go_on();
        let mut lines = Vec::new();
        for (number, text) in drawn.text().into_iter().enumerate() {
            let writing = if number == 0 { NAME } else { DETAIL };
            metrics.width(&text)?;
            let width = |part: &str| metrics.width(part).unwrap_or_default();
            let broken = wrap(&text, width, writing.widest);
            lines.extend(broken.into_iter().map(|line| (line, writing)));
        }
        let mut size = Size { width: NARROWEST, height: 2 * PADDING.height };
        for (line, writing) in &lines {
            size.width = size.width.max(pixels(metrics.width(line)?, *writing) + 2 * PADDING.width);
            size.height += writing.line;
        }
        Ok(Self { lines, size })
    }

    fn item(&self, drawn: &ChartBox, rect: Rect) -> Item {
        let category = drawn.kind.map(OrganizationKind::category);
        let (fill, edge) = match drawn.mark {
            Some(mark) => (Ink::MarkFill(mark), Ink::MarkEdge(mark)),
            None => (Ink::Fill(category), Ink::Edge(category)),
        };
        let mut shapes = vec![Shape::Box { rect, fill, edge, dashed: drawn.id.is_none() }];
        let mut y = rect.y + PADDING.height;
        for (text, writing) in &self.lines {
            let at = Point { x: rect.x + PADDING.width, y: y + base(*writing) };
            shapes.push(Shape::Text { at, size: writing.size, ink: writing.ink, text: text.clone() });
            y += writing.line;
        }
        let subject = drawn.id.clone().map(|id| Subject { id, text: drawn.text().join("，") });
        Item { extent: rect, subject, shapes }
    }
}

/// How far below the upper edge of its line a text stands.
fn base(writing: Writing) -> i32 {
    (writing.line + i32::from(writing.size) * 7 / 10) / 2
}

fn pixels(width: f32, writing: Writing) -> i32 {
    // Widths of texts on a sheet are far below the limit.
    (width * f32::from(writing.size)).ceil() as i32
}

struct Sheet<'a> {
    sketch: Sketch,
    metrics: Metrics<'a>,
    /// Where the next line goes.
    at: Point,
    /// How far to the right anything reaches.
    right: i32,
}

impl Sheet<'_> {
    fn heading(&mut self, chart: &Chart) -> Result<(), FontError> {
        self.write(&chart.title, TITLE)?;
        self.at.y += TITLE.line;
        self.write(&notes(chart), NOTE)?;
        self.at.y += NOTE.line;
        Ok(())
    }

    /// Writes a line, and says how wide it is.
    fn write(&mut self, text: &str, writing: Writing) -> Result<i32, FontError> {
        let width = pixels(self.metrics.width(text)?, writing);
        let at = Point { x: self.at.x, y: self.at.y + base(writing) };
        let extent = Rect { x: self.at.x, y: self.at.y, size: Size { width, height: writing.line } };
        let shape = Shape::Text { at, size: writing.size, ink: writing.ink, text: text.to_owned() };
        self.sketch.items.push(Item { extent, subject: None, shapes: vec![shape] });
        self.right = self.right.max(extent.right());
        Ok(width)
    }

    fn lines(&mut self, chart: &Chart, layout: &Layout, origin: Point) -> Result<(), FontError> {
        let at = |point: Point| Point { x: point.x + origin.x, y: point.y + origin.y };
        for path in layout.connectors.iter().flat_map(|connector| &connector.paths) {
            let points: Vec<Point> = path.iter().map(|point| at(*point)).collect();
            let shape = Shape::Line { points: points.clone(), ink: Ink::Line };
            self.sketch.items.push(Item { extent: around(&points), subject: None, shapes: vec![shape] });
        }
        let rect = |position: usize| moved(layout.boxes[position], origin.x, origin.y);
        for line in drawn_apart(chart) {
            let points = curve(rect(line.from), rect(line.to));
            let ink = if line.second { Ink::Second } else { Ink::Line };
            let mut shapes = vec![Shape::Curve { points, ink, dotted: line.second }];
            if let Some(label) = &line.label {
                shapes.extend(self.label(label, middle(&points))?);
            }
            self.sketch.items.push(Item { extent: around(&points), subject: None, shapes });
        }
        Ok(())
    }

    /// A text in the middle of a line.
    fn label(&mut self, text: &str, centre: Point) -> Result<[Shape; 2], FontError> {
        let size = Size { width: pixels(self.metrics.width(text)?, DETAIL) + 4, height: DETAIL.line };
        let rect = Rect { x: centre.x - size.width / 2, y: centre.y - size.height / 2, size };
        let at = Point { x: rect.x + 2, y: rect.y + base(DETAIL) };
        Ok([
            Shape::Box { rect, fill: Ink::Paper, edge: Ink::Paper, dashed: false },
            Shape::Text { at, size: DETAIL.size, ink: DETAIL.ink, text: text.to_owned() },
        ])
    }

    fn legend(&mut self, chart: &Chart) -> Result<(), FontError> {
        for category in OrganizationCategory::iter() {
            if chart.boxes.iter().any(|b| b.mark.is_none() && b.kind.map(|k| k.category()) == Some(category))
            {
                let (fill, edge) = (Ink::Fill(Some(category)), Ink::Edge(Some(category)));
                self.entry(fill, edge, category_label(category))?;
            }
        }
        if let Some(indicator) = &chart.coverage {
            for mark in Mark::iter() {
                let text = format!("{} {}", mark.sign(), mark.label());
                self.entry(Ink::MarkFill(mark), Ink::MarkEdge(mark), &text)?;
            }
            let width = self.write(indicator, NOTE)?;
            self.at.x += width + LEGEND_GAP;
        }
        if chart.lines.iter().any(|line| line.second) {
            let y = self.at.y + NOTE.line / 2;
            let x = self.at.x;
            let points = [x, x + 10, x + 20, x + 30].map(|x| Point { x, y });
            let shape = Shape::Curve { points, ink: Ink::Second, dotted: true };
            self.sketch.items.push(Item { extent: around(&points), subject: None, shapes: vec![shape] });
            self.at.x += 36;
            let width = self.write("第二隶属", NOTE)?;
            self.at.x += width + LEGEND_GAP;
        }
        self.at.y += NOTE.line;
        Ok(())
    }

    fn entry(&mut self, fill: Ink, edge: Ink, text: &str) -> Result<(), FontError> {
        let rect = Rect { x: self.at.x, y: self.at.y + 2, size: Size { width: 18, height: 12 } };
        let shapes = vec![Shape::Box { rect, fill, edge, dashed: false }];
        self.sketch.items.push(Item { extent: rect, subject: None, shapes });
        self.at.x += 24;
        let width = self.write(text, NOTE)?;
        self.at.x += width + LEGEND_GAP;
        Ok(())
    }

    fn finish(mut self, chart: &Chart) -> Sketch {
        self.sketch.size = Size { width: self.right + MARGIN, height: self.at.y + MARGIN };
        self.sketch.title.clone_from(&chart.title);
        self.sketch.description = format!("{} · {} 个方框", notes(chart), chart.boxes.len());
        self.sketch
    }
}

/// What stands below the title: the day, where the data is from, and that some was generated.
fn notes(chart: &Chart) -> String {
    let mut notes = vec![format!("截至 {}", chart.date), "数据来源：Orgatlas".to_owned()];
    if chart.synthetic {
        notes.push(SYNTHETIC_MARK.to_owned());
    }
    notes.join(" · ")
}

fn category_label(category: OrganizationCategory) -> &'static str {
    let labels = EnumLabels::of("OrganizationCategory");
    labels.and_then(|labels| labels.simplified(category.into())).unwrap_or(category.into())
}

/// Lines that the layout of a tree does not draw: second ones, and all those of a chart that is no tree.
fn drawn_apart(chart: &Chart) -> impl Iterator<Item = &ChartLine> {
    chart.lines.iter().filter(|line| line.second || chart.arrangement == Arrangement::Layered)
}

/// A curve from one box to another: from below to above where one stands lower, else from side to side.
fn curve(from: Rect, to: Rect) -> [Point; 4] {
    let below = |rect: Rect| Point { x: rect.centre_x(), y: rect.bottom() };
    let above = |rect: Rect| Point { x: rect.centre_x(), y: rect.y };
    let right = |rect: Rect| Point { x: rect.right(), y: rect.centre_y() };
    let left = |rect: Rect| Point { x: rect.x, y: rect.centre_y() };
    if from.bottom() < to.y || to.bottom() < from.y {
        let (start, end) =
            if from.bottom() < to.y { (below(from), above(to)) } else { (above(from), below(to)) };
        let half = (end.y - start.y) / 2;
        return [start, Point { y: start.y + half, ..start }, Point { y: end.y - half, ..end }, end];
    }
    let (start, end) = if from.right() < to.x { (right(from), left(to)) } else { (left(from), right(to)) };
    let half = (end.x - start.x) / 2;
    [start, Point { x: start.x + half, ..start }, Point { x: end.x - half, ..end }, end]
}

fn middle(points: &[Point; 4]) -> Point {
    let [a, b, c, d] = points;
    Point { x: (a.x + 3 * b.x + 3 * c.x + d.x) / 8, y: (a.y + 3 * b.y + 3 * c.y + d.y) / 8 }
}

fn around(points: &[Point]) -> Rect {
    let least = |of: fn(&Point) -> i32| points.iter().map(of).min().unwrap_or_default();
    let most = |of: fn(&Point) -> i32| points.iter().map(of).max().unwrap_or_default();
    let (x, y) = (least(|p| p.x), least(|p| p.y));
    Rect { x, y, size: Size { width: most(|p| p.x) - x, height: most(|p| p.y) - y } }
}
