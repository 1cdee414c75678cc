//! How long requests that ask for too much take to be refused, and what memory they leave behind:
//!
//! `cargo bench --bench attacks -- STORE`
//!
//! The server is in this program and has its default limits. Each attack comes on a connection of its own, and ends
//! when the whole answer was read.
#![expect(clippy::expect_used, reason = "whatever fails here ends the bench, with its cause")]
#![expect(clippy::print_stdout, reason = "the results are for whoever runs the bench")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fmt};

use orgatlas::access::Guard;
use orgatlas::atlas::Atlas;
use orgatlas::bench::resident_mib;
use orgatlas::graphql::Limits;
use orgatlas::http::App;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// How often each attack is repeated.
const REPEATS: usize = 50;

/// How much an attacker sends who goes on and on.
const HUNDRED_MEGABYTES: usize = 100_000_000;

/// One way to ask for too much.
struct Attack {
    name: &'static str,
    head: String,
    /// What is sent after the head, so many times.
    body: Vec<u8>,
    times: usize,
}

fn main() {
    let Some(store) = env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        println!("attacks: not run, it needs a store: -- STORE");
        return;
    };
    let (atlas, _) = Atlas::open(Path::new(&store)).expect("the store opens");
    let guard = Guard::of(Path::new(&store), true).expect("who may ask is known");
    let servers = Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let router = App::new(Arc::new(atlas), guard, &Limits::default()).router();
    let listener = servers.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let server = listener.local_addr().expect("an address");
    servers.spawn(async move { axum::serve(listener, router).await });

    let attacks = attacks();
    let plain = Attack::query("(a plain query)", &json!({ "query": "{ __typename }" }));
    // What threads and allocators take once is not what attacks leave behind.
    for attack in &attacks {
        (0..REPEATS).for_each(|_| drop(send(server, attack)));
    }
    let before = Memory::now();
    for attack in attacks.iter().chain([&plain]) {
        let mut answers: Vec<_> = (0..REPEATS).map(|_| send(server, attack)).collect();
        answers.sort_by_key(|(time, _)| *time);
        let milliseconds = |at: usize| answers[at].0.as_secs_f64() * 1e3;
        let (median, most) = (milliseconds(REPEATS / 2), milliseconds(REPEATS - 1));
        println!("{}: {}; median {median:.2} ms, longest {most:.2} ms", attack.name, answers[0].1);
    }
    println!(
        "memory: {before} after a first round of {1} attacks, {0} after a second",
        Memory::now(),
        attacks.len() * REPEATS
    );
}

fn attacks() -> Vec<Attack> {
    let nested = |times: usize| json!({ "query": format!("{{ organization(id: \"x\") {{ {} id {} }} }}", "parent { ".repeat(times), "} ".repeat(times)) });
    let many = |part: fn(usize) -> String, times: usize| -> String { (0..times).map(part).collect() };
    let fragments = many(|n| format!("fragment f{n} on Query {{ ...f{0} ...f{0} }} ", n + 1), 60);
    let query = |text: String| json!({ "query": text });
    let part = format!("{:x}\r\n{}\r\n", 1 << 16, "x".repeat(1 << 16)).into_bytes();
    let head = |length: &str| {
        format!("POST /graphql HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n{length}\r\n\r\n")
    };
    vec![
        Attack::query("fields within fields, 300 deep", &nested(300)),
        Attack::query("brackets within brackets, 200 thousand deep", &query("{a".repeat(100_000))),
        Attack::query(
            "10 thousand aliases",
            &query(format!("{{ {} }}", many(|n| format!("a{n}: __typename "), 10_000))),
        ),
        Attack::query(
            "10 thousand directives",
            &query(format!("{{ __typename {} }}", "@include(if: true) ".repeat(10_000))),
        ),
        Attack::query(
            "fragments that double 60 times",
            &query(format!("{{ ...f0 }} {fragments} fragment f60 on Query {{ __typename }}")),
        ),
        Attack::query(
            "pages of pages",
            &query(
                "{ organizations(first: 1000) { nodes { children(first: 1000) { nodes { id } } } } }"
                    .to_owned(),
            ),
        ),
        Attack::query(
            "a batch of 10 thousand",
            &Value::Array(vec![query("{ __typename }".to_owned()); 10_000]),
        ),
        Attack::query("a string of 900 kB", &query(format!("{{ a(b: \"{}\") }}", "x".repeat(900_000)))),
        Attack {
            name: "a body of 100 MB that says so",
            head: head(&format!("content-length: {HUNDRED_MEGABYTES}")),
            body: "x".repeat(1 << 16).into_bytes(),
            times: HUNDRED_MEGABYTES >> 16,
        },
        Attack {
            name: "a body of 100 MB that does not say so",
            head: head("transfer-encoding: chunked"),
            times: HUNDRED_MEGABYTES >> 16,
            body: part,
        },
    ]
}

impl Attack {
    fn query(name: &'static str, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        let length = body.len();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: bench\r\nconnection: close\r\ncontent-type: application/json\r\n\
             accept: application/graphql-response+json\r\ncontent-length: {length}\r\n\r\n"
        );
        Self { name, head, body, times: 1 }
    }
}

/// How long it took from the first byte sent to the last byte of the answer, and the status of that.
fn send(server: SocketAddr, attack: &Attack) -> (Duration, String) {
    let mut stream = TcpStream::connect(server).expect("a connection");
    let mut answers = stream.try_clone().expect("a socket");
    let started = Instant::now();
    std::thread::scope(|scope| {
        // The attacker goes on sending until he has said all or the server hangs up.
        scope.spawn(move || {
            let mut parts = std::iter::repeat_n(&attack.body, attack.times);
            stream
                .write_all(attack.head.as_bytes())
                .and_then(|()| parts.try_for_each(|part| stream.write_all(part)))
        });
        let mut answer = Vec::new();
        // A server that hangs up on unread bytes resets the connection after its answer.
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = answers.read(&mut buffer) {
            answer.extend_from_slice(&buffer[..read]);
        }
        let status = String::from_utf8_lossy(&answer);
        let status =
            status.split("\r\n").next().unwrap_or_default().trim_start_matches("HTTP/1.1 ").to_owned();
        (started.elapsed(), status)
    })
}

/// Resident memory, where the system tells it.
struct Memory(Option<u64>);

impl Memory {
    fn now() -> Self {
        Self(resident_mib())
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(mib) => write!(f, "{mib} MiB"),
            None => f.write_str("(not told by this system)"),
        }
    }
}
