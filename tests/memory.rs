//! What hostile requests take of memory, counted by the allocator: bounds by what is asked for, not by time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use allocation_counter::{AllocationInfo, measure};
use orgatlas::access::Access;
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::graphql::{Limits, Request, Schema, execute, schema_within, to_json};
use orgatlas::model::{Change, Organization, OrganizationKind as K, Origin, Relation, RelationType};
use serde_json::Value;

const ENTERPRISES: usize = 8_000;

/// About how many bytes a counted entry of an answer may take, its object and its JSON included. An indicator, which
/// entries must share, has several thousand.
const ENTRY: u64 = 1_200;

/// A district of so many enterprises, in a folder that goes away with it.
fn district() -> (tempfile::TempDir, Arc<Atlas>) {
    let folder = tempfile::tempdir().unwrap();
    let atlas = Arc::new(Atlas::open(folder.path()).unwrap().0);
    let put = |id: &str, kind| {
        Change::PutOrganization(Box::new(Organization::new(id.parse().unwrap(), kind, "示例")))
    };
    let ids: Vec<_> = (0..ENTERPRISES).map(|number| format!("ent-{number}")).collect();
    let mut changes = vec![put("cn-370102", K::District)];
    changes.extend(ids.iter().map(|id| put(id, K::Enterprise)));
    changes.extend(ids.iter().map(|id| {
        let district = "cn-370102".parse().unwrap();
        Change::PutRelation(Relation::new(id.parse().unwrap(), RelationType::LocatedIn, district))
    }));
    let (actor, reason, origin) = ("test".into(), "test".into(), Origin::default());
    atlas.commit(Proposal { changes, actor, reason, origin, expected: None }).unwrap();
    (folder, atlas)
}

/// Asks, and what that took.
fn ask(atlas: &Arc<Atlas>, schema: &Schema, query: &str) -> (Value, AllocationInfo) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut json = Vec::new();
    let taken = measure(|| {
        let answer = runtime.block_on(execute(schema, atlas, Access::operator(), Request::new(query)));
        json = to_json(&answer).unwrap();
    });
    (serde_json::from_slice(&json).unwrap(), taken)
}

/// The ids of so many indicators, as a list in a query.
fn indicators(atlas: &Atlas, count: usize) -> String {
    let snapshot = atlas.snapshot();
    let ids: Vec<_> =
        snapshot.indicators.iter().take(count).map(|indicator| format!("{:?}", indicator.id)).collect();
    assert_eq!(ids.len(), count);
    format!("[{}]", ids.join(", "))
}

/// Questions whose answers have an entry for each enterprise and each of four indicators, and where their entries are.
fn grouped(atlas: &Atlas) -> [(String, &'static str, &'static str); 2] {
    let ids = indicators(atlas, 4);
    [
        (
            format!(
                "{{ rates(indicators: {ids}, groupBy: ENTERPRISE) {{ groups {{ rates {{ counts {{ covered }} }} }} }} }}"
            ),
            "/data/rates/groups",
            "rates",
        ),
        (
            format!("{{ scoreboard(level: ENTERPRISE, indicators: {ids}) {{ entries {{ covered }} }} }}"),
            "/data/scoreboard",
            "scoreboard",
        ),
    ]
}

#[test]
fn groups_share_their_indicators() {
    let (_folder, atlas) = district();
    let schema = schema_within(&Limits::NONE);
    for (query, groups, _) in grouped(&atlas) {
        // What is laid out and evaluated once is no part of the answer.
        ask(&atlas, &schema, &query);
        let (answer, taken) = ask(&atlas, &schema, &query);
        let groups = answer.pointer(groups).and_then(Value::as_array).unwrap().len() as u64;
        assert!(groups >= ENTERPRISES as u64, "{groups}");
        assert!(
            taken.bytes_max < 4 * groups * ENTRY,
            "{query}: {} bytes for {groups} groups",
            taken.bytes_max
        );
    }
}

#[test]
fn groups_that_cost_too_much_are_refused_before_they_are_made() {
    let (_folder, atlas) = district();
    let limit = 3 * ENTERPRISES;
    let schema = schema_within(&Limits { cost: limit, ..Limits::DEFAULT });
    for (query, _, field) in grouped(&atlas) {
        // What is laid out once is no part of the refusal.
        let cheap = query.replace("ENTERPRISE", "DISTRICT");
        let (answer, _) = ask(&atlas, &schema, &cheap);
        assert!(answer["errors"].is_null(), "{answer}");
        let (answer, taken) = ask(&atlas, &schema, &query);
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{answer}");
        assert_eq!(error["extensions"]["field"], field);
        assert_eq!(error["extensions"]["cost"], 4 * (ENTERPRISES + 1));
        assert_eq!(error["extensions"]["limit"], limit);
        let message = error["message"].as_str().unwrap();
        assert!(
            message.starts_with(&format!("{field} costs 32004: there can be 8001 groups of 4 indicators")),
            "{message}"
        );
        assert!(taken.bytes_max < 1 << 20, "{}", taken.bytes_max);
    }
}
