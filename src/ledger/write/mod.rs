mod annexes;
mod to_csv;
mod to_json_lines;
mod to_xlsx;

pub use to_csv::{write_csv, write_spreadsheet_safe_csv, write_stated_csv};
pub use to_json_lines::write_jsonl;
pub use to_xlsx::write_xlsx;

use super::column::{Columns, FixedColumn, OrganizationColumn};
use crate::graph::Graph;
use crate::model::{Organization, Relation};
use crate::work::counted;

/// The organisations of a graph, each a step of its export.
fn organizations(graph: &Graph) -> impl Iterator<Item = Organization> {
    counted("exporting organisations", graph.organization_count() as u64, graph.organizations())
}

/// Relations of a graph, each a step of its export.
fn exported(graph: &Graph, relations: impl Iterator<Item = Relation>) -> impl Iterator<Item = Relation> {
    counted("exporting relations", graph.relation_count() as u64, relations)
}

/// The columns that organisations are written in: the fixed ones, then the declared attributes that any of them has.
fn written_columns(graph: &Graph, columns: &Columns<'_>) -> Vec<OrganizationColumn> {
    let mut unseen: Vec<_> = columns.attributes().collect();
    let mut written: Vec<_> = FixedColumn::all().map(OrganizationColumn::Fixed).collect();
    if !unseen.is_empty() {
        for organization in graph.organizations() {
            unseen.retain(|(_, declaration)| !organization.attributes.contains_key(&declaration.id));
        }
    }
    let seen = columns.attributes().filter(|(position, _)| unseen.iter().all(|(other, _)| other != position));
    written.extend(seen.map(|(position, _)| OrganizationColumn::Attribute(position)));
    written
}
