//! What a command found, described once: a subject, columns and rows, written as table, CSV or printable sheet.

use std::fmt;
use std::io::IsTerminal;

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::Value;

use super::Failure;
use super::answer::text;
use crate::model::Date;
use crate::workbook::{Cell, Paper, Sheet, write_sheets};

/// What is filled in by hand below a printed sheet.
const SIGNATURES: [&str; 4] = ["填报单位（盖章）", "审核", "签收", "日期"];

/// Said where generated units are counted.
const GENERATED: &str = "含生成数据 generated data";

/// Rows of cells under headings, and what they are about.
pub(super) struct Report {
    /// The title of the printed sheet.
    pub(super) title: &'static str,
    pub(super) subject: Subject,
    /// Whether generated units are counted.
    pub(super) synthetic: bool,
    /// Further lines above the table.
    pub(super) about: Vec<Field>,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Field>>,
    /// Lines below the table.
    pub(super) notes: Vec<Field>,
}

/// What a report is about, where, and of which day.
pub(super) struct Subject {
    pub(super) what: Field,
    /// The name of the organisation that it is asked within.
    pub(super) within: Option<String>,
    /// The day; empty where it does not matter.
    pub(super) as_of: String,
}

/// A column: how programs and tables call it, how a printed sheet does, and whether numbers stand in it.
pub(super) struct Column {
    heading: String,
    printed: String,
    number: bool,
}

/// What stands in one row under one column.
#[derive(Clone)]
pub(super) enum Field {
    /// The same in every format.
    Same(Cell),
    /// What programs and tables say, and what a printed sheet says for it.
    Coded(String, String),
}

impl Report {
    /// The report for people at a terminal.
    pub(super) fn to_table(&self, classification: Option<&str>) -> String {
        let mut table = Table::new();
        table.load_style(UTF8_BORDERS_ONLY);
        // A file or a pipe has no width to fit.
        if std::io::stdout().is_terminal() {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        table.set_header(self.columns.iter().map(|column| &column.heading));
        for row in &self.rows {
            table.add_row(row);
        }
        for (position, _) in self.columns.iter().enumerate().filter(|(_, column)| column.number) {
            if let Some(column) = table.column_mut(position) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut lines: Vec<_> = classification.map(str::to_owned).into_iter().collect();
        lines.push(self.subject.to_string());
        lines.extend(self.synthetic.then(|| GENERATED.to_owned()));
        lines.extend(self.about.iter().map(Field::to_string));
        lines.push(table.to_string());
        lines.extend(self.notes.iter().map(Field::to_string));
        lines.join("\n") + "\n"
    }

    /// The rows for programs that read spreadsheets.
    pub(super) fn to_csv(&self) -> Result<Vec<u8>, Failure> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|column| &column.heading))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Field::to_string))?;
        }
        Ok(writer.into_inner()?)
    }

    /// The report as a sheet that a clerk can print, filled in by a unit on a day.
    pub(super) fn to_workbook(
        &self,
        reporting_unit: Option<&str>,
        classification: Option<&str>,
        made_on: Date,
    ) -> Result<Vec<u8>, Failure> {
        let Subject { what, within, as_of } = &self.subject;
        let within = within.as_deref().unwrap_or("全部");
        let unit = reporting_unit.unwrap_or("＿＿＿＿＿＿＿＿");
        let mut subtitle = vec![
            format!("内容：{}", what.printed()),
            format!("范围：{within}　　统计日期：{as_of}"),
            format!("填报单位：{unit}　　制表日期：{made_on}"),
        ];
        subtitle.extend(self.about.iter().map(|line| line.printed().to_string()));
        let sheet = Sheet {
            name: self.title.to_owned(),
            title: self.title.to_owned(),
            subtitle,
            headings: self.columns.iter().map(|column| column.printed.clone()).collect(),
            rows: self.rows.iter().map(|row| row.iter().map(Field::printed).collect()).collect(),
            notes: self.notes.iter().map(|note| note.printed().to_string()).collect(),
            signatures: SIGNATURES.map(str::to_owned).to_vec(),
            synthetic: self.synthetic,
            paper: Paper::A4,
        };
        Ok(write_sheets(&[sheet], classification, made_on)?)
    }
}

impl Column {
    /// A column of text.
    pub(super) fn text(heading: impl Into<String>, printed: impl Into<String>) -> Self {
        Self { heading: heading.into(), printed: printed.into(), number: false }
    }

    /// A column of numbers.
    pub(super) fn number(heading: impl Into<String>, printed: impl Into<String>) -> Self {
        Self { number: true, ..Self::text(heading, printed) }
    }
}

impl Field {
    /// Text; nothing for null, no quotes around text.
    pub(super) fn text(value: &Value) -> Self {
        text(value).into()
    }

    /// A whole number; nothing for null.
    pub(super) fn whole(value: &Value) -> Self {
        Self::Same(value.as_i64().map_or(Cell::Empty, Cell::Whole))
    }

    /// A share of 1; nothing for null.
    pub(super) fn percentage(value: &Value) -> Self {
        Self::Same(value.as_f64().map_or(Cell::Empty, Cell::Percentage))
    }

    /// How much a whole number rose; nothing for null.
    pub(super) fn rise(value: &Value) -> Self {
        Self::Same(value.as_i64().map_or(Cell::Empty, Cell::WholeChange))
    }

    /// Yes or no; nothing for null.
    pub(super) fn flag(value: &Value) -> Self {
        value.as_bool().map_or(Self::Same(Cell::Empty), |flag| {
            Self::Coded(flag.to_string(), if flag { "是" } else { "否" }.to_owned())
        })
    }

    fn printed(&self) -> Cell {
        match self {
            Self::Same(cell) => cell.clone(),
            Self::Coded(_, printed) => Cell::Text(printed.clone()),
        }
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Same(Cell::Text(text))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same(cell) => cell.fmt(f),
            Self::Coded(code, _) => f.write_str(code),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if !self.as_of.is_empty() {
            write!(f, " · {}", self.as_of)?;
        }
        self.within.iter().try_for_each(|within| write!(f, " · {within}"))
    }
}
