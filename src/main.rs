//! The command line of Orgatlas: parse, run, print, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    orgatlas::cli::run()
}
