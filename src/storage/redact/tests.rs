use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::model::{Annex, Change, Organization, OrganizationKind, Relation, RelationType};
use crate::storage::fixture::{Plain, commit, exemption, large_commit, put};
use crate::storage::tests::open;
use crate::storage::{AuditError, CommitHash, History, REDACTED, Restore, Store, audit, back_up};

/// The text that slipped in.
const TEXT: &str = "张三13812345678";

/// A store with the text in a name, an alias, a citation, a reason and an actor, and large commits around them.
fn commits() -> Vec<Commit> {
    let named = |number: usize, name: &str| put(number, name);
    let mut aliased = Organization::new("ent-9".parse().unwrap(), OrganizationKind::Enterprise, "乙");
    aliased.aliases = vec![format!("{TEXT}工作室").into(), "乙方".into()];
    let mut cited =
        Relation::new("ent-1".parse().unwrap(), RelationType::PartnersWith, "ent-9".parse().unwrap());
    cited.citation = Some(format!("据{TEXT}、{TEXT}").into());
    let changes = vec![named(1, &format!("甲（{TEXT}）")), Change::PutOrganization(Box::new(aliased))];
    vec![
        large_commit(1),
        commit(2, changes),
        Commit { reason: format!("{TEXT}来电"), ..commit(3, vec![Change::PutRelation(cited)]) },
        commit(4, vec![Change::PutAnnex(Box::new(exemption(1, "停产")))]),
        large_commit(5),
        commit(6, vec![named(1, "甲")]),
    ]
}

fn redact() -> Redact<'static> {
    Redact {
        text: TEXT,
        actor: "operator".to_owned(),
        reason: "slipped in".to_owned(),
        origin: Origin::default(),
    }
}

fn record(dir: &Path, commits: &[Commit]) {
    let (mut store, _) = Store::open(dir, &mut |_| Ok(())).unwrap();
    commits.iter().for_each(|commit| store.append(commit).unwrap());
    let plain = Plain::of(commits);
    store.checkpoint(Some(plain.image()), plain.beside_image()).unwrap();
}

fn approve(commits: &mut dyn Iterator<Item = Result<CommitPart, LogError>>) -> Result<(), ApplyError> {
    for part in commits {
        part?;
    }
    Ok(())
}

/// The files of a folder, those in folders too, that hold the text.
fn holding(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path));
        } else if memchr::memmem::find(&fs::read(&path).unwrap(), TEXT.as_bytes()).is_some() {
            found.push(path);
        }
    }
    found
}

fn heads(dir: &Path) -> Vec<(u64, String, Option<CommitHash>)> {
    let parts = History::read(dir).unwrap().commits(0).unwrap().map(Result::unwrap);
    parts.filter(|part| part.is_last).map(|p| (p.head.sequence, p.head.reason.clone(), p.hash)).collect()
}

#[test]
fn a_text_goes_from_everywhere_and_the_chain_holds() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    record(dir, &commits());
    fs::write(folder::cut_path(dir), TEXT).unwrap();
    fs::create_dir(folder::damaged_state_path(dir)).unwrap();
    fs::write(folder::damaged_state_path(dir).join("db"), TEXT).unwrap();
    let before = heads(dir);
    assert!(!holding(dir).is_empty());

    let found = redact().find(dir).unwrap();
    assert_eq!(
        found
            .places
            .iter()
            .map(|((commit, place), times)| (*commit, place.as_str(), *times))
            .collect::<Vec<_>>(),
        [
            (2, "PutOrganization.aliases", 1),
            (2, "PutOrganization.name", 1),
            (3, "PutRelation.citation", 2),
            (3, "reason", 1),
        ]
    );
    let made = redact().make(dir, &mut approve).unwrap();
    assert_eq!(made, RedactReport { sequence: Some(7), ..found });

    assert_eq!(holding(dir), Vec::<PathBuf>::new());
    let after = heads(dir);
    // Commits keep their hashes, so that a hash that was noted still leads here.
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.0, before.2), (after.0, after.2));
    }
    assert_eq!((after.len(), after[2].1.as_str()), (7, &*format!("{REDACTED}来电")));
    let report = audit(dir, before[5].2).unwrap();
    assert_eq!((report.commits, report.against), (7, Some(6)));
    let redaction = report.redactions[0].redaction.as_ref().unwrap();
    assert!(redaction.is_of(TEXT) && !redaction.is_of("李四13812345678"));
    assert_eq!((redaction.places, redaction.commits().into_iter().collect::<Vec<_>>()), (5, vec![2, 3]));

    // What is left is what was there, but for the text.
    let (_, plain, report) = open(dir);
    assert_eq!((report.checkpoint, report.replayed), (0, 7));
    let mut expected = commits();
    if let Change::PutOrganization(aliased) = &mut expected[1].changes[1] {
        aliased.aliases[0] = format!("{REDACTED}工作室").into();
    }
    if let Change::PutRelation(cited) = &mut expected[2].changes[0] {
        cited.citation = Some(format!("据{REDACTED}、{REDACTED}").into());
    }
    assert_eq!(plain, Plain::of(&expected));
    assert!(matches!(
        redact().make(dir, &mut approve).unwrap_err(),
        RedactError::NotFound { before: Some(7) }
    ));
}

#[test]
fn an_edit_shows_before_and_behind_a_redaction_and_in_what_it_left() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    record(dir, &commits());
    redact().make(dir, &mut approve).unwrap();
    let path = folder::log_path(dir);
    let whole = fs::read(&path).unwrap();
    let mark = memchr::memmem::find(&whole, REDACTED.as_bytes()).unwrap();
    for at in [300, mark + 1, whole.len() / 2] {
        let mut edited = whole.clone();
        edited[at] ^= 1;
        fs::write(&path, edited).unwrap();
        assert!(matches!(audit(dir, None), Err(AuditError::Log(LogError::Damage(_)))), "{at}");
    }
    fs::write(&path, &whole).unwrap();
    audit(dir, None).unwrap();
}

#[test]
fn an_edit_that_poses_as_a_redaction_shows() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    record(dir, &commits());
    let path = folder::log_path(dir);
    let original = fs::read(&path).unwrap();
    // The log that a redaction makes, without the commit that says so.
    redact().make(dir, &mut approve).unwrap();
    let redacted = fs::read(&path).unwrap();
    let end = {
        let file = File::open(&path).unwrap();
        let mut walk = Walk::new(&file, &path, redacted.len() as u64);
        let mut end = 0;
        while let Some(walked) = walk.advance().unwrap() {
            end = if walked.sequence() == 7 { end } else { walked.offset + walked.bytes().len() as u64 };
        }
        end as usize
    };
    fs::write(&path, &redacted[..end]).unwrap();
    let refused = audit(dir, None).unwrap_err().to_string();
    assert!(refused.contains("in commit 2: it is not as the redactions"), "{refused}");
    // And one that puts the text back, and keeps the commit.
    fs::write(&path, [&original[..], &redacted[end..]].concat()).unwrap();
    let refused = audit(dir, None).unwrap_err().to_string();
    assert!(refused.contains("in commit 2: it is not as the redactions"), "{refused}");
}

#[test]
fn a_crash_at_any_step_leaves_the_text_or_takes_it_whole() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    record(dir, &commits());
    let before = fs::read(folder::log_path(dir)).unwrap();
    // Before the new log takes its place: the old one counts, and the next opening removes the new one.
    for length in [0, 5, 1_000, before.len()] {
        fs::write(folder::redacting_path(dir), &before[..length]).unwrap();
        drop(open(dir));
        assert!(!folder::redacting_path(dir).exists());
        assert_eq!(fs::read(folder::log_path(dir)).unwrap(), before);
    }
    // Without the checkpoint, which goes first, the store is still whole.
    fs::remove_dir_all(folder::state_path(dir)).unwrap();
    assert_eq!(open(dir).1, Plain::of(&commits()));
    // Whoever refuses what is left leaves the store as it was.
    let refused = redact().make(dir, &mut |_| Err("no".into())).unwrap_err();
    assert!(matches!(refused, RedactError::Refused(_)));
    assert_eq!(fs::read(folder::log_path(dir)).unwrap(), before);
    assert!(!folder::redacting_path(dir).exists());
    // After it took its place: there is no checkpoint yet, and the state comes of the log.
    redact().make(dir, &mut approve).unwrap();
    assert_eq!(holding(dir), Vec::<PathBuf>::new());
    assert_eq!(open(dir).2.replayed, 7);
    assert_eq!(holding(dir), Vec::<PathBuf>::new());
}

#[test]
fn a_backup_notices_and_takes_the_text_out_too() {
    let folder = tempfile::tempdir().unwrap();
    let [dir, backup, restored] = ["store", "backup", "restored"].map(|name| folder.path().join(name));
    record(&dir, &commits());
    back_up(&dir, &backup, &[]).unwrap();
    assert!(!holding(&backup).is_empty());
    redact().make(&dir, &mut approve).unwrap();
    let report = back_up(&dir, &backup, &[]).unwrap();
    assert_eq!((report.redacted, report.sequence, report.added), (true, 7, 1));
    assert_eq!(holding(&backup), Vec::<PathBuf>::new());
    assert_eq!(fs::read(folder::log_path(&backup)).unwrap(), fs::read(folder::log_path(&dir)).unwrap());
    assert!(!back_up(&dir, &backup, &[]).unwrap().redacted);
    Restore { backup: &backup, log: None, at: None }.make_store(&restored, &[]).unwrap();
    assert_eq!(audit(&restored, None).unwrap().redactions.len(), 1);
    // A backup that is made afterwards has nothing to take out.
    let fresh = folder.path().join("fresh");
    assert!(!back_up(&dir, &fresh, &[]).unwrap().redacted);
}

#[test]
fn an_id_that_holds_the_text_gets_another_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let id = |text: &str| text.parse().unwrap();
    let organization = |text: &str| {
        let organization = Organization::new(id(text), OrganizationKind::Enterprise, "甲");
        Change::PutOrganization(Box::new(organization))
    };
    let relation = Relation::new(id("ent-13812345678"), RelationType::PartnersWith, id("ent-13812345678-2"));
    let changes = vec![
        organization("ent-13812345678"),
        organization("ent-13812345678-2"),
        Change::PutRelation(relation),
    ];
    record(dir, &[commit(1, changes)]);
    Redact { text: "13812345678", ..redact() }.make(dir, &mut approve).unwrap();
    let (_, plain, _) = open(dir);
    let mut ids = Vec::new();
    for change in plain.beside_image() {
        if let Change::PutAnnex(annex) = &change {
            assert!(!matches!(**annex, Annex::Task(_)));
        }
    }
    for part in History::read(dir).unwrap().commits(0).unwrap() {
        for change in part.unwrap().changes {
            match change {
                Change::PutOrganization(put) => ids.push(put.id),
                Change::PutRelation(put) => assert_eq!([put.source, put.target].as_slice(), ids),
                _ => {}
            }
        }
    }
    assert!(ids.iter().all(|id| id.as_str().starts_with("redacted-")) && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn what_cannot_be_taken_out_is_refused_and_a_store_in_use_too() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let refused = |redact: Redact<'_>| redact.make(dir, &mut approve).unwrap_err().to_string();
    assert!(refused(redact()).contains("there is no store here"));
    record(dir, &commits());
    assert!(refused(Redact { text: "甲", ..redact() }).contains("too short"));
    assert!(refused(Redact { reason: TEXT.to_owned(), ..redact() }).contains("holds the text itself"));
    assert_eq!(refused(Redact { text: "not in it", ..redact() }), "nothing that is recorded holds this text");
    let message = refused(Redact { text: "ENTERPRISE", ..redact() });
    assert_eq!(message, "nothing that is recorded holds this text");
    let (store, _) = Store::open(dir, &mut |_| Ok(())).unwrap();
    assert!(refused(redact()).contains("is in use by"));
    drop(store);
}
