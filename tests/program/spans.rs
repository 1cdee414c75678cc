//! Spans of requests, met by a small collector of OpenTelemetry.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::access::token;
use crate::desk::{Desk, desk_with_district};
use crate::server::Server;

/// What a collector was sent: head and body.
struct Sent {
    head: String,
    body: Vec<u8>,
}

/// A collector on a free port of loopback that takes all that it is sent.
struct Collector {
    address: String,
    sent: Receiver<Sent>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (got, sent) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                take(&stream.unwrap(), &got);
            }
        });
        Self { address, sent }
    }
}

/// Takes requests from a connection until it closes.
fn take(stream: &TcpStream, got: &Sender<Sent>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.to_lowercase();
        let length = length.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        if got.send(Sent { head, body }).is_err() {
            return;
        }
        let mut stream = stream;
        let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
    }
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()).unwrap() {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::ArrayValue(list) => {
            list.values.iter().map(|value| text(Some(value))).collect::<Vec<_>>().join(",")
        }
        other => format!("{other:?}"),
    }
}

fn attributes(list: &[KeyValue]) -> BTreeMap<&str, String> {
    list.iter().map(|one| (one.key.as_str(), text(one.value.as_ref()))).collect()
}

fn stop(server: &mut Server) {
    let told = std::process::Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert!(server.ended().success());
}

#[cfg(unix)]
#[test]
fn a_collector_gets_a_span_of_each_request_and_nothing_of_what_was_asked() {
    let desk = desk_with_district();
    let secret = token(&desk, "office-a", "--role reader");
    let collector = Collector::start();
    let environment = [
        ("OTEL_SERVICE_NAME", "atlas-of-a-test"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20of-the-collector"),
    ];
    let command = format!("serve --data store --max-body 1000 --otlp http://{}", collector.address);
    let mut server = Server::start_in(&desk, &command, &environment);
    let asked = serde_json::json!({
        "query": "query Hidden($n: ID!) { organization(id: $n) { name } }",
        "variables": { "n": "cn-370114-private" },
    });
    let headers = format!(
        "Content-Type: application/json\r\nAuthorization: Bearer {secret}\r\nX-Request-Id: of-a-client.1\r\n\
         traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: hidden=1\r\n\
         baggage: hidden=2\r\n"
    );
    assert_eq!(server.send("POST", "/graphql", &headers, &asked.to_string()).status, 200);
    assert_eq!(server.get("/nothing?token=hidden").status, 404);
    assert_eq!(server.send("HIDDEN", "/graphql", "", "").status, 405);
    assert_eq!(server.get("/healthz").status, 200);
    // What has not been sent yet is sent at the end.
    stop(&mut server);

    let sent: Vec<_> = collector.sent.try_iter().collect();
    for request in &sent {
        assert!(request.head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{}", request.head);
        let head = request.head.to_lowercase();
        assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
        assert!(head.contains("authorization: bearer of-the-collector\r\n"), "{head}");
        let all = String::from_utf8_lossy(&request.body).to_lowercase();
        for hidden in [&secret[9..], "hidden", "private", "organization", "office-a", "token", "healthz"] {
            assert!(!all.contains(&hidden.to_lowercase()), "{hidden} was sent: {all}");
        }
    }
    let decoded: Vec<_> =
        sent.iter().map(|request| ExportTraceServiceRequest::decode(&*request.body).unwrap()).collect();
    let resources: Vec<_> = decoded.iter().flat_map(|request| &request.resource_spans).collect();
    for each in &resources {
        let said = attributes(&each.resource.as_ref().unwrap().attributes);
        assert_eq!(
            (said["service.name"].as_str(), said["service.version"].as_str()),
            ("atlas-of-a-test", env!("CARGO_PKG_VERSION"))
        );
    }
    let spans: Vec<&Span> =
        resources.iter().flat_map(|each| &each.scope_spans).flat_map(|each| &each.spans).collect();
    let named = |name: &str| *spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(spans.len(), 3, "{spans:?}");
    let posted = named("POST /graphql");
    let expected = [
        ("http.request.method", "POST"),
        ("http.response.header.x-request-id", "of-a-client.1"),
        ("http.response.status_code", "200"),
        ("http.route", "/graphql"),
    ];
    assert_eq!(
        attributes(&posted.attributes),
        expected.map(|(name, value)| (name, value.to_owned())).into_iter().collect()
    );
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(
        (hex(&posted.trace_id).as_str(), hex(&posted.parent_span_id).as_str(), posted.kind),
        ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 2)
    );
    assert!(posted.trace_state.is_empty() && posted.events.is_empty() && posted.links.is_empty());
    assert!(posted.start_time_unix_nano <= posted.end_time_unix_nano);
    let missing = attributes(&named("GET").attributes);
    assert_eq!((missing["http.response.status_code"].as_str(), missing.get("http.route")), ("404", None));
    assert_eq!(attributes(&named("HTTP /graphql").attributes)["http.request.method"], "_OTHER");
}

#[cfg(unix)]
#[test]
fn a_collector_that_is_not_there_is_told_once_and_nobody_waits_for_it() {
    let desk = desk_with_district();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // By the environment variable alone, as service managers set it.
    let address = format!("http://{nobody}");
    let environment = [("OTEL_EXPORTER_OTLP_ENDPOINT", &*address), ("OTEL_BSP_SCHEDULE_DELAY", "10")];
    let mut server = Server::start_in(&desk, "serve --data store", &environment);
    let works = |server: &Server| assert_eq!(server.ask("{ __typename }")["data"]["__typename"], "Query");
    works(&server);
    let told = "spans cannot be sent to ";
    let warning = server.said_until(told).pop().unwrap();
    assert!(warning.contains("WARN") && warning.contains(&format!("{address}/v1/traces: ")), "{warning}");
    assert!(warning.contains("; lost so far: 1;"), "{warning}");
    works(&server);
    // The last try to send comes with the end.
    stop(&mut server);
    let rest = server.said_to_the_end();
    assert!(!rest.iter().any(|line| line.contains(told)), "{rest:?}");
}

#[test]
fn a_collector_that_cannot_be_asked_is_refused_with_the_remedy() {
    let desk = Desk::new();
    let cases = [
        ("localhost:4318", "one is http://127.0.0.1:4318"),
        ("https://127.0.0.1:4318", "needs certificates"),
        ("https://127.0.0.1:4318 --otlp-certificate none.pem", "none.pem"),
        ("http://name:word@127.0.0.1", "OTEL_EXPORTER_OTLP_HEADERS"),
    ];
    for (arguments, remedy) in cases {
        let outcome = desk.run(&format!("serve --data store --otlp {arguments}"));
        assert_eq!(outcome.code, 1, "{arguments}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("error: --otlp"), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(remedy) && !outcome.stderr.contains("word@"), "{}", outcome.stderr);
    }
}
