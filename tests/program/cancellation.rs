//! Work that is cancelled at each of its checks, in one process that is alive and right afterwards.

use std::backtrace::Backtrace;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use orgatlas::access::Access;
use orgatlas::atlas::{Atlas, CommitError, OpenError, Proposal};
use orgatlas::coverage::IndicatorCatalog;
use orgatlas::diagram::{Font, View};
use orgatlas::drawing::{Drawing, Format};
use orgatlas::exchange::{self, Base, Part};
use orgatlas::graph::Graph;
use orgatlas::graphql::{Limits, Prepared, Request, execute_prepared, schema};
use orgatlas::ledger::{self, Ledger, LedgerFormat, ReadError};
use orgatlas::model::{
    Change, Date, Organization, OrganizationId, OrganizationKind as K, Origin, Relation, RelationMode,
    RelationType as T,
};
use orgatlas::storage::{self, VerifyError};
use orgatlas::work::{Probe, Stop, Stopped, cancellable, run};
use strum::IntoEnumIterator;

use crate::desk::Desk;

/// How many checks work may pass after it was cancelled: those of what else it had begun.
const MOST_CHECKS_AFTER: u64 = 200;

/// Cancels work at a check, and records what happens then.
#[derive(Default)]
struct At {
    at: u64,
    checks: AtomicU64,
    foreign: Mutex<BTreeSet<String>>,
}

struct Shared(Arc<At>);

impl Probe for Shared {
    fn checks(&self) -> bool {
        self.0.checks.fetch_add(1, Ordering::Relaxed) + 1 == self.0.at
    }

    fn unwinds(&self) {
        let trace = Backtrace::force_capture().to_string();
        self.0.foreign.lock().unwrap().extend(foreign_frames(&trace));
    }
}

/// The frames of other libraries between a call of `go_on` and its section.
fn foreign_frames(trace: &str) -> Vec<String> {
    let frames = trace.lines().filter_map(|line| line.trim_start().split_once(": "));
    let frames = frames.filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let names = frames.map(|(_, name)| name).skip_while(|name| !name.starts_with("orgatlas::work::go_on"));
    let unwound = names.take_while(|name| !name.starts_with("orgatlas::work::cancellable"));
    let is_foreign = |name: &&str| {
        let name = name.trim_start_matches(['<', '&', '*', '(', '[']);
        let name = ["mut ", "dyn ", "const "].iter().fold(name, |name, word| name.trim_start_matches(word));
        let library = name.split_once("::").map_or("", |(library, _)| library);
        // A parameter of a generic function has no library of its own.
        !["orgatlas", "program", "core", "std", "alloc", ""].contains(&library) && !library.contains(" as ")
    };
    unwound.filter(is_foreign).map(str::to_owned).collect()
}

/// The checks of so many at which work is cancelled: the first 300, and then a hundred spread over the rest.
fn sampled(checks: u64) -> impl Iterator<Item = u64> {
    let step = (checks.saturating_sub(300) / 100).max(1) as usize;
    (1..=checks.min(300)).chain((301..=checks).step_by(step))
}

/// Does some work to its end, then cancels it at its checks, and does it to its end once more; gives back what it came to.
///
/// The work gives nothing where it was cancelled.
fn at_every_check<T: PartialEq + Debug>(name: &str, mut work: impl FnMut() -> Option<T>) -> T {
    let mut cancelled_at = |at: u64| {
        let probe = Arc::new(At { at, ..At::default() });
        let stop = Stop::probed(Shared(Arc::clone(&probe)));
        let outcome = run(&stop, None, &mut work);
        (outcome, stop.is_asked(), probe)
    };
    let (whole, _, probe) = cancelled_at(0);
    assert!(whole.is_some(), "{name}: nothing came of it");
    let whole = whole.unwrap();
    let checks = probe.checks.load(Ordering::Relaxed);
    assert!(checks > 0, "{name}: it cannot be cancelled");
    let mut cancelled = 0;
    for at in sampled(checks) {
        let (outcome, asked, probe) = cancelled_at(at);
        let after = probe.checks.load(Ordering::Relaxed).saturating_sub(at);
        let foreign = probe.foreign.lock().unwrap();
        assert!(foreign.is_empty(), "{name}, check {at}: it unwinds through {foreign:#?}");
        match outcome {
            None => assert!(asked, "{name}, check {at}: it failed and was not cancelled"),
            // It may have been seen through, or have had fewer checks, since something is kept by now.
            Some(outcome) => {
                assert!(!asked, "{name}, check {at} of {checks}: it went on although it was cancelled");
                assert_eq!(outcome, whole, "{name}, check {at}");
            }
        }
        if asked {
            assert!(after <= MOST_CHECKS_AFTER, "{name}, check {at}: it went on for {after} checks");
            cancelled += 1;
        }
    }
    assert!(cancelled > 0, "{name}: it was never cancelled");
    assert_eq!(cancelled_at(0).0.as_ref(), Some(&whole), "{name}: it was cancelled before");
    whole
}

fn id(text: &str) -> OrganizationId {
    text.parse().unwrap()
}

/// A city with enterprises, their branches and an association.
fn city(enterprises: usize) -> Vec<Change> {
    let (mut organizations, mut relations) = (Vec::new(), Vec::new());
    let mut put = |own: &str, kind: K| {
        let mut organization = Organization::new(id(own), kind, format!("示例{own}"));
        organization.full_members = (kind == K::Enterprise).then_some(own.len() as u32 % 5 + 1);
        organizations.push(Change::PutOrganization(Box::new(organization)));
    };
    let mut relate = |source: &str, relation_type: T, target: &str, mode: Option<RelationMode>| {
        let mut relation = Relation::new(id(source), relation_type, id(target));
        relation.mode = mode;
        relations.push(Change::PutRelation(relation));
    };
    put("cn-37", K::Province);
    put("cn-3701", K::City);
    put("cn-370102", K::District);
    relate("cn-3701", T::PartOf, "cn-37", None);
    relate("cn-370102", T::PartOf, "cn-3701", None);
    put("association", K::IndustryAssociation);
    for number in 0..4 {
        let place = format!("cn-370102{number:03}");
        put(&place, K::Subdistrict);
        relate(&place, T::PartOf, "cn-370102", None);
    }
    for number in 0..enterprises {
        let (own, branch) = (format!("ent-{number}"), format!("branch-{number}"));
        put(&own, K::Enterprise);
        relate(&own, T::LocatedIn, &format!("cn-370102{:03}", number % 4), None);
        relate(&own, T::MemberOf, "association", None);
        if number > 0 {
            relate(&own, T::PartnersWith, &format!("ent-{}", number - 1), None);
        }
        if number % 3 == 0 {
            put(&branch, K::PartyBranch);
            relate(&branch, T::Organizes, &own, Some(RelationMode::Standalone));
        }
    }
    [organizations, relations].concat()
}

fn graph(enterprises: usize) -> Graph {
    let mut graph = Graph::new();
    graph.apply(&city(enterprises)).unwrap();
    graph
}

fn proposal(changes: Vec<Change>) -> Proposal {
    let (actor, reason, origin) = ("test".into(), "test".into(), Origin::default());
    Proposal { changes, actor, reason, origin, expected: None }
}

/// The names and contents of all files of a folder.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let read = |entry: fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap_or_default())
    };
    let mut contents: Vec<_> = entries.map(read).collect();
    contents.sort();
    contents
}

/// Something that was written, unless that was cancelled.
fn written<T, E: Debug + std::error::Error + 'static>(outcome: Result<T, E>, what: &str) -> Option<T> {
    match outcome {
        Ok(written) => Some(written),
        Err(error) => {
            let mut causes = vec![error.to_string()];
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                causes.push(cause.to_string());
                source = cause.source();
            }
            assert!(causes.iter().any(|cause| cause.contains(&Stopped.to_string())), "{what}: {causes:?}");
            None
        }
    }
}

#[test]
fn exports_are_cancelled_at_every_check_and_leave_no_file() {
    let (graph, catalog) = (graph(40), orgatlas::model::AttributeCatalog::default());
    let desk = Desk::new();
    let base = Base::default();
    let formats = [
        exchange::Format::GraphMl,
        exchange::Format::Gexf,
        exchange::Format::Cytoscape,
        exchange::Format::Turtle(base.clone()),
        exchange::Format::JsonLd(base),
    ];
    for format in formats {
        let name = format!("{format:?}");
        let path = desk.path().join("graph");
        at_every_check(&name, || {
            let done = exchange::write(&graph, &catalog, &format, None, &path);
            let done = written(done, &name).is_some();
            let found = contents(desk.path());
            fs::remove_file(&path).ok();
            if !done {
                assert_eq!(found, [], "{name}");
            }
            done.then_some(found)
        });
    }
    type Write<'w> = &'w dyn Fn(&Path) -> Option<()>;
    let folders: [(&str, Write<'_>); 5] = [
        ("parquet", &|to| {
            written(exchange::write_parquet(&graph, &catalog, None, to), "parquet").map(|_| ())
        }),
        ("csv", &|to| written(ledger::write_csv(&graph, &catalog, to), "csv")),
        ("safe csv", &|to| written(ledger::write_spreadsheet_safe_csv(&graph, &catalog, to), "safe csv")),
        ("jsonl", &|to| written(ledger::write_jsonl(&graph, &catalog, to), "jsonl")),
        ("xlsx", &|to| {
            fs::create_dir_all(to).unwrap();
            written(ledger::write_xlsx(&graph, &catalog, None, &to.join("a.xlsx")), "xlsx")
        }),
    ];
    for (name, write) in folders {
        let folder = desk.path().join("folder");
        at_every_check(name, || {
            let done = write(&folder);
            let found = contents(&folder);
            fs::remove_dir_all(&folder).unwrap();
            if done.is_none() {
                assert_eq!(found, [], "{name}");
            }
            // A workbook says when it was written.
            done.map(|()| found.into_iter().map(|(name, bytes)| (name, bytes.len())).collect::<Vec<_>>())
        });
    }
    for (ledger, format) in
        [(Ledger::Organizations, LedgerFormat::Csv), (Ledger::Relations, LedgerFormat::JsonLines)]
    {
        at_every_check("a ledger", || {
            let mut to = Vec::new();
            written(ledger::write_ledger(&graph, &catalog, ledger, format, &mut to), "a ledger").map(|()| to)
        });
    }
    let part = Part { root: Some("cn-3701".to_owned()), ..Part::default() };
    at_every_check("a part", || {
        let part = cancellable(|| part.of(&graph).unwrap().0).ok()?;
        cancellable(|| part.clone().apply(&[]).is_ok() && part.validate().is_ok()).ok()
    });
}

#[test]
fn charts_are_cancelled_at_every_check_in_every_format_and_view() {
    let desk = Desk::new();
    let font = desk.path().join(desk.font());
    let indicators = IndicatorCatalog::default();
    let date = Date::constant(2024, 6, 30);
    let mut views = 0;
    for view in View::iter().filter(|view| *view != View::Coverage) {
        // A view may have nothing to show of so small a city.
        let of = |root: &str| {
            let mut drawing = Drawing::of(root, date);
            (drawing.view, drawing.depth) = (view, 3);
            drawing
        };
        let is_drawn = |drawing: &Drawing| {
            let font = || Font::find(font.to_str());
            drawing.draw(&graph(9), &indicators, Format::Dot, |_| true, font).is_ok()
        };
        let roots = ["cn-3701", "ent-3", "branch-3", "association"];
        let Some(drawing) = roots.map(of).into_iter().find(is_drawn) else { continue };
        views += 1;
        for format in Format::iter() {
            let name = format!("{format:?} {view:?}");
            at_every_check(&name, || {
                let graph = cancellable(|| graph(9)).ok()?;
                let font = || Font::find(font.to_str());
                let drawn = written(drawing.draw(&graph, &indicators, format, |_| true, font), &name)?.bytes;
                Some(drawn)
            });
        }
    }
    assert!(views >= 3, "only {views} views are drawn");
    // On several sheets.
    let mut drawing = Drawing::of("cn-3701", date);
    (drawing.depth, drawing.fit) = (4, Some(orgatlas::diagram::Fit(4)));
    at_every_check("a wall chart", || {
        let font = || Font::find(font.to_str());
        let graph = cancellable(|| graph(60)).ok()?;
        written(drawing.draw(&graph, &indicators, Format::Pdf, |_| true, font), "a wall chart")
            .map(|drawn| drawn.bytes)
    });
}

/// Questions; `DAY` is another day each time, so that nothing of the answer is kept from before.
const QUESTIONS: [&str; 20] = [
    "{ version indicators { id populationLabel } programme { keyIndicators { indicator { id } } } }",
    "{ coverage(indicator: \"two-new-either\", asOf: \"DAY\", groupBy: DISTRICT) { covered uncovered
       groups { by { id name } population covered } reasonCounts(first: 3) { count } completeness { missing } } }",
    "{ coverage(rule: { population: { kind: [ENTERPRISE] }, forms: [] }, asOf: \"DAY\") { population } }",
    "{ gaps(indicator: \"two-new-either\", asOf: \"DAY\", first: 9) { nodes { organization { id name parent { id } }
       reasons { needed found } remedies { label } } } }",
    "{ rates(indicators: [\"two-new-either\", \"two-new-organisation\"], asOf: \"DAY\", groupBy: SUBDISTRICT) {
       rates { indicator { id } } groups { by { id } } } }",
    "{ overlap(one: \"two-new-either\", other: \"two-new-organisation\", asOf: \"DAY\", groupBy: DISTRICT) {
       whole { both neither units(cell: NEITHER, first: 3) { nodes { id } } } } }",
    "{ trend(indicator: \"two-new-either\", from: \"2022-01-15\", to: \"DAY\") { asOf asKnown { covered } } }",
    "{ scoreboard(level: SUBDISTRICT, asOf: \"DAY\") { organization { id } score rank entries { value } } }",
    "{ plan(indicator: \"two-new-either\", asOf: \"DAY\") { before { covered } after { covered }
       steps(first: 5) { nodes { remedy { text } } } unplanned { totalCount } } }",
    "{ whatIf(changes: [{ removeRelation: { source: \"branch-0\", type: ORGANIZES, target: \"ent-0\", mode: STANDALONE } }], indicators: [\"two-new-either\"], asOf: \"DAY\") {
       before { covered } after { covered } } }",
    "{ search(text: \"shili\", first: 5) { totalCount nodes { id } } }",
    "{ organizations(filter: { kinds: [ENTERPRISE], within: \"cn-3701\", asOf: \"DAY\" }, first: 5) { totalCount
       nodes { id name children { totalCount } relations(first: 2) { nodes { type target { id } } } } } }",
    "{ organizationAggregate(filter: { within: \"cn-37\", asOf: \"DAY\" }, groupBy: [KIND]) { count
       groups { nodes { count } } } }",
    "{ relationAggregate(asOf: \"DAY\") { count } }",
    "{ path(from: \"ent-1\", to: \"branch-0\", asOf: \"DAY\") { length } }",
    "{ subgraph(root:  \"ent-1\", depth: 3, asOf: \"DAY\") { nodes { id } edges { type } } }",
    "{ diagram(root: \"cn-3701\", format: DOT, asOf: \"DAY\") { text } }",
    "{ node(id: \"cn-3701\") { id } organization(id: \"cn-3701\") { descendants(first: 5) { nodes { id } }
       coverageStatus(indicator: \"two-new-either\", asOf: \"DAY\") { state } ancestors { id } } }",
    "{ tasks(asOf: \"DAY\") { totalCount } exemptions(asOf: \"DAY\") { totalCount } }",
    "{ coverage(indicator: \"two-new-either\", asOf: \"DAY\", recordedAt: \"NOW\") { covered } }",
];

#[test]
fn answers_are_cancelled_at_every_check() {
    let desk = Desk::new();
    let atlas = Arc::new(Atlas::open(desk.path()).unwrap().0);
    atlas.commit(proposal(city(40))).unwrap();
    let recorded = jiff::Timestamp::now();
    std::thread::sleep(std::time::Duration::from_millis(2));
    atlas.commit(proposal(vec![Change::RemoveOrganization(id("association"))])).unwrap_err();
    let added = Organization::new(id("late"), K::Park, "示例");
    atlas.commit(proposal(vec![Change::PutOrganization(Box::new(added))])).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let schema = schema();
    let mut day = Date::constant(2024, 6, 30);
    for question in QUESTIONS {
        for written_at_once in [false, true] {
            at_every_check(question, || {
                day = day.tomorrow().unwrap();
                let asked = question.replace("DAY", &day.to_string()).replace("NOW", &recorded.to_string());
                let prepared = Prepared::new(Request::new(asked), &Limits::NONE).unwrap();
                let prepared = if written_at_once { prepared.written() } else { prepared };
                let answer = execute_prepared(&schema, &atlas, Access::administrator("test"), prepared);
                let answer = runtime.block_on(answer);
                if let Some(error) = answer.errors.first() {
                    assert_eq!(error.message, "the request was stopped", "{question}");
                    return None;
                }
                let json = String::from_utf8(orgatlas::graphql::to_json(&answer).unwrap()).unwrap();
                // Points of a trend say their days.
                Some(json.matches("\"id\"").count())
            });
        }
    }
}

#[test]
fn a_write_by_graphql_is_cancelled_at_every_check_or_recorded() {
    let desk = Desk::new();
    let atlas = Arc::new(Atlas::open(desk.path()).unwrap().0);
    atlas.commit(proposal(city(20))).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let schema = schema();
    let mut number = 0;
    let rows: String = (0..200).map(|row| format!("park-{row},PARK,示例NUMBER\\n")).collect();
    let mutations = [
        "mutation { applyChanges(reason: \"r\", changes: [{ putOrganization: { id: \"a\", kind: PARK, name: \"示例NUMBER\" } }]) {
           version } }".to_owned(),
        format!("mutation {{ importLedger(reason: \"r\", files: [{{ name: \"a.csv\", content: {{
           text: \"id,kind,name\\n{rows}\" }} }}]) {{ recorded }} }}"),
        "mutation { issueTasks(month: \"MONTH\", dueOn: \"2040-01-01\", action: { date: \"2024-06-30\", office: \"示例NUMBER\" }) { existing } }".to_owned(),
    ];
    for mutation in mutations {
        at_every_check(&mutation[..30], || {
            number += 1;
            let before = atlas.snapshot().version;
            let month = format!("{}-{:02}", 2000 + number / 12, number % 12 + 1);
            let asked = mutation.replace("NUMBER", &number.to_string()).replace("MONTH", &month);
            let prepared = Prepared::new(Request::new(asked), &Limits::NONE).unwrap();
            let access = Access::administrator("test");
            let answer = runtime.block_on(execute_prepared(&schema, &atlas, access, prepared));
            if let Some(error) = answer.errors.first() {
                assert_eq!(error.message, "the request was stopped");
                assert_eq!(atlas.snapshot().version, before);
                return None;
            }
            Some(())
        });
    }
    assert_eq!(atlas.snapshot().graph.validate(), Ok(()));
    let version = atlas.snapshot().version;
    drop(atlas);
    let (atlas, report) = Atlas::open(desk.path()).unwrap();
    assert!(report.torn_tail.is_none() && report.rebuilt.is_none(), "{report:?}");
    assert_eq!(atlas.snapshot().version, version);
}

#[test]
fn reading_ledgers_committing_opening_and_checking_are_cancelled_at_every_check() {
    let desk = Desk::new();
    let (graph, catalog) = (graph(40), orgatlas::model::AttributeCatalog::default());
    let [csv, jsonl] = ["csv", "jsonl"].map(|name| desk.path().join(name));
    ledger::write_csv(&graph, &catalog, &csv).unwrap();
    ledger::write_jsonl(&graph, &catalog, &jsonl).unwrap();
    let xlsx = desk.path().join("ledgers.xlsx");
    ledger::write_xlsx(&graph, &catalog, None, &xlsx).unwrap();
    for ledgers in [&csv, &jsonl, &xlsx] {
        at_every_check(&ledgers.display().to_string(), || {
            match ledger::read(&[ledgers], &Graph::new(), &catalog) {
                Ok(reading) if reading.problems.is_empty() => Some(reading.changes),
                Ok(reading) => panic!("{}", reading.problems),
                Err(ReadError::Stopped(_)) => None,
                Err(other) => panic!("{other}"),
            }
        });
    }
    at_every_check("a commit", || {
        let store = tempfile::tempdir().unwrap();
        let atlas = Atlas::open(store.path()).ok()?.0;
        match atlas.commit(proposal(city(40))) {
            Ok(committed) => return Some(committed.changes),
            Err(CommitError::Stopped(_)) => assert_eq!(atlas.snapshot().version, 0),
            Err(other) => panic!("{other}"),
        }
        None
    });
    let store = desk.path().join("store");
    let atlas = Atlas::open(&store).unwrap().0;
    atlas.commit(proposal(city(40))).unwrap();
    atlas.checkpoint().unwrap();
    let added = Organization::new(id("late"), K::Park, "示例");
    atlas.commit(proposal(vec![Change::PutOrganization(Box::new(added))])).unwrap();
    drop(atlas);
    at_every_check("opening", || match Atlas::open(&store) {
        Ok((atlas, report)) => {
            assert!(report.rebuilt.is_none() && report.torn_tail.is_none(), "{report:?}");
            Some(atlas.snapshot().version)
        }
        Err(OpenError::Store(error)) => written(Err(error), "opening"),
        Err(other) => panic!("{other}"),
    });
    at_every_check("checking", || match storage::verify(&store) {
        Ok(report) => Some(report),
        Err(error @ (VerifyError::Stopped(_) | VerifyError::Log(_))) => written(Err(error), "checking"),
        Err(other) => panic!("{other}"),
    });
}

/// Libraries that call code of ours back, or whose values have destructors, so that nothing may unwind past them.
const NOT_UNWOUND: [&str; 16] = [
    "krilla",
    "tiny_skia",
    "fontdb",
    "rust_xlsxwriter",
    "parquet",
    "quick_xml",
    "oxttl",
    "zip",
    "calamine",
    "csv",
    "sled",
    "ureq",
    "axum",
    "hyper",
    "clap",
    "tempfile",
];

/// Files that name such a library return errors where they are cancelled.
#[test]
fn files_that_name_a_library_with_destructors_do_not_unwind() {
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut seen = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let uses = code.lines().filter_map(|line| line.trim().strip_prefix("use "));
        let named = uses.filter_map(|line| line.split([':', ';', '{']).next());
        if !named.into_iter().any(|library| NOT_UNWOUND.contains(&library)) {
            continue;
        }
        seen += 1;
        for call in ["go_on()", "counted(\"", "steps.add("] {
            let found = code.lines().find(|line| line.contains(call) && !line.contains("try_counted"));
            assert_eq!(found, None, "{}: it unwinds past a library", path.display());
        }
    }
    assert!(seen > 20, "only {seen} files were seen");
}
