//! Sheets of paper that hang side by side: no box is cut where two of them meet.
//!
//! What would be cut moves on to the next sheet, and what stands behind it makes room, as one-dimensional compaction
//! does in the layout of circuits: first from left to right, then, with everything turned, downwards. Whatever stood
//! left of something at the same height stands left of it afterwards, so that nothing comes to overlap or to cross.

mod frontier;
mod groups;
mod push;

use super::{Flow, Layout, Point, Size};

/// How a layout lies on sheets of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// How much of the chart a sheet shows, in pixels.
    pub sheet: Size,
    /// Where on the sheets the upper left corner of the layout is.
    pub origin: Point,
}

/// What is kept free beside the edge of a sheet, in pixels.
const INSET: i32 = 5;
/// The same on the side where a box hangs from a line, which so stays on the sheet of its box.
const LINE_INSET: i32 = 18;

impl Grid {
    /// How many sheets a layout of some size takes, from left to right and from top to bottom.
    pub fn count(&self, size: Size) -> (i32, i32) {
        let of = |from: i32, length: i32, sheet: i32| (from + length + INSET - 1).max(0) / sheet.max(1) + 1;
        (of(self.origin.x, size.width, self.sheet.width), of(self.origin.y, size.height, self.sheet.height))
    }

    /// Where a row begins that could begin at a place, in the direction in which a chart grows: on the next sheet, where little is
    /// left of one and the row is not cut so often then.
    pub(super) fn row_start(&self, flow: Flow, from: i32, height: i32) -> i32 {
        let (origin, sheet) = match flow {
            Flow::TopDown => (self.origin.y, self.sheet.height.max(1)),
            Flow::LeftRight => (self.origin.x, self.sheet.width.max(1)),
        };
        let used = (origin + from - LINE_INSET).rem_euclid(sheet);
        let needed = LINE_INSET + height + INSET;
        let sheets = |length: i32| (length + sheet - 1) / sheet;
        let left = sheet - used;
        // A sheet on which nothing stands is not printed.
        let costs_little = left <= sheet / 4 || needed >= sheet - sheet / 4;
        if costs_little && sheets(needed) < sheets(used + needed) { from + left } else { from }
    }

    /// Moves what would be cut.
    pub(super) fn place(&self, layout: Layout) -> Layout {
        let across = push::push(layout, self.sheet.width, self.origin.x);
        push::push(across.transposed(), self.sheet.height, self.origin.y).transposed()
    }
}
