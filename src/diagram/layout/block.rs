use super::skyline::Skyline;
use super::{Connector, Measures, Point, Rect, Size};

/// A part of the chart that is laid out: its left edge is at 0, and so is the upper edge of its first boxes.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) boxes: Vec<(usize, Rect)>,
    pub(super) connectors: Vec<Connector>,
    /// Where lines from above arrive, from left to right.
    pub(super) entries: Vec<i32>,
    pub(super) size: Size,
    left: Skyline,
    right: Skyline,
}

impl Block {
    /// One box.
    pub(super) fn of_box(position: usize, size: Size) -> Self {
        let rect = Rect { x: 0, y: 0, size };
        Self {
            boxes: vec![(position, rect)],
            connectors: Vec::new(),
            entries: vec![rect.centre_x()],
            size,
            left: Skyline::of(0, size.height, 0),
            right: Skyline::of(0, size.height, size.width),
        }
    }

    /// Boxes without anything below them, in columns; each column hangs from a trunk at its left.
    pub(super) fn of_columns(
        above: usize,
        boxes: &[(usize, Size)],
        rows: usize,
        measures: &Measures,
    ) -> Self {
        let mut block = Self::default();
        let mut left = 0;
        for column in boxes.chunks(rows.max(1)) {
            let width = column.iter().map(|(_, size)| size.width).max().unwrap_or_default();
            let mut y = 0;
            let mut paths = Vec::new();
            for (position, size) in column {
                let rect = Rect { x: left + measures.indent, y, size: Size { width, height: size.height } };
                let middle = rect.centre_y();
                paths.push(vec![Point { x: left, y: middle }, Point { x: rect.x, y: middle }]);
                block.boxes.push((*position, rect));
                y = rect.bottom() + measures.leaf_gap;
            }
            let end = paths.last().map_or(0, |path| path[0].y);
            paths.push(vec![Point { x: left, y: 0 }, Point { x: left, y: end }]);
            block.connectors.push(Connector { from: above, paths });
            block.entries.push(left);
            block.size.height = block.size.height.max(y - measures.leaf_gap);
            block.size.width = left + measures.indent + width;
            left = block.size.width + measures.sibling_gap;
        }
        block.left = Skyline::of(0, block.size.height, 0);
        block.right = Skyline::of(0, block.size.height, block.size.width);
        block
    }

    /// Blocks side by side, as closely as their outlines allow.
    pub(super) fn of_row(blocks: impl IntoIterator<Item = Self>, gap: i32) -> Self {
        let mut blocks = blocks.into_iter();
        let Some(mut row) = blocks.next() else { return Self::default() };
        for mut block in blocks {
            let clear = row.right.clearance(&block.left).map_or(0, |clearance| clearance + gap);
            // Lines from above must arrive in order.
            let ordered = match (row.entries.last(), block.entries.first()) {
                (Some(last), Some(first)) => last + gap - first,
                _ => 0,
            };
            block.shift(clear.max(ordered), 0);
            row.size.height = row.size.height.max(block.size.height);
            row.take(block);
        }
        row.normalize();
        row
    }

    /// A box above rows of blocks.
    ///
    /// One row hangs from a bus between the box and the row. Several rows have a bus each, and a trunk at their left
    /// joins these: so no line crosses another or a box.
    pub(super) fn under(position: usize, size: Size, rows: Vec<Self>, measures: &Measures) -> Self {
        let folded = rows.len() > 1;
        let margin = if folded { measures.indent } else { 0 };
        let mut block = Self::default();
        let mut buses = Vec::new();
        let mut y = size.height + measures.level_gap;
        for mut row in rows {
            row.shift(margin, y);
            buses.push((y - measures.level_gap / 2, y, row.entries.clone()));
            y += row.size.height + measures.level_gap;
            row.entries.clear();
            block.take_below(row);
        }
        let centre = match buses.as_slice() {
            [(_, _, entries)] => middle(entries),
            _ => block.boxes.iter().map(|(_, rect)| rect.right()).max().unwrap_or_default() / 2,
        };
        let rect = Rect { x: centre - size.width / 2, y: 0, size };
        let mut paths = Vec::new();
        let mut bus_ends = (rect.x, rect.right());
        for (number, (bus, top, entries)) in buses.iter().enumerate() {
            let from = if folded { 0 } else { entries[0] };
            let arrives = (number == 0).then_some(centre);
            let ends = entries.iter().copied().chain(arrives).chain([from]);
            let ends = ends.fold((i32::MAX, i32::MIN), |(least, most), x| (least.min(x), most.max(x)));
            if number == 0 {
                bus_ends = (ends.0.min(rect.x), ends.1.max(rect.right()));
                paths.push(vec![Point { x: centre, y: size.height }, Point { x: centre, y: *bus }]);
            } else {
                let mut reach = Skyline::of(top - measures.level_gap, *top, ends.1);
                reach.fill(&block.right);
                block.right = reach;
            }
            if ends.0 < ends.1 {
                paths.push(vec![Point { x: ends.0, y: *bus }, Point { x: ends.1, y: *bus }]);
            }
            paths.extend(entries.iter().map(|x| vec![Point { x: *x, y: *bus }, Point { x: *x, y: *top }]));
        }
        if let (Some((first, ..)), Some((last, ..)), true) = (buses.first(), buses.last(), folded) {
            paths.push(vec![Point { x: 0, y: *first }, Point { x: 0, y: *last }]);
            let mut trunk = Skyline::of(*first, *last, 0);
            trunk.fill(&block.left);
            block.left = trunk;
        }
        block.connectors.push(Connector { from: position, paths });
        block.boxes.push((position, rect));
        block.entries = vec![centre];
        block.size.height = y - measures.level_gap;
        let mut left = Skyline::of(0, size.height + measures.level_gap, bus_ends.0);
        left.fill(&block.left);
        block.left = left;
        let mut right = Skyline::of(0, size.height + measures.level_gap, bus_ends.1);
        right.fill(&block.right);
        block.right = right;
        block.normalize();
        block
    }

    /// Adds a block that stands to the right of all there is.
    fn take(&mut self, mut other: Self) {
        self.left.fill(&other.left);
        other.right.fill(&self.right);
        self.right = other.right;
        self.boxes.append(&mut other.boxes);
        self.connectors.append(&mut other.connectors);
        self.entries.append(&mut other.entries);
    }

    /// Adds a block that stands below all there is.
    fn take_below(&mut self, mut other: Self) {
        self.left.fill(&other.left);
        self.right.fill(&other.right);
        self.boxes.append(&mut other.boxes);
        self.connectors.append(&mut other.connectors);
    }

    pub(super) fn shift(&mut self, right: i32, down: i32) {
        for (_, rect) in &mut self.boxes {
            rect.x += right;
            rect.y += down;
        }
        for point in self.connectors.iter_mut().flat_map(|c| &mut c.paths).flatten() {
            point.x += right;
            point.y += down;
        }
        for entry in &mut self.entries {
            *entry += right;
        }
        self.left.shift(right, down);
        self.right.shift(right, down);
    }

    /// Puts the left edge at 0 and says how wide it is.
    fn normalize(&mut self) {
        let points = self.connectors.iter().flat_map(|c| &c.paths).flatten().map(|point| (point.x, point.x));
        let rects = self.boxes.iter().map(|(_, rect)| (rect.x, rect.right()));
        let (least, most) =
            points.chain(rects).fold((i32::MAX, i32::MIN), |(a, b), (x, y)| (a.min(x), b.max(y)));
        if least <= most {
            self.shift(-least, 0);
            self.size.width = most - least;
        }
    }
}

/// The middle between the first and the last.
fn middle(entries: &[i32]) -> i32 {
    match (entries.first(), entries.last()) {
        (Some(first), Some(last)) => i32::midpoint(*first, *last),
        _ => 0,
    }
}
