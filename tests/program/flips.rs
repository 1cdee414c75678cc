//! A bit that flips in any file of a store ends in an error that names the file, or changes no answer.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use orgatlas::access::{Guard, NewToken, Reading, Role, TokenFile};
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::coverage::IndicatorOrigin;
use orgatlas::ledger::write_jsonl;
use orgatlas::model::{
    Annex, Change, Date, Door, Exemption, IndicatorDefinition, Organization, OrganizationKind, Origin,
    Relation, RelationType,
};
use orgatlas::storage::{LogError, OpenReport, Restore, VerifyError, back_up, verify};

/// How many bits are flipped in all; `ORGATLAS_FLIPS` asks for more.
const FLIPS: usize = 120;

/// What a message has to say beside the name of the file: one of the ways out.
const REMEDIES: [&str; 7] = [
    "backup",
    "orgatlas restore",
    "put it back",
    "save it anew",
    "put it elsewhere",
    "use the version",
    "remove",
];

/// Numbers that look like chance, the same ones each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

fn put(number: usize, name: &str) -> Change {
    let id = format!("gen-{number}").parse().unwrap();
    Change::PutOrganization(Box::new(Organization::new(id, OrganizationKind::Enterprise, name)))
}

fn commit(atlas: &Atlas, changes: Vec<Change>) {
    let (actor, reason) = ("街道办".to_owned(), "台账".to_owned());
    let origin = Origin::by(Door::Library);
    atlas.commit(Proposal { changes, actor, reason, origin, expected: None }).unwrap();
}

/// A definition of an indicator, recorded as every other change is.
fn definition() -> Change {
    let text = "id = \"own\"\nversion = 1\nname = { simplified = \"示例\", traditional = \"示例\", english = \"a\" }\n\
                source = \"a\"\nform = []\npopulation = { kind = [\"ENTERPRISE\"] }\n";
    let version = std::num::NonZeroU32::MIN;
    Change::PutIndicator(Box::new(IndicatorDefinition { id: "own".into(), version, text: text.into() }))
}

fn exemption(number: usize) -> Change {
    Change::PutAnnex(Box::new(Annex::Exemption(Exemption {
        unit: format!("gen-{number}").parse().unwrap(),
        indicator: "two-new-work".into(),
        granted_on: Date::constant(2024, 1, 1),
        until: None,
        reason: "停产".into(),
        granted_by: "组织部".into(),
    })))
}

/// How many commits the backup has.
const KEPT: u64 = 2;

/// Commits before a checkpoint and behind it, each text file sealed, tokens of two names; and a backup of its beginning.
fn make_store(dir: &Path, kept: &Path) {
    let (atlas, _) = Atlas::open(dir).unwrap();
    commit(&atlas, (0..40).map(|number| put(number, &format!("示例企业{number}"))).collect());
    let partner = |n: usize| {
        let [one, other] = [n, n + 1].map(|number| format!("gen-{number}").parse().unwrap());
        Change::PutRelation(Relation::new(one, RelationType::PartnersWith, other))
    };
    commit(&atlas, (0..20).map(partner).chain((0..5).map(exemption)).chain([definition()]).collect());
    atlas.checkpoint().unwrap();
    assert_eq!(back_up(dir, kept, &[]).unwrap().sequence, KEPT);
    commit(&atlas, (40..60).map(|number| put(number, "示例后来")).collect());
    commit(&atlas, (60..80).map(|number| put(number, "示例最后")).chain([exemption(60)]).collect());
    drop(atlas);
    let token = |name: &str, role| {
        let new = NewToken { name: name.to_owned(), role, territories: None, expires: None };
        TokenFile::of(dir).create(new).unwrap();
    };
    token("street", Role::Editor);
    token("county", Role::Reader);
    fs::write(dir.join("access.toml"), "reading = \"token\"\n").unwrap();
    let disclosure = fs::read_to_string(dir.join("disclosure.toml")).unwrap();
    fs::write(dir.join("disclosure.toml"), disclosure + "\nclassification = \"内部资料\"\n").unwrap();
    // What was written just now is not sealed yet.
    let texts = files(dir).into_keys().filter(|file| file.extension().is_some_and(|e| e == "toml"));
    texts.for_each(|file| seal(&dir.join(&file), &fs::read(dir.join(file)).unwrap()));
    answers(dir).unwrap();
}

/// Seals a text file as if it held these bytes when the system recorded the last change of it: there is no other way to
/// flip a bit of it behind the back of the system.
fn seal(file: &Path, bytes: &[u8]) {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(file).unwrap();
    let changed = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
    let words = format!("{} {changed}", blake3::hash(bytes));
    let name = file.file_name().unwrap().to_str().unwrap();
    let text = format!("{words} {}\n", blake3::hash(words.as_bytes()));
    fs::write(file.with_file_name(format!(".{name}.seal")), text).unwrap();
}

/// The files of a folder and of those in it, by their paths within, each with its size.
fn files(dir: &Path) -> BTreeMap<PathBuf, usize> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(dir.join(&folder)).unwrap().map(Result::unwrap) {
            let path = folder.join(entry.file_name());
            match entry.metadata().unwrap() {
                metadata if metadata.is_dir() => folders.push(path),
                metadata => drop(found.insert(path, metadata.len() as usize)),
            }
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    for file in files(from).keys() {
        let target = to.join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(file), &target).unwrap();
    }
}

/// Everything that a store says: as exported, by whom it was recorded, how it is marked, and who may ask.
#[derive(Debug, PartialEq, Eq)]
struct Answers {
    exported: BTreeMap<String, Vec<u8>>,
    indicators: String,
    annexes: String,
    version: u64,
    marked: String,
    tokens: String,
}

/// What opening a store and asking everything of it gives, and what was reported of the log and the checkpoint.
fn answers(dir: &Path) -> Result<(Answers, OpenReport), String> {
    let guard = Guard::of(dir, true).map_err(|error| error.to_string())?;
    assert_eq!(guard.reading(), Reading::Token);
    let tokens = TokenFile::of(dir).tokens().map_err(|error| error.to_string())?;
    let (atlas, report) = Atlas::open(dir).map_err(|error| error.to_string())?;
    let now = atlas.snapshot();
    let folder = tempfile::tempdir().unwrap();
    write_jsonl(&now.graph, &now.attributes, folder.path()).unwrap();
    let exported = files(folder.path()).into_keys();
    let exported =
        exported.map(|file| (file.display().to_string(), fs::read(folder.path().join(&file)).unwrap()));
    let annexes: Vec<_> = now.graph.annexes().collect();
    let answers = Answers {
        exported: exported.collect(),
        indicators: now.indicators.to_toml(IndicatorOrigin::Recorded).unwrap()
            + &format!("{:?}", now.indicators),
        annexes: format!("{annexes:?}"),
        version: now.version,
        marked: format!("{:?} {:?}", now.disclosure, now.attributes),
        tokens: format!("{tokens:?}"),
    };
    Ok((answers, report))
}

/// What became of the flips.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    rebuilt: usize,
    cut: usize,
    harmless: usize,
}

#[test]
fn a_flipped_bit_in_any_file_of_a_store_is_named_or_changes_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("sound");
    let kept = folder.path().join("kept");
    make_store(&sound, &kept);
    // What stands there while nothing is open.
    let whole = answers_of_copy(&sound, folder.path(), "whole").unwrap().0;
    let before_last = without_last(&sound, folder.path());

    let files: Vec<_> = files(&sound).into_iter().filter(|(_, size)| *size > 0).collect();
    let count = std::env::var("ORGATLAS_FLIPS").map_or(FLIPS, |count| count.parse().unwrap());
    let mut chance = Chance(20_261_126);
    let mut tally: BTreeMap<&Path, Tally> = BTreeMap::new();
    for number in 0..count {
        // One file after the other, the log twice as often.
        let (file, size) = match number % (files.len() + 1) {
            0 => files.iter().find(|(file, _)| file.ends_with("changes.log")).unwrap(),
            at => &files[at - 1],
        };
        // A file of sled is mostly zeros that mean nothing.
        let whole_file = fs::read(sound.join(file)).unwrap();
        let mut places = std::iter::repeat_with(|| chance.below(*size));
        let at = places.find(|at| whole_file[*at] != 0).unwrap();
        let bit = chance.below(8);
        let what = format!("{}: bit {bit} of byte {at}", file.display());
        let dir = folder.path().join("flipped");
        copy(&sound, &dir);
        let path = dir.join(file);
        let mut bytes = whole_file.clone();
        bytes[at] ^= 1 << bit;
        fs::write(&path, bytes).unwrap();
        if path.extension().is_some_and(|extension| extension == "toml") {
            seal(&path, &whole_file);
        }

        let tally = tally.entry(file).or_default();
        let name = file.file_name().unwrap().to_str().unwrap();
        if name == "changes.log" {
            check_log(&dir, &kept, whole.version, &what);
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| answers(&dir)));
        match outcome.unwrap_or_else(|_| panic!("{what}: a panic")) {
            Err(message) => {
                tally.refused += 1;
                assert!(message.contains(name), "{what}: the file is not named: {message}");
                assert!(
                    REMEDIES.iter().any(|remedy| message.contains(remedy)),
                    "{what}: no way out: {message}"
                );
            }
            Ok((found, report)) if report.torn_tail.is_some() => {
                tally.cut += 1;
                assert!(name == "changes.log" && found == before_last, "{what}");
                assert!(dir.join("changes.log.cut").is_file(), "{what}");
            }
            Ok((found, report)) => {
                assert!(found == whole, "{what}: another answer, without a word");
                if report.rebuilt.is_some() {
                    tally.rebuilt += 1;
                } else {
                    tally.harmless += 1;
                }
                // It goes on, and once more from what was made anew.
                commit(&Atlas::open(&dir).unwrap().0, vec![put(99, "示例再来")]);
                assert_eq!(answers(&dir).unwrap().0.version, whole.version + 1, "{what}");
            }
        }
        fs::remove_dir_all(&dir).unwrap();
    }
    if count > FLIPS {
        println!("{tally:#?}");
    }
    let all = |count: fn(&Tally) -> usize| tally.values().map(count).sum::<usize>();
    let least = count / 20;
    assert!(all(|t| t.refused) > least && all(|t| t.rebuilt) > least && all(|t| t.cut) > 0, "{tally:?}");
}

/// A damaged log is found by `check`, and together with a backup makes the store up to the damage behind the backup.
fn check_log(dir: &Path, kept: &Path, last: u64, what: &str) {
    let damaged = match verify(dir) {
        Ok(report) => report.torn_tail.map(|torn| torn.sequence),
        Err(VerifyError::Log(LogError::Damage(damage))) => Some(damage.sequence),
        Err(VerifyError::Log(LogError::Version { .. })) => Some(1),
        Err(_) => None,
    };
    let damaged = damaged.expect(what);
    let restored = dir.with_extension("restored");
    let log = dir.join("changes.log");
    let report = Restore { backup: kept, log: Some(&log), at: None }.make_store(&restored, &[]);
    let expected = if damaged > KEPT { damaged - 1 } else { last };
    assert_eq!(report.expect(what).sequence, expected, "{what}");
    fs::remove_dir_all(restored).unwrap();
}

fn answers_of_copy(store: &Path, folder: &Path, name: &str) -> Result<(Answers, OpenReport), String> {
    let dir = folder.join(name);
    copy(store, &dir);
    answers(&dir)
}

/// What a store says without its last commit.
fn without_last(store: &Path, folder: &Path) -> Answers {
    let dir = folder.join("before-last");
    copy(store, &dir);
    let log = File::options().write(true).open(dir.join("changes.log")).unwrap();
    log.set_len(log.metadata().unwrap().len() - 1).unwrap();
    answers(&dir).unwrap().0
}
