use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, text, title};
use super::argument::{kind, moment};
use super::output::line;
use super::store::StoreFolder;
use super::table::{Format, Rows};
use crate::model::{Date, OrganizationKind, parse_date};

/// The arguments of `coverage`.
#[derive(Debug, Args)]
pub(super) struct Coverage {
    #[command(flatten)]
    store: StoreFolder,
    /// The indicator; `orgatlas query --data DIR '{ indicators { id name } }'` lists them
    #[arg(long, value_name = "ID")]
    indicator: String,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// Groups by the organisations of this kind, such as SUBDISTRICT
    #[arg(long, value_name = "KIND", value_parser = kind)]
    group_by: Option<OrganizationKind>,
    /// The day; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// As it was recorded at this moment, such as 2023-07-01T00:00:00+08:00; as it is recorded now where left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    recorded_at: Option<Timestamp>,
    /// How it is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const QUERY: &str = "
query Coverage($indicator: ID!, $within: ID, $groupBy: OrganizationKind, $asOf: Date, $recordedAt: DateTime) {
  coverage(indicator: $indicator, within: $within, groupBy: $groupBy, asOf: $asOf, recordedAt: $recordedAt) {
    indicator { id version name source due }
    asOf population subjects covered uncovered unknown exempt ratio
    forms { form { id name } count }
    target { shareAtLeast shareMoreThan coveredAtLeast uncoveredAtMost text }
    met shortfall synthetic
    groups {
      by { id name }
      population subjects covered uncovered unknown exempt ratio
      forms { form { id name } count }
      met shortfall
    }
  }
}";

impl Coverage {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let variables = json!({
            "indicator": self.indicator, "within": self.within, "groupBy": self.group_by, "asOf": self.as_of,
            "recordedAt": self.recorded_at,
        });
        let mut data = answer(&atlas, QUERY, variables)?;
        let coverage = data["coverage"].take();
        match self.format {
            Format::Json => line(format_args!("{coverage:#}"))?,
            Format::Csv => rows(&coverage).print_csv()?,
            Format::Table => {
                line(heading(&coverage))?;
                rows(&coverage).print_table()?;
            }
        }
        Ok(())
    }
}

/// What is shown, of which day, how it is covered, and whether units in it are generated.
fn heading(coverage: &Value) -> String {
    let mut lines = vec![title(coverage)];
    let forms = coverage["forms"].as_array().map_or(&[][..], Vec::as_slice);
    let forms: Vec<_> =
        forms.iter().map(|f| format!("{} {}", text(&f["form"]["name"]), text(&f["count"]))).collect();
    lines.push(forms.join(" · "));
    lines.join("\n")
}

/// A row a group and one for the whole, which comes last.
fn rows(coverage: &Value) -> Rows {
    let target = text(&coverage["target"]["text"]);
    let groups = coverage["groups"].as_array().map_or(&[][..], Vec::as_slice);
    let mut rows: Vec<_> = groups
        .iter()
        .map(|group| match &group["by"] {
            Value::Null => row("", "(none)", group, &target),
            by => row(&text(&by["id"]), &text(&by["name"]), group, &target),
        })
        .collect();
    rows.push(row("", "(all)", coverage, &target));
    Rows {
        headings: vec![
            ("id", false),
            ("name", false),
            ("population", true),
            ("subjects", true),
            ("covered", true),
            ("uncovered", true),
            ("unknown", true),
            ("exempt", true),
            ("ratio", true),
            ("target", false),
            ("met", false),
            ("shortfall", true),
        ],
        rows,
    }
}

fn row(id: &str, name: &str, counts: &Value, target: &str) -> Vec<String> {
    let mut row = vec![id.to_owned(), name.to_owned()];
    let fields = ["population", "subjects", "covered", "uncovered", "unknown", "exempt"];
    row.extend(fields.iter().map(|field| text(&counts[field])));
    row.push(counts["ratio"].as_f64().map_or_else(String::new, |ratio| format!("{:.1}%", ratio * 100.0)));
    row.push(target.to_owned());
    row.extend(["met", "shortfall"].iter().map(|field| text(&counts[field])));
    row
}
