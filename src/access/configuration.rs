use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::TokenFileError;
use super::jwt::JwtConfiguration;
use crate::unaltered;

/// The file of a store folder that says who may ask.
pub const CONFIGURATION_FILE: &str = "access.toml";

/// Why a server does not know who may ask.
#[derive(Debug, Error)]
pub enum ConfigurationError {
    /// A file cannot be read.
    #[error("{}: {cause}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A file is not as it should be.
    #[error("{}: {cause}", .file.display())]
    Form {
        /// The file.
        file: PathBuf,
        /// What is wrong, and what would be right.
        cause: String,
    },
    /// The tokens of the store cannot be read.
    #[error(transparent)]
    Tokens(#[from] TokenFileError),
}

/// Who may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Whoever reaches the server.
    Open,
    /// Whoever shows a token.
    Token,
}

/// Who may ask, as `access.toml` says it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Configuration {
    /// Who may read; left to the address where it is left out.
    pub(super) reading: Option<Reading>,
    /// Whose signed tokens are taken; nobody's where it is left out.
    pub(super) jwt: Option<JwtConfiguration>,
}

impl Configuration {
    /// Reads the file of a store's folder; one that is not there says nothing.
    pub(super) fn of(store: &Path) -> Result<Self, ConfigurationError> {
        let file = store.join(CONFIGURATION_FILE);
        let text = match unaltered::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(ConfigurationError::File { file, cause }),
        };
        toml::from_str(&text).map_err(|error| ConfigurationError::Form {
            file,
            cause: error.to_string().trim_end().to_owned(),
        })
    }
}
