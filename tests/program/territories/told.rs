//! What readers who are limited to a territory are told of commits, and that nothing of outsiders shows in any answer.

use super::*;
use orgatlas::atlas::Start;
use orgatlas::model::Change as C;

fn commit(atlas: &Atlas, changes: Vec<Change>) -> u64 {
    let proposal = Proposal {
        changes,
        actor: "test".into(),
        reason: "test".into(),
        origin: orgatlas::model::Origin::default(),
        expected: None,
    };
    atlas.commit(proposal).unwrap().version
}

fn short(change: &Change) -> String {
    let shown = |id: &OrganizationId| match id.as_str() {
        pseudonym if pseudonym.starts_with("outside-") => "outside".to_owned(),
        id => id.to_owned(),
    };
    match change {
        C::PutOrganization(put) => format!("+{}", shown(&put.id)),
        C::RemoveOrganization(id) => format!("-{}", shown(id)),
        C::PutRelation(put) => format!("+{}>{}", shown(&put.source), shown(&put.target)),
        C::RemoveRelation(key) => format!("-{}>{}", shown(&key.source), shown(&key.target)),
        C::PutAnnex(put) => format!("+value of {}", shown(put.organization())),
        C::RemoveAnnex(key) => format!("-value of {}", shown(key.organization())),
        other => format!("{other:?}"),
    }
}

/// What a reader of one territory is told of the commits after a version.
fn told_after(atlas: &Atlas, version: u64) -> Vec<Vec<String>> {
    let mut follower = atlas.follow(Start::After(version)).unwrap();
    let now = atlas.snapshot();
    let view = now.seen_by(&limited(Role::Reader, &[OWN]));
    let mut told = Vec::new();
    while let Some(part) = follower.next_part().unwrap() {
        let of = (part.head.sequence, part.head.time);
        let changes = atlas.told_changes(&now, &view, of, part.changes).unwrap();
        told.push(changes.iter().map(short).collect());
    }
    told
}

#[test]
fn a_limited_subscriber_is_told_of_removals_of_own_units_and_of_relations_to_common_ends() {
    use RelationType::{LocatedIn, OperatesIn, Organizes};
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas_of(folder.path(), mixed());
    let value = |id: &str| {
        Annex::Value(DatedValue {
            organization: id.parse().unwrap(),
            attribute: DatedAttribute::Employees,
            value: AttributeValue::Integer(3),
            validity: Validity::new(Some(day(1)), None).unwrap(),
            source: None,
        })
    };
    let put_value = |id: &str| C::PutAnnex(Box::new(value(id)));
    let remove_value = |id: &str| C::RemoveAnnex(value(id).key());
    let removed = |id: &str| C::RemoveOrganization(id.parse().unwrap());
    let commits = [
        vec![related("ent-a", OperatesIn, "industry"), related("ent-b", OperatesIn, "industry")],
        vec![related("committee", Organizes, "ent-a")],
        vec![related("branch-b", Organizes, "ent-a"), related("branch-b", Organizes, "ent-b")],
        vec![put_value("ent-a"), put_value("ent-b")],
        vec![unrelated("ent-a", OperatesIn, "industry"), unrelated("ent-b", OperatesIn, "industry")],
        vec![unrelated("branch-b", Organizes, "ent-a"), unrelated("committee", Organizes, "ent-a")],
        vec![remove_value("ent-a"), remove_value("ent-b")],
        vec![
            unrelated("branch-a", Organizes, "ent-a"),
            unrelated("ent-a", LocatedIn, "cn-370114001001"),
            removed("ent-a"),
            unrelated("branch-b", Organizes, "ent-b"),
            unrelated("ent-b", LocatedIn, "cn-370114002001"),
            removed("ent-b"),
            removed("industry"),
        ],
        vec![removed("ent-nowhere")],
        // A unit is taken out of the territory without a trace.
        vec![C::RemoveRelation(RelationKey {
            source: "ent-moved".parse().unwrap(),
            relation_type: LocatedIn,
            target: OWN.parse().unwrap(),
            mode: None,
            valid_from: Some(day(1)),
        })],
    ];
    for changes in commits {
        commit(&atlas, changes);
    }
    let expected: [&[&str]; 10] = [
        &["+ent-a>industry"],
        &["+committee>ent-a"],
        &["+outside>ent-a"],
        &["+value of ent-a"],
        &["-ent-a>industry"],
        &["-outside>ent-a", "-committee>ent-a"],
        &["-value of ent-a"],
        &["-branch-a>ent-a", "-ent-a>cn-370114001001", "-ent-a"],
        &[],
        &["-ent-moved>cn-370114001"],
    ];
    // Also of what is not there any more.
    assert_eq!(told_after(&atlas, 1), expected);
    drop(atlas);

    // A store that was opened anew finds what was removed in the log.
    let atlas = Atlas::open(folder.path()).unwrap().0;
    let told = told_after(&atlas, 1);
    assert_eq!(told[7], expected[7]);

    // Told as the commits come.
    let folder = tempfile::tempdir().unwrap();
    let atlas = atlas_of(folder.path(), mixed());
    let live = [
        (related("ent-a", OperatesIn, "industry"), "+ent-a>industry"),
        (related("branch-b", Organizes, "ent-a"), "+outside>ent-a"),
        (unrelated("ent-a", OperatesIn, "industry"), "-ent-a>industry"),
        (unrelated("branch-b", Organizes, "ent-a"), "-outside>ent-a"),
        (put_value("ent-a"), "+value of ent-a"),
        (remove_value("ent-a"), "-value of ent-a"),
        (unrelated("branch-a", Organizes, "ent-a"), "-branch-a>ent-a"),
    ];
    for (change, expected) in live {
        let version = commit(&atlas, vec![change]);
        assert_eq!(told_after(&atlas, version - 1), [[expected]]);
    }
    let gone = vec![unrelated("ent-a", LocatedIn, "cn-370114001001"), removed("ent-a")];
    let version = commit(&atlas, gone);
    assert_eq!(told_after(&atlas, version - 1), [["-ent-a>cn-370114001001", "-ent-a"]]);
}

/// A graph in which outsiders are called so and so, and are so many.
fn world(name: &str, more: usize) -> Vec<Change> {
    let renamed = |id: &OrganizationId| -> OrganizationId {
        if ["ent-b", "branch-b"].contains(&id.as_str()) {
            format!("{id}-{name}").parse().unwrap()
        } else {
            id.clone()
        }
    };
    let mut changes = mixed();
    changes.push(related("branch-b", RelationType::Organizes, "ent-both"));
    changes.push(related("ent-a", RelationType::OperatesIn, "industry"));
    changes.push(related("ent-b", RelationType::OperatesIn, "industry"));
    for change in &mut changes {
        match change {
            C::PutOrganization(put) if renamed(&put.id) != put.id => {
                put.id = renamed(&put.id);
                put.name = name.into();
                put.uscc =
                    (put.kind == OrganizationKind::Enterprise).then(|| "91350100M000100Y43".parse().unwrap());
            }
            C::PutRelation(put) => {
                (put.source, put.target) = (renamed(&put.source), renamed(&put.target));
            }
            _ => {}
        }
    }
    for number in 0..more {
        let id = format!("extra-{name}-{number}");
        changes.push(placed(&id, "370114002"));
        changes.push(related(&id, RelationType::OperatesIn, "industry"));
        changes.push(related(
            &renamed(&"branch-b".parse().unwrap()).to_string(),
            RelationType::Organizes,
            &id,
        ));
    }
    changes
}

/// Everything that can be asked in lists, counts and walks.
const QUESTIONS: [&str; 20] = [
    "{ relationAggregate { count } }",
    "{ relationAggregate(groupBy: [TYPE, MODE, SOURCE_KIND, TARGET_KIND]) { count groups(first: 100) { nodes { type mode sourceKind targetKind count } } } }",
    "{ relationAggregate(types: [ORGANIZES, OPERATES_IN], asOf: \"2023-01-10\", groupBy: [TYPE]) { count groups { nodes { type count } } } }",
    "{ organizationAggregate(groupBy: [KIND, INDUSTRY], level: COMMUNITY) { count employees { known unknown sum } groups(first: 100) { nodes { kind industry count by { id } } } } }",
    "{ organizations(first: 100) { totalCount nodes { id name uscc } } }",
    "{ organizations(first: 100, orderBy: { field: EMPLOYEES, direction: DESC }) { totalCount pageInfo { endCursor } edges { cursor node { id } } } }",
    "{ organization(id: \"ent-both\") { relations(first: 100) { totalCount nodes { source { id name } target { id name } citation } } } }",
    "{ organization(id: \"industry\") { relations(first: 100) { totalCount nodes { source { id } } } children { totalCount } descendants { totalCount } } }",
    "{ organization(id: \"cn-370114\") { children { totalCount } descendants { totalCount } relations { totalCount } } }",
    "{ search(text: \"示例\") { totalCount nodes { id } } }",
    "{ search(text: \"外\") { totalCount } }",
    "{ subgraph(root: \"ent-both\", depth: 2) { nodes { id name } edges { type source { id } target { id } } } }",
    "{ subgraph(root: \"industry\", depth: 3) { nodes { id } edges { type } } }",
    "{ path(from: \"ent-a\", to: \"industry\") { length } }",
    "{ path(from: \"ent-both\", to: \"ent-a\") { length nodes { id } } }",
    "{ coverage(indicator: \"two-new-organisation\", groupBy: COMMUNITY) { population covered groups { by { id } population } completeness { operand population missing } reasonCounts { needed count } } }",
    "{ overlap(one: \"two-new-organisation\", other: \"two-new-work\") { whole { both oneOnly otherOnly neither } } }",
    "{ scoreboard(level: COMMUNITY) { organization { id } rank score } }",
    "{ tasks { totalCount } exemptions { totalCount } }",
    "{ plan(indicator: \"two-new-organisation\", everything: true) { steps(first: 50) { nodes { remedy { text units { id } } } } unplanned { totalCount } } }",
];

#[test]
fn no_answer_to_a_limited_reader_depends_on_who_and_how_many_are_outside() {
    let outside = without_numbers("outside-");
    let of = |changes: Vec<Change>| {
        let folder = tempfile::tempdir().unwrap();
        let atlas = atlas_of(folder.path(), changes);
        QUESTIONS.map(|question| {
            let answer = ask(&atlas, limited(Role::Reader, &[OWN]), question);
            assert!(
                answer["errors"].is_null() || answer["errors"][0]["extensions"]["code"] == "FORBIDDEN",
                "{question}: {answer}"
            );
            outside(&answer.to_string())
        })
    };
    let [one, other] = [of(world("alpha", 0)), of(world("omega", 4))];
    for ((question, one), other) in QUESTIONS.iter().zip(&one).zip(&other) {
        assert_eq!(one, other, "{question}");
    }
}

/// A text without the 16 digits that follow a prefix, wherever it stands: they are others in each run.
fn without_numbers(prefix: &'static str) -> impl Fn(&str) -> String {
    move |text| {
        let mut parts = text.split(prefix);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + prefix + part.get(16..).unwrap_or_default())
    }
}
