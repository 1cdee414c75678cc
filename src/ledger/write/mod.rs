mod annexes;
mod to_csv;
mod to_json_lines;
mod to_xlsx;

pub use to_csv::{write_csv, write_spreadsheet_safe_csv, write_stated_csv};
pub use to_json_lines::write_jsonl;
pub use to_xlsx::write_xlsx;

use std::io::{self, Write};

use super::annex_ledger::AnnexLedger;
use super::column::{Columns, FixedColumn, OrganizationColumn};
use crate::graph::Graph;
use crate::model::{AttributeCatalog, Organization, Relation};
use crate::work::{Stopped, try_counted};
use to_csv::Cells;

/// A ledger by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Ledger {
    /// Organisations.
    Organizations,
    /// Relations, implied ones included and marked.
    Relations,
    /// Exemptions.
    Exemptions,
    /// Dated values.
    Values,
}

/// The format of a ledger by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerFormat {
    /// As [`write_csv`] writes it.
    Csv,
    /// As [`write_spreadsheet_safe_csv`] writes it.
    SpreadsheetSafeCsv,
    /// As [`write_jsonl`] writes it.
    JsonLines,
}

/// Writes one ledger of a graph; of exemptions and dated values also where there are none.
///
/// # Errors
/// Those of writing.
pub fn write_ledger(
    graph: &Graph,
    catalog: &AttributeCatalog,
    ledger: Ledger,
    format: LedgerFormat,
    to: &mut impl Write,
) -> io::Result<()> {
    let columns = Columns::new(catalog);
    let cells = match format {
        LedgerFormat::Csv => Some(Cells::Exact),
        LedgerFormat::SpreadsheetSafeCsv => Some(Cells::SpreadsheetSafe),
        LedgerFormat::JsonLines => None,
    };
    let annexes = match ledger {
        Ledger::Organizations => {
            return match cells {
                Some(cells) => to_csv::write_organizations(graph, &columns, cells, to),
                None => to_json_lines::write_organizations(graph, &columns, to),
            };
        }
        Ledger::Relations => {
            return match cells {
                Some(cells) => to_csv::write_relations(&mut relations(graph), true, cells, to),
                None => to_json_lines::write_relations(graph, to),
            };
        }
        Ledger::Exemptions => AnnexLedger::Exemptions,
        Ledger::Values => AnnexLedger::Values,
    };
    match cells {
        Some(cells) => to_csv::write_annexes(graph, annexes, cells, to),
        None => to_json_lines::write_annexes(graph, annexes, to),
    }
}

/// The organisations of a graph, each a step of its export.
fn organizations(graph: &Graph) -> impl Iterator<Item = Result<Organization, Stopped>> {
    try_counted("exporting organisations", graph.organization_count() as u64, graph.organizations())
}

/// The relations of a graph and whether each is implied, each a step of its export.
fn relations(graph: &Graph) -> impl Iterator<Item = Result<(Relation, bool), Stopped>> {
    try_counted("exporting relations", graph.relation_count() as u64, graph.marked_relations())
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
