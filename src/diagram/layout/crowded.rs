use super::block::Block;
use super::tree::Tree;

/// A family of so many boxes hangs in one column.
const SMALL: usize = 12;
/// How high columns are below the boxes of the first level, where no sheet says; as in a newspaper, blocks that stand
/// beside each other have columns of one height, and are as wide as that demands.
const HEIGHT: i32 = 900;
/// What a sheet has to hold besides such a column: the box above it and what is between the rows.
const BESIDES: i32 = 140;
/// Less deep columns are not worth their heads.
const LOWEST: i32 = 240;
/// A row that is wider is folded also where it is not the first.
const WIDEST: i32 = 9_000;

impl Tree<'_> {
    /// A part of a chart of very many boxes: small families hang in columns, and these make blocks of one height.
    pub(super) fn crowded(&self, position: usize, level: i32) -> Block {
        let size = self.sizes[position];
        let below: Vec<Block> =
            self.children[position].iter().map(|child| self.crowded(*child, level + 1)).collect();
        if below.is_empty() {
            return Block::of_box(position, size);
        }
        let boxes: usize = below.iter().map(|block| block.boxes.len()).sum();
        if level > 0 && boxes < SMALL {
            return Block::hung(position, size, below, self.measures);
        }
        let (small, mut blocks): (Vec<_>, Vec<_>) =
            below.into_iter().partition(|block| block.boxes.len() <= SMALL);
        if !small.is_empty() {
            let fewest = self.filled(&small, self.column_height(level, size.height)).len();
            let counts = self.even_columns(&small, fewest);
            if counts.len() == 1 && blocks.is_empty() {
                return Block::hung(position, size, small, self.measures);
            }
            blocks.push(Block::of_columns(position, small, &counts, self.measures));
        }
        let width: i32 = blocks.iter().map(|block| block.size.width).sum();
        let rows = match level == 0 || width > WIDEST {
            true => self.folded(position, blocks),
            false => vec![blocks],
        };
        let rows = rows.into_iter().map(|row| Block::of_row(row, self.measures.sibling_gap));
        self.under(position, rows.collect())
    }

    /// How high a column is below a box of a level, so that it ends where those beside it do.
    fn column_height(&self, level: i32, box_height: i32) -> i32 {
        let all = self.grid.map_or(HEIGHT, |grid| grid.sheet.height - BESIDES);
        (all - (level - 1).max(0) * (box_height + self.measures.level_gap)).max(LOWEST)
    }
}
