//! What the project is built of: each crate has its reason, and none asks for a later Rust than the project does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output =
        Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What cargo knows of the packages that are built on this machine; others need not have been downloaded.
fn packages() -> Vec<Value> {
    let rust = output("rustc", &["-vV"]);
    let host = rust.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = std::env::var("CARGO").unwrap();
    let arguments = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    let said: Value = serde_json::from_str(&output(&cargo, &arguments)).unwrap();
    said["packages"].as_array().unwrap().clone()
}

fn manifest() -> toml::Table {
    read("Cargo.toml").parse().unwrap()
}

/// The crates that `Cargo.toml` names.
fn named(manifest: &toml::Table) -> BTreeSet<&str> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let places = targets.into_iter().flat_map(|each| each.values().filter_map(toml::Value::as_table));
    let places = places.chain([manifest]);
    let parts = places.flat_map(|place| ["dependencies", "dev-dependencies"].map(|part| place.get(part)));
    let tables = parts.flatten().filter_map(toml::Value::as_table);
    tables.flat_map(toml::Table::keys).map(String::as_str).collect()
}

/// The crates that the page explains, each with the cells of its row.
fn explained(page: &str) -> BTreeMap<&str, Vec<&str>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    let rows = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    rows.filter(|cells| !matches!(cells[0], "crate" | "---")).map(|cells| (cells[0], cells)).collect()
}

#[test]
fn every_dependency_has_a_reason_a_licence_and_a_keeper_in_the_docs() {
    let (manifest, page) = (manifest(), read("docs/DEPENDENCIES.md"));
    let explained = explained(&page);
    assert_eq!(named(&manifest), explained.keys().copied().collect());
    let packages = packages();
    for (name, cells) in explained {
        assert!(!cells[1].is_empty(), "{name} has no reason");
        // There may be several versions, of which one is named in the manifest.
        let known: Vec<_> = packages
            .iter()
            .filter(|package| package["name"] == name)
            .map(|package| {
                let licence = package["license"].as_str().unwrap().replace('/', " OR ");
                let repository = package["repository"].as_str().unwrap().trim_end_matches(".git");
                let keeper = repository.split('/').skip(3).take(2).collect::<Vec<_>>().join("/");
                (licence, keeper)
            })
            .collect();
        assert!(
            known.iter().any(|(licence, keeper)| cells[2] == licence && cells[3] == keeper),
            "{name} says of itself {known:?}"
        );
    }
}

#[test]
fn no_dependency_asks_for_a_later_rust() {
    let version = |text: &str| text.split('.').map(|part| part.parse().unwrap()).collect::<Vec<u32>>();
    let manifest = manifest();
    let own = version(manifest["package"]["rust-version"].as_str().unwrap());
    let mut asking = 0;
    for package in packages() {
        let Some(asked) = package["rust_version"].as_str() else { continue };
        asking += 1;
        assert!(version(asked)[..2] <= own[..2], "{} asks for Rust {asked}", package["id"]);
    }
    assert!(
        asking > 100,
        "only {asking} packages say which Rust they need: the test does not see what it should"
    );
}
