use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::Failure;
use super::argument::unit;
use super::report::Report;
use crate::model::{Disclosure, today};
use crate::new_file::NewFile;

/// How a report is written, and where to.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The file to write it to; standard output where left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The unit that reports, for the head of a sheet; blank where left out
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    reporting_unit: Option<String>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Table,
    /// For programs: the answer as GraphQL gives it
    Json,
    /// For spreadsheets
    Csv,
    /// A workbook to print and sign, with Chinese headings; needs -o at a terminal
    Xlsx,
}

impl Output {
    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Writes the answer of a question, or the report of it.
    ///
    /// A table and a workbook carry the classification of the store; JSON and CSV have no place for it.
    pub(super) fn write(
        &self,
        disclosure: &Disclosure,
        answer: &Value,
        report: impl FnOnce() -> Report,
    ) -> Result<(), Failure> {
        let classification = disclosure.classification.as_deref();
        let bytes = match self.format {
            Format::Json => format!("{answer:#}\n").into_bytes(),
            Format::Table => report().to_table(classification).into_bytes(),
            Format::Csv => report().to_csv()?,
            Format::Xlsx if self.output.is_none() && std::io::stdout().is_terminal() => {
                return Err(Failure::new("a workbook is not for a terminal: name a file with -o FILE"));
            }
            Format::Xlsx => report().to_workbook(self.reporting_unit.as_deref(), classification, today())?,
        };
        match &self.output {
            Some(path) => write_file(path, &bytes),
            None => print_bytes(&bytes),
        }
    }
}

/// Writes a file that the user named; what was there is replaced once the new one is whole.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Ok(NewFile::at(path, |to| to.write_all(bytes))?.publish()?)
}

/// Prints a line of data on standard output.
pub(super) fn line(text: impl Display) -> Result<(), Failure> {
    print(format_args!("{text}\n"))
}

/// Prints data on standard output.
pub(super) fn print(text: impl Display) -> Result<(), Failure> {
    print_bytes(text.to_string().as_bytes())
}

/// Prints bytes on standard output.
///
/// A reader that has gone away, such as `head` with what it wanted, is no failure: there is nobody left to print for.
fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        outcome => Ok(outcome?),
    }
}
