//! A budget of memory that concurrent requests share.
//!
//! Floor 0. Requests reserve what they are going to need, as far as sizes that are known beforehand tell it. What does
//! not fit waits for a bounded time or is refused; nothing is allocated first and counted later, except for answers
//! that exist already ([`Budget::overdraw`]).

mod available;
mod budget;
mod request;
mod size;

pub use available::available;
pub use budget::{Budget, Evict, OutOfMemory, Reservation};
pub use request::{RequestMemory, lend, reserve};
pub use size::{MemorySize, MemorySizeError};
