//! Panics of libraries that become errors, and that users do not see.
//!
//! Ground floor: whoever calls a library that panics on damaged or hostile bytes.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

thread_local! {
    /// How many calls of this thread are caught.
    static CAUGHT: Cell<usize> = const { Cell::new(0) };
}

/// Runs a call of a library, and gives back what it panicked with, if it did.
///
/// A panic must unwind for this: a build that aborts on panics would end here.
///
/// # Errors
/// The message of the panic.
pub fn caught<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    CAUGHT.set(CAUGHT.get() + 1);
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    CAUGHT.set(CAUGHT.get() - 1);
    outcome.map_err(|panic| message(&*panic))
}

/// Lets the process say nothing of panics that are caught, nor of those in a library's own threads, by the beginning
/// of their names: the calls that wait for these fail. Of others it says what it said before.
pub fn hide_caught_panics(threads: &'static str) {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let is_library = || thread::current().name().is_some_and(|name| name.starts_with(threads));
        if CAUGHT.get() == 0 && !is_library() {
            others(panic);
        }
    }));
}

/// What a panic said.
pub fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it gave up").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_only_caught_ones_are_hidden() {
        assert_eq!(caught(|| 1), Ok(1));
        let hidden = caught(|| {
            assert!(CAUGHT.get() > 0);
            assert_eq!(caught(|| panic!("inner")), Err::<(), _>("inner".to_owned()));
            assert!(CAUGHT.get() > 0);
            let number = 7;
            panic!("outer {number}")
        });
        assert_eq!(hidden, Err::<(), _>("outer 7".to_owned()));
        assert!(CAUGHT.get() == 0);
    }
}
