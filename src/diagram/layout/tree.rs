use super::block::Block;
use super::{Flow, Grid, Layout, Measures, Size};
use crate::work::go_on;

/// Lays out a tree by its children; position 0 is the root. On sheets it takes the shape that needs the fewest.
pub(super) fn tree(
    children: &[Vec<usize>],
    sizes: &[Size],
    flow: Flow,
    measures: &Measures,
    grid: Option<&Grid>,
) -> Layout {
    let across: Vec<Size> = match flow {
        Flow::TopDown => sizes.to_vec(),
        Flow::LeftRight => sizes.iter().map(|size| size.transposed()).collect(),
    };
    let tree = Tree { children, sizes: &across, flow, measures, grid };
    let crowded = flow == Flow::TopDown && sizes.len() >= CROWDED;
    let block = if crowded { tree.crowded(0, 0) } else { tree.block(0) };
    let layout = Layout::of(block, sizes.len());
    match flow {
        Flow::TopDown => layout,
        Flow::LeftRight => layout.transposed(),
    }
}

/// How much it counts that a shape is unlike a sheet of paper, beside its area.
const SHAPE: f64 = 0.5;

/// The same of all sheets together: a wall has room for few more rows than columns.
const HANGING: f64 = 0.15;

/// A chart of so many boxes is laid out as closely as it can be read.
const CROWDED: usize = 300;

pub(super) struct Tree<'a> {
    pub(super) children: &'a [Vec<usize>],
    pub(super) sizes: &'a [Size],
    flow: Flow,
    pub(super) measures: &'a Measures,
    pub(super) grid: Option<&'a Grid>,
}

impl Tree<'_> {
    fn block(&self, position: usize) -> Block {
        go_on();
        let (children, size) = (&self.children[position], self.sizes[position]);
        let below: Vec<Block> = children.iter().map(|child| self.block(*child)).collect();
        if below.is_empty() {
            return Block::of_box(position, size);
        }
        let cost = |block: &Block| self.cost(position, block.size);
        let columns = self.in_columns(position, &below);
        let rows = || {
            let rows = self.folded(position, self.runs(position, &below));
            let rows = rows.into_iter().map(|row| Block::of_row(row, self.measures.sibling_gap));
            self.under(position, rows.collect())
        };
        match columns {
            // Nothing but leaves: there are no levels to show.
            Some(columns) if below.iter().all(Block::is_leaf) => columns,
            Some(columns) => {
                let rows = rows();
                if cost(&columns) < cost(&rows) * self.measures.columns_worth { columns } else { rows }
            }
            None => rows(),
        }
    }

    /// Runs of leaves together, in columns; the rest as it is.
    fn runs(&self, position: usize, below: &[Block]) -> Vec<Block> {
        let mut blocks = Vec::new();
        for run in below.chunk_by(|one, other| one.is_leaf() && other.is_leaf()) {
            if run[0].is_leaf() && self.stacks(run) {
                let counts = self.best_columns(run);
                blocks.push(Block::of_columns(position, run.to_vec(), &counts, self.measures));
            } else {
                blocks.extend(run.iter().cloned());
            }
        }
        blocks
    }

    /// Whether blocks may stand in columns: from left to right, rows are columns already.
    fn stacks(&self, blocks: &[Block]) -> bool {
        self.flow == Flow::TopDown && blocks.len() >= self.measures.stacked_from
    }

    /// A box above all that hangs from it in columns.
    fn in_columns(&self, position: usize, below: &[Block]) -> Option<Block> {
        if !self.stacks(below) {
            return None;
        }
        let (size, counts) = (self.sizes[position], self.best_columns(below));
        Some(match counts.as_slice() {
            [_] => Block::hung(position, size, below.to_vec(), self.measures),
            counts => {
                let columns = Block::of_columns(position, below.to_vec(), counts, self.measures);
                self.under(position, vec![columns])
            }
        })
    }

    /// A box above rows, which begin on sheets of their own where the whole chart hangs from it and that costs little.
    pub(super) fn under(&self, position: usize, rows: Vec<Block>) -> Block {
        let grid = self.grid.filter(|_| position == 0);
        let start = |from, height| grid.map_or(from, |grid| grid.row_start(self.flow, from, height));
        Block::under(position, self.sizes[position], rows, self.measures, start)
    }

    /// How many blocks each column has, so that all together take little room in a good shape.
    fn best_columns(&self, blocks: &[Block]) -> Vec<usize> {
        let all = counts_up_to(blocks.len()).map(|columns| {
            let counts = self.even_columns(blocks, columns);
            let size = self.extent_of_columns(blocks, &counts);
            (self.cost_of(size), counts)
        });
        let best = all.min_by(|(one, _), (other, _)| one.total_cmp(other));
        best.map_or_else(Vec::new, |(_, counts)| counts)
    }

    /// How many blocks each of so many columns has, if the highest of them is as low as can be.
    pub(super) fn even_columns(&self, blocks: &[Block], columns: usize) -> Vec<usize> {
        let (mut low, mut high) = (0, blocks.iter().map(|block| self.height_in_column(block)).sum());
        while low < high {
            let middle = i32::midpoint(low, high);
            if self.filled(blocks, middle).len() <= columns { high = middle } else { low = middle + 1 }
        }
        self.filled(blocks, high)
    }

    /// How many blocks each column has if none is higher than `most`, unless one block is.
    pub(super) fn filled(&self, blocks: &[Block], most: i32) -> Vec<usize> {
        let mut counts = Vec::new();
        let (mut count, mut used) = (0, 0);
        for block in blocks {
            let height = self.height_in_column(block);
            if count > 0 && used + height > most {
                counts.push(count);
                (count, used) = (0, 0);
            }
            count += 1;
            used += height;
        }
        counts.push(count);
        counts
    }

    fn height_in_column(&self, block: &Block) -> i32 {
        block.size.height + self.measures.gap_below(block.is_leaf())
    }

    fn extent_of_columns(&self, blocks: &[Block], counts: &[usize]) -> Size {
        let mut size = Size::default();
        let mut rest = blocks;
        for count in counts {
            let (column, others) = rest.split_at(*count);
            rest = others;
            let widest = column.iter().map(|block| block.size.width).max().unwrap_or_default();
            size.width += widest + self.measures.indent + self.measures.sibling_gap;
            size.height = size.height.max(column.iter().map(|block| self.height_in_column(block)).sum());
        }
        size
    }

    /// Blocks in rows: one, or as many as bring a wide row near the wanted shape.
    pub(super) fn folded(&self, position: usize, blocks: Vec<Block>) -> Vec<Vec<Block>> {
        let gap = self.measures.sibling_gap;
        let total: i32 = blocks.iter().map(|block| block.size.width + gap).sum();
        if total <= self.measures.folded_from || blocks.len() < 2 {
            return vec![blocks];
        }
        let best = counts_up_to(blocks.len())
            .map(|count| even_width(&blocks, count, gap, total))
            .map(|width| {
                let rows = broken(&blocks, width, gap);
                let mut size = extent(&blocks, &rows, gap, self.measures.level_gap);
                size.height += self.sizes[position].height;
                (self.cost(position, size), rows)
            })
            .min_by(|(one, _), (other, _)| one.total_cmp(other));
        let rows = best.map_or_else(Vec::new, |(_, rows)| rows);
        let mut blocks = blocks.into_iter();
        rows.into_iter().map(|count| blocks.by_ref().take(count).collect()).collect()
    }

    /// What a block below a box costs: for all of a chart on sheets, their number first.
    fn cost(&self, position: usize, size: Size) -> f64 {
        let cost = self.cost_of(size);
        let Some(grid) = self.grid.filter(|_| position == 0) else { return cost };
        let (columns, rows) = grid.count(match self.flow {
            Flow::TopDown => size,
            Flow::LeftRight => size.transposed(),
        });
        // Sheets are what it costs; among as many, a shape that hangs well.
        let sheets = f64::from(columns) * f64::from(rows);
        let (width, height) = (columns * grid.sheet.width, rows * grid.sheet.height);
        sheets * (1.0 + HANGING * misfit(width, height)) + cost / 1e12
    }

    /// What a shape costs: its area, and more the less it is like a sheet of paper in landscape.
    fn cost_of(&self, size: Size) -> f64 {
        let (width, height) = match self.flow {
            Flow::TopDown => (size.width, size.height),
            Flow::LeftRight => (size.height, size.width),
        };
        f64::from(width) * f64::from(height) * (1.0 + SHAPE * misfit(width, height))
    }
}

/// How far a shape is from a sheet of paper in landscape.
fn misfit(width: i32, height: i32) -> f64 {
    (f64::from(width.max(1)) / f64::from(height.max(1)) / std::f64::consts::SQRT_2).ln().abs()
}

/// How many rows or columns are tried: every number up to 16, then each an eighth more, so that a wide row takes no
/// square of its time.
fn counts_up_to(most: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(1), |count| Some(count + 1.max(count / 8)))
        .take_while(move |count| *count <= most)
}

/// The least width at which blocks take no more than so many rows.
fn even_width(blocks: &[Block], rows: usize, gap: i32, total: i32) -> i32 {
    let (mut low, mut high) = (total / i32::try_from(rows).unwrap_or(i32::MAX), total);
    while low < high {
        let middle = i32::midpoint(low, high);
        if broken(blocks, middle, gap).len() <= rows { high = middle } else { low = middle + 1 }
    }
    high
}

/// How many blocks each row takes if none is wider than `width`, unless one block is.
fn broken(blocks: &[Block], width: i32, gap: i32) -> Vec<usize> {
    let mut rows = Vec::new();
    let (mut count, mut used) = (0, 0);
    for block in blocks {
        if count > 0 && used + block.size.width > width {
            rows.push(count);
            (count, used) = (0, 0);
        }
        count += 1;
        used += block.size.width + gap;
    }
    rows.push(count);
    rows
}

fn extent(blocks: &[Block], rows: &[usize], gap: i32, level_gap: i32) -> Size {
    let mut size = Size::default();
    let mut start = 0;
    for count in rows {
        let row = &blocks[start..start + count];
        start += count;
        size.width = size.width.max(row.iter().map(|block| block.size.width + gap).sum());
        size.height += row.iter().map(|block| block.size.height).max().unwrap_or_default() + level_gap;
    }
    size
}
