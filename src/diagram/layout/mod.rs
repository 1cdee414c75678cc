//! Where boxes and lines go.
//!
//! A tree is laid out tidily (Reingold and Tilford 1981, for boxes of different sizes as van der Ploeg 2014), with
//! leaves in columns and rows that are too wide folded; anything else in layers by its distance from the root, each
//! layer ordered by the barycentre heuristic (Sugiyama, Tagawa and Toda 1981).

mod block;
mod crowded;
mod geometry;
mod join;
mod layered;
mod routes;
mod sheets;
mod skyline;
#[cfg(test)]
mod tests;
mod tree;

use block::Block;
pub use geometry::{Point, Rect, Size};
pub use routes::Route;
pub use sheets::Grid;

use super::{Arrangement, Chart};

/// Which way a chart grows from its root.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Flow {
    /// The root at the top.
    #[default]
    TopDown,
    /// The root at the left.
    LeftRight,
}

/// Lines that come from one box of a tree: straight pieces that together lead to each box below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    /// The box that they come from.
    pub from: usize,
    /// The pieces, each upright or level.
    pub pieces: Vec<[Point; 2]>,
}

/// Where everything of a chart goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The boxes, in the order of the chart.
    pub boxes: Vec<Rect>,
    /// The lines of the tree; a chart that is no tree has none, its lines are curves from box to box.
    pub connectors: Vec<Connector>,
    /// In the order of the lines: the ways of second lines of a tree, or where lines of a chart that is none pass through
    /// layers.
    pub routes: Vec<Route>,
    /// How much room it takes, from 0, 0.
    pub size: Size,
}

/// Distances of a layout, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measures {
    /// Between a box and the boxes below it.
    level_gap: i32,
    /// Between neighbours.
    sibling_gap: i32,
    /// Between leaves of a column.
    leaf_gap: i32,
    /// Between others of a column.
    block_gap: i32,
    /// Between a trunk and what hangs from it.
    indent: i32,
    /// So many leaves in a row stand in columns.
    stacked_from: usize,
    /// A row that is wider is folded.
    folded_from: i32,
    /// Columns stand for rows, which show levels better, where they cost less than this part of them.
    columns_worth: f64,
}

const MEASURES: Measures = Measures {
    level_gap: 28,
    sibling_gap: 16,
    leaf_gap: 8,
    block_gap: 14,
    indent: 14,
    stacked_from: 3,
    folded_from: 1400,
    columns_worth: 0.8,
};

impl Measures {
    /// Below a leaf of a column, or something else in it.
    fn gap_below(&self, leaf: bool) -> i32 {
        if leaf { self.leaf_gap } else { self.block_gap }
    }
}

/// Lays out a chart whose boxes are so large; on sheets, no box is cut where two of them meet.
pub(super) fn arrange(chart: &Chart, sizes: &[Size], flow: Flow, grid: Option<&Grid>) -> Layout {
    if sizes.is_empty() {
        return Layout::default();
    }
    let on_sheets = |layout: Layout| match grid {
        Some(grid) => grid.place(layout),
        None => layout,
    };
    match chart.arrangement {
        Arrangement::Tree => {
            let mut layout = on_sheets(tree::tree(&children(chart), sizes, flow, &MEASURES, grid));
            layout.routes = routes::routes(chart, &layout);
            layout
        }
        Arrangement::Layered => {
            let (layout, passing) = layered::layered(chart, sizes, flow);
            let mut layout = on_sheets(layout);
            layered::pass(&mut layout, sizes.len(), passing, flow);
            layout
        }
    }
}

fn children(chart: &Chart) -> Vec<Vec<usize>> {
    let mut children = vec![Vec::new(); chart.boxes.len()];
    for line in chart.lines.iter().filter(|line| !line.second) {
        children[line.from].push(line.to);
    }
    children
}

impl Layout {
    fn of(block: Block, count: usize) -> Self {
        let mut boxes = vec![Rect::default(); count];
        for (position, rect) in block.boxes {
            boxes[position] = rect;
        }
        Self { boxes, connectors: join::joined(block.connectors), size: block.size, ..Self::default() }
    }

    fn transposed(mut self) -> Self {
        for rect in &mut self.boxes {
            *rect = rect.transposed();
        }
        for point in self.connectors.iter_mut().flat_map(|c| &mut c.pieces).flatten() {
            *point = point.transposed();
        }
        self.size = self.size.transposed();
        self
    }
}
