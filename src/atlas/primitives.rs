//! The primitives of the journal; a test puts those of a model checker in their place.

pub(super) use std::sync::{Mutex, MutexGuard, RwLock};
