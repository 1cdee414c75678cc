use super::block::Block;
use super::{Flow, Layout, Measures, Size};
use crate::work::go_on;

/// Lays out a tree by its children; position 0 is the root.
pub(super) fn tree(children: &[Vec<usize>], sizes: &[Size], flow: Flow, measures: &Measures) -> Layout {
    let across: Vec<Size> = match flow {
        Flow::TopDown => sizes.to_vec(),
        Flow::LeftRight => sizes.iter().map(|size| size.transposed()).collect(),
    };
    let tree = Tree { children, sizes: &across, flow, measures };
    let block = tree.block(0);
    let layout = Layout::of(block, sizes.len());
    match flow {
        Flow::TopDown => layout,
        Flow::LeftRight => layout.transposed(),
    }
}

struct Tree<'a> {
    children: &'a [Vec<usize>],
    sizes: &'a [Size],
    flow: Flow,
    measures: &'a Measures,
}

impl Tree<'_> {
    fn block(&self, position: usize) -> Block {
        go_on();
        let children = &self.children[position];
        if children.is_empty() {
            return Block::of_box(position, self.sizes[position]);
        }
        let rows = self.folded(self.blocks_of(position, children));
        let rows = rows.into_iter().map(|row| Block::of_row(row, self.measures.sibling_gap));
        Block::under(position, self.sizes[position], rows.collect(), self.measures)
    }

    /// The blocks below a box: runs of leaves together, in columns; the rest one each.
    fn blocks_of(&self, position: usize, children: &[usize]) -> Vec<Block> {
        let mut blocks = Vec::new();
        let is_leaf = |child: &usize| self.children[*child].is_empty();
        for run in children.chunk_by(|one, other| is_leaf(one) && is_leaf(other)) {
            let leaves = self.flow == Flow::TopDown && run.len() >= self.measures.stacked_from;
            if leaves && is_leaf(&run[0]) {
                let boxes: Vec<_> = run.iter().map(|child| (*child, self.sizes[*child])).collect();
                let rows = self.rows_of_columns(&boxes);
                blocks.push(Block::of_columns(position, &boxes, rows, self.measures));
            } else {
                blocks.extend(run.iter().map(|child| self.block(*child)));
            }
        }
        blocks
    }

    /// How many leaves a column has, so that the columns together come near the wanted shape.
    fn rows_of_columns(&self, boxes: &[(usize, Size)]) -> usize {
        let widest = boxes.iter().map(|(_, size)| size.width).max().unwrap_or_default();
        let height: i32 = boxes.iter().map(|(_, size)| size.height + self.measures.leaf_gap).sum();
        let width = widest + self.measures.indent + self.measures.sibling_gap;
        let shape = |columns: &usize| {
            let count = i32::try_from(*columns).unwrap_or(i32::MAX);
            self.misfit(width * count, height / count)
        };
        let columns = (1..=boxes.len()).min_by(|one, other| shape(one).total_cmp(&shape(other))).unwrap_or(1);
        boxes.len().div_ceil(columns)
    }

    /// Blocks in rows: one, or as many as bring a wide row near the wanted shape.
    fn folded(&self, blocks: Vec<Block>) -> Vec<Vec<Block>> {
        let gap = self.measures.sibling_gap;
        let total: i32 = blocks.iter().map(|block| block.size.width + gap).sum();
        if total <= self.measures.folded_from || blocks.len() < 2 {
            return vec![blocks];
        }
        let widest = blocks.iter().map(|block| block.size.width + gap).max().unwrap_or_default();
        let best = (1..=blocks.len())
            .map(|count| (total / i32::try_from(count).unwrap_or(i32::MAX) + 1).max(widest))
            .map(|width| {
                let rows = broken(&blocks, width, gap);
                let size = extent(&blocks, &rows, gap, self.measures.level_gap);
                (self.misfit(size.width, size.height), rows)
            })
            .min_by(|(one, _), (other, _)| one.total_cmp(other));
        let rows = best.map_or_else(Vec::new, |(_, rows)| rows);
        let mut blocks = blocks.into_iter();
        rows.into_iter().map(|count| blocks.by_ref().take(count).collect()).collect()
    }

    /// How far a shape is from the wanted one, which is a sheet of paper in landscape.
    fn misfit(&self, width: i32, height: i32) -> f64 {
        let (width, height) = match self.flow {
            Flow::TopDown => (width, height),
            Flow::LeftRight => (height, width),
        };
        (f64::from(width.max(1)) / f64::from(height.max(1)) / std::f64::consts::SQRT_2).ln().abs()
    }
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
