//! Subscriptions over WebSockets and as server-sent events.

use std::time::Duration;

use crate::line::Line;
use orgatlas::http::SubscriptionLimits;
use orgatlas::model::OrganizationKind::{Enterprise, Village};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

const DEFAULT: SubscriptionLimits = SubscriptionLimits::DEFAULT;
const PROTOCOL: Option<&str> = Some("graphql-transport-ws");
const CHANGES: &str = "subscription { changes { version } }";
const COVERAGE: &str =
    "subscription { coverage(indicator: \"village-consortium\") { population uncovered } }";

fn init() -> Value {
    json!({ "type": "connection_init", "payload": {} })
}

fn subscribe(id: &str, query: impl Into<Value>) -> Value {
    let query = query.into();
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

/// What is said, and by which code the server hangs up.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_breaks_the_protocol_is_told_how_by_the_code() {
    let line = Line::open(DEFAULT).await;
    let table = [
        (None, vec![], 4406),
        (Some("graphql-ws"), vec![], 4406),
        (PROTOCOL, vec![json!("not a message")], 4400),
        (PROTOCOL, vec![json!({ "type": "start" })], 4400),
        (PROTOCOL, vec![json!({ "type": "subscribe", "id": "1" })], 4400),
        (PROTOCOL, vec![init(), init()], 4429),
        (PROTOCOL, vec![subscribe("1", CHANGES)], 4401),
        (PROTOCOL, vec![init(), subscribe("1", 3)], 4400),
        (PROTOCOL, vec![init(), subscribe("1", "")], 4400),
        (PROTOCOL, vec![init(), subscribe("1", CHANGES), subscribe("1", CHANGES)], 4409),
        (PROTOCOL, vec![init(), subscribe("1", " ".repeat(2 << 20))], 1009),
    ];
    for (protocol, messages, code) in table {
        // A client of this library does not take a connection on which its subprotocol was not chosen.
        let mut socket = match line.dial(protocol, None).await {
            Err(Error::Protocol(_)) if code == 4406 => continue,
            dialled => dialled.unwrap(),
        };
        let shown = format!(
            "{protocol:?} {}",
            Value::from(messages.clone()).to_string().split_at_checked(200).map_or("", |s| s.0)
        );
        for message in messages {
            socket.say(message).await;
        }
        assert_eq!(socket.hear_close().await, code, "{shown}");
    }
    let mut socket = line.dial(PROTOCOL, None).await.unwrap();
    socket.send(Message::binary(vec![1])).await;
    assert_eq!(socket.hear_close().await, 4400);
    line.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_says_nothing_is_not_waited_for() {
    let short = Duration::from_millis(100);
    let line = Line::open(SubscriptionLimits { init: short, ..DEFAULT }).await;
    let mut socket = line.dial(PROTOCOL, None).await.unwrap();
    assert_eq!(socket.hear_close().await, 4408);
    let idle = SubscriptionLimits { ping: short, idle: Duration::ZERO, ..DEFAULT };
    let line = Line::open(idle).await;
    let mut socket = line.converse().await;
    assert_eq!(socket.hear_close().await, 1000);
    // One that waits for answers may wait as long as it answers pings.
    let mut waiting = line.converse().await;
    waiting.subscribe("1", CHANGES).await;
    waiting.subscribe("2", COVERAGE).await;
    waiting.hear_next("2").await;
    let mut other = line.converse().await;
    assert_eq!(other.hear_close().await, 1000);
    line.record(Village, &["cn-370114001201"]);
    waiting.hear().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_sites_cannot_open_a_conversation() {
    let line = Line::open(DEFAULT).await;
    let Err(Error::Http(refused)) = line.dial(PROTOCOL, Some("https://evil.example")).await else {
        unreachable!("it was taken")
    };
    assert_eq!(refused.status(), 403);
    let body = String::from_utf8(refused.into_body().unwrap()).unwrap();
    assert!(body.contains("pages of \\\"https://evil.example\\\" cannot open a WebSocket"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_of_all_kinds_run_side_by_side_on_one_connection() {
    let line = Line::open(SubscriptionLimits { per_connection: 2, ..DEFAULT }).await;
    let mut socket = line.converse().await;
    socket.say(json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong", "payload": { "a": 1 } }));
    socket.say(json!({ "type": "pong" })).await;

    socket.subscribe("q", "{ __typename }").await;
    assert_eq!(socket.hear_next("q").await, json!({ "__typename": "Query" }));
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "q" }));

    let refused = [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { changes { version } again: changes { version } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { changes { a0: version a1: version a2: version } }", ""),
    ];
    for (query, code) in refused {
        socket.subscribe("r", query).await;
        if code.is_empty() {
            socket.say(json!({ "type": "complete", "id": "r" })).await;
            continue;
        }
        let heard = socket.hear().await;
        assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!("r")), "{query}: {heard}");
        assert_eq!(heard["payload"][0]["extensions"]["code"], code, "{query}: {heard}");
    }
    // An argument that cannot be answered is an answer, and the last one.
    socket.subscribe("n", "subscription { coverage(indicator: \"none\") { population } }").await;
    let heard = socket.hear().await;
    assert_eq!(
        (&heard["type"], &heard["payload"]["errors"][0]["extensions"]["code"]),
        (&json!("next"), &json!("NOT_FOUND"))
    );
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "n" }));

    socket.subscribe("1", COVERAGE).await;
    socket.hear_next("1").await;
    socket.subscribe("2", COVERAGE).await;
    socket.hear_next("2").await;
    socket.subscribe("3", COVERAGE).await;
    let heard = socket.hear().await;
    assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!("3")));
    assert_eq!(heard["payload"][0]["extensions"]["code"], "TOO_MANY_REQUESTS");
    socket.say(json!({ "type": "complete", "id": "1" })).await;
    socket.subscribe("3", COVERAGE).await;
    socket.hear_next("3").await;
    line.record(Village, &["cn-370114001201"]);
    let mut told = [socket.hear().await["id"].take(), socket.hear().await["id"].take()];
    told.sort_by_key(ToString::to_string);
    assert_eq!(told, [json!("2"), json!("3")], "an operation that was completed still answers");
    line.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_so_many_subscriptions_and_no_more() {
    let line = Line::open(SubscriptionLimits { total: 1, ..DEFAULT }).await;
    let mut first = line.converse().await;
    first.subscribe("1", COVERAGE).await;
    first.hear_next("1").await;
    let mut second = line.converse().await;
    second.subscribe("1", COVERAGE).await;
    let heard = second.hear().await;
    assert_eq!(heard["payload"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE", "{heard}");
    second.subscribe("1", "{ __typename }").await;
    second.hear_next("1").await;
    second.hear().await;
    // The place is free again when the first client goes.
    drop(first);
    loop {
        second.subscribe("1", COVERAGE).await;
        if second.hear().await["type"] == "next" {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn coverage_is_told_at_once_and_when_a_commit_moved_a_number_only() {
    let line = Line::open(DEFAULT).await;
    let mut socket = line.converse().await;
    let mut events = line.events(COVERAGE).await;
    socket.subscribe("1", COVERAGE).await;
    let told = |n: u32| json!({ "coverage": { "population": n, "uncovered": n } });
    assert_eq!(socket.hear_next("1").await, told(0));
    assert_eq!(events.hear().await, ("next".to_owned(), json!({ "data": told(0) })));
    for n in 1..=3 {
        // Of enterprises it does not speak, so the next number is that of the village.
        line.record(Enterprise, &[&format!("ent-{n}")]);
        line.record(Village, &[&format!("cn-37011400120{n}")]);
        assert_eq!(socket.hear_next("1").await, told(n));
        assert_eq!(events.hear().await, ("next".to_owned(), json!({ "data": told(n) })));
    }
    line.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_without_loss_also_to_those_who_were_away() {
    let line = Line::open(DEFAULT).await;
    line.record(Village, &["cn-370114001201"]);
    line.record(Enterprise, &["ent-1", "ent-2"]);
    let whole = "version actor reason totalChanges complete
                 changes { action organizationIds organizations { kind } written }";
    let mut socket = line.converse().await;
    socket.subscribe("all", &format!("subscription {{ changes(after: 0) {{ {whole} }} }}")).await;
    assert_eq!(socket.hear_next("all").await["changes"]["version"], 1);
    let put = |id: &str| {
        json!({
            "action": "PUT_ORGANIZATION", "organizationIds": [id], "organizations": [{ "kind": "ENTERPRISE" }],
            "written": { "putOrganization": {
                "id": id, "kind": "ENTERPRISE", "name": "示例", "operatingStatus": "OPERATING", "synthetic": false,
            } },
        })
    };
    let second = json!({
        "version": 2, "actor": "clerk", "reason": "a test", "totalChanges": 2, "complete": true,
        "changes": [put("ent-1"), put("ent-2")],
    });
    assert_eq!(socket.hear_next("all").await, json!({ "changes": second }));
    socket.say(json!({ "type": "complete", "id": "all" })).await;

    socket
        .subscribe(
            "one",
            "subscription { changes(after: 1, organization: \"ent-2\") { version changes { organizationIds } } }",
        )
        .await;
    let of = |version: u32| json!({ "changes": { "version": version, "changes": [{ "organizationIds": ["ent-2"] }] } });
    assert_eq!(socket.hear_next("one").await, of(2));
    line.record(Enterprise, &["ent-3"]);
    line.record(Enterprise, &["ent-4", "ent-2"]);
    assert_eq!(socket.hear_next("one").await, of(4));
    socket.say(json!({ "type": "complete", "id": "one" })).await;

    let mut events =
        line.events("subscription { changes(since: \"2020-01-01T00:00:00Z\") { version } }").await;
    for version in 1..=4 {
        assert_eq!(events.hear().await.1, json!({ "data": { "changes": { "version": version } } }));
    }
    let wrong = [
        ("changes(after: 5) { version }", "after: version 5 is not recorded yet; the last is 4"),
        ("changes(after: 1, since: \"2020-01-01T00:00:00Z\") { version }", "give after or since, not both"),
        ("changes(organization: \"?\") { version }", "organization: "),
    ];
    for (field, message) in wrong {
        let (_, answer) = line.events(&format!("subscription {{ {field} }}")).await.hear().await;
        assert!(answer["errors"][0]["message"].as_str().unwrap().starts_with(message), "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
    line.stop().await;
}

/// A large commit comes in parts, each with the next of its changes.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_commit_is_told_part_by_part() {
    let line = Line::open(DEFAULT).await;
    let ids: Vec<_> = (0..3_000).map(|n| format!("ent-{n:04}")).collect();
    line.record(Enterprise, &ids.iter().map(String::as_str).collect::<Vec<_>>());
    let query = "subscription { changes(after: 0) { totalChanges complete changes { organizationIds } } }";
    let mut events = line.events(query).await;
    let (mut told, mut parts) = (Vec::new(), 0);
    loop {
        let part = events.hear().await.1["data"]["changes"].take();
        assert_eq!(part["totalChanges"], 3_000);
        told.extend(
            part["changes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["organizationIds"][0].as_str().unwrap().to_owned()),
        );
        parts += 1;
        if part["complete"] == true {
            break;
        }
    }
    assert!(told == ids && parts > 1, "{} changes in {parts} parts", told.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_for_those_who_accept_them_and_answer_queries_too() {
    let line = Line::open(DEFAULT).await;
    let mut events = line.events("{ __typename }").await;
    assert_eq!(events.hear().await, ("next".to_owned(), json!({ "data": { "__typename": "Query" } })));
    assert_eq!(events.hear().await, ("complete".to_owned(), Value::Null));
    let mut refused = line.events("subscription { nothing }").await;
    let (name, answer) = refused.hear().await;
    assert_eq!(
        (name.as_str(), &answer["errors"][0]["extensions"]["code"]),
        ("next", &json!("GRAPHQL_VALIDATION_FAILED"))
    );
    assert_eq!(refused.hear().await, ("complete".to_owned(), Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_the_line_is_told_when_the_server_stops() {
    let line = Line::open(DEFAULT).await;
    let mut socket = line.converse().await;
    socket.subscribe("1", COVERAGE).await;
    socket.hear_next("1").await;
    let mut events = line.events(COVERAGE).await;
    events.hear().await;
    let heard = tokio::spawn(async move { (socket.hear_close().await, events.hear().await.0) });
    line.stop().await;
    assert_eq!(heard.await.unwrap(), (1001, "complete".to_owned()));
}

/// How much of this process is in memory.
#[cfg(target_os = "linux")]
fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Were the commits kept for the client, this process would grow by 128 MiB; other tests run in it, too.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_costs_no_memory_and_loses_nothing() {
    const COMMITS: u64 = 1_000;
    let patient = Duration::from_secs(3_600);
    let line = Line::open(SubscriptionLimits { ping: patient, ..DEFAULT }).await;
    let mut socket = line.converse().await;
    socket.subscribe("1", "subscription { changes(after: 0) { version totalChanges } }").await;
    let mut events = line.events("subscription { changes(after: 0) { version totalChanges } }").await;
    line.record(Village, &["cn-370114001201"]);
    socket.hear_next("1").await;
    let before = resident_bytes();
    let reason = "r".repeat(128 << 10);
    for _ in 1..COMMITS {
        line.record_for(Enterprise, &["ent-1"], &reason);
    }
    let grown = resident_bytes().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more are in memory");
    for version in 2..=COMMITS {
        assert_eq!(socket.hear_next("1").await["changes"]["version"], version);
    }
    for version in 1..=COMMITS {
        assert_eq!(events.hear().await.1["data"]["changes"]["version"], version);
    }
}
