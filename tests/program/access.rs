//! Who may ask a server, and what he gets: tokens of the store.

use serde_json::{Value, json};

use crate::desk::{Desk, desk_with_district};
use crate::server::{Answer, Server};

const QUESTION: &str = "{ organization(id: \"cn-370114\") { name } }";

/// Sends a query with a line of the head, such as an `Authorization`.
pub(crate) fn ask_as(server: &Server, authorization: &str, query: &str) -> Answer {
    let body = json!({ "query": query }).to_string();
    let headers = format!("Content-Type: application/json\r\n{authorization}");
    server.send("POST", "/graphql", &headers, &body)
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// Makes a token of the store `store`; these are the further arguments.
pub(crate) fn token(desk: &Desk, name: &str, arguments: &str) -> String {
    desk.done(&format!("token create --data store --name {name} {arguments}")).trim().to_owned()
}

#[test]
fn help_explains_tokens() {
    insta::assert_snapshot!(Desk::new().done("token create --help"));
}

#[test]
fn a_token_is_made_used_listed_and_revoked_while_a_server_runs() {
    let desk = desk_with_district();
    desk.write("store/access.toml", "reading = \"token\"\n");
    let server = Server::start(&desk, "serve --data store");
    let secret = token(&desk, "office-a", "--role reader");
    assert!(secret.starts_with("orgatlas_") && secret.len() == 9 + 43, "{secret}");
    let answer = ask_as(&server, &bearer(&secret), QUESTION);
    assert_eq!((answer.status, answer.body.contains("章丘区")), (200, true), "{}", answer.body);
    let listed: Value = serde_json::from_str(&desk.done("token list --data store --format json")).unwrap();
    assert_eq!((listed[0]["name"].as_str(), listed[0]["state"].as_str()), (Some("office-a"), Some("holds")));
    assert!(!desk.read("store/tokens.toml").contains(&secret));
    desk.done("token revoke --data store office-a");
    assert_eq!(ask_as(&server, &bearer(&secret), QUESTION).status, 401);
    let table = desk.done("token list --data store");
    assert!(table.contains("revoked") && !table.contains(&secret), "{table}");
}

#[test]
fn whoever_may_not_ask_is_refused_in_one_way_and_told_nothing() {
    let desk = desk_with_district();
    desk.write("store/access.toml", "reading = \"token\"\n");
    let good = token(&desk, "good", "--role reader");
    let revoked = token(&desk, "revoked", "--role reader");
    desk.done("token revoke --data store revoked");
    let expiring = token(&desk, "expiring", "--role reader --expires 9000-01-01");
    desk.write("store/tokens.toml", desk.read("store/tokens.toml").replace("9000-01-01", "2020-01-01"));
    let server = Server::start(&desk, "serve --data store");
    let unknown = format!("orgatlas_{}", "A".repeat(43));
    let invalid = "www-authenticate: bearer error=\"invalid_token\"";
    let table = [
        (String::new(), "www-authenticate: bearer\r\n"),
        (bearer(&revoked), invalid),
        (bearer(&expiring), invalid),
        (bearer(&unknown), invalid),
        (bearer(&good[..20]), invalid),
        (bearer("not.a.jwt"), invalid),
        ("Authorization: Basic YTpi\r\n".to_owned(), invalid),
        ("Authorization: Bearer\r\n".to_owned(), invalid),
        (bearer(&good) + &bearer(&good), invalid),
    ];
    let mut bodies = Vec::new();
    for (authorization, challenge) in table {
        let answer = ask_as(&server, &authorization, QUESTION);
        assert_eq!(answer.status, 401, "{authorization}: {}", answer.body);
        assert!(answer.head.contains(challenge), "{authorization}: {}", answer.head);
        assert!(answer.body.contains("UNAUTHENTICATED"), "{authorization}: {}", answer.body);
        bodies.push(answer.body);
    }
    bodies.remove(0);
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "refusals differ: {bodies:?}");
    assert_eq!(ask_as(&server, &bearer(&good), QUESTION).status, 200);
    let refused = [
        server.get("/graphql?query=%7B__typename%7D"),
        server.get(&format!("/graphql?query=%7B__typename%7D&access_token={good}")),
        server.get("/diagrams/cn-370114.dot"),
    ];
    for answer in refused {
        assert_eq!(answer.status, 401, "{}", answer.body);
    }
    assert_eq!(server.send("GET", "/diagrams/cn-370114.dot", &bearer(&good), "").status, 200);
    assert_eq!(server.get("/healthz").status, 200);
}

/// On loopback whoever is on the machine may read where nobody says otherwise; what is shown must still hold.
#[test]
fn reading_is_open_on_loopback_but_a_token_that_is_shown_must_hold() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    assert_eq!(ask_as(&server, "", QUESTION).status, 200);
    assert_eq!(ask_as(&server, &bearer("orgatlas_x"), QUESTION).status, 401);
}

#[test]
fn what_is_wrong_with_tokens_and_configuration_is_named_with_its_file() {
    let desk = desk_with_district();
    let table = [
        ("token create --data nowhere --name a --role reader", 1, "there is no store at nowhere"),
        ("token create --data store --name a --role king", 2, "it is one of reader, editor, administrator"),
        ("token create --data store --name 13812345678 --role reader", 1, "name the office or the program"),
        ("token create --data store --name a --role reader --expires 2020-01-01", 1, "give a later day"),
        ("token create --data store --name a --role reader --territory ?", 2, "--territory"),
        ("token revoke --data store nobody", 1, "no token that holds"),
    ];
    for (arguments, code, message) in table {
        let outcome = desk.run(arguments);
        assert_eq!(outcome.code, code, "{arguments}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(message), "{arguments}: {}", outcome.stderr);
    }
    for (text, message) in [
        ("reading = \"all\"", "access.toml"),
        ("readings = \"open\"", "unknown field"),
        ("reading = ", "access.toml"),
    ] {
        desk.write("store/access.toml", text);
        let outcome = desk.run("serve --data store --listen 127.0.0.1:0");
        assert_eq!(outcome.code, 1, "{text}");
        assert!(outcome.stderr.contains(message), "{text}: {}", outcome.stderr);
    }
}
