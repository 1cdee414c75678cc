//! Containers that copies of a graph share: a copy costs a few counters, and a write copies the part it is in.
//!
//! A graph that is read never changes; the next one starts as its copy. Whatever grows with the graph is
//! therefore kept in parts, each behind an `Arc`: what a commit does not touch is in memory once.

mod column;
mod ordered;
mod slot_table;
#[cfg(test)]
mod tests;
mod text_column;

pub(super) use column::{Column, ColumnFiller};
pub(super) use ordered::Ordered;
pub(super) use slot_table::SlotTable;
pub(super) use text_column::{TextColumn, TextFiller};
