use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter as Exporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use super::SpansError;
use crate::outgoing::{Client, OutgoingError};

/// How long a collector may take to answer, and how long in all it is tried to give it the same spans.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer that is read, in bytes. Collectors answer with little more than that they have it.
const MAX_BYTES: u64 = 64 << 10;

/// How long after one word about a collector that does not take spans comes the next.
const PAUSE: Duration = Duration::from_secs(60);

/// Sends spans to a collector, and tells the operator when it does not take them.
#[derive(Debug)]
pub(super) struct Collector {
    exporter: Exporter,
    address: String,
    /// Why the last request was not answered.
    cause: Arc<Mutex<Option<String>>>,
    lost: Mutex<Lost>,
}

impl Collector {
    pub(super) fn at(address: &str, certificates: Option<&Path>) -> Result<Self, SpansError> {
        let client = Client::of(address, certificates, PATIENCE)
            .map_err(|cause| SpansError::Client { address: address.to_owned(), cause })?;
        let cause = Arc::default();
        let exporter = Exporter::builder()
            .with_http()
            .with_http_client(Sender { client, cause: Arc::clone(&cause) })
            .with_endpoint(address)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .build()?;
        Ok(Self { exporter, address: address.to_owned(), cause, lost: Mutex::default() })
    }
}

impl SpanExporter for Collector {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let outcome = self.exporter.export(batch).await;
        let cause = self.cause.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        match &outcome {
            Ok(()) => {
                if let Some(count) = lost.over() {
                    tracing::info!("spans are sent to {} again; lost meanwhile: {count}", self.address);
                }
            }
            Err(error) => {
                if let Some(count) = lost.more(spans, Instant::now()) {
                    let cause = cause.unwrap_or_else(|| error.to_string());
                    tracing::warn!(
                        "spans cannot be sent to {}: {cause}; lost so far: {count}; requests are answered as ever",
                        self.address
                    );
                }
            }
        }
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// Spans that a collector did not take, since the operator was told that it takes them again.
#[derive(Debug, Default)]
struct Lost {
    count: u64,
    told: Option<Instant>,
    /// Whether the last word was that it does not take them.
    open: bool,
}

impl Lost {
    /// Counts more of them; gives how many there are where it is time to tell.
    fn more(&mut self, spans: u64, now: Instant) -> Option<u64> {
        self.count += spans;
        let rested = self.told.is_none_or(|told| now.saturating_duration_since(told) >= PAUSE);
        rested.then(|| {
            (self.told, self.open) = (Some(now), true);
            self.count
        })
    }

    /// That it takes them again; gives how many are lost where somebody was told that it does not.
    ///
    /// When that was stays known, so that a collector that comes and goes does not fill the log.
    fn over(&mut self) -> Option<u64> {
        std::mem::take(&mut self.open).then(|| std::mem::take(&mut self.count))
    }
}

/// How the library sends: by the project's own client, which waits for its answer. The library sends from a thread of its
/// own, and from nowhere else.
#[derive(Debug)]
struct Sender {
    client: Client,
    cause: Arc<Mutex<Option<String>>>,
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.client.send(request.map(Into::into), MAX_BYTES);
        let cause = sent.as_ref().err().map(OutgoingError::to_string);
        *self.cause.lock().unwrap_or_else(PoisonError::into_inner) = cause;
        Ok(sent?.map(Bytes::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_that_takes_nothing_is_told_once_a_minute_with_what_is_lost() {
        let mut lost = Lost::default();
        let start = Instant::now();
        let mut more = |spans, second| lost.more(spans, start + Duration::from_secs(second));
        assert_eq!(
            [more(5, 0), more(5, 5), more(5, 59), more(5, 60), more(1, 61)],
            [Some(5), None, None, Some(20), None]
        );
        assert_eq!((lost.over(), lost.over()), (Some(21), None));
        assert_eq!(
            (lost.more(3, start + Duration::from_secs(90)), lost.over()),
            (None, None),
            "it comes and goes"
        );
        assert_eq!(lost.more(3, start + Duration::from_secs(120)), Some(6));
    }
}
