//! Commits on a large store, and questions while commits go on:
//!
//! `cargo bench --bench commits -- STORE params.json`
//!
//! STORE is a store with the ledgers that belong to the parameters; it is copied first, and stays as it is.
//! Every commit is on the disk when it is counted.
#![expect(clippy::expect_used, reason = "whatever fails here ends the bench, with its cause")]
#![expect(clippy::print_stdout, reason = "the results are for whoever runs the bench")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::bench::{Question, Rule, resident_mib};
use orgatlas::graph::{Direction, When};
use orgatlas::model::{Change, Organization, OrganizationKind, Relation, RelationType, today};

/// That of the program.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many commits of each sort are timed.
const COMMITS: usize = 200;

/// How many commits are timed of the sort that lays the graph out anew.
const LAYOUTS: usize = 20;

/// How many enterprises one commit of the steady import brings.
const BATCH: usize = 1_000;

/// How long questions are asked while the import goes on.
const IMPORT: Duration = Duration::from_secs(20);

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let (Some(store), Some(parameters)) = (arguments.next(), arguments.next()) else {
        println!("commits: not run, it needs a store and its parameters: -- STORE params.json");
        return;
    };
    let text = fs::read(&parameters).expect("the parameters can be read");
    let parameters: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&text).expect("JSON");
    let ids = |name: &str| -> Vec<String> {
        serde_json::from_value(parameters[name].clone()).expect("a list of ids")
    };
    let (cities, associations, enterprises) = (ids("Q1"), ids("Q5"), ids("Q6_load"));

    let copy = tempfile::tempdir_in(Path::new(&store).parent().expect("a folder")).expect("a folder");
    copy_folder(Path::new(&store), copy.path()).expect("the store can be copied");
    let started = Instant::now();
    let (atlas, _) = Atlas::open(copy.path()).expect("the store opens");
    println!("open: {:.2} s, {:?} MiB", started.elapsed().as_secs_f64(), resident_mib());
    let rule = Rule::on(today());
    let ask = |city: &str| {
        let (snapshot, started) = (atlas.snapshot(), Instant::now());
        Question::Coverage(city).ask(&snapshot.graph, &rule).expect("the store holds the city");
        started.elapsed()
    };
    let first = ask(&cities[0]);
    println!("first Q1: {:.1} ms; asked again: {:.3} ms", ms(first), ms(ask(&cities[0])));

    let relation = |n: usize| {
        let (source, target) = (&enterprises[n % enterprises.len()], &associations[n % associations.len()]);
        vec![relation(source, RelationType::MemberOf, target)]
    };
    run(COMMITS, "one relation of a leaf", &atlas, relation, || ask(&cities[0]));
    let snapshot = atlas.snapshot();
    let graph = &snapshot.graph;
    let subdistricts = graph.of_kind(OrganizationKind::Subdistrict);
    let subdistricts: Vec<_> =
        orgatlas::graph::slots(subdistricts).map(|slot| graph.id(slot).to_string()).collect();
    drop(snapshot);
    let place = |n: usize| &subdistricts[n % subdistricts.len()];
    let founded = |n: usize| enterprise(&format!("new-{n}"), place(n));
    run(COMMITS, "one new enterprise with its place", &atlas, founded, || ask(&cities[0]));
    let moved = |n: usize| {
        let mut leaves = relation_of(&format!("new-{n}"), RelationType::LocatedIn, place(n));
        leaves.citation = None;
        let comes = relation_of(&format!("new-{n}"), RelationType::LocatedIn, place(n + 1));
        vec![Change::RemoveRelation(leaves.key()), Change::PutRelation(comes)]
    };
    run(COMMITS, "one enterprise moves", &atlas, moved, || ask(&cities[0]));
    let districts = atlas.snapshot().graph.of_kind(OrganizationKind::District).clone();
    let districts: Vec<_> = orgatlas::graph::slots(&districts).collect();
    let reassigned = |n: usize| {
        let snapshot = atlas.snapshot();
        let (graph, types) = (&snapshot.graph, [RelationType::PartOf]);
        let subdistrict = graph.slot(&subdistricts[0]).expect("it stays");
        let mut places = graph.relations_of(subdistrict, Direction::Out, &types, When::Ever);
        let stands = graph.relation_record(&places.next().expect("it stands somewhere"));
        let mut moves = stands.clone();
        moves.target = graph.id(districts[n % districts.len()]).clone();
        vec![Change::RemoveRelation(stands.key()), Change::PutRelation(moves)]
    };
    run(LAYOUTS, "one subdistrict moves, with all that stands in it", &atlas, reassigned, || ask(&cities[0]));
    println!("after these commits: {:?} MiB", resident_mib());

    let (done, batches) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut times = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            for batch in 0.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let numbers = batch * BATCH..(batch + 1) * BATCH;
                commit(&atlas, numbers.flat_map(|n| enterprise(&format!("batch-{n}"), place(n))).collect());
                batches.fetch_add(1, Ordering::Relaxed);
            }
        });
        let started = Instant::now();
        while started.elapsed() < IMPORT {
            times.push(ask(&cities[times.len() % cities.len()]));
        }
        done.store(true, Ordering::Relaxed);
    });
    let rows = batches.load(Ordering::Relaxed) * BATCH * 2;
    let name = format!("Q1 while {:.0} rows a second are imported", rows as f64 / IMPORT.as_secs_f64());
    print(&name, times);
    println!("after the import: {:?} MiB", resident_mib());
}

/// Times commits, and the question that follows each.
fn run(
    count: usize,
    name: &str,
    atlas: &Atlas,
    changes: impl Fn(usize) -> Vec<Change>,
    ask: impl Fn() -> Duration,
) {
    let (mut commits, mut questions) = (Vec::new(), Vec::new());
    for number in 0..count {
        commits.push(commit(atlas, changes(number)));
        questions.push(ask());
    }
    print(&format!("{name}, commit"), commits);
    print(&format!("{name}, the next Q1"), questions);
}

fn commit(atlas: &Atlas, changes: Vec<Change>) -> Duration {
    let proposal = Proposal {
        changes,
        actor: "bench".to_owned(),
        reason: "bench".to_owned(),
        origin: orgatlas::model::Origin::default(),
        expected: None,
    };
    let started = Instant::now();
    atlas.commit(proposal).expect("the changes break no rule");
    started.elapsed()
}

fn print(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| ms(times[((times.len() - 1) as f64 * share) as usize]);
    let (count, median) = (times.len(), at(0.5));
    println!("{name}: median {median:.3} ms, p99 {:.3} ms, longest {:.3} ms of {count}", at(0.99), at(1.0));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn enterprise(id: &str, place: &str) -> Vec<Change> {
    let mut organization =
        Organization::new(id.parse().expect("an id"), OrganizationKind::Enterprise, format!("示例{id}"));
    organization.party_members = Some(3);
    organization.synthetic = true;
    vec![Change::PutOrganization(Box::new(organization)), relation(id, RelationType::LocatedIn, place)]
}

fn relation(source: &str, relation_type: RelationType, target: &str) -> Change {
    Change::PutRelation(relation_of(source, relation_type, target))
}

fn relation_of(source: &str, relation_type: RelationType, target: &str) -> Relation {
    let [source, target] = [source, target].map(|id| id.parse().expect("an id"));
    Relation::new(source, relation_type, target)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
