use std::fmt::Display;
use std::io::{ErrorKind, Write};

use super::Failure;

/// Prints a line of data on standard output.
pub(super) fn line(text: impl Display) -> Result<(), Failure> {
    print(format_args!("{text}\n"))
}

/// Prints data on standard output.
///
/// A reader that has gone away, such as `head` with what it wanted, is no failure: there is nobody left to print for.
pub(super) fn print(text: impl Display) -> Result<(), Failure> {
    match write!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        outcome => Ok(outcome?),
    }
}
