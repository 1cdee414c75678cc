//! Walks over all organisations, page by page, while others write.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;

use crate::desk::Desk;
use crate::server::Server;
use serde_json::{Value, json};

/// How many organisations are walked over; a machine with time may take more, such as 100000.
const ORGANIZATIONS: &str = "ORGATLAS_WALK_ORGANIZATIONS";

/// How many units a round of the writer renames, moves, adds and removes, each.
const ROUND: usize = 10;

const APPLY: &str = "mutation ($changes: [ChangeInput!]!) {
  applyChanges(changes: $changes, reason: \"meanwhile\") { version } }";

/// What the writer does to enterprises; none is in two of these lists, and no other organisation is touched.
struct Meanwhile {
    renamed: Vec<String>,
    /// Those whose sort key becomes another.
    moved: Vec<String>,
    /// Those that are removed with their relations, which the changes hold.
    removed: Vec<(String, Vec<Value>)>,
}

impl Meanwhile {
    /// Chooses among the enterprises of a store.
    fn choose(desk: &Desk) -> Self {
        let answer = desk.ask(
            "{ organizations(filter: { kinds: [ENTERPRISE] }, orderBy: { field: NAME }, first: 1000) { nodes { id
                 relations(first: 1000) { nodes { source { id } type target { id } mode validFrom implied } } } } }",
        );
        let (mut renamed, mut moved, mut removed) = (Vec::new(), Vec::new(), Vec::new());
        // A relation between two that are removed goes with the first.
        let mut gone = HashSet::new();
        for (position, unit) in answer["organizations"]["nodes"].as_array().unwrap().iter().enumerate() {
            let id = unit["id"].as_str().unwrap().to_owned();
            match position % 5 {
                0 => renamed.push(id),
                1 => moved.push(id),
                2 => {
                    let relations = unit["relations"]["nodes"].as_array().unwrap().iter();
                    let stated = relations.filter(|relation| relation["implied"] == false);
                    let mut changes: Vec<_> = stated
                        .filter(|relation| gone.insert(relation.to_string()))
                        .map(|relation| {
                            json!({ "removeRelation": {
                                "source": relation["source"]["id"], "type": relation["type"],
                                "target": relation["target"]["id"], "mode": relation["mode"],
                                "validFrom": relation["validFrom"],
                            } })
                        })
                        .collect();
                    changes.push(json!({ "removeOrganization": id }));
                    removed.push((id, changes));
                }
                _ => {}
            }
        }
        Self { renamed, moved, removed }
    }

    /// The changes of one round: new names, other sort keys, units that come beside recorded ones and go again.
    fn round(&self, round: usize) -> Vec<Value> {
        let at = |list: &[String], n: usize| list[(round * ROUND + n) % list.len()].clone();
        let mut changes = Vec::new();
        for n in 0..ROUND {
            let members = (round + n) % 90;
            changes.push(
                json!({ "putOrganization": { "id": at(&self.renamed, n), "name": format!("示例{round}") } }),
            );
            changes.push(json!({ "putOrganization": { "id": at(&self.moved, n), "partyMembers": members } }));
            let guest = format!("{}-guest", at(&self.renamed, n));
            let (id, members) = (&guest, (n % 3 > 0).then_some(members));
            changes.push(json!({ "putOrganization": {
                "id": id, "kind": "ENTERPRISE", "name": "示例来客", "partyMembers": members } }));
            if (round / 3) % 2 == 1 {
                changes.push(json!({ "removeOrganization": guest }));
            }
        }
        let removed = self.removed.iter().skip(round * ROUND / 5).take(ROUND / 5);
        changes.extend(removed.flat_map(|(_, changes)| changes.clone()));
        changes
    }
}

/// The ids of all pages in their order; between any two pages something is written.
fn walk(
    server: &Server,
    order: &Value,
    writes: &AtomicU64,
    writer: &ScopedJoinHandle<'_, ()>,
) -> Vec<String> {
    let query = "query ($order: OrganizationOrder, $after: String) {
      organizations(first: 1000, after: $after, orderBy: $order) {
        nodes { id } pageInfo { hasNextPage endCursor } } }";
    let (mut walked, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = server.ask_with(query, &json!({ "order": order, "after": after }));
        let page = &answer["data"]["organizations"];
        assert!(answer["errors"].is_null(), "{answer}");
        let nodes = page["nodes"].as_array().unwrap();
        walked.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        if page["pageInfo"]["hasNextPage"] == false {
            return walked;
        }
        after = page["pageInfo"]["endCursor"].clone();
        let before = writes.load(Ordering::Acquire);
        while writes.load(Ordering::Acquire) == before {
            assert!(!writer.is_finished(), "nobody writes any more");
            std::thread::yield_now();
        }
    }
}

/// Ends the writer, also where the walk has failed.
struct OverWhenDropped<'a>(&'a AtomicBool);

impl Drop for OverWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn a_walk_while_others_write_neither_skips_nor_doubles_what_they_leave_alone() {
    let organizations = std::env::var(ORGANIZATIONS).unwrap_or_else(|_| "20000".to_owned());
    let desk = Desk::new();
    desk.done(&format!("generate --organizations {organizations} --seed 7 -o ledgers"));
    desk.done("import --data store ledgers");
    let meanwhile = Meanwhile::choose(&desk);
    let rows = desk.read("ledgers/organizations.csv");
    let recorded: Vec<_> = rows.lines().skip(1).map(|row| row.split(',').next().unwrap()).collect();
    let server = Server::start(&desk, "demo --data store --writable --max-time 600");
    let (writes, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let _over = OverWhenDropped(&is_over);
        let writer = scope.spawn(|| {
            for round in 0.. {
                if is_over.load(Ordering::Acquire) {
                    break;
                }
                let answer = server.ask_with(APPLY, &json!({ "changes": meanwhile.round(round) }));
                assert!(answer["errors"].is_null(), "{answer}");
                writes.fetch_add(1, Ordering::Release);
            }
        });
        for (order, field) in [
            (Value::Null, "id"),
            (json!({ "field": "PARTY_MEMBERS" }), "members"),
            (json!({ "field": "PARTY_MEMBERS", "direction": "DESC" }), "members"),
            (json!({ "field": "ESTABLISHED_ON" }), "established"),
        ] {
            let mut times: HashMap<String, usize> = HashMap::new();
            for id in walk(&server, &order, &writes, &writer) {
                *times.entry(id).or_default() += 1;
            }
            for id in &recorded {
                let seen = times.get(*id).copied().unwrap_or_default();
                let is_moved = field == "members" && meanwhile.moved.iter().any(|moved| moved == id);
                let is_removed = meanwhile.removed.iter().any(|(removed, _)| removed == id);
                assert!(seen == 1 || is_moved || (is_removed && seen == 0), "{order}: {id} {seen} times");
            }
        }
    });
    assert!(gone(&server, &meanwhile) > 0, "nothing was removed meanwhile");
}

/// How many of those that are to be removed are gone.
fn gone(server: &Server, meanwhile: &Meanwhile) -> usize {
    let ids: Vec<_> = meanwhile.removed.iter().map(|(id, _)| id).collect();
    let answer = server.ask_with("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", &json!({ "ids": ids }));
    answer["data"]["nodes"].as_array().unwrap().iter().filter(|node| node.is_null()).count()
}
