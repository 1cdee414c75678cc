use strum::IntoEnumIterator;

use super::written::Writing;
use super::{MARGIN, around};
use crate::diagram::chart::SYNTHETIC_MARK;
use crate::diagram::font::{FontError, Metrics};
use crate::diagram::layout::{Point, Rect, Size};
use crate::diagram::sketch::{Item, Shape};
use crate::diagram::theme::Ink;
use crate::diagram::{Chart, Mark};
use crate::model::{EnumLabels, OrganizationCategory};

const TITLE: Writing = Writing { size: 22, line: 32, widest: 40.0, ink: Ink::Text };
const NOTE: Writing = Writing { size: 11, line: 18, widest: 60.0, ink: Ink::Muted };

/// Between two entries of the legend.
const LEGEND_GAP: i32 = 22;
/// Between the heading and the chart.
const BELOW: i32 = 18;

/// What stands above a chart: title, day and source, and what its colours and lines mean.
pub(super) struct Heading<'a, 'f> {
    metrics: &'a mut Metrics<'f>,
    items: Vec<Item>,
    /// Where the next thing goes.
    at: Point,
    /// No entry of the legend reaches further, unless it is alone.
    most: i32,
}

/// A heading that is written.
pub(super) struct Head {
    pub(super) items: Vec<Item>,
    /// How far it reaches; the chart begins below.
    pub(super) extent: Size,
}

impl<'a, 'f> Heading<'a, 'f> {
    /// Writes the heading of a chart, to the right no further than `most` where it can be broken.
    pub(super) fn write(chart: &Chart, metrics: &'a mut Metrics<'f>, most: i32) -> Result<Head, FontError> {
        let mut heading = Heading { metrics, items: Vec::new(), at: Point { x: MARGIN, y: MARGIN }, most };
        heading.lines(&chart.title, TITLE)?;
        heading.lines(&notes(chart), NOTE)?;
        heading.legend(chart)?;
        let right = heading.items.iter().map(|item| item.extent.right()).max().unwrap_or_default();
        Ok(Head { items: heading.items, extent: Size { width: right, height: heading.at.y + BELOW } })
    }

    fn lines(&mut self, text: &str, writing: Writing) -> Result<(), FontError> {
        // As wide as there is room for.
        let room = (self.most - MARGIN) as f32 / f32::from(writing.size);
        let writing = Writing { widest: room.clamp(10.0, writing.widest), ..writing };
        for (line, width) in writing.broken(text, self.metrics)? {
            self.text(line, width, writing);
            self.at.y += writing.line;
        }
        Ok(())
    }

    fn text(&mut self, text: String, width: i32, writing: Writing) {
        let at = Point { x: self.at.x, y: self.at.y + writing.base() };
        let extent = Rect { x: self.at.x, y: self.at.y, size: Size { width, height: writing.line } };
        let shape = Shape::Text { at, size: writing.size, ink: writing.ink, text };
        self.items.push(Item { extent, subject: None, shapes: vec![shape] });
    }

    fn legend(&mut self, chart: &Chart) -> Result<(), FontError> {
        self.at.y += 4;
        for category in OrganizationCategory::iter() {
            let shown = |kind: crate::model::OrganizationKind| kind.category() == category;
            if chart.boxes.iter().any(|b| b.mark.is_none() && b.kind.is_some_and(shown)) {
                self.swatch(
                    Ink::Fill(Some(category)),
                    Ink::Edge(Some(category)),
                    category_label(category).to_owned(),
                )?;
            }
        }
        for mark in Mark::iter().filter(|mark| chart.boxes.iter().any(|b| b.mark == Some(*mark))) {
            let text = format!("{} {}", mark.sign(), mark.label());
            self.swatch(Ink::MarkFill(mark), Ink::MarkEdge(mark), text)?;
        }
        if chart.lines.iter().any(|line| line.second) {
            self.entry(30, chart.second.to_owned(), |at| {
                let y = at.y + NOTE.line / 2;
                let points = [0, 30].map(|along| Point { x: at.x + along, y }).to_vec();
                (around(&points), Shape::Line { points, ink: Ink::Second, dotted: true })
            })?;
        }
        if self.at.x > MARGIN {
            self.at = Point { x: MARGIN, y: self.at.y + NOTE.line };
        }
        match &chart.coverage {
            Some(indicator) => self.lines(indicator, NOTE),
            None => Ok(()),
        }
    }

    fn swatch(&mut self, fill: Ink, edge: Ink, text: String) -> Result<(), FontError> {
        self.entry(18, text, |at| {
            let rect = Rect { x: at.x, y: at.y + 3, size: Size { width: 18, height: 12 } };
            (rect, Shape::Box { rect, fill, edge, dashed: false })
        })
    }

    /// One entry: a sign so wide, and what it means; on the next line where this one has no room for it.
    fn entry(
        &mut self,
        sign: i32,
        text: String,
        draw: impl FnOnce(Point) -> (Rect, Shape),
    ) -> Result<(), FontError> {
        let width = NOTE.pixels(self.metrics.width(&text)?);
        if self.at.x > MARGIN && self.at.x + sign + 6 + width > self.most {
            self.at = Point { x: MARGIN, y: self.at.y + NOTE.line };
        }
        let (extent, shape) = draw(self.at);
        self.items.push(Item { extent, subject: None, shapes: vec![shape] });
        self.at.x += sign + 6;
        self.text(text, width, NOTE);
        self.at.x += width + LEGEND_GAP;
        Ok(())
    }
}

/// What stands below the title: the day, where the data is from, and that some was generated.
pub(super) fn notes(chart: &Chart) -> String {
    let mut notes = vec![format!("截至 {}", chart.date), "数据来源：Orgatlas".to_owned()];
    if chart.synthetic {
        notes.push(SYNTHETIC_MARK.to_owned());
    }
    notes.extend(chart.notes.iter().cloned());
    notes.join(" · ")
}

fn category_label(category: OrganizationCategory) -> &'static str {
    let labels = EnumLabels::of("OrganizationCategory");
    labels.and_then(|labels| labels.simplified(category.into())).unwrap_or(category.into())
}
