use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

/// Why a server cannot speak TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{}: {cause}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A file does not hold what it should, in PEM.
    #[error("{}: {cause}; it must hold {expected} in PEM", .file.display())]
    Form {
        /// The file.
        file: PathBuf,
        /// What it should hold.
        expected: &'static str,
        /// What is wrong.
        cause: String,
    },
    /// Certificate and key do not go together, or are of a sort that is not known.
    #[error("{} and {}: {cause}", .certificate.display(), .key.display())]
    Pair {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What the library says.
        cause: rustls::Error,
    },
}

/// How a server speaks TLS: its certificate and its key, which may be replaced while it runs.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    now: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// With the certificate in a file, followed by those that vouch for it, and its key in another.
    ///
    /// # Errors
    /// [`TlsError`], which names the file at fault.
    pub fn open(certificate: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        let now = RwLock::new(read(&certificate, &key)?);
        Ok(Self { certificate, key, now })
    }

    /// Reads both files anew, for the connections that come from now on.
    ///
    /// # Errors
    /// [`TlsError`]; what was read before goes on holding.
    pub fn reload(&self) -> Result<(), TlsError> {
        let new = read(&self.certificate, &self.key)?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .and_then(|chain| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) })
        .map_err(|error| unreadable(certificate, "a certificate", error))?;
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, "a private key", error))?;
    let pair = |cause| TlsError::Pair { certificate: certificate.to_owned(), key: key.to_owned(), cause };
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(pair)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn unreadable(file: &Path, expected: &'static str, error: pem::Error) -> TlsError {
    let file = file.to_owned();
    match error {
        pem::Error::Io(cause) => TlsError::File { file, cause },
        other => TlsError::Form { file, expected, cause: other.to_string() },
    }
}
