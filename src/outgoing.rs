//! Requests to other hosts: to those that the operator has named, and to no others.
//!
//! Floor 0. Whoever holds a [`Client`] says what is asked; here is only how: straight to the address, without proxies or
//! other places to which an answer may point, within a time, and by TLS only with who vouches for the host.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use ureq::Agent;
use ureq::http::{Request, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// Asks one other host.
#[derive(Debug)]
pub struct Client(Agent);

/// Why another host cannot be asked, or has not answered.
#[derive(Debug, Error)]
pub enum OutgoingError {
    /// It is to be asked by TLS, and nobody is named who vouches for it.
    #[error("an https address needs certificates, a PEM file of whoever vouches for its host")]
    NobodyVouches,
    /// The file of those who vouch for it cannot be used.
    #[error("certificates: {}: {cause}", file.display())]
    Certificates {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Nothing came back that can be used.
    #[error(transparent)]
    Unanswered(#[from] ureq::Error),
}

impl Client {
    /// One for an address. The certificates, in a PEM file, are of those who vouch for the host of an `https` address.
    ///
    /// # Errors
    /// That the address is `https` and the certificates are missing or unusable.
    pub fn of(address: &str, certificates: Option<&Path>, patience: Duration) -> Result<Self, OutgoingError> {
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .timeout_global(Some(patience))
            .http_status_as_error(false);
        let config = if address.starts_with("https://") {
            let trusted = trusted(certificates.ok_or(OutgoingError::NobodyVouches)?)?;
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let tls = TlsConfig::builder()
                .provider(TlsProvider::Rustls)
                .root_certs(trusted)
                .unversioned_rustls_crypto_provider(provider);
            config.https_only(true).tls_config(tls.build())
        } else {
            config
        };
        Ok(Self(config.build().new_agent()))
    }

    /// What is at an address, if it has no more than so many bytes.
    ///
    /// # Errors
    /// That it is not to be had, not text, or longer.
    pub fn get(&self, address: &str, most: u64) -> Result<String, OutgoingError> {
        let mut answer = self.0.get(address).call()?;
        if !answer.status().is_success() {
            return Err(ureq::Error::StatusCode(answer.status().as_u16()).into());
        }
        Ok(answer.body_mut().with_config().limit(most).read_to_string()?)
    }

    /// Sends a request, and gives the answer whatever its status, if it has no more than so many bytes.
    ///
    /// # Errors
    /// That no answer came, or a longer one.
    pub fn send(&self, request: Request<Vec<u8>>, most: u64) -> Result<Response<Vec<u8>>, OutgoingError> {
        let (head, mut body) = self.0.run(request)?.into_parts();
        Ok(Response::from_parts(head, body.with_config().limit(most).read_to_vec()?))
    }
}

/// Those whom a PEM file names, and nobody else.
fn trusted(file: &Path) -> Result<RootCerts, OutgoingError> {
    let failed = |cause: String| OutgoingError::Certificates { file: file.to_owned(), cause };
    let text = fs::read(file).map_err(|cause| failed(cause.to_string()))?;
    let certificates = parse_pem(&text).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(Ok(certificate)),
        Ok(_) => None,
        Err(cause) => Some(Err(cause)),
    });
    let certificates: Vec<Certificate<'static>> =
        certificates.collect::<Result<_, _>>().map_err(|cause| failed(cause.to_string()))?;
    if certificates.is_empty() {
        return Err(failed("it holds no certificate in PEM form".to_owned()));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}
