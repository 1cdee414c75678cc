use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::StateProblem;

/// How many bytes of blocks sled keeps in memory: little, since each is read once, and in order.
const CACHE_CAPACITY: u64 = 4 * 1024 * 1024;

/// Runs a call of sled, which panics on some damage to its files, and makes an error of a panic.
///
/// A panic must unwind for this: a build that aborts on panics would end here.
pub(super) fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> io::Result<T> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| match error {
            sled::Error::Io(error) => error,
            sled::Error::Corruption { .. } => io::Error::other("they are damaged"),
            other => io::Error::other(other),
        }),
        Err(panic) => Err(io::Error::other(message(&*panic))),
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the engine panicked").to_owned()
}

pub(super) fn open(folder: &Path) -> Result<sled::Db, StateProblem> {
    // Sled's threads may hold its own lock for a moment after it was closed; other processes are kept out by
    // the lock of the store, so this ends soon.
    const ATTEMPTS: usize = 500;
    const PAUSE: Duration = Duration::from_millis(10);
    let attempt = || {
        let config = sled::Config::new().path(folder).cache_capacity(CACHE_CAPACITY).flush_every_ms(None);
        guarded(|| config.open()).map_err(|error| error.to_string())
    };
    let mut result = attempt();
    for _ in 1..ATTEMPTS {
        match &result {
            Err(text) if text.contains("could not acquire lock") => sleep(PAUSE),
            _ => break,
        }
        result = attempt();
    }
    result.map_err(StateProblem::Engine)
}
