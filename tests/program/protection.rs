//! Who is let near a server: hosts, origins, and requests that a page of another site could send.

use serde_json::json;

use crate::desk::Desk;
use crate::server::Server;

const EVERY_ANSWER: [&str; 5] = [
    "x-content-type-options: nosniff",
    "frame-ancestors 'none'",
    "referrer-policy: no-referrer",
    "cross-origin-opener-policy: same-origin",
    "cross-origin-resource-policy: same-origin",
];

#[test]
fn every_answer_tells_browsers_to_be_strict() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store");
    let table = [
        ("GET", "/", "no-cache"),
        ("GET", "/home.js", "no-cache"),
        ("GET", "/graphiql", "no-cache"),
        ("GET", "/healthz", "no-store"),
        ("GET", "/graphql?query=%7B__typename%7D", "no-store"),
        ("GET", "/graphql", "no-store"),
        ("DELETE", "/graphql", "no-store"),
        ("GET", "/diagrams/nobody.svg", "no-store"),
        ("GET", "/nothing", "no-store"),
        ("PUT", "/", "no-store"),
    ];
    for (method, path, kept) in table {
        let head = server.send(method, path, "", "").head;
        for header in EVERY_ANSWER {
            assert!(head.contains(header), "{method} {path}: {header} is missing: {head}");
        }
        assert!(head.contains(&format!("cache-control: {kept}")), "{method} {path}: {head}");
        assert!(!head.contains("unsafe-eval") && !head.contains("access-control"), "{method} {path}: {head}");
        assert_eq!(head.matches("content-security-policy").count(), 1, "{method} {path}: {head}");
    }
}

#[test]
fn an_address_at_which_nothing_is_says_where_something_is() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store");
    let table = [
        ("GET", "/nothing?token=secret", 404, "there is nothing at /nothing; begin at /, or ask /graphql\n"),
        ("GET", "/%1b[31m", 404, "there is nothing at /%1b[31m; begin at /, or ask /graphql\n"),
        ("PUT", "/healthz", 405, "/healthz is read by GET, not by PUT\n"),
        ("POST", "/diagrams/nobody.svg", 405, "/diagrams/nobody.svg is read by GET, not by POST\n"),
    ];
    for (method, path, status, body) in table {
        let answer = server.send(method, path, "", "");
        assert_eq!((answer.status, answer.body.as_str()), (status, body), "{method} {path}");
        assert_eq!(answer.head.contains("allow: get,head"), status == 405, "{}", answer.head);
    }
    assert!(server.send("DELETE", "/graphql", "", "").body.contains("GET or POST, not by DELETE"));
}

/// What forms, links and scripts of other sites can send without asking first (“simple requests”).
#[test]
fn no_simple_request_changes_anything() {
    let desk = Desk::new();
    let server = Server::start(&desk, "demo --writable");
    let before = server.get("/readyz").body;
    let mutation = "mutation { applyChanges(reason: \"r\", changes: [{ putOrganization: {
        id: \"cn-99\", kind: PROVINCE, name: \"示例省\" } }]) { query { version } } }";
    let body = json!({ "query": mutation }).to_string();
    let encoded: String = mutation.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let form = format!("query={encoded}");
    let parts =
        format!("--b\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\n{mutation}\r\n--b--\r\n");
    let in_address = format!("/graphql?query={encoded}");
    let table = [
        ("POST", "/graphql", "application/x-www-form-urlencoded", form.as_str(), 415),
        ("POST", "/graphql", "multipart/form-data; boundary=b", &parts, 415),
        ("POST", "/graphql", "text/plain", &body, 415),
        ("POST", "/graphql", "text/plain; charset=utf-8, application/json", &body, 415),
        ("POST", "/graphql", "text/plain; application/json", &body, 415),
        ("POST", "/graphql", "application/graphql", mutation, 415),
        ("POST", "/graphql", "", &body, 415),
        ("POST", &in_address, "application/x-www-form-urlencoded", "", 415),
        ("GET", &in_address, "", "", 405),
        ("HEAD", &in_address, "", "", 405),
    ];
    for (method, path, media_type, body, status) in table {
        let typed = match media_type {
            "" => String::new(),
            given => format!("Content-Type: {given}\r\n"),
        };
        let headers = format!("Origin: https://evil.example\r\n{typed}");
        let answer = server.send(method, path, &headers, body);
        assert_eq!(answer.status, status, "{method} {media_type}: {}", answer.body);
    }
    let asked = "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\
                 Access-Control-Request-Headers: content-type\r\n";
    let preflight = server.send("OPTIONS", "/graphql", asked, "");
    assert!(preflight.status == 405 && !preflight.head.contains("access-control"), "{}", preflight.head);
    assert_eq!(server.get("/readyz").body, before);
    let answer = server.send("POST", "/graphql", "Content-Type: application/json\r\n", &body);
    assert!(answer.status == 200 && server.get("/readyz").body != before, "{}", answer.body);
}

#[test]
fn on_loopback_a_server_is_called_by_an_address_or_a_name_that_it_was_given() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store --allow-host graph.example");
    let port = server.address.split(':').nth(1).unwrap();
    let table = [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        ("graph.example".to_owned(), 200),
        (format!("rebound.evil.example:{port}"), 421),
        (String::new(), 421),
        ("graph.example:443".to_owned(), 200),
    ];
    for (host, status) in table {
        for path in ["/graphql?query=%7B__typename%7D", "/", "/readyz"] {
            let answer = server.send_to(&host, "GET", path, "", "");
            assert_eq!(answer.status, status, "{host} {path}: {}", answer.body);
            assert!(status == 200 || answer.body.contains("--allow-host"), "{host}: {}", answer.body);
        }
        assert_eq!(server.send_to(&host, "GET", "/healthz", "", "").status, 200, "{host}");
    }
    // Load balancers speak HTTP/1.0 and name no host; browsers do neither.
    for (path, status) in
        [("GET /healthz", 200), ("HEAD /healthz", 200), ("OPTIONS /healthz", 200), ("GET /readyz", 200)]
    {
        let answer = server.say(&format!("{path} HTTP/1.0\r\n\r\n"));
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    let named = server.say("GET /readyz HTTP/1.0\r\nHost: evil.example\r\n\r\n");
    assert_eq!(named.status, 421, "{}", named.body);
    assert_eq!(server.say("GET /readyz HTTP/1.1\r\nConnection: close\r\n\r\n").status, 421);
}

#[test]
fn pages_of_other_sites_may_ask_where_the_operator_says_so() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store --allow-origin https://graph.example");
    let ask = |method: &str, origin: &str, headers: &str| {
        let headers = format!("Origin: {origin}\r\nContent-Type: application/json\r\n{headers}");
        server.send(method, "/graphql", &headers, "{\"query\":\"{ __typename }\"}")
    };
    let allowed = "access-control-allow-origin: https://graph.example";
    let known = ask("POST", "https://graph.example", "");
    assert!(known.status == 200 && known.head.contains(allowed), "{}", known.head);
    assert!(!known.head.contains("allow-credentials"), "{}", known.head);
    let asked = "Access-Control-Request-Method: POST\r\n\
                 Access-Control-Request-Headers: authorization,content-type\r\n";
    // Of Apollo, of tracing, of whatever a page's library thinks of.
    let named = "apollo-require-preflight,apollographql-client-name,x-apollo-operation-name,traceparent,baggage,x-own";
    let preflight = ask(
        "OPTIONS",
        "https://graph.example",
        &asked.replace("content-type", &format!("content-type,{named}")),
    );
    assert!(preflight.head.contains(named), "{}", preflight.head);
    let preflight = ask("OPTIONS", "https://graph.example", asked);
    assert!(preflight.status == 200 && preflight.head.contains(allowed), "{}", preflight.head);
    assert!(preflight.head.contains("access-control-allow-methods: get,post"), "{}", preflight.head);
    for stranger in ["https://evil.example", "http://graph.example", "null"] {
        for (method, headers) in [("POST", ""), ("OPTIONS", asked)] {
            let answer = ask(method, stranger, headers);
            assert!(!answer.head.contains("access-control-allow-origin"), "{stranger}: {}", answer.head);
        }
    }
    // The same pages may begin a conversation.
    let begin = |origin: &str| {
        let headers = format!(
            "Origin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n"
        );
        server.status("GET", "/graphql", &headers)
    };
    assert_eq!(begin("https://graph.example"), 101);
    assert_eq!(begin("https://graph.example:443"), 101);
    assert_eq!(begin("https://evil.example"), 403);
    let refused = desk.run("serve --data store --allow-host https://graph.example");
    assert!(refused.code == 2 && refused.stderr.contains("without https://"), "{}", refused.stderr);
    let refused = desk.run("serve --data store --allow-origin *");
    assert!(refused.code == 2 && refused.stderr.contains("as browsers send it"), "{}", refused.stderr);
}
