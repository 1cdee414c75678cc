use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::StateProblem;
use crate::caught::caught;

/// How many bytes of blocks sled keeps in memory: little, since each is read once, and in order.
const CACHE_CAPACITY: u64 = 4 * 1024 * 1024;

/// How the names of the engine's own threads begin.
pub(in crate::storage) const THREADS: &str = "sled-";

/// Runs a call of sled, which panics on some damage to its files, and makes an error of a panic.
pub(super) fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> io::Result<T> {
    caught(call).map_err(io::Error::other)?.map_err(|error| match error {
        sled::Error::Io(error) => error,
        sled::Error::Corruption { .. } => io::Error::other("they are damaged"),
        other => io::Error::other(other),
    })
}

/// How many bytes must be free for the engine to open its files: it writes to them even if nothing is altered, and may wait
/// for ever where it cannot.
const ROOM_TO_OPEN: u64 = 2 << 20;

/// Opens the files in a folder of a store's folder.
pub(super) fn open(folder: &Path) -> Result<sled::Db, StateProblem> {
    if let Some(free) = folder.parent().and_then(|dir| fs2::available_space(dir).ok())
        && free < ROOM_TO_OPEN
    {
        return Err(StateProblem::NoRoom { free });
    }
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
