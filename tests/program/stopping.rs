//! Work that nobody waits for any more ends soon and leaves all as it was.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orgatlas::atlas::{Atlas, CommitError, Proposal};
use orgatlas::model::{Change, Organization, OrganizationKind, Relation, RelationType};
use orgatlas::work::{Stop, Watch, run};

use crate::desk::{Desk, desk_with_district};

/// A command that waits for what it reads of a pipe, is asked to end meanwhile, and ends with the rest of that.
///
/// Gives back its exit code and what it said after it was told.
fn stopped(desk: &Desk, arguments: &str, signal: &str, pipe: &str, content: &str) -> (i32, String) {
    let made = Command::new("mkfifo").arg(desk.path().join(pipe)).status().unwrap();
    assert!(made.success());
    let arguments: Vec<_> = arguments.split_whitespace().collect();
    let mut process = desk.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    // It can be opened when the other end is: the command has begun to read.
    let mut writer = File::options().write(true).open(desk.path().join(pipe)).unwrap();
    let told = Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap();
    assert!(told.success());
    let mut said = BufReader::new(process.stderr.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    assert!(first.starts_with("stopping; "), "{first}");
    // It may have gone away without reading.
    writer.write_all(content.as_bytes()).ok();
    drop(writer);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    fs::remove_file(desk.path().join(pipe)).unwrap();
    (process.wait().unwrap().code().unwrap(), rest)
}

/// Every file of a folder with its size, but for the lock, which says who had it last, and for seals, which whoever opens a
/// store puts beside the text files in it.
fn files(folder: &Path) -> Vec<(String, u64)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()))
        .filter(|(name, _)| name != "lock" && !name.ends_with(".seal"))
        .collect();
    files.sort();
    files
}

const ROWS: &str = "id,kind,name\nent-1,ENTERPRISE,示例甲\n";

#[test]
fn an_import_that_is_stopped_leaves_the_store_as_it_was() {
    let desk = desk_with_district();
    let before = files(&desk.path().join("store"));
    let import = "import --data store more.csv";
    assert_eq!(stopped(&desk, import, "-INT", "more.csv", ROWS), (130, String::new()));
    assert_eq!(stopped(&desk, import, "-TERM", "more.csv", ROWS), (143, String::new()));
    assert_eq!(files(&desk.path().join("store")), before);
    let check = desk.done("check --data store");
    assert!(check.contains("log: 1 commits") && !check.contains("never acknowledged"), "{check}");
}

#[test]
fn an_import_that_is_stopped_leaves_no_store() {
    let desk = Desk::new();
    let import = "import --data store more.csv";
    assert_eq!(stopped(&desk, import, "-INT", "more.csv", ROWS), (130, String::new()));
    assert!(!desk.path().join("store").exists());
    desk.write("more.csv", ROWS);
    desk.done(import);
}

/// Asks work to stop when it is told of progress for so many times.
struct StopAt {
    stop: Stop,
    left: AtomicUsize,
}

impl StopAt {
    fn told(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.stop.ask();
        }
    }
}

impl Watch for StopAt {
    fn begin(&self, _: &'static str, _: u64) -> u64 {
        self.told();
        0
    }

    fn reached(&self, _: u64, _: u64) {
        self.told();
    }

    fn end(&self, _: u64) {
        self.told();
    }
}

/// A commit of so many changes that it is written while it is applied.
fn large(number: usize) -> Proposal {
    let id = |n: usize| format!("ent-{number}-{n}").parse().unwrap();
    let units = (0..10_000).map(|n| Organization::new(id(n), OrganizationKind::Enterprise, "示例"));
    let mut changes: Vec<_> = units.map(|unit| Change::PutOrganization(Box::new(unit))).collect();
    let related = (0..1_000).map(|n| Relation::new(id(n), RelationType::PartnersWith, id(n + 1)));
    changes.extend(related.map(Change::PutRelation));
    let (actor, reason, origin) = ("test".into(), "test".into(), orgatlas::model::Origin::default());
    Proposal { changes, actor, reason, origin, expected: None }
}

/// Into an empty store all is made at once, into another step by step.
#[test]
fn a_commit_is_stopped_at_any_moment_or_recorded_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut version = 0;
    while version < 2 {
        let mut stops = 0;
        for moment in (0..).map(|n| 1 + n * n) {
            let (atlas, report) = Atlas::open(folder.path()).unwrap();
            assert!(report.torn_tail.is_none() && report.rebuilt.is_none(), "{report:?}");
            assert_eq!(atlas.snapshot().version, version);
            let stop = Stop::default();
            let watch = StopAt { stop: stop.clone(), left: AtomicUsize::new(moment) };
            let before = files(folder.path());
            let outcome = run(&stop, Some(Arc::new(watch)), || atlas.commit(large(version as usize)));
            match outcome {
                Err(CommitError::Stopped(_)) => {
                    assert_eq!(files(folder.path()), before);
                    assert_eq!(atlas.snapshot().version, version);
                    stops += 1;
                }
                Err(other) => panic!("{other}"),
                Ok(_) => break,
            }
        }
        assert!(stops > 3, "it was stopped {stops} times");
        version += 1;
    }
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    assert_eq!(atlas.snapshot().graph.organization_count(), 20_000);
    assert_eq!(atlas.snapshot().graph.validate(), Ok(()));
}

#[test]
fn exports_that_are_stopped_leave_no_files_and_those_that_were_there_as_they_were() {
    let desk = desk_with_district();
    let atlas = Atlas::open(&desk.path().join("store")).unwrap().0;
    let snapshot = atlas.snapshot();
    let folder = desk.path().join("ledgers");
    let export = |moment: usize| {
        let stop = Stop::default();
        let watch = StopAt { stop: stop.clone(), left: AtomicUsize::new(moment) };
        let write = || orgatlas::ledger::write_csv(&snapshot.graph, &snapshot.attributes, &folder);
        run(&stop, Some(Arc::new(watch)), write)
    };
    assert!(export(20).is_err());
    assert_eq!(files(&folder), []);
    export(usize::MAX).unwrap();
    let before = files(&folder);
    for moment in [1, 30, 100] {
        assert!(export(moment).is_err(), "{moment}");
        assert_eq!(files(&folder), before);
    }
}
