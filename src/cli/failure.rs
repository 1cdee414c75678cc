use std::fmt;

use crate::model::mask_personal_numbers;

/// Why a command failed, as its user reads it.
#[derive(Debug)]
pub struct Failure {
    message: String,
    /// By which signal it was stopped, if it was.
    stopped: Option<u8>,
}

impl Failure {
    /// A failure in one's own words.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), stopped: None }
    }

    /// That the user, or a service manager, did not want to wait for the end; he was told when that was heard.
    pub(super) fn stopped(signal: u8) -> Self {
        Self { message: String::new(), stopped: Some(signal) }
    }

    /// Whether somebody has to be told.
    pub(super) fn is_news(&self) -> bool {
        self.stopped.is_none()
    }

    /// The exit code: 1, or as shells give it for a process that a signal ended.
    pub(super) fn code(&self) -> u8 {
        self.stopped.map_or(1, |signal| 128 + signal)
    }

    /// A failure of a file.
    pub(super) fn file(path: &std::path::Path, cause: &dyn fmt::Display) -> Self {
        Self::new(format!("{}: {cause}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask_personal_numbers(&self.message))
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}
