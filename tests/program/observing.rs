//! What an operator sees of requests: ids, lines of the log, counts.

use serde_json::Value;

use crate::access::{ask_as, token};
use crate::desk::desk_with_district;
use crate::server::Server;

fn id(head: &str) -> String {
    head.split("x-request-id: ").nth(1).unwrap().lines().next().unwrap().to_owned()
}

#[test]
fn each_request_has_a_line_under_its_id_without_anything_secret() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store --log-format json");
    let secret = token(&desk, "office-a", "--role reader");
    let query = "query Hidden($n: ID!) { organization(id: $n) { name } }";
    let asked = server.ask_with(query, &serde_json::json!({ "n": "cn-370114-private" }));
    assert!(asked["errors"].is_null(), "{asked}");
    let named = format!("Authorization: Bearer {secret}\r\nX-Request-Id: from-a-proxy.1\r\n");
    assert_eq!(id(&ask_as(&server, &named, "{ __typename }").head), "from-a-proxy.1");
    let missing = server.get("/nothing?token=hidden");
    let made = id(&missing.head);
    assert_eq!((missing.status, made.len()), (404, 16));
    server.get("/healthz");
    let refused = id(&server.send_to("evil.example", "GET", "/", "", "").head);
    let lines = server.said_until(&refused);
    let of = |id: &str| -> Value {
        let line = lines.iter().find(|line| line.contains(id)).unwrap_or_else(|| panic!("{id}: {lines:?}"));
        serde_json::from_str(line).unwrap()
    };
    let line = of("from-a-proxy.1");
    assert_eq!(
        (&line["method"], &line["path"], &line["status"], &line["bytes"], &line["level"]),
        (&"POST".into(), &"/graphql".into(), &200.into(), &31.into(), &"INFO".into()),
        "{line}"
    );
    assert_eq!(line["span"]["actor"], "office-a", "{line}");
    assert!(line["milliseconds"].is_f64() && line["timestamp"].is_string(), "{line}");
    assert_eq!((&of(&made)["status"], &of(&made)["path"]), (&404.into(), &"/nothing".into()));
    assert_eq!(of(&refused)["status"], 421);
    for line in &lines {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "no JSON: {line}");
        for hidden in [&secret[9..], "Hidden", "hidden", "private", "/healthz"] {
            assert!(!line.contains(hidden), "{hidden} is in the log: {line}");
        }
    }
}

#[test]
fn metrics_are_for_those_who_may_see_the_whole_graph() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    server.ask("{ __typename }");
    server.get("/nothing/at/all");
    let answer = server.get("/metrics");
    assert!(answer.head.contains("content-type: application/openmetrics-text"), "{}", answer.head);
    let expected = [
        "orgatlas_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\"} 1",
        "orgatlas_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 1",
        "orgatlas_http_request_duration_seconds_count{route=\"/graphql\"} 1",
        "orgatlas_http_request_duration_seconds_bucket{le=\"10.0\",route=\"/graphql\"} 1",
        "orgatlas_commits_total 1",
        "orgatlas_organizations 12685",
        "orgatlas_subscriptions 0",
        "orgatlas_requests_in_progress 0",
        "orgatlas_writers_waiting 0",
        "orgatlas_clock_behind_seconds 0.0",
        "# UNIT orgatlas_store_bytes bytes",
        "# EOF",
    ];
    for line in expected {
        assert!(answer.body.lines().any(|each| each == line), "{line} is missing:\n{}", answer.body);
    }
    // Those of before may not have been seen to end.
    assert!(!answer.body.contains("orgatlas_connections 0") && answer.body.contains("orgatlas_connections "));
    let bytes = answer.body.lines().find_map(|line| line.strip_prefix("orgatlas_store_bytes ")).unwrap();
    assert!(bytes.parse::<u64>().unwrap() > 100_000, "{bytes}");
    drop(server);
    desk.write("store/access.toml", "reading = \"token\"\n");
    let server = Server::start(&desk, "serve --data store");
    let whole = token(&desk, "whole", "--role reader");
    let limited = token(&desk, "limited", "--role administrator --territory cn-370114001");
    for (shown, status) in [("", 401), (&whole, 200), (&limited, 403), ("orgatlas_x", 401)] {
        let headers =
            if shown.is_empty() { String::new() } else { format!("Authorization: Bearer {shown}\r\n") };
        assert_eq!(server.send("GET", "/metrics", &headers, "").status, status, "{shown}");
    }
}
