//! The server, met by a client over a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use crate::desk::{Desk, desk_with_district};
use serde_json::{Value, json};

/// A server on a free port of loopback, stopped when dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
    /// What it says after it has begun to listen.
    said: Mutex<Receiver<String>>,
}

/// What a server answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Server {
    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn start(desk: &Desk, command: &str) -> Self {
        Self::start_in(desk, command, &[])
    }

    /// Starts it with more environment variables.
    pub(crate) fn start_in(desk: &Desk, command: &str, environment: &[(&str, &str)]) -> Self {
        let mut process = desk.command(&Self::arguments(command));
        process.envs(environment.iter().copied());
        Self::begin(process)
    }

    /// Starts it in a shell that does something before.
    #[cfg(unix)]
    pub(crate) fn start_under(desk: &Desk, before: &str, command: &str) -> Self {
        let program = desk.command(&Self::arguments(command));
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{before} && exec \"$0\" \"$@\"")]);
        shell.arg(program.get_program()).args(program.get_args());
        shell.current_dir(desk.path()).stdin(Stdio::null());
        Self::begin(shell)
    }

    fn arguments(command: &str) -> Vec<&str> {
        let own = if command.contains("--listen") { &[][..] } else { &["--listen", "127.0.0.1:0"] };
        command.split_whitespace().chain(own.iter().copied()).collect()
    }

    fn begin(mut process: Command) -> Self {
        let mut process = process.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, rest) = line.split_once(" at http")?;
            Some(rest.split_whitespace().next()?.split_once("://")?.1.to_owned())
        });
        // The rest of what it says is read, so that it never waits for a reader.
        let (say, said) = channel();
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| say.send(line).unwrap_or_default());
        });
        let address = address.expect("the server does not say where it listens");
        Self { process, address, said: Mutex::new(said) }
    }

    /// What it says up to a line with a text.
    pub(crate) fn said_until(&self, text: &str) -> Vec<String> {
        let said = self.said.lock().unwrap();
        let mut lines = Vec::new();
        while !lines.last().is_some_and(|line: &String| line.contains(text)) {
            lines.push(said.recv().unwrap());
        }
        lines
    }

    /// What else it says, after it has ended.
    pub(crate) fn said_to_the_end(&self) -> Vec<String> {
        self.said.lock().unwrap().iter().collect()
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// Sends what is written, after which the server closes the connection.
    pub(crate) fn say(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream)
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        self.send_to(&self.address, method, path, headers, body)
    }

    /// Sends a request that calls the server by another name.
    pub(crate) fn send_to(&self, host: &str, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        // In one piece: a server that refuses by the head alone may close before a second one comes.
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream)
    }

    /// The status by which a request is answered, on a connection that may stay open.
    pub(crate) fn status(&self, method: &str, path: &str, headers: &str) -> u16 {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.address);
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        String::from_utf8_lossy(&head[9..]).parse().unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", "")
    }

    pub(crate) fn ask(&self, query: &str) -> Value {
        self.ask_with(query, &json!({}))
    }

    pub(crate) fn ask_with(&self, query: &str, variables: &Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = self.send("POST", "/graphql", "Content-Type: application/json\r\n", &body);
        serde_json::from_str(&answer.body).unwrap()
    }
}

impl Answer {
    /// Reads an answer to its end, which is where the server closes the connection.
    pub(crate) fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        let body = &bytes[end + 4..];
        let body = if head.contains("transfer-encoding: chunked") { joined(body) } else { body.to_vec() };
        let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
        Self { status, head, body: String::from_utf8(body).unwrap() }
    }
}

/// A body that was sent in pieces, each after its length.
fn joined(mut pieces: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = pieces.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&pieces[..end]).unwrap(), 16).unwrap();
        let (piece, rest) = pieces[end + 2..].split_at(length);
        whole.extend_from_slice(piece);
        pieces = &rest[2..];
    }
    whole
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
fn a_server_listens_where_a_name_leads_and_is_called_by_it() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store --listen localhost:0");
    let port = server.address.rsplit(':').next().unwrap();
    for host in [server.address.clone(), format!("localhost:{port}")] {
        assert_eq!(server.send_to(&host, "GET", "/readyz", "", "").status, 200, "{host}");
    }
    for (address, said) in [("localhost", "write localhost:8080"), (":8080", "names no host")] {
        let refused = desk.run(&format!("serve --data store --listen {address}"));
        assert!(refused.code == 2 && refused.stderr.contains(said), "{}", refused.stderr);
    }
    let refused = desk.run("serve --data other --listen no-such-name.invalid:8080");
    assert!(refused.code == 1 && refused.stderr.contains("--listen"), "{}", refused.stderr);
    assert!(!desk.path().join("other").exists());
}

#[test]
fn a_store_that_is_served_tells_other_commands_where() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let refused = desk.run("check --data store");
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains(&format!("http://{}", server.address)), "{}", refused.stderr);
}

/// GraphQL over HTTP in one table: what is sent, and by which status and media type it is answered.
#[test]
fn graphql_over_http_is_answered_by_method_media_type_and_status() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let typed = "Content-Type: application/json\r\n";
    let json = "Content-Type: application/json\r\nAccept: application/json\r\n";
    let newer = "Content-Type: application/json\r\nAccept: application/graphql-response+json\r\n";
    let both = "Content-Type: application/json; charset=utf-8\r\n\
                Accept: application/graphql-response+json, application/json;q=0.9\r\n";
    let any = "Content-Type: application/json\r\nAccept: */*\r\n";
    let html = "Content-Type: application/json\r\nAccept: text/html\r\n";
    let utf_16 = "Content-Type: application/json; charset=utf-16\r\n";
    let only_newer = "Accept: application/graphql-response+json\r\n";
    let good = r#"{"query":"{ __typename }"}"#;
    let with = |parameter: &str| format!(r#"{{"query":"{{ __typename }}",{parameter}}}"#);
    let variables =
        r#"{"query":"query ($id: ID!) { organization(id: $id) { id } }","variables":{"id":"cn-37"}}"#;
    let without = r#"{"query":"query ($id: ID!) { organization(id: $id) { id } }","variables":{"id":null}}"#;
    let named = r#"{"query":"query A { __typename } query B { indicators { id } }","operationName":"A"}"#;
    let unnamed = r#"{"query":"query A { __typename } query B { indicators { id } }"}"#;
    let failing = r#"{"query":"{ coverage { population } }"}"#;
    let unknown = r#"{"query":"{ nothing }"}"#;
    let open = r#"{"query":"{"}"#;
    let mutation = r#"{"query":"mutation { __typename }"}"#;
    let subscription = r#"{"query":"subscription { changes { version } }"}"#;
    let hash = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";
    let persisted = format!(r#""extensions":{{"persistedQuery":{{"version":1,"sha256Hash":"{hash}"}}}}"#);
    let by_hash = format!("{{{persisted}}}");
    let in_address =
        format!("?extensions=%7B%22persistedQuery%22:%7B%22version%22:1,%22sha256Hash%22:%22{hash}%22%7D%7D");
    let old = "application/json; charset=utf-8";
    let new = "application/graphql-response+json; charset=utf-8";
    let executed = "{\"data\":{\"__typename\":\"Query\"}}";
    let table = [
        // The media type of the answer.
        ("POST", "", typed, good, 200, old, executed),
        ("POST", "", json, good, 200, old, executed),
        ("POST", "", newer, good, 200, new, executed),
        ("POST", "", both, good, 200, new, executed),
        ("POST", "", any, good, 200, old, executed),
        ("POST", "", html, good, 406, old, "NOT_ACCEPTABLE"),
        // The media type of the body.
        ("POST", "", "", good, 415, old, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", "", "Content-Type: text/plain\r\n", good, 415, old, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", "", utf_16, good, 415, old, "UNSUPPORTED_MEDIA_TYPE"),
        // The body.
        ("POST", "", newer, "", 400, new, "the body is not JSON"),
        ("POST", "", json, "{ \"not a JSON", 400, old, "the body is not JSON"),
        ("POST", "", json, "3", 400, old, "a request is a number, but must be an object"),
        ("POST", "", json, &format!("[{good}]"), 400, old, "the body is a batch"),
        ("POST", "", json, "{}", 400, old, "the request has no query"),
        ("POST", "", json, "{\"query\":null}", 400, old, "the request has no query"),
        ("POST", "", json, "{\"query\":[\"{ __typename }\"]}", 400, old, "query is a list"),
        // Its parameters.
        ("POST", "", json, &with("\"operationName\":null"), 200, old, executed),
        ("POST", "", json, &with("\"operationName\":\"\""), 200, old, executed),
        ("POST", "", json, &with("\"operationName\":0"), 400, old, "operationName is a number"),
        ("POST", "", json, &with("\"variables\":null"), 200, old, executed),
        ("POST", "", json, &with("\"variables\":{}"), 200, old, executed),
        ("POST", "", json, &with("\"variables\":\"{}\""), 400, old, "variables is a string"),
        ("POST", "", json, &with("\"extensions\":null"), 200, old, executed),
        ("POST", "", json, &with("\"extensions\":{\"a\":1}"), 200, old, executed),
        ("POST", "", json, &with("\"extensions\":false"), 400, old, "extensions is a boolean"),
        ("POST", "", json, &with("\"unheard\":[]"), 200, old, executed),
        ("POST", "", json, variables, 200, old, "{\"data\":{\"organization\":{\"id\":\"cn-37\"}}}"),
        ("POST", "", json, named, 200, old, executed),
        // What is not executed has no data; the older media type does not say so by its status.
        ("POST", "", json, open, 200, old, "{\"errors\":[{\"message\":"),
        ("POST", "", newer, open, 400, new, "GRAPHQL_PARSE_FAILED"),
        ("POST", "", json, unknown, 200, old, "{\"errors\":[{\"message\":"),
        ("POST", "", newer, unknown, 400, new, "GRAPHQL_VALIDATION_FAILED"),
        ("POST", "", json, without, 200, old, "variable $id of type ID! is missing or null"),
        ("POST", "", newer, without, 400, new, "BAD_USER_INPUT"),
        ("POST", "", newer, unnamed, 400, new, "{\"errors\":[{\"message\":"),
        ("POST", "", newer, mutation, 200, new, "{\"data\":{\"__typename\":\"Mutation\"}}"),
        // Documents that are named by their hash.
        ("POST", "", json, &by_hash, 200, old, "PERSISTED_QUERY_NOT_FOUND"),
        ("POST", "", newer, &by_hash, 400, new, "{\"errors\":[{\"message\":\"PersistedQueryNotFound\""),
        ("POST", "", json, &with(&persisted), 200, old, executed),
        ("POST", "", json, &by_hash, 200, old, executed),
        ("GET", &in_address, "", "", 200, old, executed),
        ("GET", &format!("?documentId=sha256:{hash}"), "", "", 200, old, executed),
        ("GET", "?documentId=x", "", "", 200, old, "PERSISTED_QUERY_NOT_FOUND"),
        ("POST", "", json, "{\"documentId\":3}", 400, old, "documentId is a number"),
        // Answers without an end.
        ("POST", "", json, subscription, 406, old, "a subscription is answered as text/event-stream"),
        // What is executed has data, be it null.
        ("POST", "", newer, failing, 200, new, "{\"data\":null,\"errors\":[{\"message\":"),
        // In the address.
        ("GET", "?query=%7B__typename%7D", "", "", 200, old, executed),
        ("GET", "?query=%7B__typename%7D", only_newer, "", 200, new, executed),
        ("GET", "?query=%7B__typename%7D&operationName=&variables=&extensions=", "", "", 200, old, executed),
        (
            "GET",
            "?query=query($n:String!)%7B__type(name:$n)%7Bname%7D%7D&variables=%7B%22n%22:%22x%22%7D",
            "",
            "",
            200,
            old,
            "{\"data\":{\"__type\":null}}",
        ),
        ("GET", "?query=%7B__typename%7D&variables=%7B", "", "", 400, old, "variables is not JSON"),
        ("GET", "?query=%7B__typename%7D&variables=3", "", "", 400, old, "variables is a number"),
        ("GET", "?query=a&query=b", "", "", 400, old, "duplicate field"),
        ("GET", "", "", "", 400, old, "the request has no query"),
        ("GET", "?query=mutation%7B__typename%7D", only_newer, "", 405, new, "METHOD_NOT_ALLOWED"),
        ("DELETE", "", "", "", 405, old, "METHOD_NOT_ALLOWED"),
        ("PUT", "", json, good, 405, old, "METHOD_NOT_ALLOWED"),
    ];
    for (method, address, headers, body, status, media_type, found) in table {
        let answer = server.send(method, &format!("/graphql{address}"), headers, body);
        let row = format!("{method} {address} {headers}{body}");
        assert_eq!(answer.status, status, "{row}: {}", answer.body);
        assert!(answer.head.contains(&format!("content-type: {media_type}")), "{row}: {}", answer.head);
        assert!(answer.body.contains(found), "{row}: {}", answer.body);
        assert_eq!(answer.head.contains("\r\nallow: "), status == 405, "{row}: {}", answer.head);
        let parsed: Value = serde_json::from_str(&answer.body).unwrap();
        for error in parsed["errors"].as_array().into_iter().flatten() {
            assert!(
                error["message"].is_string() && error["extensions"]["code"].is_string(),
                "{row}: {error}"
            );
        }
    }
}

#[test]
fn pages_and_diagrams_are_answered_by_media_type_and_status() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let table = [
        ("/", 200, "text/html"),
        ("/home.js", 200, "text/javascript"),
        ("/home.css", 200, "text/css"),
        ("/nothing", 404, ""),
        ("/diagrams/cn-370114001.dot", 200, "text/vnd.graphviz"),
        ("/diagrams/cn-370114001.mmd?depth=1&as-of=2024-01-01", 200, "text/vnd.mermaid"),
        ("/diagrams/nobody.dot", 404, "text/plain"),
        ("/diagrams/cn-370114001.bmp", 404, "text/plain"),
        ("/diagrams/cn-370114001.dot?view=pie", 400, "text/plain"),
    ];
    for (path, status, media_type) in table {
        let answer = server.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert!(
            answer.head.contains(&format!("content-type: {media_type}")) || media_type.is_empty(),
            "{path}"
        );
    }
}

/// Whether the page is there depends on whether Node was where the program was built.
#[test]
fn graphiql_is_there_and_asks_no_other_host_or_says_what_is_missing() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store");
    let page = server.get("/graphiql");
    assert!(page.head.contains("content-security-policy: default-src 'self';"), "{}", page.head);
    assert!(!page.head.contains("unsafe"), "{}", page.head);
    let parts = [("/graphiql.js", "text/javascript"), ("/graphiql.css", "text/css")];
    if page.status == 200 {
        assert!(!page.body.contains("://"), "{}", page.body);
        for (path, media_type) in parts {
            let part = server.get(path);
            assert_eq!(part.status, 200, "{path}");
            assert!(part.head.contains(&format!("content-type: {media_type}")), "{path}: {}", part.head);
            assert!(part.body.len() > 100_000, "{path}");
        }
    } else {
        assert!(page.status == 501 && page.body.contains("GraphiQL is missing"), "{}", page.body);
        for (path, _) in parts {
            assert_eq!(server.get(path).status, 404, "{path}");
        }
    }
}

#[test]
fn the_examples_of_graphiql_are_answered() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let examples = include_str!("../../web/graphiql/examples.js");
    let examples: Vec<_> = examples.split("tab(").skip(1).filter(|example| example.contains('`')).collect();
    assert_eq!(examples.len(), 10);
    for example in examples {
        // What a subscription tells again and again, a query is answered once.
        let query = example.split('`').nth(1).unwrap().replacen("subscription ", "query ", 1);
        let variables: Value =
            example.split('\'').nth(1).map_or(json!({}), |v| serde_json::from_str(v).unwrap());
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = server.send("POST", "/graphql", "Content-Type: application/json\r\n", &body);
        assert!(!answer.body.contains("\"errors\"") && answer.body.len() > 100, "{query}: {}", answer.body);
    }
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
