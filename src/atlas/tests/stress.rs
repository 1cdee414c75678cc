//! Answers while days are evicted and commits go on are those of a store that is opened anew.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::super::{Atlas, Snapshot};
use super::proposal;
use super::world::{change, day, founding, id};
use crate::coverage::{Scope, coverage};
use crate::graph::{Replay, When, slots};
use crate::model::OrganizationKind;

/// How many changes are tried; the rules refuse some of them.
const CHANGES: usize = 300;

/// How many questions are asked: of as many indicators, in three scopes.
const QUESTIONS: usize = 24;

/// More days than layouts are kept.
const MONTHS: [i8; 4] = [1, 4, 8, 12];

/// What is asked of a version: coverage of an indicator by subdistrict, and what stands where, by ids.
fn answer(snapshot: &Snapshot, month: i8, number: usize) -> String {
    let graph = &snapshot.graph;
    let indicators: Vec<_> = snapshot.indicators.iter().collect();
    let indicator = indicators[number % indicators.len()];
    let scope = Scope { date: day(month), within: graph.slot(id(number % 3).as_str()) };
    let found = coverage(indicator, graph, &scope, Some(OrganizationKind::Subdistrict));
    let groups: Vec<_> =
        found.groups.iter().map(|group| (group.by.map(|by| graph.id(by)), &group.counts)).collect();
    let within = |number: usize| {
        let slot = graph.slot(id(number).as_str())?;
        Some(
            slots(&graph.within(slot, When::On(day(month))))
                .map(|slot| graph.id(slot))
                .collect::<std::collections::BTreeSet<_>>(),
        )
    };
    format!("{} {:?} {groups:?} {:?}", indicator.id, found.counts, [within(0), within(1), within(2)])
}

#[test]
fn answers_under_eviction_and_commits_are_those_of_a_store_opened_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (atlas, _) = Atlas::open(folder.path()).unwrap();
    atlas.commit(proposal(founding())).unwrap();
    let mut runner = TestRunner::deterministic();
    let changes = prop::collection::vec(change(), CHANGES).new_tree(&mut runner).unwrap().current();
    let (is_over, answers) = (AtomicBool::new(false), Mutex::new(BTreeMap::new()));
    let (atlas, is_over, answers) = (&atlas, &is_over, &answers);
    thread::scope(|scope| {
        for reader in 0..3 {
            scope.spawn(move || {
                let mut number = reader;
                while !is_over.load(Ordering::Relaxed) {
                    let snapshot = atlas.snapshot();
                    // Held while other days are asked, so that its layout is evicted and made once more.
                    let held = snapshot.graph.day(day(MONTHS[number % 4]));
                    for month in MONTHS {
                        let found = answer(&snapshot, month, number);
                        let question = (snapshot.version, month, number);
                        let known = answers.lock().unwrap().insert(question, found.clone());
                        assert!(known.is_none_or(|known| known == found), "{question:?}");
                    }
                    assert_eq!(held.existing(), snapshot.graph.day(held.date()).existing());
                    number = (number + 1) % QUESTIONS;
                }
            });
        }
        for change in changes {
            atlas.commit(proposal(vec![change])).ok();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let last = atlas.snapshot();
    assert!(last.version > 20 && last.graph.validate().is_ok());
    let answers = answers.lock().unwrap();
    let mut commits = atlas.history.commits(0).unwrap().map(Result::unwrap).peekable();
    let mut replay = Replay::default();
    let mut anew = last.with_graph(Replay::default().finish(), 0);
    for ((version, month, number), found) in answers.iter() {
        if anew.version != *version {
            while let Some(part) = commits.next_if(|part| part.head.sequence <= *version) {
                replay.apply(&part.changes).unwrap();
            }
            let graph = std::mem::take(&mut replay).finish();
            anew = last.with_graph(graph, *version);
            // A graph of its own for each version, laid out by nobody before.
            commits = atlas.history.commits(0).unwrap().map(Result::unwrap).peekable();
        }
        assert_eq!(
            &answer(&anew, *month, *number),
            found,
            "version {version}, month {month}, question {number}"
        );
    }
}
