//! What slow, many and large clients get, and how a server stops.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::desk::{Desk, desk_with_district};
use crate::server::{Answer, Server};

/// Longer than any of these takes; whoever waits as long was not let go.
const PATIENCE: Duration = Duration::from_secs(60);

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// What a server says until it ends the connection.
fn to_the_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Asks until the server has seen that others have gone; those that come before are answered otherwise or closed.
fn wait_until_answered(server: &Server) {
    loop {
        let mut stream = connect(server);
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address).ok();
        if to_the_end(&mut stream).contains("200 OK") {
            return;
        }
    }
}

/// Sends a byte now and then, for as long as they are taken.
fn trickle(mut stream: TcpStream) {
    std::thread::spawn(move || {
        while stream.write_all(b"a").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
}

#[test]
fn a_client_that_sends_slowly_is_not_waited_for() {
    let desk = Desk::new();
    let server =
        Server::start(&desk, "serve --data store --max-head-time 0.4 --max-body-time 0.4 --max-executed 1");
    let get = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n", server.address);
    let post = format!(
        "POST /graphql HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
        server.address
    );
    let heads = [("", ""), (get.as_str(), ""), (&format!("{get}X-A: "), "")];
    for (head, expected) in heads {
        for trickles in [false, true] {
            let mut stream = connect(&server);
            stream.write_all(head.as_bytes()).unwrap();
            if trickles {
                trickle(stream.try_clone().unwrap());
            }
            let said = to_the_end(&mut stream);
            assert!(!said.contains("200 OK") && said.contains(expected), "{head}: {said}");
        }
    }
    // One that has had its answer, and asks nothing more.
    let mut idle = connect(&server);
    idle.write_all(format!("{get}\r\n").as_bytes()).unwrap();
    assert!(to_the_end(&mut idle).contains("200 OK"));
    for trickles in [false, true] {
        let mut stream = connect(&server);
        stream.write_all(post.as_bytes()).unwrap();
        if trickles {
            trickle(stream.try_clone().unwrap());
        }
        // Whoever sends his body slowly keeps nobody out meanwhile, though one request is executed at a time.
        assert_eq!(server.get("/graphql?query=%7B__typename%7D").status, 200);
        let said = to_the_end(&mut stream);
        let refused = said.starts_with("HTTP/1.1 408 ") && said.contains("did not come within 0.4 seconds");
        // What was sent after the answer may make the system drop it.
        assert!(refused || (trickles && said.is_empty()), "{said}");
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_client_that_does_not_read_is_let_go() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store --max-stall 0.4");
    let mut stream = connect(&server);
    let asked = format!("GET /home.js HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).repeat(100);
    let ended = loop {
        if let Err(error) = stream.write_all(asked.as_bytes()) {
            break error.kind();
        }
    };
    assert!(matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{ended}");
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store --max-head 16384");
    let bare =
        format!("GET /healthz? HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address).len();
    let filled = |head: usize| format!("/healthz?{}", "a".repeat(head - bare));
    let table = [
        (format!("/healthz?{}", "a".repeat(8_000)), String::new(), 200),
        (filled(16_384), String::new(), 200),
        (filled(16_385), String::new(), 431),
        (filled(18_500), String::new(), 431),
        (format!("/healthz?{}", "a".repeat(40_000)), String::new(), 431),
        ("/healthz".to_owned(), format!("X-A: {}\r\n", "a".repeat(40_000)), 431),
        ("/healthz".to_owned(), "X-A: a\r\n".repeat(300), 431),
    ];
    for (path, headers, expected) in table {
        let mut stream = connect(&server);
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n", server.address);
        // The server may have answered before it has all.
        stream.write_all(head.as_bytes()).ok();
        let said = to_the_end(&mut stream);
        let known = said.starts_with(&format!("HTTP/1.1 {expected} "));
        assert!(known || (expected == 431 && said.is_empty()), "{} {said}", head.len());
    }
}

#[test]
fn beyond_so_many_connections_only_the_question_whether_it_is_there_is_answered() {
    let desk = Desk::new();
    let server = Server::start(&desk, "serve --data store --max-connections 2");
    let mut held: Vec<_> = (0..2)
        .map(|_| {
            let mut stream = connect(&server);
            write!(stream, "GET /readyz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            stream
        })
        .collect();
    for _ in 0..3 {
        assert_eq!(server.get("/healthz").status, 200);
        let refused = server.get("/readyz");
        assert_eq!(
            (refused.status, refused.head.contains("retry-after: 1")),
            (503, true),
            "{}",
            refused.body
        );
    }
    // However many idle ones come beyond any measure: those that were idle the longest are closed.
    let mut idle: Vec<_> = (0..200).map(|_| connect(&server)).collect();
    assert_eq!(server.get("/healthz").status, 200);
    assert!(idle.iter_mut().take(100).all(|stream| matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_))));
    for stream in &mut held {
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0, "one that counts is closed for one that does not");
    }
    held.extend(idle);
    held.clear();
    wait_until_answered(&server);
}

/// The shell's `ulimit` stands before the program's own limit.
#[cfg(unix)]
#[test]
fn a_server_without_file_descriptors_closes_idle_connections_and_is_still_there() {
    let desk = Desk::new();
    let server = Server::start_under(&desk, "ulimit -n 64", "serve --data store");
    let idle: Vec<_> = (0..200).map(|_| connect(&server)).collect();
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/readyz").status, 200);
    drop(idle);
    wait_until_answered(&server);
}

#[test]
fn one_address_has_so_many_connections_and_a_trusted_proxy_any_number() {
    let desk = Desk::new();
    let flags = "--max-address-connections 2";
    let server = Server::start(&desk, &format!("serve --data store {flags}"));
    let first = [connect(&server), connect(&server)];
    let mut third = connect(&server);
    third.write_all(b"GET /healthz HTTP/1.1\r\n").ok();
    assert_eq!(to_the_end(&mut third), "");
    drop(first);
    wait_until_answered(&server);
    let trusting = Server::start(&desk, &format!("serve --data other {flags} --trusted-proxy 127.0.0.1"));
    let _held: Vec<_> = (0..5).map(|_| connect(&trusting)).collect();
    assert_eq!(trusting.get("/healthz").status, 200);
}

#[test]
fn more_requests_than_may_wait_are_answered_by_503_at_once() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store --max-executed 1 --max-waiting 1");
    let body = json!({ "query": "{ scoreboard(groupBy: SUBDISTRICT) { rows { rank } } }" }).to_string();
    let ask = || server.send("POST", "/graphql", "Content-Type: application/json\r\n", &body);
    std::thread::scope(|scope| {
        loop {
            let asked: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
            assert_eq!(server.get("/healthz").status, 200);
            let answers: Vec<Answer> = asked.into_iter().map(|thread| thread.join().unwrap()).collect();
            for answer in &answers {
                match answer.status {
                    200 => assert!(!answer.head.contains("retry-after"), "{}", answer.head),
                    status => {
                        assert_eq!(status, 503, "{}", answer.body);
                        assert!(answer.head.contains("retry-after: 1"), "{}", answer.head);
                        assert!(answer.body.contains("SERVICE_UNAVAILABLE"), "{}", answer.body);
                    }
                }
            }
            assert!(answers.iter().any(|answer| answer.status == 200));
            if answers.iter().any(|answer| answer.status == 503) {
                break;
            }
        }
    });
    assert_eq!(ask().status, 200);
}

fn terminate(server: &Server) {
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(told.success());
}

#[cfg(unix)]
#[test]
fn a_server_that_stops_finishes_what_it_has_begun_and_waits_for_nobody_else() {
    let desk = Desk::new();
    let mut server = Server::start(&desk, "serve --data store");
    let mut idle = connect(&server);
    let mut used = connect(&server);
    write!(used, "GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).unwrap();
    assert!(used.read(&mut [0; 4096]).unwrap() > 0);
    let body = json!({ "query": "{ __typename }" }).to_string();
    let mut begun = connect(&server);
    let length = body.len();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
        server.address
    );
    begun.write_all(head.as_bytes()).unwrap();
    begun.write_all(&body.as_bytes()[..5]).unwrap();
    // What is asked after it, is answered after the server has seen it.
    assert_eq!(server.get("/healthz").status, 200);
    terminate(&server);
    assert_eq!(to_the_end(&mut idle), "");
    assert_eq!(to_the_end(&mut used), "");
    assert!(TcpStream::connect(&server.address).is_err(), "it takes new connections");
    begun.write_all(&body.as_bytes()[5..]).unwrap();
    let said = to_the_end(&mut begun);
    assert!(
        said.starts_with("HTTP/1.1 200 ") && said.ends_with("{\"data\":{\"__typename\":\"Query\"}}"),
        "{said}"
    );
    assert!(server.ended().success());
}

#[cfg(unix)]
#[test]
fn a_server_that_stops_cuts_off_whoever_takes_too_long() {
    let desk = Desk::new();
    let mut server = Server::start(&desk, "serve --data store --max-stop 0.3");
    let mut slow = connect(&server);
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHos").unwrap();
    assert_eq!(server.get("/healthz").status, 200);
    terminate(&server);
    assert_eq!(to_the_end(&mut slow), "");
    assert!(server.ended().success());
}

/// By address: on loopback these must be asked for.
#[test]
fn who_asks_too_often_is_told_when_to_come_back() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store --max-address-rate 1 --trusted-proxy 127.0.0.1");
    let ask = |client: &str| {
        let headers = format!("X-Forwarded-For: 10.9.9.9, {client}\r\n");
        server.send("GET", "/graphql?query=%7B__typename%7D", &headers, "")
    };
    assert_eq!(ask("10.0.0.1").status, 200);
    assert_eq!(ask("10.0.0.2").status, 200);
    loop {
        let answer = ask("10.0.0.1");
        if answer.status == 429 {
            assert!(answer.head.contains("retry-after: 1\r\n"), "{}", answer.head);
            assert!(answer.body.contains("TOO_MANY_REQUESTS"), "{}", answer.body);
            break;
        }
    }
    for _ in 0..5 {
        assert_eq!(server.get("/healthz").status, 200);
    }
    let untrusting = Server::start(&desk, "serve --data other --max-address-rate 1");
    let mut number = 0;
    while untrusting.send("GET", "/", &format!("X-Forwarded-For: 10.0.0.{number}\r\n"), "").status == 200 {
        number += 1;
    }
}
