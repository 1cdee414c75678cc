use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::Failure;
use crate::http::Spans;

/// Where a server sends spans of its requests.
#[derive(Debug, Args)]
#[command(next_help_heading = "Spans")]
pub(super) struct SpanArguments {
    /// Send spans of requests to the OpenTelemetry collector at this address, such as http://127.0.0.1:4318, as OTLP
    /// over HTTP
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT", hide_env_values = true)]
    otlp: Option<String>,
    /// The file with those who vouch for the host of an https collector (PEM)
    #[arg(long, value_name = "FILE", env = "OTEL_EXPORTER_OTLP_CERTIFICATE", hide_env_values = true)]
    otlp_certificate: Option<PathBuf>,
}

impl SpanArguments {
    /// What was asked for.
    pub(super) fn spans(&self) -> Result<Option<Arc<Spans>>, Failure> {
        // By the specification, an environment variable that is empty is none.
        let Some(address) = self.otlp.as_ref().filter(|address| !address.is_empty()) else { return Ok(None) };
        let certificate = self.otlp_certificate.as_deref().filter(|file| !file.as_os_str().is_empty());
        let spans = Spans::to(address, certificate)
            .map_err(|cause| Failure::new(format!("--otlp (or OTEL_EXPORTER_OTLP_ENDPOINT): {cause}")))?;
        Ok(Some(Arc::new(spans)))
    }
}
