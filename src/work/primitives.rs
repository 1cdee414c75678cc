//! The primitives of caches and locks; tests put those of a model checker in their place.

pub(super) use std::sync::{Condvar, Mutex, MutexGuard};
