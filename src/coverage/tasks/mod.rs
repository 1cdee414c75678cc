//! The monthly loop: gaps become tasks of subdistricts, and tasks end when the graph agrees that the gap is gone.

mod area;
mod issue;
mod responsible;
mod review;
#[cfg(test)]
mod tests;

pub use area::{AreaError, TaskAreas};
pub use issue::{TaskOrder, issue};
pub use responsible::responsible;
pub use review::{faults, review};
