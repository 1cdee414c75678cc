use crate::diagram::ChartBox;
use crate::diagram::font::{FontError, Metrics, wrap};
use crate::diagram::layout::{Point, Rect, Size};
use crate::diagram::sketch::{Item, Shape, Subject};
use crate::diagram::theme::Ink;
use crate::model::OrganizationKind;
use crate::work::go_on;

pub(super) const NAME: Writing = Writing { size: 12, line: 16, widest: 11.0, ink: Ink::Text };
pub(super) const DETAIL: Writing = Writing { size: 10, line: 13, widest: 13.0, ink: Ink::Muted };

/// Between the edge of a box and its text.
const PADDING: Size = Size { width: 8, height: 6 };
/// No box is narrower.
const NARROWEST: i32 = 56;

/// How a text is written.
#[derive(Clone, Copy)]
pub(super) struct Writing {
    /// How large it is, in pixels.
    pub(super) size: u8,
    /// From one line to the next.
    pub(super) line: i32,
    /// How wide a line may be, in parts of the size.
    pub(super) widest: f32,
    pub(super) ink: Ink,
}

impl Writing {
    /// How far below the upper edge of its line a text stands.
    pub(super) fn base(self) -> i32 {
        (self.line + i32::from(self.size) * 7 / 10) / 2
    }

    /// How wide a text is that has this width in parts of its size.
    pub(super) fn pixels(self, width: f32) -> i32 {
        // Widths of texts on a sheet are far below the limit.
        (width * f32::from(self.size)).ceil() as i32
    }

    /// A text broken into lines, each with its width in pixels.
    pub(super) fn broken(
        self,
        text: &str,
        metrics: &mut Metrics<'_>,
    ) -> Result<Vec<(String, i32)>, FontError> {
        metrics.width(text)?;
        let lines = wrap(text, |part| metrics.width(part).unwrap_or_default(), self.widest);
        lines.into_iter().map(|line| metrics.width(&line).map(|width| (line, self.pixels(width)))).collect()
    }
}

/// The text of a box, broken into lines.
pub(super) struct Written {
    lines: Vec<(String, Writing)>,
    pub(super) size: Size,
}

impl Written {
    pub(super) fn of_box(drawn: &ChartBox, metrics: &mut Metrics<'_>) -> Result<Self, FontError> {
        go_on();
        let mut lines = Vec::new();
        let mut size = Size { width: NARROWEST, height: 2 * PADDING.height };
        for (number, text) in drawn.text().into_iter().enumerate() {
            let writing = if number == 0 { NAME } else { DETAIL };
            for (line, width) in writing.broken(&text, metrics)? {
                size.width = size.width.max(width + 2 * PADDING.width);
                size.height += writing.line;
                lines.push((line, writing));
            }
        }
        Ok(Self { lines, size })
    }

    pub(super) fn item(&self, drawn: &ChartBox, rect: Rect) -> Item {
        let category = drawn.kind.map(OrganizationKind::category);
        let (fill, edge) = match drawn.mark {
            Some(mark) => (Ink::MarkFill(mark), Ink::MarkEdge(mark)),
            None => (Ink::Fill(category), Ink::Edge(category)),
        };
        let mut shapes = vec![Shape::Box { rect, fill, edge, dashed: drawn.id.is_none() }];
        let mut y = rect.y + PADDING.height;
        for (text, writing) in &self.lines {
            let at = Point { x: rect.x + PADDING.width, y: y + writing.base() };
            shapes.push(Shape::Text { at, size: writing.size, ink: writing.ink, text: text.clone() });
            y += writing.line;
        }
        let subject = drawn.id.clone().map(|id| Subject { id, text: drawn.text().join("，") });
        Item { extent: rect, subject, shapes }
    }
}
