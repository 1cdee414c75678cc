//! Questions of frontend developers, and their answers.

use std::path::Path;
use std::sync::Arc;

use crate::desk::district;
use orgatlas::access::Access;
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::graphql::{Request, execute, schema, to_json_value};
use orgatlas::ledger::read;

/// An atlas of the district in a folder of its own.
fn atlas(folder: &Path) -> Arc<Atlas> {
    let (atlas, _) = Atlas::open(folder).unwrap();
    let snapshot = atlas.snapshot();
    let reading = read(&[district()], &snapshot.graph, &snapshot.attributes).unwrap();
    assert!(reading.problems.is_empty(), "{}", reading.problems);
    let proposal = Proposal {
        changes: reading.changes,
        actor: "test".into(),
        reason: "test".into(),
        origin: orgatlas::model::Origin::default(),
        expected: None,
    };
    atlas.commit(proposal).unwrap();
    Arc::new(atlas)
}

/// Asks each question of the district and keeps question and answer.
pub(crate) fn check(questions: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas(folder.path());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let schema = schema();
    for (name, query) in questions {
        let response = runtime.block_on(execute(&schema, &atlas, Access::anonymous(), Request::new(*query)));
        let answer = to_json_value(&response).unwrap();
        insta::with_settings!({ description => *query, omit_expression => true }, {
            insta::assert_snapshot!(*name, format!("{answer:#}"));
        });
    }
}

#[test]
fn lookups_and_lists() {
    check(&[
        ("node", "{ node(id: \"cn-370114\") { __typename id ... on Organization { name kind category } } }"),
        ("nodes", "{ nodes(ids: [\"cn-3701\", \"nobody\", \"cn-37\"]) { id } }"),
        (
            "organization",
            "{ organization(id: \"zq-ipc-food-delivery\") {
                 id kind category name en: name(language: EN) hant: name(language: ZH_HANT) aliases uscc division
                 industry designations partyMembers operatingStatus establishedOn synthetic sources { citation }
                 parent { id } relations(types: [LEADS, SUBORDINATE_TO], direction: OUT) {
                   totalCount nodes { type mode target { id name } validFrom validTo citation implied } } } }",
        ),
        (
            "parent_and_children",
            "{ organization(id: \"cn-370114001\") {
                 parent { name } ancestors { name }
                 children(kinds: [COMMUNITY], first: 2) { totalCount nodes { id name parent { id } } }
                 descendants(kinds: [GRID], first: 2) { totalCount nodes { id } pageInfo { hasNextPage } } } }",
        ),
        (
            "filter",
            "{ kinds: organizations(filter: { kinds: [SUBDISTRICT], text: \"水\" }) { totalCount nodes { name } }
               category: organizations(filter: { categories: [SECTOR] }) { totalCount nodes { id } }
               designation: organizations(filter: { designations: [\"QUASI_COMMUNITY\"] }) { nodes { id name } }
               within: organizations(filter: { within: \"cn-370114101\", kinds: [VILLAGE] }, first: 1) { totalCount }
               absent: organizations(first: 0, filter: { kinds: [VILLAGE], where: {
                 related: { type: MEMBER_OF, direction: OUT, quantifier: NONE } } }) { totalCount }
               present: organizations(first: 0, filter: { kinds: [VILLAGE], where: {
                 related: { type: MEMBER_OF, direction: OUT } } }) { totalCount } }",
        ),
        (
            "order",
            "{ asc: organizations(filter: { kinds: [ENTERPRISE] }, first: 3,
                 orderBy: { field: PARTY_MEMBERS, direction: DESC }) { nodes { id partyMembers } }
               last: organizations(filter: { kinds: [ENTERPRISE] }, last: 2,
                 orderBy: { field: PARTY_MEMBERS }) { nodes { id partyMembers } pageInfo { hasPreviousPage } } }",
        ),
    ]);
}

#[test]
fn paths_and_neighbourhoods() {
    check(&[
        (
            "path",
            "{ path(from: \"zq-ipc-food-delivery\", to: \"cn-370114001\", asOf: \"2024-06-30\") {
                 length nodes { id } relations { source { id } type target { id } } } }",
        ),
        ("no_path", "{ path(from: \"cn-37\", to: \"cn-370114001\", types: [LEADS]) { length } }"),
        (
            "subgraph",
            "{ subgraph(root: \"zq-chain-new-materials\", depth: 1, limit: 4, asOf: \"2024-06-30\") {
                 nodes { id kind } edges { source { id } type target { id } } truncated } }",
        ),
    ]);
}

#[test]
fn coverage_gaps_and_why() {
    check(&[
        (
            "indicator",
            "{ indicator(id: \"grid-station\") { id name en: name(language: EN) source due population
                 forms { id: code name when } target { shareAtLeast text } } }",
        ),
        (
            "coverage",
            "{ coverage(indicator: \"two-new-organisation\", within: \"cn-370114001\", groupBy: COMMUNITY,
                 asOf: \"2024-06-30\") { asOf population subjects covered uncovered unknown exempt ratio
                 forms { form { id: code } count } target { text } met shortfall synthetic
                 groups { by { name } population covered ratio } } }",
        ),
        (
            "gaps",
            "{ gaps(indicator: \"community-centre-area\", asOf: \"2024-06-30\", states: [UNCOVERED, UNKNOWN],
                 first: 3) { totalCount nodes { organization { id name } state
                 reasons { form { id: code } organization { id } unknown needed found } } } }",
        ),
        (
            "rule",
            "{ coverage(asOf: \"2024-06-30\", rule: { population: { all: [{ kind: [ENTERPRISE] },
                   { compare: { operand: \"members\", comparison: AT_LEAST, value: 3 } }] },
                 forms: [{ id: \"own\", when: { related: { type: ORGANIZES, direction: IN, modes: [STANDALONE],
                   to: { kind: [PARTY_BRANCH] } } } }], target: { shareAtLeast: \"0.5\" } }) {
                 indicator { id } population covered uncovered unknown ratio met shortfall } }",
        ),
        (
            "wrong_rule",
            "{ coverage(rule: { population: { compare: { operand: \"height\", comparison: AT_LEAST, value: 3 } },
                 forms: [] }) { population } }",
        ),
        (
            "status",
            "{ organization(id: \"cn-370114001\") { coverageStatus(indicator: \"chamber-party-organisation\",
                 asOf: \"2024-06-30\") { state form { id: code } witness { source { id } type target { id } }
                 reasons { needed found } } } }",
        ),
    ]);
}
