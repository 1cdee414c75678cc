//! What whoever is limited to territories may write.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

#[test]
fn an_editor_of_one_territory_writes_what_is_his_and_nothing_that_another_counts() {
    use OrganizationKind::{Enterprise, PartyBranch};
    use RelationType::{
        Instructs, LocatedIn, MemberOf, OperatesIn, Organizes, PartOf, PartnersWith, SubordinateTo,
    };
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas_of(folder.path(), mixed());
    let removed = |id: &str| Change::RemoveOrganization(id.parse().unwrap());
    let table = [
        ("a unit of his", vec![put("ent-a", Enterprise)], true),
        ("one that came to him", vec![put("ent-moved", Enterprise)], true),
        ("another's unit", vec![put("ent-b", Enterprise)], false),
        ("a unit that is of both", vec![put("ent-both", Enterprise)], false),
        ("what is no one's", vec![put("industry", OrganizationKind::Industry)], false),
        ("a unit that stands nowhere", vec![put("ent-nowhere", Enterprise)], false),
        ("the district", vec![put("cn-370114", OrganizationKind::District)], false),
        (
            "a new community of his",
            vec![
                put("cn-370114001077", OrganizationKind::Community),
                related("cn-370114001077", PartOf, OWN),
            ],
            true,
        ),
        (
            "a community's code of another's, as a part of his",
            vec![
                put("cn-370114002077", OrganizationKind::Community),
                related("cn-370114002077", PartOf, OWN),
            ],
            false,
        ),
        (
            "a code of nobody's, as a part of his",
            vec![put("cn-370114077", OrganizationKind::Subdistrict), related("cn-370114077", PartOf, OWN)],
            false,
        ),
        ("a new unit of his by its division", vec![placed("new-1", "370114001")], true),
        ("a new unit of his", vec![put("new-2", Enterprise), located("new-2", OWN, None, None)], true),
        (
            "a new unit of his, placed first",
            vec![put("new-3", Enterprise), located("new-3", "cn-370114001201", None, None)],
            true,
        ),
        ("a new unit nowhere", vec![put("new-4", Enterprise)], false),
        ("a new unit of another's", vec![placed("new-4", "370114002")], false),
        (
            "a new unit of both",
            vec![
                put("new-4", Enterprise),
                located("new-4", OWN, None, None),
                located("new-4", OTHER, None, None),
            ],
            false,
        ),
        (
            "his unit moved within",
            vec![
                located("ent-a", "cn-370114001201", None, None),
                unrelated("ent-a", LocatedIn, "cn-370114001001"),
            ],
            true,
        ),
        (
            "his unit given away",
            vec![located("ent-a", OTHER, None, None), unrelated("ent-a", LocatedIn, "cn-370114001201")],
            false,
        ),
        ("his unit given to both", vec![located("ent-a", OTHER, None, None)], false),
        ("his unit put in the district", vec![located("ent-a", "cn-370114", None, None)], false),
        ("his unit taken from everywhere", vec![unrelated("ent-a", LocatedIn, "cn-370114001201")], false),
        (
            "his unit ended where it stands",
            vec![located("ent-a", "cn-370114001201", None, Some(day(2)))],
            false,
        ),
        (
            "another's unit taken",
            vec![located("ent-b", OWN, None, None), unrelated("ent-b", LocatedIn, "cn-370114002001")],
            false,
        ),
        ("what is no one's taken", vec![located("ent-nowhere", OWN, None, None)], false),
        ("his community given away", vec![related("cn-370114001001", PartOf, "cn-370114002")], false),
        ("his territory under another", vec![unrelated(OWN, PartOf, "cn-370114")], false),
        ("his branch covers his unit", vec![related("branch-a", Organizes, "ent-moved")], true),
        ("his branch covers another's", vec![related("branch-a", Organizes, "ent-b")], false),
        ("another's branch covers his", vec![related("branch-b", Organizes, "ent-a")], false),
        ("his branch covers a unit of both", vec![related("branch-a", Organizes, "ent-both")], false),
        ("a committee above covers his", vec![related("committee", Instructs, "ent-a")], true),
        ("a committee above covers another's", vec![related("committee", Instructs, "ent-b")], false),
        ("his branch under a committee above", vec![related("branch-a", SubordinateTo, "committee")], true),
        ("his unit in an industry", vec![related("ent-a", OperatesIn, "industry")], true),
        ("another's unit in an industry", vec![related("ent-b", OperatesIn, "industry")], false),
        ("partners, one of them another's", vec![related("ent-a", PartnersWith, "ent-b")], false),
        ("two that are no one's", vec![related("committee", Instructs, "ent-nowhere")], false),
        ("a relation of his removed", vec![unrelated("branch-a", Organizes, "ent-moved")], true),
        (
            "a new branch of his for his unit",
            vec![
                put("new-5", PartyBranch),
                located("new-5", OWN, None, None),
                related("new-5", Organizes, "ent-a"),
            ],
            true,
        ),
        (
            "a new branch of his for another's",
            vec![
                put("new-6", PartyBranch),
                located("new-6", OWN, None, None),
                related("new-6", Organizes, "ent-b"),
            ],
            false,
        ),
        ("what is nowhere", vec![related("branch-a", Organizes, "ghost")], false),
        ("a ghost removed", vec![removed("ghost")], false),
        ("his unit removed", vec![unrelated("ent-moved", LocatedIn, OTHER)], false),
        ("a new one removed", vec![removed("new-1")], true),
        ("an exemption of his unit", annexes(&"ent-a".parse().unwrap()).to_vec(), true),
        ("an exemption of another's", annexes(&"ent-b".parse().unwrap()).to_vec(), false),
        ("one of several is another's", vec![put("ent-a", Enterprise), put("ent-b", Enterprise)], false),
        ("his unit a member of what is another's", vec![related("ent-a", MemberOf, "ent-b")], false),
    ];
    let own = BTreeSet::from([OWN.parse().unwrap()]);
    for (name, changes, is_allowed) in table {
        let proposal = Proposal {
            changes,
            actor: "a".into(),
            reason: "b".into(),
            origin: orgatlas::model::Origin::default(),
            expected: None,
        };
        let outcome = atlas.turn().commit_within(proposal, Some(&own));
        let is_beyond = matches!(outcome, Err(CommitError::Beyond { .. }));
        assert!(outcome.is_ok() == is_allowed && is_beyond != is_allowed, "{name}: {outcome:?}");
    }
    atlas.snapshot().graph.validate().unwrap();
}

#[test]
fn a_broken_rule_does_not_tell_a_limited_editor_who_holds_a_credit_code() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas_of(folder.path(), mixed());
    let coded = |id: &str| {
        let mut organization = Organization::new(id.parse().unwrap(), OrganizationKind::Enterprise, "示例");
        organization.uscc = Some("91350100M000100Y43".parse().unwrap());
        let changes = vec![Change::PutOrganization(Box::new(organization))];
        Proposal {
            changes,
            actor: "a".into(),
            reason: "b".into(),
            origin: orgatlas::model::Origin::default(),
            expected: None,
        }
    };
    atlas.commit(coded("ent-b")).unwrap();
    let own = BTreeSet::from([OWN.parse().unwrap()]);
    let refused = atlas.turn().commit_within(coded("ent-a"), Some(&own)).unwrap_err().to_string();
    assert!(
        refused.contains("belongs to an organisation outside your territories") && !refused.contains("ent-b"),
        "{refused}"
    );
    assert!(!refused.contains("outside-"), "{refused}");
    let whole = atlas.commit(coded("ent-a")).unwrap_err().to_string();
    assert!(whole.contains("ent-b"), "{whole}");
}

/// Sends a change as somebody, and gives the code of the error, or how many changes were made.
fn changed(server: &Server, token: &str, change: &str) -> String {
    let query = format!("mutation {{ applyChanges(reason: \"r\", changes: [{change}]) {{ changeCount }} }}");
    let authorization =
        if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
    let answer: Value = serde_json::from_str(&ask_as(server, &authorization, &query).body).unwrap();
    match answer["errors"][0]["extensions"]["code"].as_str() {
        Some(code) => code.to_owned(),
        None => answer["data"]["applyChanges"]["changeCount"].to_string(),
    }
}

#[test]
fn roles_and_territories_decide_what_a_token_may_write_until_it_is_revoked() {
    let desk = desk_with_district();
    let server = Server::start(&desk, "serve --data store");
    let new = |id: &str, division: &str| {
        format!(
            "{{ putOrganization: {{ id: \"{id}\", kind: ENTERPRISE, name: \"示例\", division: \"{division}\" }} }}"
        )
    };
    let exemption =
        "{ putExemption: { unit: \"x-1\", indicator: \"two-new-either\", grantedOn: \"2024-01-01\",
                       reason: \"停产\", grantedBy: \"组织部\" } }";
    let reader = token(&desk, "r", "--role reader");
    let editor = token(&desk, "e", "--role editor");
    let limited = token(&desk, "l", &format!("--role editor --territory {OWN}"));
    let administrator = token(&desk, "a", "--role administrator");
    let table = [
        ("", new("x-1", "370114001"), "UNAUTHENTICATED"),
        (reader.as_str(), new("x-1", "370114001"), "FORBIDDEN"),
        (&limited, new("x-1", "370114002"), "FORBIDDEN"),
        (&limited, new("x-1", "370114001"), "1"),
        (&editor, new("x-2", "370114002"), "1"),
        (&limited, new("x-2", "370114001"), "FORBIDDEN"),
        (&editor, exemption.to_owned(), "FORBIDDEN"),
        (&limited, exemption.to_owned(), "FORBIDDEN"),
        (&administrator, exemption.to_owned(), "1"),
    ];
    for (token, change, expected) in table {
        assert_eq!(changed(&server, token, &change), expected, "{change}");
    }
    desk.done("token revoke --data store l");
    let body = serde_json::json!({ "query": "{ version }" }).to_string();
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {limited}\r\n");
    assert_eq!(server.send("POST", "/graphql", &headers, &body).status, 401);
}

/// The tasks of a month as somebody issues them.
const ISSUE: &str = r#"mutation { issueTasks(month: "2024-06", WITHIN action: { date: "2024-06-03", office: "区委组织部" }) {
    existing issued(first: 1000) { nodes { id responsible { name } units(first: 1000) { nodes { id: organizationId name } } } } } }"#;

#[test]
fn an_editor_of_one_territory_issues_the_tasks_of_his_and_moves_no_others() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [whole, part] = folders.each_ref().map(|folder| atlas_of_district(folder.path()));
    let of_all =
        ask(&whole, Access::administrator("a"), &ISSUE.replace("WITHIN", &format!("within: \"{OWN}\",")));
    let issued = &of_all["data"]["issueTasks"]["issued"]["nodes"];
    assert!(issued.as_array().is_some_and(|tasks| tasks.len() > 3), "{}", of_all["errors"]);
    // What he sees leads to the same tasks, of the same units.
    let editor = || limited(Role::Editor, &[OWN]);
    let of_his = ask(&part, editor(), &ISSUE.replace("WITHIN", ""));
    assert!(of_his["data"]["issueTasks"]["issued"]["nodes"] == *issued, "{}", of_his["errors"]);

    ask(&part, Access::administrator("a"), &ISSUE.replace("WITHIN", ""));
    let moved = |territory: &str| {
        let query = format!(
            r#"mutation {{ moveTasks(ids: ["2024-06/grid-station/{territory}"], to: HANDED_OVER,
                 action: {{ date: "2024-06-04" }}) {{ tasks {{ state }} }} }}"#
        );
        let answer = ask(&part, editor(), &query);
        let code = answer["errors"][0]["extensions"]["code"].clone();
        if code.is_null() { answer["data"]["moveTasks"]["tasks"][0]["state"].clone() } else { code }
    };
    assert_eq!((moved(OWN), moved(OTHER)), ("HANDED_OVER".into(), "NOT_FOUND".into()));
    // Of another's territory nothing can be issued nor reviewed either.
    for mutation in [
        format!(r#"issueTasks(month: "2024-07", within: "{OTHER}") {{ existing }}"#),
        format!(r#"reviewTasks(month: "2024-06", within: "{OTHER}") {{ version }}"#),
    ] {
        let answer = ask(&part, editor(), &format!("mutation {{ {mutation} }}"));
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{}", answer["errors"]);
    }
}
