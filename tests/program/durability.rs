//! Whatever is committed is found again: by the log, by the checkpoint, and by both.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use orgatlas::atlas::{Atlas, CommitError, Proposal};
use orgatlas::coverage::IndicatorOrigin;
use orgatlas::model::{
    Annex, AnnexKey, AttributeValue, Change, Date, DatedAttribute, DatedValue, Exemption,
    IndicatorDefinition, Month, NamedOrganization, Organization, OrganizationId, OrganizationKind, Relation,
    RelationKey, RelationType, Task, TaskId, TaskState, TaskStep, Validity,
};
use orgatlas::storage::StateProblem;
use proptest::prelude::*;

use crate::desk::{Desk, Outcome};

/// What should be recorded, in plain maps.
#[derive(Default)]
struct Plain {
    organizations: BTreeMap<OrganizationId, Organization>,
    relations: BTreeMap<RelationKey, Relation>,
    annexes: BTreeMap<AnnexKey, Annex>,
    definitions: BTreeMap<Arc<str>, IndicatorDefinition>,
}

impl Plain {
    fn apply(&mut self, change: Change) {
        match change {
            Change::PutOrganization(o) => drop(self.organizations.insert(o.id.clone(), *o)),
            Change::RemoveOrganization(id) => drop(self.organizations.remove(&id)),
            Change::PutRelation(r) => drop(self.relations.insert(r.key(), r)),
            Change::RemoveRelation(key) => drop(self.relations.remove(&key)),
            Change::PutAnnex(annex) => drop(self.annexes.insert(annex.key(), *annex)),
            Change::RemoveAnnex(key) => drop(self.annexes.remove(&key)),
            Change::PutIndicator(definition) => {
                drop(self.definitions.insert(definition.id.clone(), *definition));
            }
            Change::RemoveIndicator(id) => drop(self.definitions.remove(&id)),
        }
    }
}

fn id(number: u8) -> OrganizationId {
    format!("o-{number}").parse().unwrap()
}

fn change() -> impl Strategy<Value = Change> {
    let organization = (0u8..6, 0u8..9, prop::option::of(0u32..9)).prop_map(|(number, name, members)| {
        let kind = if number < 3 { OrganizationKind::Enterprise } else { OrganizationKind::PartyBranch };
        let mut organization = Organization::new(id(number), kind, format!("示例{name}"));
        organization.full_members = members;
        organization
    });
    let relation = (3u8..6, 0u8..3, prop::option::of(1i8..5)).prop_map(|(source, target, day)| {
        let mut relation = Relation::new(id(source), RelationType::Organizes, id(target));
        relation.validity = Validity::new(day.map(|day| Date::constant(2024, 1, day)), None).unwrap();
        relation
    });
    let exemption = (0u8..3, 1i8..4, prop::option::of(2i8..6)).prop_map(|(unit, from, to)| {
        Annex::Exemption(Exemption {
            unit: id(unit),
            indicator: "two-new-work".into(),
            granted_on: Date::constant(2024, 1, from),
            until: to.map(|day| Date::constant(2024, 1, day)),
            reason: "停产".into(),
            granted_by: "组织部".into(),
        })
    });
    let value = (0u8..6, 1i8..5, 0i64..9).prop_map(|(number, from, value)| {
        let day = |day| Some(Date::constant(2024, 1, day));
        Annex::Value(DatedValue {
            organization: id(number),
            attribute: DatedAttribute::Employees,
            value: AttributeValue::Integer(value),
            validity: Validity::new(day(from), day(from + 2)).unwrap(),
            source: None,
        })
    });
    let task = (0u8..3, 0..=4usize).prop_map(|(number, steps)| Annex::Task(Arc::new(task(number, steps))));
    let annex = prop_oneof![exemption, value, task];
    prop_oneof![
        4 => annex.clone().prop_map(|annex| Change::PutAnnex(Box::new(annex))),
        1 => annex.prop_map(|annex| Change::RemoveAnnex(annex.key())),
        4 => organization.prop_map(|o| Change::PutOrganization(Box::new(o))),
        4 => relation.clone().prop_map(Change::PutRelation),
        1 => relation.prop_map(|r| Change::RemoveRelation(r.key())),
        1 => (0u8..6).prop_map(|number| Change::RemoveOrganization(id(number))),
        2 => (0u8..3, 1u32..6).prop_map(|(number, version)| define(number, version)),
        1 => (0u8..3).prop_map(|number| Change::RemoveIndicator(format!("own-{number}").into())),
    ]
}

/// A definition of an indicator.
fn define(number: u8, version: u32) -> Change {
    let name = "{ simplified = \"示例\", traditional = \"示例\", english = \"a\" }";
    let text = format!(
        "id = \"own-{number}\"\nversion = {version}\nname = {name}\nsource = \"a\"\nform = []\n\
         population = {{ kind = [\"ENTERPRISE\"] }}\n"
    );
    let (id, version) = (format!("own-{number}").into(), std::num::NonZeroU32::new(version).unwrap());
    Change::PutIndicator(Box::new(IndicatorDefinition { id, version, text: text.into() }))
}

/// A task of an organisation that has taken its first steps.
fn task(number: u8, steps: usize) -> Task {
    use TaskState::{Closed, HandedOver, Rectified, Rectifying, ToHandOver};
    let named = |number| NamedOrganization { id: id(number), name: "示例".into() };
    let walk = [ToHandOver, HandedOver, Rectifying, Rectified, Closed].into_iter().take(steps + 1);
    Task {
        id: TaskId {
            month: Month::of(Date::constant(2024, 1, 1)),
            indicator: "two-new-work".into(),
            territory: id(number),
        },
        responsible: named(number),
        due: Date::constant(2024, 1, 31),
        units: vec![named(1), named(2)],
        steps: (1..)
            .zip(walk)
            .map(|(day, s)| TaskStep::new(s, Date::constant(2024, 1, day), "街道"))
            .collect(),
    }
}

fn proposal(changes: Vec<Change>) -> Proposal {
    Proposal {
        changes,
        actor: "test".into(),
        reason: "test".into(),
        origin: orgatlas::model::Origin::default(),
        expected: None,
    }
}

fn open(folder: &Path) -> Atlas {
    Atlas::open(folder).unwrap().0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_reopened_graph_is_the_live_one_also_without_its_checkpoint(
        commits in prop::collection::vec((prop::collection::vec(change(), 1..4), 0u8..4), 1..25)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut atlas = open(folder.path());
        let mut plain = Plain::default();
        for (changes, then) in commits {
            let mut proposal = proposal(changes.clone());
            if then == 1 {
                // A commit of so many bytes is followed by a checkpoint, whatever it changes.
                proposal.reason = "长".repeat(400_000);
            }
            match atlas.commit(proposal) {
                Ok(committed) => {
                    prop_assert_eq!(committed.changes, changes.len());
                    changes.into_iter().for_each(|change| plain.apply(change));
                }
                Err(CommitError::Violations { violations, .. }) => prop_assert!(!violations.is_empty()),
                Err(other) => panic!("{other}"),
            }
            let live = atlas.snapshot();
            prop_assert_eq!(live.graph.validate(), Ok(()));
            prop_assert!(live.graph.organizations().eq(plain.organizations.values().cloned()));
            prop_assert!(live.graph.relations().eq(plain.relations.values().cloned()));
            prop_assert_eq!(live.graph.annex_count(), plain.annexes.len());
            prop_assert!(plain.annexes.iter().all(|(key, annex)| live.graph.annex(key) == Some(annex)));
            prop_assert!(live.graph.definitions().eq(plain.definitions.values()));
            let recorded = live.indicators.iter().filter(|i| i.origin == IndicatorOrigin::Recorded);
            prop_assert_eq!(recorded.count(), plain.definitions.len());
            if then < 2 {
                drop(atlas);
                let is_lost = then == 0 && live.version.is_multiple_of(2);
                if is_lost {
                    std::fs::remove_dir_all(folder.path().join("state")).unwrap();
                }
                let (reopened, report) = Atlas::open(folder.path()).unwrap();
                let problem = is_lost && live.version > 0;
                prop_assert_eq!(report.rebuilt, problem.then_some(StateProblem::Missing));
                atlas = reopened;
                prop_assert_eq!(atlas.snapshot().graph.validate(), Ok(()));
                prop_assert_eq!(&atlas.snapshot().graph, &live.graph);
                prop_assert_eq!(&atlas.snapshot().indicators, &live.indicators);
                prop_assert_eq!(atlas.snapshot().version, live.version);
            }
        }
    }
}

#[test]
fn a_large_import_is_checkpointed_and_found_by_checkpoint_log_and_both() {
    let desk = crate::desk::desk_with_district();
    let report = desk.done("check --data store");
    assert!(report.contains("checkpoint: of commit 1, 12685 organisations"), "{report}");
    desk.write("more.csv", "id,kind,name\nent-new,ENTERPRISE,示例新\n");
    desk.done("import --data store more.csv");
    let exported = |name: &str| {
        desk.done(&format!("export --data store --format csv -o {name}"));
        desk.read(&format!("{name}/organizations.csv")) + &desk.read(&format!("{name}/relations.csv"))
    };
    let by_both = exported("both");
    assert!(by_both.contains("ent-new"));
    std::fs::remove_dir_all(desk.path().join("store/state")).unwrap();
    assert!(exported("log") == by_both, "the log alone gives another graph");
}

#[test]
fn a_reader_keeps_its_snapshot_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = open(folder.path());
    let put = |number: u8, name: &str| {
        let organization = Organization::new(id(number), OrganizationKind::Enterprise, name);
        proposal(vec![Change::PutOrganization(Box::new(organization))])
    };
    atlas.commit(put(0, "示例一")).unwrap();
    let held = atlas.snapshot();
    for (number, name) in [(0, "示例二"), (1, "示例三"), (0, "示例四")] {
        atlas.commit(put(number, name)).unwrap();
    }
    assert_eq!((held.version, held.graph.organization_count()), (1, 1));
    assert_eq!(held.graph.organization("o-0").unwrap().name.as_ref(), "示例一");
    assert_eq!(atlas.snapshot().graph.organization("o-0").unwrap().name.as_ref(), "示例四");
    assert_eq!(atlas.snapshot().version, 4);
}

#[test]
fn a_commit_made_up_for_another_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = open(folder.path());
    let organization = Organization::new(id(0), OrganizationKind::Enterprise, "示例");
    let mut late = proposal(vec![Change::PutOrganization(Box::new(organization))]);
    late.expected = Some(0);
    atlas.commit(late.clone()).unwrap();
    let refused = atlas.commit(late).unwrap_err().to_string();
    assert_eq!(refused, "the graph is at version 1, not at 0 any more: look again and repeat");
}

#[test]
fn what_was_recorded_then_is_found_beside_what_is_known_now() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = std::sync::Arc::new(open(folder.path()));
    let put = |number: u8| {
        let mut village = Organization::new(
            format!("cn-37011400120{number}").parse().unwrap(),
            OrganizationKind::Village,
            "示例村",
        );
        village.annual_income_cny = Some(600_000.0);
        village.life = Validity::new(Some(Date::constant(2020, 1, 1)), None).unwrap();
        proposal(vec![Change::PutOrganization(Box::new(village))])
    };
    let pause = || std::thread::sleep(std::time::Duration::from_millis(3));
    let mut moments = vec![jiff::Timestamp::now()];
    for number in 1..=3 {
        pause();
        atlas.commit(put(number)).unwrap();
        pause();
        moments.push(jiff::Timestamp::now());
    }
    let schema = orgatlas::graphql::schema();
    let access = orgatlas::access::Access::anonymous;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |query: String| {
        let request = orgatlas::graphql::Request::new(query);
        let response = runtime.block_on(orgatlas::graphql::execute(&schema, &atlas, access(), request));
        serde_json::to_value(&response).unwrap()
    };
    for _ in 0..2 {
        for (known, moment) in moments.iter().enumerate() {
            let arguments =
                format!("indicator: \"village-income\", asOf: \"2024-06-30\", recordedAt: \"{moment}\"");
            let answer = ask(format!(
                "{{ coverage({arguments}) {{ covered }} gaps({arguments}, states: [COVERED]) {{ totalCount }} }}"
            ));
            assert_eq!(answer["data"]["coverage"]["covered"], known, "{answer}");
            assert_eq!(answer["data"]["gaps"]["totalCount"], known, "{answer}");
        }
    }
    let trend = ask("{ trend(indicator: \"village-income\", from: \"2019-12-01\", to: \"2020-01-31\") {
             asOf asReported { covered } asKnown { covered } } }"
        .to_owned());
    assert_eq!(
        trend["data"]["trend"],
        serde_json::json!([
            { "asOf": "2019-12-31", "asReported": null, "asKnown": { "covered": 0 } },
            { "asOf": "2020-01-31", "asReported": null, "asKnown": { "covered": 3 } },
        ])
    );
    let wrong =
        ask("{ coverage(indicator: \"village-income\", recordedAt: \"2024-06-30\") { covered } }".to_owned());
    assert!(wrong["errors"][0]["message"].as_str().unwrap().contains("no moment with an offset"), "{wrong}");
}

/// As on a read-only medium; the rights of files do not bind root, which therefore becomes nobody.
#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_to_is_read_and_says_so() {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    let desk = Desk::new();
    desk.write("in/organizations.csv", "id,kind,name\na,ENTERPRISE,示例\nb,PARTY_BRANCH,示例支部\n");
    desk.write("in/relations.csv", "source,type,target\nb,ORGANIZES,a\n");
    desk.done("import --data store in");
    desk.done("import --data bare in");
    // One without what a new store is given, as an older program left it.
    for name in ["lock", "disclosure.toml"] {
        std::fs::remove_file(desk.path().join("bare").join(name)).unwrap();
    }
    std::fs::remove_dir_all(desk.path().join("bare/state")).unwrap();
    let run = |arguments: &str| {
        let mut command = desk.command(&arguments.split_whitespace().collect::<Vec<_>>());
        if std::fs::metadata(desk.path()).unwrap().uid() == 0 {
            command.uid(65_534).gid(65_534);
        }
        Outcome::of(&command.output().unwrap())
    };
    let commands = [
        "query --data store {organizations{nodes{id,name}}}",
        "coverage --data store --indicator two-new-either --format json",
        "export --data store --format jsonld -o /dev/stdout",
        "search --data store 示例",
        "audit verify --data store",
    ];
    let expected = commands.map(|command| desk.done(command));
    desk.shell("chmod 755 . && chmod -R a-w store bare");
    let listed = || {
        desk.shell("find store bare -type f -exec cksum {} + | sort > listed");
        desk.read("listed")
    };
    let before = listed();
    for (command, expected) in commands.iter().zip(expected) {
        // Of what was recorded at another moment the hash is another.
        let stores = if command.starts_with("audit") { &["store"][..] } else { &["store", "bare"] };
        for store in stores {
            let outcome = run(&command.replace("store", store));
            assert_eq!((outcome.code, &outcome.stdout), (0, &expected), "{command}: {}", outcome.stderr);
            let said = outcome.stderr.contains("cannot be written to; it is read");
            assert!(said || command.starts_with("audit"), "{command}: {}", outcome.stderr);
        }
    }
    let checked = run("check --data store");
    assert_eq!(
        (checked.code, checked.stdout.contains("checkpoint: none was taken yet")),
        (0, true),
        "{checked:?}"
    );
    let refused = run("import --data store in/organizations.csv");
    assert_eq!(refused.code, 0, "nothing is new: {refused:?}");
    desk.write("more/organizations.csv", "id,kind,name\nc,ENTERPRISE,示例二\n");
    for store in ["store", "bare"] {
        let refused = run(&format!("import --data {store} more"));
        let said = refused.stderr.contains("nothing can be recorded: the store was opened to be read alone");
        assert!(refused.code == 1 && said, "{refused:?}");
    }
    let refused = run("import --data absent in");
    assert!(refused.code == 1 && refused.stderr.contains("can be written to"), "{refused:?}");
    assert_eq!(listed(), before);
    desk.shell("chmod -R u+w store bare");
}
