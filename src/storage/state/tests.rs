use std::fs;
use std::path::Path;

use super::{Batch, CONTENTS_KEY, STATE_FORMAT_VERSION, State, StateProblem, block_key};
use crate::model::Change;
use crate::storage::Image;
use crate::storage::fixture::{Plain, define, exemption, organization, relation};
use crate::storage::log::LogPosition;

const ORGANIZATIONS: usize = 1500;

fn plain(name: &str) -> Plain {
    let mut plain = Plain::default();
    let organizations = (0..ORGANIZATIONS).map(|n| Change::PutOrganization(Box::new(organization(n, name))));
    plain.apply(organizations);
    plain.apply((0..10).map(|n| Change::PutRelation(relation(n, n + 1))));
    plain.apply((0..3).map(|n| Change::PutAnnex(Box::new(exemption(n, name)))));
    plain.apply([define(1, 3, name), define(2, 1, name), Change::RemoveIndicator("ind-2".into())]);
    plain
}

fn write(state: &State, name: &str) {
    let plain = plain(name);
    state.write(LogPosition::start(), Some(plain.image()), plain.beside_image()).unwrap();
}

/// Writes records alone, as versions before 3 did.
fn write_records(state: &State, records: impl Iterator<Item = Change> + Send) {
    let image = None::<Image<std::iter::Empty<Vec<u8>>>>;
    state.write(LogPosition::start(), image, records).unwrap();
}

/// A state of several blocks, closed.
fn written(folder: &Path) {
    let state = State::open(folder).unwrap();
    write(&state, "示例制造有限公司");
    state.close();
}

/// The state as it is read; a problem must show before anything is read.
fn read(folder: &Path) -> Result<Option<Plain>, StateProblem> {
    let state = State::open(folder)?;
    let result = state.verify().map(|contents| {
        contents.map(|contents| {
            state.verify_records(&contents).unwrap();
            let mut plain = Plain::default();
            for batch in state.batches(&contents) {
                match batch.unwrap() {
                    Batch::Image(block) => plain.read_image(block.content()).unwrap(),
                    Batch::ImageEnd => plain.finish_image().unwrap(),
                    Batch::Changes(changes) => plain.apply(changes),
                }
            }
            plain
        })
    });
    state.close();
    result
}

fn expected() -> Plain {
    plain("示例制造有限公司")
}

#[test]
fn a_checkpoint_replaces_the_one_before_and_leaves_nothing_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let state = State::open(dir.path()).unwrap();
    write(&state, "旧");
    let first = state.verify().unwrap().unwrap();
    write(&state, "示例制造有限公司");
    let second = state.verify().unwrap().unwrap();
    assert_eq!((first.generation, second.generation), (1, 2));
    assert!(second.blocks > 1);
    assert_eq!(state.database.len() as u64, second.blocks + 1);
    state.close();
    assert_eq!(read(dir.path()), Ok(Some(expected())));
}

#[test]
fn what_a_crash_left_of_the_next_generation_is_not_taken_for_the_state() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let state = State::open(dir.path()).unwrap();
    for number in 0..9 {
        state.database.insert(block_key(2, number), b"left over".as_slice()).unwrap();
    }
    state.close();
    assert_eq!(read(dir.path()), Ok(Some(expected())));
    written(dir.path());
    assert_eq!(read(dir.path()), Ok(Some(expected())));
}

impl State {
    /// Makes a checkpoint that is all changes one of an earlier version: of version 2 it does not say that it has no
    /// image; of version 1, not how many annexes it has either, for it has none.
    pub(in crate::storage) fn become_version(&self, version: u32) {
        let bytes = self.database.get(CONTENTS_KEY).unwrap().unwrap();
        let (content, more) = bytes[36..].split_at(bytes.len() - 36 - (3 - version as usize));
        assert!(more.iter().all(|byte| *byte == 0));
        let old = [&version.to_le_bytes(), blake3::hash(content).as_bytes().as_slice(), content].concat();
        self.database.insert(CONTENTS_KEY, old).unwrap();
        self.database.flush().unwrap();
    }
}

#[test]
fn checkpoints_of_versions_1_and_2_are_read_as_ever() {
    for version in [1u32, 2] {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(dir.path()).unwrap();
        let mut plain = expected();
        if version == 1 {
            plain.annexes.clear();
            plain.definitions.clear();
        }
        let organizations =
            plain.organizations.values().cloned().map(|o| Change::PutOrganization(Box::new(o)));
        let relations = plain.relations.values().cloned().map(Change::PutRelation);
        write_records(&state, organizations.chain(relations).chain(plain.beside_image()));
        state.become_version(version);
        state.close();
        assert_eq!(read(dir.path()), Ok(Some(plain)), "{version}");
    }
}

#[test]
fn blocks_of_an_image_are_kept_whatever_their_size_and_count() {
    let dir = tempfile::tempdir().unwrap();
    let state = State::open(dir.path()).unwrap();
    let sizes = (0..60).map(|n| n * n * 40).chain([1_000_000, 1]);
    let blocks: Vec<_> = sizes.map(|size| vec![7u8; size]).filter(|block| !block.is_empty()).collect();
    let image = || Image { organizations: 0, relations: 0, blocks: blocks.clone().into_iter() };
    for _ in 0..3 {
        state.write(LogPosition::start(), Some(image()), std::iter::empty()).unwrap();
    }
    state.close();
    let state = State::open(dir.path()).unwrap();
    let contents = state.verify().unwrap().unwrap();
    let mut batches = state.batches(&contents).map(Result::unwrap);
    for block in &blocks {
        assert!(matches!(batches.next(), Some(Batch::Image(read)) if read.content() == block));
    }
    assert!(matches!(batches.next(), Some(Batch::ImageEnd)));
    assert!(batches.next().is_none());
}

#[test]
fn a_record_of_any_size_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let huge = "大".repeat(100_000);
    let state = State::open(dir.path()).unwrap();
    let records = || [organization(1, "甲"), organization(2, &huge), organization(3, "丙")].into_iter();
    write_records(&state, records().map(|organization| Change::PutOrganization(Box::new(organization))));
    state.close();
    let found = read(dir.path()).unwrap().unwrap().organizations;
    assert_eq!(found.into_values().collect::<Vec<_>>(), records().collect::<Vec<_>>());
}

/// What is found after something was done to a sound checkpoint.
fn after(alter: impl FnOnce(&sled::Db)) -> Result<Option<Plain>, StateProblem> {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let state = State::open(dir.path()).unwrap();
    alter(&state.database);
    state.close();
    read(dir.path())
}

#[test]
fn every_alteration_of_a_checkpoint_is_found_before_it_is_used() {
    let contents = |database: &sled::Db| database.get(CONTENTS_KEY).unwrap().unwrap().to_vec();
    let block = |database: &sled::Db, number| database.get(block_key(1, number)).unwrap().unwrap();
    let newer = after(|database| {
        let mut bytes = contents(database);
        bytes[0] += 1;
        database.insert(CONTENTS_KEY, bytes).unwrap();
    });
    assert_eq!(newer, Err(StateProblem::Version { found: STATE_FORMAT_VERSION + 1 }));
    let flipped = after(|database| {
        let mut bytes = contents(database);
        *bytes.last_mut().unwrap() ^= 1;
        database.insert(CONTENTS_KEY, bytes).unwrap();
    });
    assert_eq!(flipped, Err(StateProblem::Contents));
    let missing = after(|database| drop(database.remove(block_key(1, 1)).unwrap()));
    assert!(matches!(missing, Err(StateProblem::Block { number: 2, .. })), "{missing:?}");
    let swapped = after(|database| drop(database.insert(block_key(1, 1), block(database, 0)).unwrap()));
    assert!(matches!(swapped, Err(StateProblem::Block { number: 2, .. })), "{swapped:?}");
    let flipped = after(|database| {
        let mut bytes = block(database, 0).to_vec();
        bytes[100] ^= 4;
        database.insert(block_key(1, 0), bytes).unwrap();
    });
    assert!(matches!(flipped, Err(StateProblem::Block { number: 1, .. })), "{flipped:?}");
}

#[test]
fn sound_blocks_of_another_checkpoint_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let other = State::open(dir.path()).unwrap();
    write(&other, "示例制造股份公司");
    let foreign = other.database.get(block_key(1, 0)).unwrap().unwrap();
    other.close();
    let mixed = after(|database| drop(database.insert(block_key(1, 0), foreign).unwrap()));
    assert_eq!(mixed, Err(StateProblem::Mixture));
}

#[test]
fn damage_to_the_engines_files_is_found_or_harmless_and_never_a_wrong_state() {
    let dir = tempfile::tempdir().unwrap();
    let sound = dir.path().join("sound");
    written(&sound);
    let length = fs::metadata(sound.join("db")).unwrap().len() as usize;
    let mut found = 0;
    for at in (0..length).step_by(length / 40) {
        let damaged = dir.path().join(at.to_string());
        fs::create_dir(&damaged).unwrap();
        // Sled alters other files than the damaged one too, so each damage is done to a fresh copy.
        for file in fs::read_dir(&sound).unwrap().map(|entry| entry.unwrap().path()).filter(|p| p.is_file()) {
            let mut bytes = fs::read(&file).unwrap();
            if file.ends_with("db") {
                bytes[at] ^= 1 << (at % 8);
            }
            fs::write(damaged.join(file.file_name().unwrap()), bytes).unwrap();
        }
        match read(&damaged) {
            Ok(Some(plain)) => assert_eq!(plain, expected(), "{at}"),
            Ok(None) | Err(_) => found += 1,
        }
    }
    assert!(found > 10, "{found}");
}
