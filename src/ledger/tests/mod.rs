//! Ledgers in, changes and problems out: each test is data.

mod annexes;
mod as_typed;
mod changes;
mod encodings;
mod files;
mod hostile;
mod implied;
mod json_lines;
mod organizations;
mod personal_data;
mod relations;
mod repeats;
mod round_trip;
mod unseen;
mod violations;
mod workbooks;

use std::fmt::Write as _;
use std::fs;

use super::column::{Columns, FixedColumn, OrganizationColumn};
use super::value::Value;
use super::{Problems, Reading, name_violations, read};
use crate::graph::Graph;
use crate::model::{Annex, AttributeCatalog, Change, Organization};

/// Attributes of every type.
fn catalog() -> AttributeCatalog {
    let declare = |(id, kind): (&str, &str)| {
        format!(
            "[[attribute]]\nid = \"{id}\"\ntype = \"{kind}\"\n\
             name = {{ simplified = \"a\", traditional = \"a\", english = \"a\" }}\n"
        )
    };
    let all = [("social_workers", "integer"), ("green_share", "number"), ("is_star", "flag")];
    let all = all.into_iter().chain([("inspected_on", "date"), ("grade", "code")]);
    AttributeCatalog::from_toml(&all.map(declare).collect::<String>()).unwrap()
}

/// Reads files that hold these contents, under these names in one folder.
fn read_into<C: AsRef<[u8]>>(graph: &Graph, files: &[(&str, C)]) -> (Reading, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let reading = read(&[folder.path()], graph, &catalog()).unwrap();
    (reading, format!("{}/", folder.path().display()))
}

/// What comes of files in a graph of other files: the changes, then everything wrong, then the warnings.
fn check_in<C: AsRef<[u8]>>(known: &[(&str, &str)], files: &[(&str, C)]) -> String {
    let mut graph = graph_of(known);
    let (reading, folder) = read_into(&graph, files);
    let violations = graph.apply(&reading.changes).err().unwrap_or_default();
    let problems = name_violations(&reading, &violations);
    let mut report = String::new();
    if problems.is_empty() {
        reading.changes.iter().for_each(|change| report += &describe(change));
    }
    let said = |kind: &str, said: &Problems| {
        said.iter().map(|problem| format!("{kind}: {problem}\n").replace(&folder, "")).collect::<String>()
    };
    report + &said("problem", &problems) + &said("warning", &reading.warnings)
}

/// [`check_in`] an empty graph.
fn check<C: AsRef<[u8]>>(files: &[(&str, C)]) -> String {
    check_in(&[], files)
}

/// A graph of these files, in which there must be nothing wrong.
fn graph_of(files: &[(&str, &str)]) -> Graph {
    let mut graph = Graph::new();
    if files.is_empty() {
        return graph;
    }
    let (reading, _) = read_into(&graph, files);
    assert!(reading.problems.is_empty(), "{}", reading.problems);
    graph.apply(&reading.changes).unwrap();
    graph
}

/// A change with the columns that say something.
fn describe(change: &Change) -> String {
    let mut line = String::new();
    match change {
        Change::PutOrganization(organization) => {
            let catalog = catalog();
            let columns = Columns::new(&catalog);
            let blank = Organization::new(organization.id.clone(), organization.kind, "");
            line += organization.id.as_str();
            let attributes =
                columns.attributes().map(|(position, _)| OrganizationColumn::Attribute(position));
            for column in FixedColumn::all().skip(1).map(OrganizationColumn::Fixed).chain(attributes) {
                let value = Value::of(organization, column, &columns);
                let is_kind = column == OrganizationColumn::Fixed(FixedColumn::Kind);
                if is_kind || value != Value::of(&blank, column, &columns) {
                    write!(line, " {}={value}", columns.name(column)).unwrap();
                }
            }
        }
        Change::PutRelation(relation) => {
            write!(line, "{}", relation.key()).unwrap();
            relation.validity.to().iter().for_each(|day| write!(line, " to {day}").unwrap());
            relation.citation.iter().for_each(|text| write!(line, " citing {text}").unwrap());
        }
        Change::PutAnnex(annex) => {
            write!(line, "{}", annex.key()).unwrap();
            match annex.as_ref() {
                Annex::Exemption(exemption) => {
                    write!(line, ": {} by {}", exemption.reason, exemption.granted_by).unwrap();
                    exemption.until.iter().for_each(|day| write!(line, " until {day}").unwrap());
                }
                Annex::Value(dated) => {
                    write!(line, ": {:?} {}", dated.value, dated.validity).unwrap();
                    dated.source.iter().for_each(|source| write!(line, " after {source}").unwrap());
                }
                Annex::Task(_) => unreachable!("no ledger holds tasks"),
            }
        }
        other => write!(line, "{other:?}").unwrap(),
    }
    line + "\n"
}
