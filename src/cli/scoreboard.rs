use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, text};
use super::argument::{kind, moment};
use super::output::line;
use super::store::StoreFolder;
use super::table::{Format, Rows};
use crate::model::{Date, OrganizationKind, parse_date};

/// The arguments of `scoreboard`.
#[derive(Debug, Args)]
pub(super) struct Scoreboard {
    #[command(flatten)]
    store: StoreFolder,
    /// The kind of the organisations that are ranked, such as SUBDISTRICT
    #[arg(long, value_name = "KIND", value_parser = kind)]
    level: OrganizationKind,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// The day; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// As it was recorded at this moment, such as 2023-07-01T00:00:00+08:00; as it is recorded now where left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    recorded_at: Option<Timestamp>,
    /// How it is printed: table and json a row an organisation, csv a row an organisation and indicator
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const QUERY: &str = "
query Scoreboard($level: OrganizationKind!, $within: ID, $asOf: Date, $recordedAt: DateTime) {
  programme { keyIndicators { indicator { id name } weight } }
  scoreboard(level: $level, within: $within, asOf: $asOf, recordedAt: $recordedAt) {
    organization { id name }
    asOf rank score rankChange scoreChange synthetic
    entries {
      indicator { id version name source due }
      weight value covered subjects unknown target { text } met shortfall rank valueChange rankChange
    }
  }
}";

impl Scoreboard {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "level": self.level, "within": self.within, "asOf": self.as_of, "recordedAt": self.recorded_at,
        });
        let data = answer(&atlas, QUERY, variables)?;
        let board = &data["scoreboard"];
        match self.format {
            Format::Json => line(format_args!("{board:#}"))?,
            Format::Csv => entry_rows(board).print_csv()?,
            Format::Table => {
                line(heading(&data))?;
                rows(board).print_table()?;
            }
        }
        Ok(())
    }
}

/// The indicators by number, of which day, and whether generated units are counted.
fn heading(data: &Value) -> String {
    let board = list(&data["scoreboard"]);
    let mut lines = Vec::new();
    if let Some(first) = board.first() {
        lines.push(text(&first["asOf"]));
    }
    if board.iter().any(|row| row["synthetic"] == true) {
        lines.push("含生成数据 generated data".to_owned());
    }
    for (number, key) in (1..).zip(list(&data["programme"]["keyIndicators"])) {
        let (indicator, weight) = (&key["indicator"], &key["weight"]);
        lines.push(format!("{number}: {} ({}) × {weight}", text(&indicator["name"]), text(&indicator["id"])));
    }
    lines.join("\n")
}

/// A row an organisation: its rank and score, and of each indicator the value, a sign for the target, and the rank.
fn rows(board: &Value) -> Rows {
    const NUMBERS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    let board = list(board);
    let mut headings = vec![("rank", true), ("±", true), ("name", false), ("score", true), ("±", true)];
    let shown = board.first().map_or(0, |row| list(&row["entries"]).len());
    headings.extend(NUMBERS.iter().take(shown).map(|number| (*number, true)));
    let rows = board.iter().map(|row| {
        let mut cells = vec![
            text(&row["rank"]),
            signed(&row["rankChange"], 0),
            text(&row["organization"]["name"]),
            decimal(&row["score"], 1.0, 2),
            signed(&row["scoreChange"], 2),
        ];
        cells.extend(list(&row["entries"]).iter().take(NUMBERS.len()).map(cell));
        cells
    });
    Rows { rows: rows.collect(), headings }
}

/// The value, ✓ or ✗ where the target is met or not, and the rank, such as `83.3% ✗ #7`.
fn cell(entry: &Value) -> String {
    if entry["value"].is_null() {
        return "–".to_owned();
    }
    let sign = match &entry["met"] {
        Value::Bool(true) => " ✓",
        Value::Bool(false) => " ✗",
        _ => "",
    };
    format!("{}%{sign} #{}", decimal(&entry["value"], 100.0, 1), text(&entry["rank"]))
}

/// A row an organisation and indicator.
fn entry_rows(board: &Value) -> Rows {
    let rows = list(board).iter().flat_map(|row| {
        list(&row["entries"]).iter().map(move |entry| {
            let organization = &row["organization"];
            let mut cells = vec![text(&organization["id"]), text(&organization["name"])];
            cells.extend(["asOf", "rank", "score", "rankChange", "scoreChange"].map(|f| text(&row[f])));
            cells.extend(["id", "version"].map(|f| text(&entry["indicator"][f])));
            cells.extend(["weight", "value", "covered", "subjects", "unknown"].map(|f| text(&entry[f])));
            cells.push(text(&entry["target"]["text"]));
            cells.extend(["met", "shortfall", "rank", "valueChange", "rankChange"].map(|f| text(&entry[f])));
            cells.push(text(&row["synthetic"]));
            cells
        })
    });
    let headings = [
        "id",
        "name",
        "as_of",
        "rank",
        "score",
        "rank_change",
        "score_change",
        "indicator",
        "version",
        "weight",
        "value",
        "covered",
        "subjects",
        "unknown",
        "target",
        "met",
        "shortfall",
        "indicator_rank",
        "value_change",
        "indicator_rank_change",
        "synthetic",
    ];
    Rows { headings: headings.into_iter().map(|heading| (heading, false)).collect(), rows: rows.collect() }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn decimal(value: &Value, factor: f64, places: usize) -> String {
    value.as_f64().map_or_else(String::new, |number| format!("{:.places$}", number * factor))
}

/// A change with its sign; nothing where there is none to tell.
fn signed(value: &Value, places: usize) -> String {
    value.as_f64().map_or_else(String::new, |number| format!("{number:+.places$}"))
}
