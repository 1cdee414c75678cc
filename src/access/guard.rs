use std::path::Path;

use thiserror::Error;

use super::book::TokenBook;
use super::configuration::Configuration;
use super::jwt::JwtVerifier;
use super::token::PREFIX;
use super::{Access, CONFIGURATION_FILE, ConfigurationError, Reading, TokenFile};

/// Nobody is told more: neither whether there is such a token, nor what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unauthenticated {
    /// Nothing was shown, and something has to be.
    #[error("a token is needed: send it as \"Authorization: Bearer TOKEN\"")]
    Missing,
    /// What was shown does not hold.
    #[error("the token is not one that holds")]
    Invalid,
}

/// Finds out who asks a server.
#[derive(Debug)]
pub struct Guard {
    reading: Reading,
    tokens: TokenBook,
    jwt: Option<JwtVerifier>,
    /// What whoever shows no token may do, where that is more than to read.
    visitor: Option<Access>,
}

impl Guard {
    /// The guard of the store in a folder: its tokens and `access.toml`.
    ///
    /// Where that does not say who may read, everybody may who reaches a server of this machine alone
    /// (`loopback`), and whoever shows a token may where others reach it.
    ///
    /// # Errors
    /// [`ConfigurationError`], which names the file at fault.
    pub fn of(store: &Path, loopback: bool) -> Result<Self, ConfigurationError> {
        let configuration = Configuration::of(store)?;
        let default = if loopback { Reading::Open } else { Reading::Token };
        let tokens = TokenBook::open(TokenFile::of(store))?;
        let jwt = configuration.jwt.map(|jwt| JwtVerifier::new(jwt, store)).transpose();
        let jwt = jwt.map_err(|cause| {
            let file = store.join(CONFIGURATION_FILE);
            ConfigurationError::Form { file, cause: format!("jwt: {cause}") }
        })?;
        Ok(Self { reading: configuration.reading.unwrap_or(default), tokens, jwt, visitor: None })
    }

    /// The same, where whoever shows no token may do what somebody may.
    #[must_use]
    pub fn open_to(self, visitor: Access) -> Self {
        Self { visitor: Some(visitor), ..self }
    }

    /// Who may read.
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// Whether nobody at all is let in, since no token holds and none can be had elsewhere.
    pub fn admits_nobody(&self) -> bool {
        self.visitor.is_none()
            && self.reading == Reading::Token
            && self.jwt.is_none()
            && self.tokens.is_empty()
    }

    /// What a token gives access to, the part of the header after `Bearer`.
    ///
    /// # Errors
    /// [`Unauthenticated::Invalid`] where it does not hold.
    pub fn authenticate(&self, token: &str) -> Result<Access, Unauthenticated> {
        let access = if token.starts_with(PREFIX) {
            self.tokens.access(token)
        } else {
            self.jwt.as_ref().and_then(|jwt| jwt.access(token))
        };
        access.ok_or(Unauthenticated::Invalid)
    }

    /// What whoever shows no token may do.
    ///
    /// # Errors
    /// [`Unauthenticated::Missing`] where a token is needed to read.
    pub fn anonymous(&self) -> Result<Access, Unauthenticated> {
        match (&self.visitor, self.reading) {
            (Some(visitor), _) => Ok(visitor.clone()),
            (None, Reading::Open) => Ok(Access::anonymous()),
            (None, Reading::Token) => Err(Unauthenticated::Missing),
        }
    }
}
