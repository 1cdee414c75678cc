use std::io::IsTerminal;

use clap::ValueEnum;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::Failure;
use super::output::{line, print};

/// How a table is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Table,
    /// For programs: the answer as GraphQL gives it
    Json,
    /// For spreadsheets
    Csv,
}

/// A heading, and whether numbers stand under it.
pub(super) type Heading = (&'static str, bool);

/// Rows of text under headings.
pub(super) struct Rows {
    pub(super) headings: Vec<Heading>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Rows {
    /// Prints the rows for people.
    pub(super) fn print_table(&self) -> Result<(), Failure> {
        let mut table = Table::new();
        table.load_style(UTF8_BORDERS_ONLY);
        // A file or a pipe has no width to fit.
        if std::io::stdout().is_terminal() {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        table.set_header(self.headings.iter().map(|(heading, _)| *heading));
        for row in &self.rows {
            table.add_row(row);
        }
        for (column, (_, number)) in self.headings.iter().enumerate() {
            if let Some(column) = table.column_mut(column).filter(|_| *number) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        line(table)
    }

    /// Prints the rows as CSV.
    pub(super) fn print_csv(&self) -> Result<(), Failure> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.headings.iter().map(|(heading, _)| *heading))?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        print(String::from_utf8(writer.into_inner()?)?)
    }
}
