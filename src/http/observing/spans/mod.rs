//! Spans of requests, sent to a collector of OpenTelemetry where the operator names one.
//!
//! A span holds what is named in [`Spans::begin`], and nothing else. That is why log lines and the spans of `tracing` are
//! not bridged to it: what a message may say stays in the log of this machine.

mod collector;

use std::path::Path;
use std::time::Duration;

use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{
    Span, SpanContext, SpanKind, Status, TraceContextExt, TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, Key, KeyValue, Value};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use thiserror::Error;

use self::collector::Collector;
use super::request_id::REQUEST_ID;
use super::{is_probe, known};
use crate::outgoing::OutgoingError;

/// Where a collector takes spans, below the address that it is known by.
const TRACES: &str = "/v1/traces";

/// How long a stop waits until the last spans are sent.
const LAST: Duration = Duration::from_secs(5);

/// Sends spans of requests to a collector. What waits to be sent is bounded: beyond it new spans are dropped.
#[derive(Debug)]
pub struct Spans {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// Why spans cannot be sent to a collector.
#[derive(Debug, Error)]
pub enum SpansError {
    /// It is not called by an address.
    #[error("{0:?} is no address of a collector; one is http://127.0.0.1:4318")]
    Address(String),
    /// The address names a user, and would show the password in logs.
    #[error(
        "the address of a collector stands in the log, so it cannot hold a password; put what it asks for into the \
         environment variable OTEL_EXPORTER_OTLP_HEADERS"
    )]
    Password,
    /// It cannot be asked.
    #[error("the collector at {address}: {cause}")]
    Client {
        /// Where it is.
        address: String,
        /// What is in the way.
        cause: OutgoingError,
    },
    /// The library cannot work by what the environment says.
    #[error(transparent)]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

impl Spans {
    /// Sends to the collector at an address, such as `http://127.0.0.1:4318`, from now on.
    ///
    /// The certificates, in a PEM file, are of those who vouch for the host of an `https` address. Environment variables
    /// that OpenTelemetry has for the name of the service, for headers, samples and queues are heeded.
    ///
    /// # Errors
    /// That the address is none, or that nothing can be sent to it.
    pub fn to(address: &str, certificates: Option<&Path>) -> Result<Self, SpansError> {
        let collector = Collector::at(&taken_at(address)?, certificates)?;
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(collector).with_resource(this_program()).build();
        let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        let tracer = provider.tracer_with_scope(scope);
        Ok(Self { provider, tracer })
    }

    /// Begins the span of a request, unless it is one by which others look every few seconds whether the server runs.
    ///
    /// A caller's span becomes the one above, as the header `traceparent` has it. What else callers would like to pass on
    /// (`tracestate`, `baggage`) is not.
    pub(super) fn begin(
        &self,
        request: &Request,
        route: Option<&str>,
        id: &HeaderValue,
    ) -> Option<RequestSpan> {
        if route.is_some_and(is_probe) {
            return None;
        }
        let above = above(request.headers());
        let method = known(request.method());
        let named = method.unwrap_or("HTTP");
        let name = route.map_or_else(|| named.to_owned(), |route| format!("{named} {route}"));
        let mut attributes = vec![
            KeyValue::new("http.request.method", method.unwrap_or("_OTHER")),
            KeyValue::new(format!("http.response.header.{REQUEST_ID}"), one(id)),
        ];
        if let Some(route) = route {
            attributes.push(KeyValue::new("http.route", route.to_owned()));
        }
        let span = self.tracer.span_builder(name).with_kind(SpanKind::Server).with_attributes(attributes);
        Some(RequestSpan(self.tracer.build_with_context(span, &above)))
    }

    /// Sends what waits, for as long as a stop may take, and nothing after that.
    pub fn stop(&self) {
        // What could not be sent is told where it was tried.
        self.provider.shutdown_with_timeout(LAST).ok();
    }
}

/// The span of a request; one that is dropped before it was answered ends without a status.
pub(super) struct RequestSpan(opentelemetry_sdk::trace::Span);

impl RequestSpan {
    /// Ends it: the answer begins.
    pub(super) fn answered(mut self, status: StatusCode) {
        self.0.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
        if status.is_server_error() {
            self.0.set_attribute(KeyValue::new("error.type", status.as_str().to_owned()));
            self.0.set_status(Status::error(""));
        }
        self.0.end();
    }
}

/// The caller's span, where he names one.
fn above(headers: &HeaderMap) -> Context {
    let none = Context::new();
    let named = TraceContextPropagator::new().extract_with_context(&none, &HeaderExtractor(headers));
    let caller = named.span().span_context().clone();
    if !caller.is_valid() {
        return none;
    }
    let (trace, span, flags) = (caller.trace_id(), caller.span_id(), caller.trace_flags());
    none.with_remote_span_context(SpanContext::new(trace, span, flags, true, TraceState::NONE))
}

/// Headers are lists of values.
fn one(header: &HeaderValue) -> Value {
    let text = header.to_str().unwrap_or_default().to_owned();
    Value::Array(Array::String(vec![text.into()]))
}

/// Where a collector takes spans that is called by an address.
fn taken_at(address: &str) -> Result<String, SpansError> {
    let none = || SpansError::Address(address.to_owned());
    if !address.starts_with("http://") && !address.starts_with("https://") {
        return Err(none());
    }
    let mut parts = address.parse::<Uri>().map_err(|_| none())?.into_parts();
    let authority = parts.authority.as_ref().ok_or_else(none)?;
    if authority.as_str().contains('@') {
        return Err(SpansError::Password);
    }
    let path = parts.path_and_query.as_ref().map_or("", PathAndQuery::path).trim_end_matches('/');
    let path = path.strip_suffix(TRACES).unwrap_or(path);
    parts.path_and_query = Some(format!("{path}{TRACES}").parse().map_err(|_| none())?);
    Ok(Uri::from_parts(parts).map_err(|_| none())?.to_string())
}

/// What is said of this program once for all of its spans.
fn this_program() -> Resource {
    let said =
        Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let said = said.build();
    let name = said.get_ref(&Key::from_static_str("service.name")).map(ToString::to_string);
    // The library's own name for programs whose operator gave none.
    if name.is_none_or(|name| name.starts_with("unknown_service")) {
        let named = said.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        return Resource::builder_empty()
            .with_attributes(named)
            .with_service_name(env!("CARGO_PKG_NAME"))
            .build();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_called_by_the_address_that_it_is_known_by() {
        let taken = |address: &str| taken_at(address).map_err(|error| error.to_string());
        for address in ["http://127.0.0.1:4318", "http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"]
        {
            assert_eq!(taken(address).as_deref(), Ok("http://127.0.0.1:4318/v1/traces"), "{address}");
        }
        assert_eq!(taken("https://host/otel/").as_deref(), Ok("https://host/otel/v1/traces"));
        for address in ["", "127.0.0.1:4318", "http://", "grpc://host:4317", "http://a b"] {
            assert!(taken(address).unwrap_err().contains("one is http://127.0.0.1:4318"), "{address}");
        }
        let refused = taken("http://user:secret@host").unwrap_err();
        assert!(refused.contains("OTEL_EXPORTER_OTLP_HEADERS") && !refused.contains("secret"), "{refused}");
    }
}
