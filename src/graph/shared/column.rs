use std::ops::{Index, Range};
use std::sync::Arc;

/// How many rows a chunk holds: few enough that copying one is cheap, and enough that the list of chunks is. A chunk has two
/// counters before its rows; with four rows less than a power of two both fit where an allocator has room for that.
const CHUNK: usize = 4092;

/// How many rows the first piece of a chunk holds; it doubles until the chunk is whole.
const LEAST: usize = 64;

/// Values by row, of which all that were never written are the same.
#[derive(Clone)]
pub(in crate::graph) struct Column<T> {
    chunks: Arc<Vec<Arc<[T]>>>,
    empty: T,
}

impl<T: Clone + PartialEq> Column<T> {
    /// A column that holds one value in every row.
    pub(in crate::graph) fn of(empty: T) -> Self {
        Self { chunks: Arc::default(), empty }
    }

    /// A column whose first rows hold some values, and all others one.
    pub(in crate::graph) fn filled(empty: T, values: &[T]) -> Self {
        let chunks = values.chunks(CHUNK).map(|rows| written(rows, &empty).into());
        Self { chunks: Arc::new(chunks.collect()), empty }
    }

    /// Writes a row.
    pub(in crate::graph) fn set(&mut self, row: usize, value: T) {
        if self[row] != value {
            *self.row_mut(row) = value;
        }
    }

    /// A row, to be written.
    pub(in crate::graph) fn row_mut(&mut self, row: usize) -> &mut T {
        let (number, at) = (row / CHUNK, row % CHUNK);
        let chunks = Arc::make_mut(&mut self.chunks);
        if number >= chunks.len() {
            chunks.resize_with(number + 1, Arc::default);
        }
        let chunk = &mut chunks[number];
        if at >= chunk.len() {
            let length = (at + 1).next_power_of_two().clamp(LEAST, CHUNK);
            let rest = std::iter::repeat_n(&self.empty, length - chunk.len());
            *chunk = chunk.iter().chain(rest).cloned().collect();
        }
        &mut Arc::make_mut(chunk)[at]
    }
}

/// A column that is written from its first row on, and takes no more room than its rows.
pub(in crate::graph) struct ColumnFiller<T> {
    chunks: Vec<Arc<[T]>>,
    rows: Vec<T>,
    empty: T,
}

/// The rows up to the last one that holds anything but one value: only these take room.
fn written<'r, T: PartialEq>(rows: &'r [T], empty: &T) -> &'r [T] {
    let count = rows.iter().rposition(|value| value != empty).map_or(0, |last| last + 1);
    &rows[..count]
}

impl<T: Clone + PartialEq> ColumnFiller<T> {
    /// A column of no rows yet; all beyond those that are written hold one value.
    pub(in crate::graph) fn of(empty: T) -> Self {
        Self { chunks: Vec::new(), rows: Vec::with_capacity(CHUNK), empty }
    }

    /// Writes the next row.
    pub(in crate::graph) fn push(&mut self, value: T) {
        self.rows.push(value);
        if self.rows.len() == CHUNK {
            self.end_chunk();
        }
    }

    fn end_chunk(&mut self) {
        self.chunks.push(written(&self.rows, &self.empty).into());
        self.rows.clear();
    }

    /// The column.
    pub(in crate::graph) fn finish(mut self) -> Column<T> {
        if !self.rows.is_empty() {
            self.end_chunk();
        }
        Column { chunks: Arc::new(self.chunks), empty: self.empty }
    }
}

impl<T: PartialEq> PartialEq for Column<T> {
    /// Whether every row says the same.
    fn eq(&self, other: &Self) -> bool {
        fn written<T: PartialEq>(column: &Column<T>) -> impl Iterator<Item = (usize, &T)> {
            column.iter().filter(|(_, value)| **value != column.empty)
        }
        self.empty == other.empty && written(self).eq(written(other))
    }
}

impl<T> Column<T> {
    /// Some rows, in pieces that stand side by side: the first row of each, with its values; what is left out holds the one
    /// value of all that were never written.
    pub(in crate::graph) fn pieces(&self, rows: Range<usize>) -> impl Iterator<Item = (usize, &[T])> {
        let numbers = rows.start / CHUNK..rows.end.div_ceil(CHUNK).min(self.chunks.len());
        numbers.filter_map(move |number| {
            let (chunk, first) = (&self.chunks[number], number * CHUNK);
            let from = rows.start.saturating_sub(first);
            let to = (rows.end - first).min(chunk.len());
            (from < to).then(|| (first + from, &chunk[from..to]))
        })
    }

    /// The rows that may have been written, with their values.
    pub(in crate::graph) fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        let chunks = self.chunks.iter().enumerate();
        chunks.flat_map(|(number, chunk)| (number * CHUNK..).zip(chunk.iter()))
    }
}

impl<T> Index<usize> for Column<T> {
    type Output = T;

    fn index(&self, row: usize) -> &T {
        let chunk = self.chunks.get(row / CHUNK);
        chunk.and_then(|chunk| chunk.get(row % CHUNK)).unwrap_or(&self.empty)
    }
}
