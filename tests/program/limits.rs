//! Requests that ask for more than one request may, and those that the limits must let pass.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use crate::desk::{Desk, desk_with_district};
use crate::server::{Answer, Server};
use orgatlas::access::Access;
use orgatlas::atlas::Atlas;
use orgatlas::graphql::{Limits, Prepared, Request, execute_prepared, schema};
use orgatlas::work::{Stop, run};
use serde_json::{Value, json};

const NEWER: &str = "Content-Type: application/json\r\nAccept: application/graphql-response+json\r\n";

fn repeated(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// A query in which each of `count` fragments spreads the next one twice.
fn doubling(count: usize) -> String {
    let fragment = |n: usize| format!("fragment f{n} on Query {{ ...f{} ...f{} __typename }} ", n + 1, n + 1);
    format!("{{ ...f0 }} {} fragment f{count} on Query {{ __typename }}", repeated(count, fragment))
}

/// A query of introspection that leads from types to their fields `times` times in turn.
fn introspection(times: usize) -> String {
    let (open, close) = ("type { fields { name ".repeat(times - 1), "} }".repeat(times - 1));
    format!("{{ __schema {{ types {{ fields {{ name {open} {close} }} }} }} }}")
}

#[test]
fn a_query_that_asks_for_too_much_is_refused() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store");
    let parents = |n: usize| {
        format!("{{ organization(id: \"x\") {{ {} id {} }} }}", "parent { ".repeat(n), "} ".repeat(n))
    };
    let pages = "{ organizations(first: 1000) { nodes { children(first: 1000) { nodes { id } } } } }";
    let table = [
        (parents(18), "", false),
        (parents(19), "nests more than 20 fields; ask for the inner ones apart", true),
        (parents(300), "brackets nest more deeply than 64", true),
        ("{a".repeat(400_000), "brackets nest more deeply than 64", true),
        (format!("{{ a(b: {}", "[".repeat(900_000)), "brackets nest more deeply than 64", true),
        (format!("{{ {} }}", repeated(100, |n| format!("a{n}: __typename "))), "", false),
        (
            format!("{{ {} }}", repeated(101, |n| format!("a{n}: __typename "))),
            "the query has 101 aliases, but may have 100",
            true,
        ),
        (
            format!("{{ {} }}", repeated(10_000, |n| format!("a{n}: __typename "))),
            "more than 15000 tokens",
            true,
        ),
        (format!("{{ __typename {} }}", "@include(if: true) ".repeat(6)), "6 directives", true),
        (
            format!("{{ __typename {} }}", "@include(if: true) ".repeat(10_000)),
            "more than 15000 tokens",
            true,
        ),
        (format!("query {} {{ __typename }}", "@a ".repeat(6)), "6 directives", true),
        (format!("{{ ... {} {{ __typename }} }}", "@a ".repeat(6)), "6 directives", true),
        (
            "{ __typename ".to_owned() + &"__typename ".repeat(2_000) + "}",
            "has 2001 fields and fragments",
            true,
        ),
        // As deep as it may be: neither the parser nor the validator runs out of stack.
        (format!("{{ {} __typename {} }}", "... { ".repeat(62), "} ".repeat(62)), "", false),
        (doubling(4), "", false),
        (doubling(40), "but may have 2000", true),
        (doubling(500), "selections nest more deeply than 64", true),
        (
            "{ ...f } fragment f on Query { ...g ...g } fragment g on Query { ...f ...f }".to_owned(),
            "fragment f holds itself",
            true,
        ),
        (introspection(2), "", false),
        (introspection(3), "leads from types to their fields 3 times in turn", true),
        (pages.to_owned(), "costs more than 200000; ask for smaller pages", true),
        (pages.replacen("1000", "50", 1), "", false),
        (format!("{{ a(b: \"{}\") }}", "x".repeat(1_000_000)), "longer than 240000 bytes", true),
    ];
    for (query, message, refused) in table {
        let shown = query.chars().take(80).collect::<String>();
        let answer = server.send("POST", "/graphql", NEWER, &json!({ "query": query }).to_string());
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        if !refused {
            assert!(answer.status == 200 && body["errors"].is_null(), "{shown}: {body}");
            continue;
        }
        assert!(answer.status == 400 && body.get("data").is_none(), "{shown}: {body}");
        let found = body["errors"][0]["message"].as_str().unwrap();
        assert!(found.contains(message), "{shown}: {found}");
        let code =
            if found.contains("holds itself") { "GRAPHQL_VALIDATION_FAILED" } else { "LIMIT_EXCEEDED" };
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{shown}");
    }
    let many: Vec<_> = (0..20_000).collect();
    let variables =
        json!({ "query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": { "ids": many } });
    let answer = server.send("POST", "/graphql", NEWER, &variables.to_string());
    assert!(answer.body.contains("the variables hold 20001 values, but may hold 15000"), "{}", answer.body);
    assert_eq!(server.get("/healthz").body, "ok\n");
}

#[test]
fn a_body_that_is_too_large_is_refused_and_not_read() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store");
    let head = |length: &str| {
        format!("POST /graphql HTTP/1.1\r\nHost: {}\r\n{NEWER}{length}\r\n\r\n", server.address)
    };
    // Not a byte of the body is ever sent: an answer shows that none was waited for.
    let mut told = TcpStream::connect(&server.address).unwrap();
    told.write_all(head("Content-Length: 104857600").as_bytes()).unwrap();
    let answer = Answer::read(&mut told);
    assert!(answer.status == 413 && answer.head.contains("\r\nconnection: close"), "{}", answer.head);
    assert!(answer.body.contains("the body is larger than 1048576 bytes"), "{}", answer.body);
    // Without a length the answer comes at the limit; the body never ends.
    let mut untold = TcpStream::connect(&server.address).unwrap();
    untold.write_all(head("Transfer-Encoding: chunked").as_bytes()).unwrap();
    for _ in 0..16 {
        untold.write_all(format!("10000\r\n{}\r\n", " ".repeat(0x10000)).as_bytes()).unwrap();
    }
    untold.write_all(b"1\r\n \r\n").unwrap();
    let answer = Answer::read(&mut untold);
    assert!(answer.status == 413 && answer.body.contains("PAYLOAD_TOO_LARGE"), "{}", answer.body);
    let just_small_enough = format!("{{\"query\":\"{{__typename}}\"}}{}", " ".repeat((1 << 20) - 24));
    assert_eq!(just_small_enough.len(), 1 << 20);
    assert_eq!(server.send("POST", "/graphql", NEWER, &just_small_enough).status, 200);
    let mut just_too_large = TcpStream::connect(&server.address).unwrap();
    just_too_large.write_all(head("Content-Length: 1048577").as_bytes()).unwrap();
    assert_eq!(Answer::read(&mut just_too_large).status, 413);
}

#[test]
fn a_body_that_does_not_fit_into_memory_is_refused_and_small_ones_are_answered() {
    let desk = Desk::new();
    // Requests have a quarter of it at the least: 256 KiB.
    let server = Server::start(&desk, "serve --data store --memory 1MiB");
    let small = r#"{"query":"{__typename}"}"#;
    let refused = server.send("POST", "/graphql", NEWER, &format!("{small}{}", " ".repeat(240_000)));
    assert!(refused.status == 503 && refused.head.contains("\r\nretry-after: 1"), "{}", refused.head);
    assert!(refused.body.contains("SERVICE_UNAVAILABLE"), "{}", refused.body);
    assert_eq!(server.send("POST", "/graphql", NEWER, small).status, 200);
}

/// A server that holds what it refuses grows with each of these requests.
#[cfg(target_os = "linux")]
#[test]
fn attacks_leave_the_memory_of_a_server_as_it_was() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let peak = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let attacks = [
        "{a".repeat(400_000),
        format!("{{ {} }}", "organization(id: \"x\") { ".repeat(60)),
        format!("{{ {} }}", repeated(60_000, |n| format!("a{n}: __typename "))),
        format!("{{ __typename {} }}", "@include(if: true) ".repeat(40_000)),
        doubling(60),
        introspection(20),
        "{ organizations(first: 1000) { nodes { children(first: 1000) { nodes { id } } } } }".to_owned(),
    ];
    let attack = || {
        for query in &attacks {
            let body = json!({ "query": query }).to_string();
            assert_ne!(server.send("POST", "/graphql", NEWER, &body).status, 200, "{}", &query[..40]);
        }
        let batch = format!("[{}]", vec!["{\"query\":\"{__typename}\"}"; 30_000].join(","));
        assert_eq!(server.send("POST", "/graphql", NEWER, &batch).status, 400);
        for length in ["Content-Length: 104857600", "Transfer-Encoding: chunked"] {
            assert_eq!(flood(&server, length), 413, "{length}");
        }
    };
    // What the first makes the server keep, such as threads and what they set aside, is not held against the others.
    attack();
    let before = peak();
    for _ in 0..5 {
        attack();
    }
    let grown = peak().saturating_sub(before);
    // A third of one of the bodies that are refused; kept ones of a permitted size would come to more, too.
    assert!(grown < 32 << 10, "the server grew by {grown} kB from {before} kB");
    assert_eq!(server.get("/healthz").body, "ok\n");
}

/// Sends 100 MB for as long as they are taken, and gives the status of the answer.
fn flood(server: &Server, length: &str) -> u16 {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!("POST /graphql HTTP/1.1\r\nHost: {}\r\n{NEWER}{length}\r\n\r\n", server.address);
    stream.write_all(head.as_bytes()).unwrap();
    let mut reader = stream.try_clone().unwrap();
    let answered = std::thread::spawn(move || {
        let mut head = [0; 12];
        reader.read_exact(&mut head).map(|()| String::from_utf8_lossy(&head[9..]).parse().unwrap())
    });
    let piece = " ".repeat(0x10000);
    let piece = if length.ends_with("chunked") { format!("10000\r\n{piece}\r\n") } else { piece };
    for _ in 0..(100 << 20) / 0x10000 {
        // The server has answered and closed.
        if stream.write_all(piece.as_bytes()).is_err() {
            break;
        }
    }
    answered.join().unwrap().unwrap()
}

#[test]
fn limits_are_set_when_a_server_is_started() {
    let desk = desk_with_district();
    let good = json!({ "query": "{ __typename }" });
    let post = |server: &Server, body: &Value| server.send("POST", "/graphql", NEWER, &body.to_string());
    let server = Server::start(
        &desk,
        "serve --data store --max-depth 2 --max-batch 2 --max-body 200 --no-introspection --max-aliases 0",
    );
    let answer = post(&server, &json!([good, { "query": "{ x }" }]));
    assert_eq!(answer.status, 200);
    let batch: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(batch[0], json!({ "data": { "__typename": "Query" } }));
    assert_eq!(batch[1]["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    let table = [
        (json!([good, good, good]), "the batch has 3 requests, but may have 1 to 2"),
        (json!([]), "the batch has 0 requests"),
        (json!([good, 3]), "a request is a number"),
        (json!({ "query": "{ organizations { nodes { id } } }" }), "nests more than 2 fields"),
        (json!({ "query": "{ a: __typename }" }), "the query has 1 aliases, but may have 0"),
        (json!({ "query": "{ __schema { queryType { name } } }" }), "introspection is switched off"),
        (json!({ "query": "{ __type(name: \"Query\") { name } }" }), "introspection is switched off"),
        (json!({ "query": " ".repeat(200) }), "the body is larger than 200 bytes"),
    ];
    for (body, message) in table {
        let answer = post(&server, &body);
        assert!(answer.status != 200 && answer.body.contains(message), "{body}: {}", answer.body);
    }
    let answer = post(&server, &json!({ "query": "{ organisations { totalCount } }" }));
    assert!(!answer.body.contains("Did you mean"), "a suggestion tells the schema: {}", answer.body);
    drop(server);
    let hasty = Server::start(&desk, "serve --data store --max-time 0.000001");
    let answer = post(&hasty, &json!({ "query": "{ gaps(indicator: \"two-new-either\") { totalCount } }" }));
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.body.contains("\"code\":\"TIMEOUT\"") && !answer.body.contains("data"), "{}", answer.body);
    // In whatever form it would have been answered; a batch has the answers of others too.
    let slow = json!({ "query": "{ gaps(indicator: \"two-new-either\") { totalCount } }" });
    let body = slow.to_string();
    for accepted in ["application/json", "application/graphql-response+json", "text/event-stream"] {
        let headers = format!("Content-Type: application/json\r\nAccept: {accepted}\r\n");
        let answer = hasty.send("POST", "/graphql", &headers, &body);
        assert_eq!(
            (answer.status, answer.body.contains("TIMEOUT")),
            (503, true),
            "{accepted}: {}",
            answer.body
        );
    }
    drop(hasty);
    let hasty = Server::start(&desk, "serve --data store --max-time 0.000001 --max-batch 2");
    let answer = post(&hasty, &json!([slow, slow]));
    assert_eq!((answer.status, answer.body.matches("TIMEOUT").count()), (200, 2), "{}", answer.body);
}

#[test]
fn a_request_that_nobody_waits_for_stops() {
    let desk = Desk::new();
    let atlas = Arc::new(Atlas::open(desk.path()).unwrap().0);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let stop = Stop::default();
    let ask = |question: &str| {
        let prepared = Prepared::new(Request::new(question), &Limits::DEFAULT).unwrap();
        run(&stop, None, || {
            let schema = schema();
            let asked = execute_prepared(&schema, &atlas, Access::anonymous(), prepared);
            runtime.block_on(asked).errors.into_iter().next().map(|error| error.message)
        })
    };
    let questions = [
        "{ indicators { id } }",
        "{ search(text: \"shandong\") { totalCount } }",
        "{ coverage(rule: { population: { kind: [ENTERPRISE] }, forms: [] }) { population } }",
        "{ plan(indicator: \"grid-station\") { steps { totalCount } } }",
    ];
    questions.iter().for_each(|question| assert_eq!(ask(question), None, "{question}"));
    assert!(stop.ask());
    questions.iter().for_each(|question| {
        assert_eq!(ask(question).as_deref(), Some("the request was stopped"), "{question}");
    });
}

#[test]
fn a_mutation_that_is_stopped_wrote_nothing_and_one_that_wrote_is_not_stopped() {
    let desk = Desk::new();
    let atlas = Arc::new(Atlas::open(desk.path()).unwrap().0);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let apply = |stop: &Stop| {
        let mutation = "mutation { applyChanges(reason: \"r\", changes: [
          { putOrganization: { id: \"cn-37\", kind: PROVINCE, name: \"山东省\" } }]) { query { version } } }";
        let prepared = Prepared::new(Request::new(mutation), &Limits::DEFAULT).unwrap();
        let access = Access::administrator("test");
        run(stop, None, || {
            let schema = schema();
            let asked = execute_prepared(&schema, &atlas, access, prepared);
            serde_json::to_value(runtime.block_on(asked)).unwrap()
        })
    };
    let stop = Stop::default();
    assert!(stop.ask());
    assert_eq!(apply(&stop)["errors"][0]["extensions"]["code"], "TIMEOUT");
    assert_eq!(atlas.snapshot().version, 0);
    let stop = Stop::default();
    assert_eq!(apply(&stop)["data"]["applyChanges"]["query"]["version"], 1);
    assert!(!stop.ask(), "it was seen through");
}

/// As deep as the introspection queries of GraphiQL and of code generators: nine times `ofType` in arguments.
#[test]
fn tools_can_ask_for_the_schema() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store");
    let of_type = format!("name kind {} {}", "ofType { name kind ".repeat(9), "} ".repeat(9));
    let query = format!(
        "query {{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }}
             types {{ ...Whole }} directives {{ name description locations args {{ ...Input }} }} }} }}
         fragment Whole on __Type {{ kind name description specifiedByURL
           fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ ...Input }}
             type {{ ...Named }} isDeprecated deprecationReason }}
           inputFields(includeDeprecated: true) {{ ...Input }} interfaces {{ ...Named }}
           enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
           possibleTypes {{ ...Named }} }}
         fragment Input on __InputValue {{ name description type {{ ...Named }} defaultValue isDeprecated }}
         fragment Named on __Type {{ {of_type} }}"
    );
    let answer = server.ask(&query);
    assert!(answer["errors"].is_null(), "{}", answer["errors"]);
    let types = answer["data"]["__schema"]["types"].as_array().unwrap();
    assert!(types.iter().any(|each| each["name"] == "Organization"));
}
