use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::Failure;
use crate::http::Tls;

/// How a server encrypts connections.
#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
pub(super) struct TlsArguments {
    /// Answer https alone, with the certificate of this file (PEM), followed by those that vouch for it; SIGHUP
    /// reads it and its key anew
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The file with the certificate's key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
}

impl TlsArguments {
    /// What was asked for.
    pub(super) fn tls(&self) -> Result<Option<Arc<Tls>>, Failure> {
        let (Some(certificate), Some(key)) = (&self.tls_certificate, &self.tls_key) else { return Ok(None) };
        Ok(Some(Arc::new(Tls::open(certificate.clone(), key.clone())?)))
    }
}
