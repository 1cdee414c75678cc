//! Requests: documents, variables, rules and cursors, asked of a small store that nobody may write to.

use std::sync::{Arc, LazyLock};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use orgatlas::access::{Access, Guard};
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::graphql::{self, Limits, Schema, Variables};
use orgatlas::http::App;
use orgatlas::model::{Change, Door, Organization, OrganizationKind, Origin, Relation, RelationType};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

struct Served {
    atlas: Arc<Atlas>,
    schema: Schema,
    router: TowerToHyperService<axum::Router>,
    runtime: Runtime,
    _folder: TempDir,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    let id = |number: usize| format!("gen-{number}").parse().unwrap();
    let kinds = [OrganizationKind::Enterprise, OrganizationKind::PartyBranch];
    let put = |number: usize| {
        let organization = Organization::new(id(number), kinds[number % 2], format!("示例{number}"));
        Change::PutOrganization(Box::new(organization))
    };
    let joined = |number: usize| {
        Change::PutRelation(Relation::new(id(2 * number), RelationType::PartnersWith, id(2 * number + 2)))
    };
    atlas
        .commit(Proposal {
            changes: (0..30).map(put).chain((0..9).map(joined)).collect(),
            actor: "office".to_owned(),
            reason: "first".to_owned(),
            origin: Origin::by(Door::Library),
            expected: None,
        })
        .unwrap();
    let atlas = Arc::new(atlas);
    let guard = Guard::of(folder.path(), true).unwrap();
    let router = App::new(Arc::clone(&atlas), guard, &Limits { batch: 3, ..Limits::DEFAULT }).router();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let router = TowerToHyperService::new(router);
    Served { atlas, schema: graphql::schema(), router, runtime, _folder: folder }
});

/// The body of a request: the server does not fail, and answers the same however often it is asked, by whatever it kept.
pub(super) fn body(data: &[u8]) {
    let ask = || {
        let request = Request::post("/graphql")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json, text/event-stream;q=0.1")
            .body(Body::from(data.to_vec()))
            .unwrap();
        SERVED.runtime.block_on(async {
            let answer = SERVED.router.call(request).await.unwrap();
            let status = answer.status();
            let is_stream = answer.headers()["content-type"].as_bytes().starts_with(b"text/event-stream");
            // A stream of events has no end.
            let body =
                if is_stream { None } else { Some(to_bytes(answer.into_body(), usize::MAX).await.unwrap()) };
            (status, body.map(|body| settled(&body)))
        })
    };
    let first = ask();
    assert_ne!(first.0, StatusCode::INTERNAL_SERVER_ERROR, "{:?}", first.1);
    for _ in 0..3 {
        let again = ask();
        assert!(again == first, "another answer to the same question: {first:?} and {again:?}");
    }
}

/// An answer as far as it is settled. Of several faults that a request has the library tells any, in any order, for it keeps
/// variables and the fields of their values in hash maps: of what is refused the sorts of faults are compared.
fn settled(body: &[u8]) -> Value {
    let mut answer = serde_json::from_slice(body).unwrap_or_default();
    let settle = |answer: &mut Value| {
        if answer.get("data").is_some() {
            return;
        }
        if let Some(errors) = answer.get_mut("errors").and_then(Value::as_array_mut) {
            errors.iter_mut().for_each(|error| *error = error["extensions"]["code"].take());
            errors.sort_by_cached_key(ToString::to_string);
            errors.dedup();
        }
    };
    match &mut answer {
        Value::Array(answers) => answers.iter_mut().for_each(settle),
        one => settle(one),
    }
    answer
}

/// A rule of one's own, as the JSON of a variable.
pub(super) fn rule(data: &[u8]) {
    let Ok(rule) = serde_json::from_slice::<Value>(data) else { return };
    let query = "query ($rule: CoverageRuleInput!) {
        coverage(rule: $rule) { covered uncovered unknown }
        gaps(rule: $rule, states: [COVERED, UNCOVERED, UNKNOWN], first: 5) {
            totalCount nodes { state reasons { form { id code } organization { id } needed found } }
        }
    }";
    execute(query, serde_json::json!({ "rule": rule }));
}

/// A cursor, wherever one is taken: which of them, the first byte says.
pub(super) fn cursor(data: &[u8]) {
    const TAKERS: [&str; 6] = [
        "organizations(first: 3, after: $c) { edges { cursor } }",
        "organizations(last: 3, before: $c, orderBy: { field: NAME }) { edges { cursor } }",
        "search(text: \"示例\", first: 3, after: $c) { edges { cursor } }",
        "gaps(indicator: \"two-new-work\", states: [UNCOVERED, UNKNOWN], first: 3, after: $c) { edges { cursor } }",
        "exemptions(first: 3, after: $c) { edges { cursor } }",
        "tasks(first: 3, after: $c) { edges { cursor } }",
    ];
    let Some((taker, cursor)) = data.split_first() else { return };
    let query = format!("query ($c: String!) {{ {} }}", TAKERS[usize::from(*taker) % TAKERS.len()]);
    execute(&query, serde_json::json!({ "c": String::from_utf8_lossy(cursor) }));
}

/// Executes a query, which must not fail by a fault of the program.
fn execute(query: &str, variables: Value) {
    let request = graphql::Request::new(query).variables(Variables::from_json(variables));
    let answered = graphql::execute(&SERVED.schema, &SERVED.atlas, Access::anonymous(), request);
    let answer = serde_json::to_value(SERVED.runtime.block_on(answered)).unwrap();
    let errors = answer["errors"].as_array();
    let is_internal = |error: &Value| error["extensions"]["code"] == "INTERNAL";
    assert!(!errors.is_some_and(|errors| errors.iter().any(is_internal)), "{answer}");
}
