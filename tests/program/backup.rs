//! Backups as operators meet them: taken while a store is served, restored as of any moment, and what mends what.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use crate::desk::{Desk, desk_with_district};
use crate::server::Server;
use orgatlas::atlas::{Atlas, Clock, Proposal, STORE_FILES};
use orgatlas::model::{Change, Door, Organization, OrganizationKind, Origin};
use orgatlas::storage::History;

const UNITS: &str = "id,kind,name,synthetic\ngen-1,ENTERPRISE,示例甲,true\n";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("organizations.csv", UNITS);
    desk.done("import --data store organizations.csv");
    desk
}

/// Names a further enterprise in a ledger of its own, and imports that.
fn import(desk: &Desk, number: usize) {
    let file = format!("more-{number}.csv");
    desk.write(&file, UNITS.replace("gen-1", &format!("gen-{number}")));
    desk.done(&format!("import --data store {file}"));
}

fn exported(desk: &Desk, store: &str) -> String {
    desk.done(&format!("export --data {store} --format csv -o out-{store}"));
    desk.read(&format!("out-{store}/organizations.csv"))
}

#[test]
fn help_explains_backups() {
    let desk = Desk::new();
    for command in ["backup", "restore", "repair"] {
        insta::assert_snapshot!(format!("help_{command}"), desk.done(&format!("{command} --help")));
    }
}

#[test]
fn a_served_store_is_backed_up_and_every_moment_of_it_restored() {
    let desk = desk();
    let server = Server::start(&desk, "demo --data store --writable");
    let first = desk.done("backup --data store -o copies");
    let change = r#"{ putOrganization: { id: "gen-2", kind: ENTERPRISE, name: "示例乙", synthetic: true } }"#;
    let written = server
        .ask(&format!("mutation {{ applyChanges(reason: \"新增\", changes: [{change}]) {{ version }} }}"));
    assert!(written["errors"].is_null(), "{written}");
    let second = desk.done("backup --data store -o copies");
    assert!(first.contains(" commits added, ") && second.contains("1 commits added, "), "{first}{second}");
    drop(server);

    desk.done("restore --from copies --data whole");
    assert_eq!(exported(&desk, "whole"), exported(&desk, "store"));
    assert!(exported(&desk, "whole").contains("示例乙"));
    let commits = History::read(&desk.path().join("store")).unwrap().commits(0).unwrap();
    let times: Vec<_> = commits.map(|part| part.unwrap().head.time).collect();
    let before = times.last().unwrap().checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap();
    desk.done(&format!("restore --from copies --data earlier --at {before}"));
    assert!(!exported(&desk, "earlier").contains("示例乙"));
    assert!(desk.done("check --data earlier").contains("keep every rule"));
}

#[test]
fn what_cannot_be_a_backup_or_holds_nothing_is_said() {
    let desk = desk();
    for folder in ["store", "store/copies", "./store/../store/a/b"] {
        let refused = desk.run(&format!("backup --data store -o {folder}"));
        let said = format!("error: {folder}: this is within the store itself; choose another folder");
        assert!(refused.code == 1 && refused.stderr.starts_with(&said), "{}", refused.stderr);
    }
    assert!(!desk.path().join("store/copies").exists());
    desk.done("backup --data store -o copies");
    let empty = desk.run("restore --from copies --data empty --at 1999-01-01T00:00:00Z");
    let said = "note: nothing was recorded yet at that moment\n";
    assert!(empty.code == 0 && empty.stderr.ends_with(said), "{}", empty.stderr);
    assert!(empty.stderr.starts_with("note: 1 commit is left out, recorded at 20"), "{}", empty.stderr);
    assert_eq!(
        empty.stdout,
        "empty: 0 commits: 0 organisations, 0 relations and 0 annexes keep every rule\n"
    );
}

#[test]
fn operators_hear_of_a_clock_that_is_behind_the_log_and_no_commit_is_left_out_without_a_word() {
    let desk = desk();
    let ahead = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    let (atlas, _) = Atlas::open_by(&desk.path().join("store"), Clock::of(move || ahead)).unwrap();
    let unit = Organization::new("gen-2".parse().unwrap(), OrganizationKind::Enterprise, "示例乙");
    atlas
        .commit(Proposal {
            changes: vec![Change::PutOrganization(Box::new(unit))],
            actor: "clerk".to_owned(),
            reason: "新增".to_owned(),
            origin: Origin::by(Door::Library),
            expected: None,
        })
        .unwrap();
    drop(atlas);
    let warned = desk.run("import --data store organizations.csv");
    let warning = format!(
        "s behind the last commit, which was recorded at {ahead}: it was set back, or was ahead then"
    );
    assert!(warned.stderr.contains(&warning), "{}", warned.stderr);
    import(&desk, 3);
    let commits = History::read(&desk.path().join("store")).unwrap().commits(0).unwrap();
    let times: Vec<_> = commits.map(|part| part.unwrap().head.time).collect();
    assert_eq!(times[1..], [ahead, ahead]);
    desk.done("backup --data store -o copies");
    let restored = desk.run(&format!("restore --from copies --data now --at {}", jiff::Timestamp::now()));
    let said = format!("note: 2 commits are left out, the first of them recorded at {ahead}\n");
    assert!(restored.stderr.contains(&said), "{}", restored.stderr);
    let server = Server::start(&desk, "serve --data store");
    let metrics = server.get("/metrics").body;
    let behind =
        metrics.lines().find_map(|line| line.strip_prefix("orgatlas_clock_behind_seconds ")).unwrap();
    assert!(behind.parse::<f64>().unwrap() > 86_400.0, "{behind}");
}

/// The state is all that is left of what was recorded, so no command may throw it away.
#[test]
fn a_log_that_is_gone_is_told_by_every_command_and_the_state_stays() {
    let desk = desk();
    desk.done("repair --data store");
    let log = desk.path().join("store/changes.log");
    let bytes = std::fs::read(&log).unwrap();
    for left in [None, Some(0), Some(bytes.len() - 1)] {
        match left {
            None => std::fs::remove_file(&log).unwrap(),
            Some(length) => std::fs::write(&log, &bytes[..length]).unwrap(),
        }
        for command in ["check", "repair", "query", "check"] {
            let query = if command == "query" { " {__typename}" } else { "" };
            let refused = desk.run(&format!("{command} --data store{query}"));
            let said = "changes.log: the change log ends with commit 0, but commit 1 was recorded; restore it from a \
                        backup, or, to go on without the missing commits, move store/state away";
            assert!(refused.code == 1 && refused.stderr.contains(said), "{command}: {}", refused.stderr);
        }
    }
    std::fs::write(&log, bytes).unwrap();
    assert!(desk.done("check --data store").contains("checkpoint: of commit 1, "));
}

#[test]
fn a_damaged_store_is_mended_by_what_its_messages_say() {
    let desk = desk();
    desk.done("backup --data store -o copies");
    import(&desk, 2);
    let whole = exported(&desk, "store");

    // A state that cannot be used is made anew.
    std::fs::write(desk.path().join("store/state/db"), "damaged").unwrap();
    let repaired = desk.done("repair --data store");
    assert_eq!(
        repaired,
        "the state was made anew from the change log: 2 organisations, 0 relations and 0 annexes keep every rule\n"
    );
    assert!(desk.done("check --data store").contains("checkpoint: of commit 2, "));

    // A log that is damaged is made whole from the backup and from what follows in it.
    let path = desk.path().join("store/changes.log");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    for command in ["check --data store", "repair --data store"] {
        let refused = desk.run(command);
        assert_eq!(refused.code, 1, "{command}");
        assert!(
            refused.stderr.contains("changes.log: damaged at byte 12, in commit 1"),
            "{}",
            refused.stderr
        );
    }
    let restored = desk.done("restore --from copies --log store/changes.log --data mended");
    assert_eq!(
        restored,
        "mended: 2 commits, the last 1 of them from the log: 2 organisations, 0 relations and 0 annexes keep every rule\n"
    );
    assert_eq!(exported(&desk, "mended"), whole);

    let refused = desk.run("restore --from copies --data mended");
    assert_eq!((refused.code, refused.stderr.contains("mended: this folder is not empty")), (1, true));
}

/// Wherever it is killed, what is left is no store, or a whole one; if it is none, the next restore makes it.
#[cfg(unix)]
#[test]
fn a_killed_restore_keeps_no_other_from_its_work() {
    let desk = desk_with_district();
    desk.done("backup --data store -o copies");
    let whole = desk.done("check --data store");
    let graph = |checked: &str| checked.lines().last().unwrap().to_owned();
    for pause in (0..).map(|number| Duration::from_millis(20 << number)) {
        let arguments = ["restore", "--from", "copies", "--data", "new"];
        let mut restoring =
            desk.command(&arguments).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(pause);
        restoring.kill().unwrap();
        let ended = restoring.wait().unwrap();
        if !desk.path().join("new/changes.log").exists() {
            desk.done("restore --from copies --data new");
        }
        assert_eq!(graph(&desk.done("check --data new")), graph(&whole), "killed after {pause:?}");
        assert!(desk.path().join("new/disclosure.toml").exists(), "killed after {pause:?}");
        std::fs::remove_dir_all(desk.path().join("new")).unwrap();
        if ended.success() {
            break;
        }
    }
}

/// What the documents say that a backup holds, and the files of a new store that a backup takes.
#[test]
fn a_backup_holds_the_files_that_the_documents_name() {
    let said = include_str!("../../docs/RELIABILITY.md");
    let (_, said) = said.split_once("A backup holds ").unwrap();
    let (said, _) = said.split_once("; it does not hold").unwrap();
    let named: BTreeSet<_> = said.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let desk = desk_with_district();
    desk.done("backup --data store -o copies");
    let files = |folder: &str| {
        let entries = std::fs::read_dir(desk.path().join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name != "lock" && !name.starts_with('.')).collect::<BTreeSet<_>>()
    };
    assert_eq!(named, files("copies"));
    let kept = STORE_FILES.map(str::to_owned).into_iter().chain(["changes.log".to_owned()]);
    assert_eq!(named, kept.collect::<BTreeSet<_>>());
    let more: Vec<_> = files("store").difference(&named).cloned().collect();
    assert_eq!(more, ["state"], "a file of a store that no backup holds");
}
