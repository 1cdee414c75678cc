//! The command line of Orgatlas: parse, run, print, exit.

use std::process::ExitCode;

/// That of glibc keeps the holes that opening a store leaves, a quarter of all memory at a million organisations.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    orgatlas::cli::run()
}
