//! Stores that older programs wrote: they are opened, say what they said, and are gone on with.
//!
//! Each archive of `tests/stores` was written by the program of its time, with all kinds of organisations and types of
//! relations, commits before and behind a checkpoint, and what it said of itself then (`expected.jsonl`).

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::model::{Change, Door, Organization, OrganizationKind, Origin};
use orgatlas::storage::{LOG_FORMAT_VERSION, verify};
use serde_json::Value;

/// Each with the formats of its log and of its checkpoint.
const STORES: [&str; 3] = ["log-1-checkpoint-1", "log-1-checkpoint-2", "log-1-checkpoint-3"];

fn unpack(name: &str, to: &Path) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(format!("{name}.zip"));
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    for number in 0..archive.len() {
        let mut file = archive.by_index(number).unwrap();
        let path = to.join(file.enclosed_name().unwrap());
        if file.is_dir() {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::io::copy(&mut file, &mut File::create(path).unwrap()).unwrap();
        }
    }
}

/// What an atlas says of its organisations and stated relations, one line each, as the older programs wrote it.
fn said(atlas: &Atlas) -> Vec<Value> {
    let graph = &atlas.snapshot().graph;
    let line = |sort: &str, value: Value| serde_json::json!({ sort: value });
    let organizations = graph.organizations().map(|o| line("organization", serde_json::to_value(o).unwrap()));
    let relations = graph.stated_relations().map(|r| line("relation", serde_json::to_value(r).unwrap()));
    organizations.chain(relations).collect()
}

/// Whether a value says all that an older one does, and nothing else but that something is not known.
fn says_the_same(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            let is_nothing = |value: &Value| match value {
                Value::Null => true,
                Value::Array(items) => items.is_empty(),
                Value::Object(fields) => fields.is_empty(),
                _ => false,
            };
            old.iter().all(|(name, old)| new.get(name).is_some_and(|new| says_the_same(new, old)))
                && new.iter().all(|(name, value)| old.contains_key(name) || is_nothing(value))
        }
        (new, old) => new == old,
    }
}

fn check(atlas: &Atlas, expected: &str, what: &str) {
    let said = said(atlas);
    let expected: Vec<Value> = expected.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), expected.len(), "{what}");
    for (new, old) in said.iter().zip(&expected) {
        assert!(says_the_same(new, old), "{what}: {new} is not {old}");
    }
    assert_eq!(atlas.snapshot().graph.validate(), Ok(()), "{what}");
}

#[test]
fn a_store_of_every_older_format_is_opened_says_what_it_said_and_is_gone_on_with() {
    for what in STORES {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        unpack(what, dir);
        let expected = fs::read_to_string(dir.join("expected.jsonl")).unwrap();
        let annexes = if what.ends_with("checkpoint-1") { 0 } else { 2 };
        assert_eq!(verify(dir).unwrap().commits, 5, "{what}");

        let (atlas, report) = Atlas::open(dir).unwrap();
        assert_eq!((report.checkpoint, report.replayed, report.rebuilt), (3, 2, None), "{what}");
        check(&atlas, &expected, what);
        assert_eq!(atlas.snapshot().graph.annex_count(), annexes, "{what}");

        let organization =
            Organization::new("new-1".parse().unwrap(), OrganizationKind::Enterprise, "示例新");
        let proposal = Proposal {
            changes: vec![Change::PutOrganization(Box::new(organization))],
            actor: "街道办".to_owned(),
            reason: "新增".to_owned(),
            origin: Origin::by(Door::Library),
            expected: Some(5),
        };
        atlas.commit(proposal).unwrap();
        let now = atlas.snapshot();
        drop(atlas);
        // By the checkpoint and what follows, by a checkpoint of today, and by the log alone.
        for step in 0..3 {
            let (atlas, report) = Atlas::open(dir).unwrap();
            assert_eq!(report.checkpoint, [3, 6, 0][step], "{what}");
            assert!(atlas.snapshot().graph == now.graph, "{what}");
            match step {
                0 => atlas.checkpoint().unwrap(),
                _ => fs::remove_dir_all(dir.join("state")).unwrap(),
            }
        }
    }
}

#[test]
fn a_store_of_a_newer_format_is_refused_and_the_message_says_so() {
    let folder = tempfile::tempdir().unwrap();
    drop(Atlas::open(folder.path()).unwrap());
    let log = folder.path().join("changes.log");
    let mut bytes = fs::read(&log).unwrap();
    let newer = LOG_FORMAT_VERSION + 1;
    bytes[8..12].copy_from_slice(&newer.to_le_bytes());
    File::create(&log).unwrap().write_all(&bytes).unwrap();
    let Err(refused) = Atlas::open(folder.path()) else { panic!("it was opened") };
    let refused = refused.to_string();
    let said = format!("the change log has format version {newer}, and this program reads versions up to");
    assert!(refused.contains(&said) && refused.contains("or a later one"), "{refused}");
    assert_eq!(fs::read(&log).unwrap(), bytes, "it was altered");
}
