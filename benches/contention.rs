//! How long readers wait while others write:
//!
//! `cargo bench --bench contention`
//!
//! The server is in this program, with a store of its own. Readers ask for organisations with their relations and for
//! coverage by subdistrict: first while nothing else happens, then while one commit of 100,000 changes is made and 64
//! writers stand in the queue behind it, each sending its next small commit when the last is acknowledged.
#![expect(clippy::expect_used, reason = "whatever fails here ends the bench, with its cause")]
#![expect(clippy::print_stdout, reason = "the results are for whoever runs the bench")]

use std::future::pending;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use orgatlas::access::{Access, Guard};
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::graphql::Limits;
use orgatlas::http::{self, App};
use orgatlas::model::{
    Change, Door, Organization, OrganizationId, OrganizationKind, Origin, Relation, RelationType,
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// That of the program.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const ENTERPRISES: usize = 200_000;
const SUBDISTRICTS: usize = 100;
const CHANGES: usize = 100_000;
const WRITERS: usize = 64;
const READERS: usize = 8;
const ROUNDS: usize = 3;

/// How long readers are timed while nothing else happens.
const IDLE: Duration = Duration::from_secs(6);

const ORGANIZATION: &str = "query ($id: ID!) { organization(id: $id) { id kind name \
    relations(first: 100) { nodes { type source { id name } target { id name } } } } }";

const COVERAGE: &str = "query ($id: ID!) { coverage(indicator: \"two-new-work\", within: $id, groupBy: SUBDISTRICT) { \
    groups { by { id } subjects covered } } }";

const WRITE: &str = "mutation ($id: ID!) { applyChanges(reason: \"bench\", changes: [{ putOrganization: { \
    id: $id, kind: ENTERPRISE, name: \"示例制造\" } }]) { version } }";

fn main() {
    // `cargo test --benches` runs it too.
    if !env::args().any(|argument| argument == "--bench") {
        println!("contention: not run, it is a bench: cargo bench --bench contention");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (atlas, server, runtime) = serving(folder.path());
    for pause in [Duration::ZERO, Duration::from_millis(2)] {
        let idle = read(server, pause, || thread::sleep(IDLE));
        let mut busy = Vec::new();
        let (mut commits, mut took) = (0, Vec::new());
        for round in 0..ROUNDS {
            busy.extend(read(server, pause, || {
                let (written, time) = write(&atlas, &runtime, server, round);
                commits += written;
                took.push(format!("{:.1}", time.as_secs_f64()));
            }));
        }
        busy.sort_unstable();
        let (pause, took) = (pause.as_millis(), took.join(", "));
        println!(
            "{READERS} readers, {pause} ms between requests; large commits took {took} s, small ones: {commits}"
        );
        for (name, times) in [("idle", &idle), ("writing", &busy)] {
            let [half, most, longest] = [0.5, 0.99, 1.0].map(|share| at(times, share));
            println!(
                "  {name}: p50 {half:.2} ms, p99 {most:.2} ms, longest {longest:.1} ms, {} requests",
                times.len()
            );
        }
        println!("  p99 writing / idle: {:.1}", at(&busy, 0.99) / at(&idle, 0.99));
    }
}

/// A server of a store with a made-up district.
fn serving(folder: &Path) -> (Arc<Atlas>, SocketAddr, Runtime) {
    let (atlas, _) = Atlas::open(folder).expect("a store");
    atlas.commit(proposal(founding())).expect("a district");
    let (atlas, limits) = (Arc::new(atlas), Limits::default());
    let guard = Guard::of(folder, true).expect("a guard").open_to(Access::operator());
    let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
    let server = listener.local_addr().expect("an address");
    runtime.spawn(http::serve(App::new(Arc::clone(&atlas), guard, &limits), vec![listener], pending()));
    (atlas, server, runtime)
}

fn territory(number: usize) -> OrganizationId {
    format!("cn-370114{number:03}").parse().expect("an id")
}

fn enterprise(number: usize, name: &str) -> Change {
    let id = format!("ent-{number}").parse().expect("an id");
    Change::PutOrganization(Box::new(Organization::new(id, OrganizationKind::Enterprise, name)))
}

fn founding() -> Vec<Change> {
    let district: OrganizationId = "cn-370114".parse().expect("an id");
    let put = |id: &OrganizationId, kind| {
        Change::PutOrganization(Box::new(Organization::new(id.clone(), kind, "区")))
    };
    let relation =
        |source, relation_type, target| Change::PutRelation(Relation::new(source, relation_type, target));
    let mut changes = vec![put(&district, OrganizationKind::District)];
    for id in (1..=SUBDISTRICTS).map(territory) {
        changes.push(put(&id, OrganizationKind::Subdistrict));
        changes.push(relation(id, RelationType::PartOf, district.clone()));
    }
    for number in 0..ENTERPRISES {
        changes.push(enterprise(number, "示例制造"));
        let id = format!("ent-{number}").parse().expect("an id");
        changes.push(relation(id, RelationType::LocatedIn, territory(1 + number % SUBDISTRICTS)));
    }
    changes
}

fn proposal(changes: Vec<Change>) -> Proposal {
    let (actor, reason) = ("bench".to_owned(), "bench".to_owned());
    Proposal { changes, actor, reason, origin: Origin::by(Door::Library), expected: None }
}

/// Makes one large commit with small ones behind it; how many of these were made, and how long the large one took.
fn write(atlas: &Atlas, runtime: &Runtime, server: SocketAddr, round: usize) -> (usize, Duration) {
    let (is_over, commits) = (AtomicBool::new(false), AtomicUsize::new(0));
    let queue = atlas.write_queue();
    let place = runtime.block_on(queue.enter()).expect("a place");
    thread::scope(|scope| {
        for number in 0..WRITERS {
            let (is_over, commits) = (&is_over, &commits);
            scope.spawn(move || {
                let mut client = Client::new(server);
                let request = request(WRITE, &format!("new-{number}"));
                while !is_over.load(Ordering::Relaxed) {
                    client.ask(&request);
                    commits.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        while queue.waiting() < WRITERS {
            thread::yield_now();
        }
        let changes = (0..CHANGES).map(|number| enterprise(number, &format!("第{round}轮制造"))).collect();
        let started = Instant::now();
        atlas.turn_at(Some(Arc::new(place))).commit(proposal(changes)).expect("a commit");
        let took = started.elapsed();
        // The writers behind it write once or a few times each.
        thread::sleep(took / 2);
        is_over.store(true, Ordering::Relaxed);
        (commits.load(Ordering::Relaxed), took)
    })
}

/// The times of the requests of all readers, in order, while something else is done.
fn read(server: SocketAddr, pause: Duration, meanwhile: impl FnOnce()) -> Vec<Duration> {
    let is_over = AtomicBool::new(false);
    let mut times = thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS)
            .map(|reader| {
                let is_over = &is_over;
                scope.spawn(move || {
                    let (mut client, mut times) = (Client::new(server), Vec::new());
                    let mut number = reader;
                    while !is_over.load(Ordering::Relaxed) {
                        let request = match number % 4 {
                            0 => request(COVERAGE, territory(1 + number % SUBDISTRICTS).as_str()),
                            _ => request(ORGANIZATION, &format!("ent-{}", number * 7919 % ENTERPRISES)),
                        };
                        let asked = Instant::now();
                        client.ask(&request);
                        times.push(asked.elapsed());
                        number += 1;
                        thread::sleep(pause);
                    }
                    times
                })
            })
            .collect();
        meanwhile();
        is_over.store(true, Ordering::Relaxed);
        readers.into_iter().flat_map(|reader| reader.join().expect("a reader that lasts")).collect::<Vec<_>>()
    });
    times.sort_unstable();
    times
}

/// So many milliseconds a share of the times have at most.
fn at(times: &[Duration], share: f64) -> f64 {
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3
}

fn request(query: &str, id: &str) -> Vec<u8> {
    let body = json!({ "query": query, "variables": { "id": id } }).to_string();
    let length = body.len();
    let head = "POST /graphql HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n";
    format!("{head}content-length: {length}\r\n\r\n{body}").into_bytes()
}

/// A connection that is kept.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    fn new(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        Self { stream, buffer: vec![0; 1 << 20] }
    }

    /// Sends a request and reads its answer, which must have no errors.
    fn ask(&mut self, request: &[u8]) {
        self.stream.write_all(request).expect("a server that reads");
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).expect("a server that answers");
            assert!(read > 0, "the server closed the connection, or the answer is too long");
            filled += read;
            let bytes = &self.buffer[..filled];
            let Some(end) = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(&bytes[..end]).expect("a head in ASCII");
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let body = end + 4..end + 4 + length.expect("a length").parse::<usize>().expect("a number");
            if filled >= body.end {
                let answer = &bytes[body];
                assert!(answer.starts_with(b"{\"data\""), "{}", String::from_utf8_lossy(answer));
                return;
            }
        }
    }
}
