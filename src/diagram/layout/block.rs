use super::skyline::Skyline;
use super::{Connector, Measures, Point, Rect, Size};

/// So much stays free below a part also where what stands beside it spreads out further down.
const AIR: i32 = 14;

/// A part of the chart that is laid out: its left edge is at 0, and so is the upper edge of its first boxes.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) boxes: Vec<(usize, Rect)>,
    pub(super) connectors: Vec<Connector>,
    /// Where lines from above arrive, from left to right.
    pub(super) entries: Vec<i32>,
    /// Where a line from the left arrives: the middle of the left edge of its first box.
    hook: Point,
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
            hook: Point { x: 0, y: rect.centre_y() },
            size,
            left: Skyline::of(0, size.height + AIR, 0),
            right: Skyline::of(0, size.height + AIR, size.width),
        }
    }

    /// Blocks in columns, so many in each; a column hangs from a trunk at its left. Leaves are equally wide.
    pub(super) fn of_columns(
        above: usize,
        mut blocks: Vec<Self>,
        counts: &[usize],
        measures: &Measures,
    ) -> Self {
        Self::widen_leaves(&mut blocks);
        let mut blocks = blocks.into_iter();
        let mut all = Self::default();
        let mut left = 0;
        for count in counts {
            let column = Self::of_column(above, blocks.by_ref().take(*count).collect(), measures);
            let (width, height) = (column.size.width, column.size.height);
            all.take_right(column, left);
            left += width + measures.sibling_gap;
            all.size = Size { width: left - measures.sibling_gap, height: all.size.height.max(height) };
        }
        all.left = Skyline::of(0, all.size.height + AIR, 0);
        all.right = Skyline::of(0, all.size.height + AIR, all.size.width);
        all
    }

    fn widen_leaves(blocks: &mut [Self]) {
        let leaves = || blocks.iter().filter(|block| block.is_leaf());
        let width = leaves().map(|leaf| leaf.size.width).max().unwrap_or_default();
        for leaf in blocks.iter_mut().filter(|block| block.is_leaf()) {
            leaf.boxes[0].1.size.width = width;
            leaf.size.width = width;
        }
    }

    /// Blocks below each other, right of a trunk.
    fn of_column(above: usize, blocks: Vec<Self>, measures: &Measures) -> Self {
        let mut column = Self { entries: vec![0], ..Self::default() };
        let mut pieces = Vec::new();
        let mut y = 0;
        for mut block in blocks {
            let gap = measures.gap_below(block.is_leaf());
            block.shift(measures.indent, y);
            pieces.push([Point { x: 0, y: block.hook.y }, block.hook]);
            column.size.width = column.size.width.max(measures.indent + block.size.width);
            column.size.height = y + block.size.height;
            y = column.size.height + gap;
            column.boxes.append(&mut block.boxes);
            column.connectors.append(&mut block.connectors);
        }
        let end = pieces.last().map_or(0, |piece| piece[0].y);
        pieces.push([Point { x: 0, y: 0 }, Point { x: 0, y: end }]);
        column.connectors.push(Connector { from: above, pieces });
        column
    }

    /// A box above one column, whose trunk comes from its left end.
    pub(super) fn hung(position: usize, size: Size, mut blocks: Vec<Self>, measures: &Measures) -> Self {
        Self::widen_leaves(&mut blocks);
        let mut block = Self::of_column(position, blocks, measures);
        let top = size.height + measures.block_gap;
        block.shift(measures.indent, top);
        let trunk = [Point { x: measures.indent, y: size.height }, Point { x: measures.indent, y: top }];
        block.connectors.push(Connector { from: position, pieces: vec![trunk] });
        let rect = Rect { x: 0, y: 0, size };
        block.boxes.push((position, rect));
        block.entries = vec![rect.centre_x()];
        block.hook = Point { x: 0, y: rect.centre_y() };
        block.size.width = size.width.max(measures.indent + block.size.width);
        block.size.height += top;
        block.left = Skyline::of(0, block.size.height + AIR, 0);
        block.right = Skyline::of(0, block.size.height + AIR, block.size.width);
        block
    }

    /// Whether it is one box and nothing else.
    pub(super) fn is_leaf(&self) -> bool {
        self.boxes.len() == 1
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
    /// joins these: so no line crosses another or a box. `start` says where a further row of some height begins that could begin
    /// somewhere.
    pub(super) fn under(
        position: usize,
        size: Size,
        rows: Vec<Self>,
        measures: &Measures,
        start: impl Fn(i32, i32) -> i32,
    ) -> Self {
        let folded = rows.len() > 1;
        let margin = if folded { measures.indent } else { 0 };
        let mut block = Self::default();
        let mut buses = Vec::new();
        let mut y = size.height + measures.level_gap;
        for mut row in rows {
            if !buses.is_empty() {
                y = start(y, row.size.height);
            }
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
        let mut pieces = Vec::new();
        let mut bus_ends = (rect.x, rect.right());
        for (number, (bus, top, entries)) in buses.iter().enumerate() {
            let from = if folded { 0 } else { entries[0] };
            let arrives = (number == 0).then_some(centre);
            let ends = entries.iter().copied().chain(arrives).chain([from]);
            let ends = ends.fold((i32::MAX, i32::MIN), |(least, most), x| (least.min(x), most.max(x)));
            if number == 0 {
                bus_ends = (ends.0.min(rect.x), ends.1.max(rect.right()));
                pieces.push([Point { x: centre, y: size.height }, Point { x: centre, y: *bus }]);
            } else {
                let mut reach = Skyline::of(top - measures.level_gap, *top, ends.1);
                reach.fill(&block.right);
                block.right = reach;
            }
            if ends.0 < ends.1 {
                pieces.push([Point { x: ends.0, y: *bus }, Point { x: ends.1, y: *bus }]);
            }
            pieces.extend(entries.iter().map(|x| [Point { x: *x, y: *bus }, Point { x: *x, y: *top }]));
        }
        if let (Some((first, ..)), Some((last, ..)), true) = (buses.first(), buses.last(), folded) {
            pieces.push([Point { x: 0, y: *first }, Point { x: 0, y: *last }]);
            let mut trunk = Skyline::of(*first, *last, 0);
            trunk.fill(&block.left);
            block.left = trunk;
        }
        block.connectors.push(Connector { from: position, pieces });
        block.boxes.push((position, rect));
        block.entries = vec![centre];
        block.hook = Point { x: rect.x, y: rect.centre_y() };
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

    /// Adds a block so far to the right, outlines apart.
    fn take_right(&mut self, mut other: Self, right: i32) {
        other.shift(right, 0);
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
        for point in self.connectors.iter_mut().flat_map(|c| &mut c.pieces).flatten() {
            point.x += right;
            point.y += down;
        }
        for entry in &mut self.entries {
            *entry += right;
        }
        self.hook = Point { x: self.hook.x + right, y: self.hook.y + down };
        self.left.shift(right, down);
        self.right.shift(right, down);
    }

    /// Puts the left edge at 0 and says how wide it is.
    fn normalize(&mut self) {
        let points = self.connectors.iter().flat_map(|c| &c.pieces).flatten().map(|point| (point.x, point.x));
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
