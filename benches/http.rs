//! Requests a second over HTTP, beside a bare axum handler that returns the same bytes:
//!
//! `cargo bench --bench http -- STORE params.json`
//!
//! Both servers and the client are in this program: 32 connections that are kept, each sending its next request
//! when the last is answered. Ours takes connections as `orgatlas serve` does, without a log. The control knows every
//! request with its answer, and looks it up; it is served as axum does.
#![expect(clippy::expect_used, reason = "whatever fails here ends the bench, with its cause")]
#![expect(clippy::print_stdout, reason = "the results are for whoever runs the bench")]

use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::routing::post;
use orgatlas::access::Guard;
use orgatlas::atlas::Atlas;
use orgatlas::graphql::Limits;
use orgatlas::http::{self, App};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// That of the program.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const CONNECTIONS: usize = 32;

/// How long each round takes.
const ROUND: Duration = Duration::from_secs(4);

/// How many rounds each server has, in turns with the other.
const ROUNDS: usize = 5;

const ORGANIZATION: &str = "query Q6($p: ID!) { organization(id: $p) { id kind name division uscc \
    relations(first: 1000) { nodes { type mode source { id name } target { id name } } } } }";

const COVERAGE: &str = "query Q1($p: ID!, $rule: CoverageRuleInput!) { \
    coverage(rule: $rule, within: $p, groupBy: SUBDISTRICT) { groups { by { id } subjects covered } } }";

/// A question with the answers that are expected, body by body.
struct Load {
    name: &'static str,
    answers: HashMap<Bytes, Bytes>,
}

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let (Some(store), Some(parameters)) = (arguments.next(), arguments.next()) else {
        println!("http: not run, it needs a store and its parameters: -- STORE params.json");
        return;
    };
    let text = fs::read(&parameters).expect("the parameters can be read");
    let parameters: BTreeMap<String, Value> = serde_json::from_slice(&text).expect("JSON");
    let ids = |name: &str| -> Vec<String> {
        serde_json::from_value(parameters[name].clone()).expect("a list of ids")
    };
    let (atlas, _) = Atlas::open(Path::new(&store)).expect("the store opens");
    let guard = Guard::of(Path::new(&store), true).expect("who may ask is known");
    let servers = Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (listener, ours) = listen(&servers);
    servers.spawn(http::serve(
        App::new(Arc::new(atlas), guard, &Limits::default()),
        vec![listener],
        pending(),
    ));

    let organization = |id: &String| json!({ "query": ORGANIZATION, "variables": { "p": id } });
    let rule = json!({
        "population": { "all": [
            { "kind": ["ENTERPRISE"] },
            { "compare": { "operand": "members", "comparison": "AT_LEAST", "value": 3 } },
        ] },
        "forms": [{ "id": "own", "when": { "related": {
            "type": "ORGANIZES", "direction": "IN", "modes": ["STANDALONE"], "to": { "kind": ["PARTY_BRANCH"] },
        } } }],
    });
    let coverage = |id: &String| json!({ "query": COVERAGE, "variables": { "p": id, "rule": rule } });
    let questions = [
        ("Q6", ids("Q6_load").iter().map(organization).collect::<Vec<_>>()),
        ("Q1", ids("Q1").iter().map(coverage).collect()),
    ];
    for (name, bodies) in questions {
        let bodies = bodies.into_iter().map(|body| Bytes::from(body.to_string()));
        let answers = bodies.map(|body| (body.clone(), answer(ours, &body))).collect();
        let load = Load { name, answers };
        let (listener, control) = listen(&servers);
        let router = answering(load.answers.clone());
        servers.spawn(async move { axum::serve(listener, router).await });
        compare(&load, ours, control);
    }
}

/// Times both servers in turns, and prints their medians.
fn compare(load: &Load, ours: SocketAddr, control: SocketAddr) {
    let requests: Vec<_> = load.answers.keys().map(|body| request(body)).collect();
    let mut rounds = [(); 2].map(|()| Vec::new());
    for _ in 0..ROUNDS {
        for (server, rounds) in [ours, control].into_iter().zip(&mut rounds) {
            rounds.push(round(server, &requests));
        }
    }
    let [ours, control] = rounds.map(|mut rounds| {
        rounds.sort_by(|a, b| a[0].total_cmp(&b[0]));
        rounds[ROUNDS / 2]
    });
    for (server, [rate, half, most]) in [("orgatlas", ours), ("control", control)] {
        println!("{} {server}: {rate:.0} requests/s, p50 {half:.2} ms, p99 {most:.2} ms", load.name);
    }
    println!(
        "{}: {:.2} of the control's requests, p99 {:.2} times",
        load.name,
        ours[0] / control[0],
        ours[2] / control[2]
    );
}

/// Requests a second, median and 99th percentile in milliseconds.
fn round(server: SocketAddr, requests: &[Vec<u8>]) -> [f64; 3] {
    let connections = 0..CONNECTIONS;
    let mut times = thread::scope(|scope| {
        let clients: Vec<_> =
            connections.map(|number| scope.spawn(move || connection(server, requests, number))).collect();
        clients.into_iter().flat_map(|client| client.join().expect("a client that lasts")).collect::<Vec<_>>()
    });
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    [times.len() as f64 / ROUND.as_secs_f64(), at(0.5), at(0.99)]
}

fn connection(server: SocketAddr, requests: &[Vec<u8>], number: usize) -> Vec<Duration> {
    let mut stream = TcpStream::connect(server).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let (started, mut times, mut buffer) = (Instant::now(), Vec::new(), vec![0; 1 << 20]);
    for request in requests.iter().cycle().skip(number * requests.len() / CONNECTIONS) {
        let asked = Instant::now();
        if asked - started > ROUND {
            break;
        }
        exchange(&mut stream, request, &mut buffer);
        times.push(asked.elapsed());
    }
    times
}

/// Sends a request and reads its answer; gives back where in the buffer the body stands.
fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> Range<usize> {
    stream.write_all(request).expect("a server that reads");
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).expect("a server that answers");
        assert!(read > 0, "the server closed the connection, or the answer is too long");
        filled += read;
        let Some(end) = buffer[..filled].windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).expect("a head in ASCII");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let body = end + 4..end + 4 + length.expect("a length").parse::<usize>().expect("a number");
        if filled >= body.end {
            return body;
        }
    }
}

/// The answer to one request.
fn answer(server: SocketAddr, body: &Bytes) -> Bytes {
    let mut stream = TcpStream::connect(server).expect("a connection");
    let mut buffer = vec![0; 1 << 20];
    let at = exchange(&mut stream, &request(body), &mut buffer);
    let answer: Value = serde_json::from_slice(&buffer[at.clone()]).expect("JSON");
    assert!(answer["errors"].is_null(), "{answer}");
    Bytes::copy_from_slice(&buffer[at])
}

fn request(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn answering(answers: HashMap<Bytes, Bytes>) -> Router {
    async fn answer(
        State(answers): State<Arc<HashMap<Bytes, Bytes>>>,
        body: Bytes,
    ) -> ([(header::HeaderName, &'static str); 1], Bytes) {
        let answer = answers.get(&body).cloned().unwrap_or_default();
        ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], answer)
    }
    Router::new().route("/graphql", post(answer)).with_state(Arc::new(answers))
}

fn listen(servers: &Runtime) -> (TcpListener, SocketAddr) {
    let listener = servers.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}
