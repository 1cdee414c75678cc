//! Work that nobody waits for any more ends soon and leaves all as it was.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use orgatlas::atlas::{Atlas, CommitError, Proposal};
use orgatlas::model::{Change, Organization, OrganizationKind, Relation, RelationType};
use orgatlas::work::{Stop, Watch, run};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::desk::{Desk, desk_with_district};
use crate::server::Server;

/// A command that waits for what it reads of a pipe, is asked to end meanwhile, and ends with the rest of that.
///
/// Gives back its exit code and what it said after it was told.
fn stopped(desk: &Desk, arguments: &str, signal: &str, pipe: &str, content: &str) -> (i32, String) {
    let made = Command::new("mkfifo").arg(desk.path().join(pipe)).status().unwrap();
    assert!(made.success());
    let arguments: Vec<_> = arguments.split_whitespace().collect();
    let mut process = desk.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    // It can be opened when the other end is: the command has begun to read.
    let mut writer = File::options().write(true).open(desk.path().join(pipe)).unwrap();
    let told = Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap();
    assert!(told.success());
    let mut said = BufReader::new(process.stderr.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    assert!(first.starts_with("stopping; "), "{first}");
    // It may have gone away without reading.
    writer.write_all(content.as_bytes()).ok();
    drop(writer);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    fs::remove_file(desk.path().join(pipe)).unwrap();
    (process.wait().unwrap().code().unwrap(), rest)
}

/// Every file of a folder with its size, but for the lock, which says who had it last, and for seals, which whoever opens a
/// store puts beside the text files in it.
fn files(folder: &Path) -> Vec<(String, u64)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()))
        .filter(|(name, _)| name != "lock" && !name.ends_with(".seal"))
        .collect();
    files.sort();
    files
}

const ROWS: &str = "id,kind,name\nent-1,ENTERPRISE,示例甲\n";

#[test]
fn an_import_that_is_stopped_leaves_the_store_as_it_was() {
    let desk = desk_with_district();
    let before = files(&desk.path().join("store"));
    let import = "import --data store more.csv";
    assert_eq!(stopped(&desk, import, "-INT", "more.csv", ROWS), (130, String::new()));
    assert_eq!(stopped(&desk, import, "-TERM", "more.csv", ROWS), (143, String::new()));
    assert_eq!(files(&desk.path().join("store")), before);
    let check = desk.done("check --data store");
    assert!(check.contains("log: 1 commits") && !check.contains("never acknowledged"), "{check}");
}

#[test]
fn an_import_that_is_stopped_leaves_no_store() {
    let desk = Desk::new();
    let import = "import --data store more.csv";
    assert_eq!(stopped(&desk, import, "-INT", "more.csv", ROWS), (130, String::new()));
    assert!(!desk.path().join("store").exists());
    desk.write("more.csv", ROWS);
    desk.done(import);
}

/// Asks work to stop when it is told of progress for so many times.
struct StopAt {
    stop: Stop,
    left: AtomicUsize,
}

impl StopAt {
    fn told(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.stop.ask();
        }
    }
}

impl Watch for StopAt {
    fn begin(&self, _: &'static str, _: u64) -> u64 {
        self.told();
        0
    }

    fn reached(&self, _: u64, _: u64) {
        self.told();
    }

    fn end(&self, _: u64) {
        self.told();
    }
}

/// A commit of so many changes that it is written while it is applied.
fn large(number: usize) -> Proposal {
    let id = |n: usize| format!("ent-{number}-{n}").parse().unwrap();
    let units = (0..10_000).map(|n| Organization::new(id(n), OrganizationKind::Enterprise, "示例"));
    let mut changes: Vec<_> = units.map(|unit| Change::PutOrganization(Box::new(unit))).collect();
    let related = (0..1_000).map(|n| Relation::new(id(n), RelationType::PartnersWith, id(n + 1)));
    changes.extend(related.map(Change::PutRelation));
    let (actor, reason, origin) = ("test".into(), "test".into(), orgatlas::model::Origin::default());
    Proposal { changes, actor, reason, origin, expected: None }
}

/// Into an empty store all is made at once, into another step by step.
#[test]
fn a_commit_is_stopped_at_any_moment_or_recorded_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut version = 0;
    while version < 2 {
        let mut stops = 0;
        for moment in (0..).map(|n| 1 + n * n) {
            let (atlas, report) = Atlas::open(folder.path()).unwrap();
            assert!(report.torn_tail.is_none() && report.rebuilt.is_none(), "{report:?}");
            assert_eq!(atlas.snapshot().version, version);
            let stop = Stop::default();
            let watch = StopAt { stop: stop.clone(), left: AtomicUsize::new(moment) };
            let before = files(folder.path());
            let outcome = run(&stop, Some(Arc::new(watch)), || atlas.commit(large(version as usize)));
            match outcome {
                Err(CommitError::Stopped(_)) => {
                    assert_eq!(files(folder.path()), before);
                    assert_eq!(atlas.snapshot().version, version);
                    stops += 1;
                }
                Err(other) => panic!("{other}"),
                Ok(_) => break,
            }
        }
        assert!(stops > 3, "it was stopped {stops} times");
        version += 1;
    }
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    assert_eq!(atlas.snapshot().graph.organization_count(), 20_000);
    assert_eq!(atlas.snapshot().graph.validate(), Ok(()));
}

#[test]
fn exports_that_are_stopped_leave_no_files_and_those_that_were_there_as_they_were() {
    let desk = desk_with_district();
    let atlas = Atlas::open(&desk.path().join("store")).unwrap().0;
    let snapshot = atlas.snapshot();
    let folder = desk.path().join("ledgers");
    let export = |moment: usize| {
        let stop = Stop::default();
        let watch = StopAt { stop: stop.clone(), left: AtomicUsize::new(moment) };
        let write = || orgatlas::ledger::write_csv(&snapshot.graph, &snapshot.attributes, &folder);
        run(&stop, Some(Arc::new(watch)), write)
    };
    assert!(export(20).is_err());
    assert_eq!(files(&folder), []);
    export(usize::MAX).unwrap();
    let before = files(&folder);
    for moment in [1, 30, 100] {
        assert!(export(moment).is_err(), "{moment}");
        assert_eq!(files(&folder), before);
    }
}

/// What clients ask for that go away: heads and bodies of requests to all routes.
fn abandoned() -> Vec<(String, String)> {
    let get = |path: &str| (format!("GET {path} HTTP/1.1"), String::new());
    let ask = |query: &str| {
        let head = "POST /graphql HTTP/1.1\r\nContent-Type: application/json".to_owned();
        (head, format!("{{\"query\":\"{query}\"}}"))
    };
    let mut requests: Vec<_> = ["/", "/home.js", "/graphiql", "/healthz", "/readyz", "/metrics", "/nothing"]
        .map(get)
        .into_iter()
        .collect();
    for file in
        ["graph.graphml", "graph.gexf", "graph.cyjs", "graph.ttl", "organizations.csv", "relations.jsonl"]
    {
        requests.push(get(&format!("/exports/{file}")));
    }
    for format in ["pdf", "png", "svg", "drawio", "dot", "mmd"] {
        requests.push(get(&format!("/diagrams/cn-370114.{format}?depth=3&limit=200")));
        requests.push(get(&format!("/diagrams/zq-party-committee.{format}?view=party&depth=4&limit=200")));
    }
    for query in [
        "{ coverage(indicator: \\\"two-new-either\\\", groupBy: SUBDISTRICT) { covered groups { covered } } }",
        "{ gaps(indicator: \\\"two-new-either\\\", first: 100) { nodes { reasons { found } remedies { text } } } }",
        "{ plan(indicator: \\\"two-new-either\\\") { after { covered } } }",
        "{ scoreboard(level: SUBDISTRICT) { score } }",
        "{ search(text: \\\"shili\\\") { totalCount } }",
        "subscription { coverage(indicator: \\\"two-new-either\\\") { covered } }",
    ] {
        let (head, body) = ask(query);
        let head = if query.starts_with("sub") { head + "\r\nAccept: text/event-stream" } else { head };
        requests.push((head, body));
    }
    requests
}

/// Some send half a request, some read a little of the answer, some nothing.
#[test]
fn a_server_that_a_thousand_clients_left_is_alive_and_answers_rightly() {
    let desk = desk_with_district();
    desk.font();
    let font = desk.path().join("chinese.ttf").display().to_string();
    let server = Server::start_in(&desk, "serve --data store", &[("ORGATLAS_FONT", &font)]);
    let question =
        "{ coverage(indicator: \"two-new-either\", asOf: \"2024-06-30\") { covered uncovered unknown } }";
    let answer = server.ask(question);
    assert!(answer["errors"].is_null(), "{answer}");
    let requests = abandoned();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (server, requests) = (&server, &requests);
            scope.spawn(move || {
                let mut random = ChaCha8Rng::seed_from_u64(client);
                for _ in 0..125 {
                    let mut below = |most: u32| random.next_u32() % most;
                    let (head, body) = &requests[below(requests.len() as u32) as usize];
                    let request = format!(
                        "{head}\r\nHost: {}\r\nContent-Length: {}\r\n\r\n{body}",
                        server.address,
                        body.len()
                    );
                    let sent =
                        if below(5) == 0 { below(request.len() as u32) as usize } else { request.len() };
                    let mut stream = TcpStream::connect(&server.address).unwrap();
                    stream.write_all(&request.as_bytes()[..sent]).ok();
                    std::thread::sleep(Duration::from_millis(below(25).into()));
                    if below(3) == 0 && sent == request.len() {
                        stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
                        // What came by then does not matter: the client goes away in the middle of it.
                        let (Ok(_) | Err(_)) = stream.read(&mut [0; 100]);
                    }
                }
            });
        }
    });
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.ask(question), answer);
    // No permit of a client that left is kept: more of them left than there are.
    for path in ["/exports/organizations.csv", "/diagrams/cn-370114.pdf?depth=2", "/exports/graph.ttl"] {
        assert_eq!(server.status("GET", path, "Connection: close\r\n"), 200, "{path}");
    }
}
