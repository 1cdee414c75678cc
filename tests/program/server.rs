//! The server, met by a client over a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::desk::{Desk, desk_with_district};
use serde_json::{Value, json};

/// A server on a free port of loopback, stopped when dropped.
struct Server {
    process: Child,
    address: String,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Server {
    fn start(desk: &Desk, command: &str) -> Self {
        let mut arguments: Vec<_> = command.split_whitespace().collect();
        arguments.extend(["--listen", "127.0.0.1:0"]);
        let mut process = desk.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, rest) = line.split_once(" at http://")?;
            Some(rest.split_whitespace().next().unwrap().to_owned())
        });
        // The rest of what it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address: address.expect("the server does not say where it listens") }
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}",
            self.address
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", "")
    }

    fn ask(&self, query: &str) -> Value {
        let body = json!({ "query": query }).to_string();
        let answer = self.send("POST", "/graphql", "Content-Type: application/json\r\n", &body);
        serde_json::from_str(&answer.body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[test]
fn the_demo_serves_the_district_from_an_empty_folder() {
    let desk = Desk::new();
    let server = Server::start(&desk, "demo");
    assert_eq!(server.get("/healthz").body, "ok\n");
    assert_eq!(server.get("/readyz").body, "ready at version 1\n");
    let answer = server.ask(
        "{ organization(id: \"cn-370114\") { name ancestors { name } }
           coverage(indicator: \"village-income\") { population } }",
    );
    assert_eq!(
        answer["data"],
        json!({
            "organization": { "name": "章丘区", "ancestors": [{ "name": "济南市" }, { "name": "山东省" }] },
            "coverage": { "population": 525 },
        })
    );
    drop(server);
    let again = Server::start(&desk, "demo");
    assert_eq!(again.get("/readyz").body, "ready at version 1\n", "the district was loaded twice");
}

#[test]
fn a_store_that_is_served_tells_other_commands_where() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let refused = desk.run("check --data store");
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains(&format!("http://{}", server.address)), "{}", refused.stderr);
}

#[test]
fn graphql_over_http_is_answered_by_method_media_type_and_status() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let json = "Content-Type: application/json\r\n";
    let newer = "Content-Type: application/json\r\nAccept: application/graphql-response+json\r\n";
    let good = r#"{"query":"{ __typename }"}"#;
    let variables =
        r#"{"query":"query ($id: ID!) { organization(id: $id) { id } }","variables":{"id":"cn-37"}}"#;
    let table = [
        ("POST", "/graphql", json, good, 200, "application/json"),
        ("POST", "/graphql", json, variables, 200, "application/json"),
        ("POST", "/graphql", newer, good, 200, "application/graphql-response+json"),
        ("POST", "/graphql", newer, r#"{"query":"{ nothing }"}"#, 400, "application/graphql-response+json"),
        ("POST", "/graphql", json, r#"{"query":"{ nothing }"}"#, 200, "application/json"),
        ("POST", "/graphql", json, "{", 400, "application/json"),
        ("POST", "/graphql", json, "{}", 400, "application/json"),
        ("POST", "/graphql", "Content-Type: text/plain\r\n", good, 415, "application/json"),
        ("GET", "/graphql?query=%7B__typename%7D", "", "", 200, "application/json"),
        ("GET", "/graphql", "", "", 400, "application/json"),
        ("DELETE", "/graphql", "", "", 405, ""),
        ("GET", "/", "", "", 200, "text/html"),
        ("GET", "/home.js", "", "", 200, "text/javascript"),
        ("GET", "/home.css", "", "", 200, "text/css"),
        ("GET", "/nothing", "", "", 404, ""),
        ("GET", "/diagrams/cn-370114001.dot", "", "", 200, "text/vnd.graphviz"),
        ("GET", "/diagrams/cn-370114001.mmd?depth=1&as-of=2024-01-01", "", "", 200, "text/vnd.mermaid"),
        ("GET", "/diagrams/nobody.dot", "", "", 404, "text/plain"),
        ("GET", "/diagrams/cn-370114001.bmp", "", "", 404, "text/plain"),
        ("GET", "/diagrams/cn-370114001.dot?view=pie", "", "", 400, "text/plain"),
    ];
    for (method, path, headers, body, status, media_type) in table {
        let answer = server.send(method, path, headers, body);
        let row = format!("{method} {path} {headers}{body}");
        assert_eq!(answer.status, status, "{row}: {}", answer.body);
        assert!(
            answer.head.contains(&format!("content-type: {media_type}")) || media_type.is_empty(),
            "{row}"
        );
    }
    let large = format!("{{\"query\":\"{}\"}}", " ".repeat(2 << 20));
    assert_eq!(server.send("POST", "/graphql", json, &large).status, 413);
}

#[test]
fn errors_have_codes_and_the_place_where_they_arose() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let table = [
        (
            "{ coverage(indicator: \"none\") { population } }",
            "NOT_FOUND",
            "there is no indicator \"none\"; there are: ",
        ),
        (
            "{ coverage(indicator: \"village-income\", within: \"x\") { population } }",
            "NOT_FOUND",
            "id \"x\"",
        ),
        ("{ coverage { population } }", "BAD_USER_INPUT", "give an indicator or a rule, and not both"),
        ("{ organizations(first: 1001) { totalCount } }", "BAD_USER_INPUT", "from 0 to 1000"),
        ("{ organizations(after: \"x\") { totalCount } }", "BAD_USER_INPUT", "no cursor of this list"),
        (
            "{ path(from: \"cn-37\", to: \"cn-3701\", maxLength: 99) { length } }",
            "BAD_USER_INPUT",
            "from 0 to 32",
        ),
    ];
    for (query, code, message) in table {
        let error = server.ask(query)["errors"][0].take();
        assert_eq!(error["extensions"]["code"], code, "{query}: {error}");
        assert!(error["message"].as_str().unwrap().contains(message), "{query}: {error}");
        assert!(error["path"].is_array() && error["locations"].is_array(), "{query}: {error}");
    }
}
