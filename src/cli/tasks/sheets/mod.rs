//! The sheets of the loop as a clerk prints them: rows of tasks and units, with cells to be filled in by hand.

mod closing;
mod hand_over;
pub(super) mod report;
mod supervision;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cli::answer::{definitions, list, text};
use crate::model::{Date, Month, parse_date, today};
use crate::workbook::Cell;

pub(super) use closing::closing;
pub(super) use hand_over::hand_over;
pub(super) use supervision::supervision;

/// What a sheet is about.
pub(in crate::cli) struct Loop {
    /// The month of the tasks.
    pub(in crate::cli) month: Month,
    /// The day that the sheet is said of.
    pub(in crate::cli) date: Date,
    /// The unit that reports; blank where it is not named.
    pub(in crate::cli) reporting_unit: Option<String>,
}

impl Loop {
    /// The month as titles write it.
    pub(in crate::cli) fn month(&self) -> String {
        let first = self.month.first_day();
        format!("{}年{}月", first.year(), first.month())
    }

    /// The line that says who reports and when.
    pub(in crate::cli) fn source(&self) -> String {
        let unit = self.reporting_unit.as_deref().unwrap_or("＿＿＿＿＿＿＿＿");
        format!("填报单位：{unit}　　统计日期：{}　　制表日期：{}", self.date, today())
    }
}

/// Tasks by territory, in the order of ids.
fn by_territory(tasks: &[Value]) -> BTreeMap<String, Vec<&Value>> {
    let mut of: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for task in tasks {
        of.entry(text(&task["territory"]["id"])).or_default().push(task);
    }
    of
}

/// A name of a sheet for each territory of some tasks: its own, with the id where another one has it too.
fn names(tasks: &[Value]) -> BTreeMap<String, String> {
    let territories = tasks.iter().map(|task| &task["territory"]);
    let named: BTreeMap<_, _> = territories.map(|t| (text(&t["id"]), text(&t["name"]))).collect();
    let shared = |name: &String| named.values().filter(|other| *other == name).count() > 1;
    let unique = |(id, name): (&String, &String)| {
        let unique = if shared(name) { format!("{name} {id}") } else { name.clone() };
        (id.clone(), unique)
    };
    named.iter().map(unique).collect()
}

/// A target as sheets write it; nothing without one.
pub(in crate::cli) fn target_label(target: &Value) -> String {
    let count = |field: &str, what: &str| Some(format!("{what} {}", target[field].as_u64()?));
    let of_count = count("uncoveredAtMost", "未覆盖 ≤").or_else(|| count("coveredAtLeast", "已覆盖 ≥"));
    of_count.unwrap_or_else(|| text(&target["text"]))
}

/// The line that says which definitions of indicators were used.
pub(in crate::cli) fn defined_by<'v>(indicators: impl Iterator<Item = &'v Value>) -> String {
    format!("指标定义：{}。", definitions(indicators))
}

/// The units of a task.
fn units(task: &Value) -> &[Value] {
    list(&task["listed"]["nodes"])
}

fn is_synthetic<'a>(tasks: impl IntoIterator<Item = &'a Value>) -> bool {
    tasks.into_iter().any(|task| task["synthetic"] == true)
}

fn text_cell(value: &Value) -> Cell {
    match text(value) {
        text if text.is_empty() => Cell::Empty,
        text => Cell::Text(text),
    }
}

fn count_cell(count: usize) -> Cell {
    Cell::Whole(i64::try_from(count).unwrap_or(i64::MAX))
}

fn date_cell(value: &Value) -> Cell {
    value.as_str().and_then(|text| parse_date(text).ok()).map_or(Cell::Empty, Cell::Date)
}

/// A number, or nothing.
pub(in crate::cli) fn decimal_cell(value: &Value, cell: impl FnOnce(f64) -> Cell) -> Cell {
    value.as_f64().map_or(Cell::Empty, cell)
}

/// How the graph sees a unit, as sheets write it.
fn state_label(state: &Value) -> &'static str {
    match state.as_str() {
        Some("COVERED") => "已覆盖",
        Some("UNCOVERED") => "未覆盖",
        Some("UNKNOWN") => "情况不明",
        Some("EXEMPT") => "已豁免",
        _ => "已不在范围",
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}
