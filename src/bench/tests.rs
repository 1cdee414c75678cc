//! The forms of answers, byte for byte, and what the questions mean on a city that fits on a page.

use super::digest::{digest, json};
use super::*;
use crate::graph::Graph;
use crate::model::{Change, Date, Organization, Relation, RelationMode, RelationType};

fn organization(id: &str, kind: &str, members: Option<u32>) -> Change {
    let mut organization = Organization::new(id.parse().unwrap(), kind.parse().unwrap(), format!("名\"{id}"));
    organization.party_members = members;
    Change::PutOrganization(Box::new(organization))
}

fn relation(source: &str, kind: RelationType, target: &str, mode: Option<RelationMode>) -> Change {
    let mut relation = Relation::new(source.parse().unwrap(), kind, target.parse().unwrap());
    relation.mode = mode;
    Change::PutRelation(relation)
}

fn city() -> Graph {
    use RelationType::{LocatedIn, Organizes, PartOf};
    let mut graph = Graph::new();
    let changes = [
        organization("cn-3701", "CITY", None),
        organization("cn-370114", "DISTRICT", None),
        organization("cn-370114001", "SUBDISTRICT", None),
        organization("cn-370114002", "SUBDISTRICT", None),
        organization("ent-1", "ENTERPRISE", Some(3)),
        organization("ent-2", "ENTERPRISE", Some(9)),
        organization("ent-3", "ENTERPRISE", Some(2)),
        organization("pty-1", "PARTY_BRANCH", None),
        relation("cn-370114", PartOf, "cn-3701", None),
        relation("cn-370114001", PartOf, "cn-370114", None),
        relation("cn-370114002", PartOf, "cn-370114", None),
        relation("ent-1", LocatedIn, "cn-370114001", None),
        relation("ent-2", LocatedIn, "cn-370114001", None),
        relation("ent-3", LocatedIn, "cn-370114001", None),
        relation("pty-1", Organizes, "ent-1", Some(RelationMode::Standalone)),
        relation("pty-1", Organizes, "ent-2", Some(RelationMode::Joint)),
    ];
    graph.apply(&changes).unwrap();
    graph
}

fn written(question: Question<'_>) -> String {
    let rule = Rule::on(Date::constant(2026, 1, 1));
    let graph = city();
    let answer = question.ask(&graph, &rule).unwrap();
    String::from_utf8(json(&answer).unwrap()).unwrap()
}

#[test]
fn answers_are_written_as_python_writes_them() {
    let table = [
        (Question::Coverage("cn-3701"), r#"[["cn-370114001", 2, 1], ["cn-370114002", 0, 0]]"#),
        (Question::Gaps("cn-3701"), r#"[["ent-2", "名\"ent-2", "cn-370114001"]]"#),
        (Question::Kinds("cn-370114"), r#"{"ENTERPRISE": 3, "SUBDISTRICT": 2}"#),
        (Question::Path("ent-3", "cn-370114002"), "3"),
        (Question::Neighbourhood("pty-1"), "3"),
        (
            Question::Record("ent-2"),
            r#"[["ent-2", "ENTERPRISE", "名\"ent-2", "", ""], [["in", "ORGANIZES", "JOINT", "pty-1", "名\"pty-1"], ["out", "LOCATED_IN", "", "cn-370114001", "名\"cn-370114001"]]]"#,
        ),
    ];
    for (question, expected) in table {
        assert_eq!(written(question), expected);
    }
}

#[test]
fn writings_of_a_rule_differ_and_mean_the_same() {
    let rule = Rule::on(Date::constant(2026, 1, 1));
    let graph = city();
    let writings: std::collections::BTreeSet<_> =
        (0..200).map(|n| format!("{:?}", rule.in_writing(n))).collect();
    assert_eq!(writings.len(), 200);
    for number in [0, 1, 2, 127, 199] {
        let ask = |rule: &Rule| Question::Coverage("cn-3701").ask(&graph, rule);
        assert_eq!(ask(&rule.in_writing(number)), ask(&rule));
    }
}

#[test]
fn a_digest_is_the_start_of_the_sha_256_of_the_answer() {
    assert_eq!(digest(&Answer::Length(None)).unwrap(), "74234e98afe7498f");
    assert_eq!(digest(&Answer::Count(3)).unwrap(), "4e07408562bedb8b");
}

#[test]
fn the_middle_of_two_is_the_median_and_a_parameter_that_nobody_knows_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let lists = |city: &str| {
        format!(
            r#"{{"Q1": ["{city}"], "Q2": [], "Q3": ["cn-370114"], "Q4": [["ent-1", "ent-2"]], "Q5": [], "Q6": [], "more": 1}}"#
        )
    };
    let rule = Rule::on(Date::constant(2026, 1, 1));
    let ask = |city: &str| {
        std::fs::write(file.path(), lists(city)).unwrap();
        let mut report = Report::default();
        let parameters = Parameters::read(file.path()).unwrap();
        measure(&self::city(), &rule, &parameters, 3, &mut report).map(|digests| (report, digests))
    };
    let (report, digests) = ask("cn-3701").unwrap();
    assert_eq!((report.n["Q1"], report.n.get("Q2"), digests["Q1"].len()), (3, None, 1));
    // A rule that was never seen has the same answer.
    assert_eq!(digests["Q1_unseen"], digests["Q1"]);
    let refused = ask("cn-11").unwrap_err().to_string();
    assert!(refused.contains("Q1") && refused.contains("cn-11"), "{refused}");
    std::fs::write(file.path(), "{}").unwrap();
    assert!(Parameters::read(file.path()).unwrap_err().to_string().contains("a list of ids"));
}
