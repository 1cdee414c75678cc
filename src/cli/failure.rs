use std::fmt;

/// Why a command failed, as its user reads it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure in one's own words.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A failure of a file.
    pub(super) fn file(path: &std::path::Path, cause: &dyn fmt::Display) -> Self {
        Self(format!("{}: {cause}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
