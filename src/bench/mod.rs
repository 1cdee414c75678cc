//! The six questions by which graph databases are compared, asked of a store and timed.
//!
//! Floor 6. Asks a graph what any reader can ask: [`Question::ask`] is the whole of it. Each question is asked
//! once with each of its parameters (`first`), then in whole rounds; each answer of each round must be the
//! first one again. Answers are kept as digests, so that two programs that read the same ledgers can be held
//! to the same answers without keeping these.

mod answer;
mod digest;
mod measure;
mod memory;
mod parameters;
mod question;
mod report;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Record, Related};
pub use measure::{BenchError, measure};
pub use memory::resident_mib;
pub use parameters::{Parameters, ParametersError};
pub use question::{Question, Rule};
pub use report::{Digests, Report, Timings};
