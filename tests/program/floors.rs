//! The house: each floor imports only floors below it, and each engine is named on one floor only.

use std::fs;
use std::path::{Path, PathBuf};

/// Floors from the ground up, as `ARCHITECTURE.md` has them; modules of one floor do not import each other.
const FLOORS: [&[&str]; 8] = [
    &["caught", "memory", "model", "outgoing", "unaltered", "work"],
    &["access", "graph", "new_file", "workbook"],
    &["coverage", "ledger", "exchange", "diagram", "generate", "storage"],
    &["atlas", "drawing"],
    &["graphql"],
    &["http"],
    &["bench"],
    &["cli"],
];

/// Engines and the one module that may name each.
const ENGINES: [(&str, &str); 24] = [
    ("sled", "storage"),
    ("petgraph", "graph"),
    ("async_graphql", "graphql"),
    ("axum", "http"),
    ("hyper", "http"),
    ("tokio_rustls", "http"),
    ("governor", "http"),
    ("prometheus_client", "http"),
    ("opentelemetry", "http"),
    ("calamine", "ledger"),
    ("jsonwebtoken", "access"),
    ("ureq", "outgoing"),
    ("rust_xlsxwriter", "workbook"),
    ("clap", "cli"),
    ("krilla", "diagram"),
    ("tiny_skia", "diagram"),
    ("fontdb", "diagram"),
    ("skrifa", "diagram"),
    ("tracing_subscriber", "cli"),
    ("hanconv", "model"),
    ("quick_xml", "ledger"),
    ("quick_xml", "exchange"),
    ("oxttl", "exchange"),
    ("parquet", "exchange"),
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

fn source_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Every file with the module that it belongs to; `lib.rs` and `main.rs` stand above all floors.
fn files() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&src, &mut files);
    let of = |path: PathBuf| {
        let inner = path.strip_prefix(&src).unwrap();
        let first = inner.components().next().unwrap().as_os_str().to_string_lossy();
        let module = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
        let text = fs::read_to_string(&path).unwrap();
        (module, path, text)
    };
    files.into_iter().map(of).filter(|(module, ..)| module != "lib" && module != "main").collect()
}

/// Whether a file is compiled for tests only.
fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

/// Lines of code without comments, so that prose may name what code may not.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or_default())
}

#[test]
fn every_module_has_a_floor() {
    for (module, path, _) in files() {
        assert!(floor(&module).is_some(), "{} stands on no floor", path.display());
    }
}

#[test]
fn a_floor_imports_only_lower_floors() {
    let mut imports = 0;
    for (module, path, text) in files() {
        for line in code(&text) {
            for part in line.split("crate::").skip(1) {
                let named: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(other) = floor(&named).filter(|_| named != module) else { continue };
                imports += 1;
                assert!(
                    Some(other) < floor(&module),
                    "{}: {module} imports {named}, which does not stand below it: {line}",
                    path.display()
                );
            }
        }
    }
    assert!(imports > 50, "only {imports} imports were found: the test does not see what it should");
}

#[test]
fn an_engine_is_named_on_its_own_floor_only() {
    for (engine, home) in ENGINES {
        let belongs_to = |module: &str| ENGINES.contains(&(engine, module));
        let mut named_at_home = false;
        // A test may read what another floor's engine wrote, or write what it reads.
        for (module, path, text) in files().into_iter().filter(|(_, path, _)| !is_test(path)) {
            let names = code(&text).any(|line| {
                line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == engine)
            });
            named_at_home |= names && module == home;
            assert!(
                !names || belongs_to(&module),
                "{} names {engine}, which belongs to {home}",
                path.display()
            );
        }
        assert!(named_at_home, "{home} does not name {engine}");
    }
}
