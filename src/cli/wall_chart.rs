use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, text};
use super::argument::unit;
use super::output::write_file;
use super::store::StoreFolder;
use super::tasks::{Loop, decimal_cell, defined_by, target_label, tasks_of};
use crate::model::{Date, Month, Percentage, parse_date, today};
use crate::workbook::{Cell, Paper, Rating, Sheet, write_sheets};

/// The arguments of `wall-chart`.
#[derive(Debug, Args)]
pub(super) struct WallChart {
    #[command(flatten)]
    store: StoreFolder,
    /// The month whose tasks it shows, such as 2024-06
    #[arg(long, value_name = "MONTH")]
    month: Month,
    /// Only the subdistricts that stand within this organisation
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// The day that it is said of; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// The unit that reports, for the head of the chart; blank where left out
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    reporting_unit: Option<String>,
    /// The workbook (XLSX) to write: one page of A3
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

const QUERY: &str = "
query WallChart($within: ID, $asOf: Date) {
  programme { keyIndicators { indicator { id: code version name target { text uncoveredAtMost coveredAtLeast } } weight } }
  scoreboard(level: SUBDISTRICT, within: $within, asOf: $asOf) {
    organization { id name } responsible { name }
    rank rankChange score synthetic
    entries { value subjects unknown light rank }
  }
}";

impl WallChart {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let date = self.as_of.unwrap_or_else(today);
        let data = answer(&atlas, QUERY, json!({ "within": self.within, "asOf": date }))?;
        let filter = json!({ "month": self.month, "within": self.within, "asOf": date });
        let tasks = tasks_of(&atlas, &filter, false)?;
        if list(&data["scoreboard"]).is_empty() {
            return Err(Failure::new("no subdistrict stands there: name a territory that has some"));
        }
        let of_loop = Loop { month: self.month, date, reporting_unit: self.reporting_unit };
        let snapshot = atlas.snapshot();
        let classification = snapshot.disclosure.classification.as_deref();
        let bytes = write_sheets(&[sheet(&of_loop, &data, &tasks)], classification, today())?;
        write_file(&self.output, &bytes)
    }
}

/// Subdistricts × key indicators, with who is responsible and until when.
fn sheet(of_loop: &Loop, data: &Value, tasks: &[Value]) -> Sheet {
    let keys = list(&data["programme"]["keyIndicators"]);
    let mut headings: Vec<_> = ["名次", "镇街", "责任单位"].map(str::to_owned).to_vec();
    headings.extend(keys.iter().map(heading));
    headings.extend(["得分", "未销号\n任务", "整改\n时限"].map(str::to_owned));
    let board = list(&data["scoreboard"]);
    let rows = board.iter().map(|row| {
        let of: Vec<_> =
            tasks.iter().filter(|task| task["territory"]["id"] == row["organization"]["id"]).collect();
        let mut cells = vec![
            row["rank"].as_i64().map_or(Cell::Empty, Cell::Whole),
            Cell::Text(text(&row["organization"]["name"])),
            Cell::Text(text(&row["responsible"]["name"])),
        ];
        cells.extend(list(&row["entries"]).iter().map(cell));
        cells.extend([decimal_cell(&row["score"], Cell::Decimal), open(&of), due(&of)]);
        cells
    });
    Sheet {
        name: "挂图".to_owned(),
        title: format!("基层党建重点指标挂图作战（{}）", of_loop.month()),
        subtitle: vec![of_loop.source()],
        headings,
        rows: rows.collect(),
        notes: [
            "● 绿：达到目标。▲ 黄：距目标不超过 10 个百分点，或因情况不明尚不能判定。■ 红：差距更大。○ 无色：没有目标，只排名次。– 没有此类单位。",
            "格内为已覆盖占应覆盖的比例和在各镇街中的名次；得分为有数据的指标按权重平均，满分 100；同值同名次，其后名次空缺。",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain([defined_by(keys.iter().map(|key| &key["indicator"]))])
        .collect(),
        synthetic: board.iter().chain(tasks).any(|row| row["synthetic"] == true),
        paper: Paper::A3Page,
        ..Sheet::default()
    }
}

fn heading(key: &Value) -> String {
    let target = match target_label(&key["indicator"]["target"]) {
        target if target.is_empty() => "无目标".to_owned(),
        target => format!("目标 {target}"),
    };
    format!("{}\n{target}\n权重 {}", text(&key["indicator"]["name"]), text(&key["weight"]))
}

/// A sign, the number and the rank, such as `■ 72.4%` over `第 7 名`.
fn cell(entry: &Value) -> Cell {
    let judged = |sign: char| match entry["value"].as_f64() {
        Some(value) => format!("{sign} {}\n第 {} 名", Percentage::of_ratio(value), text(&entry["rank"])),
        None => format!("{sign} 未知"),
    };
    match entry["light"].as_str() {
        Some("GREEN") => Cell::Rated(judged('●'), Rating::Reached),
        Some("YELLOW") => Cell::Rated(judged('▲'), Rating::Open),
        Some("RED") => Cell::Rated(judged('■'), Rating::Missed),
        _ if entry["value"].is_null() => Cell::Rated("–".to_owned(), Rating::Free),
        _ => Cell::Rated(judged('○'), Rating::Free),
    }
}

/// How many tasks of the month are not closed, of how many, and how many of them are overdue.
fn open(tasks: &[&Value]) -> Cell {
    let open = tasks.iter().filter(|task| task["state"] != "CLOSED").count();
    let overdue = tasks.iter().filter(|task| task["overdue"] == true).count();
    let all = tasks.len();
    match (open, overdue) {
        _ if all == 0 => Cell::Rated("–".to_owned(), Rating::Free),
        (0, _) => Cell::Rated(format!("● 0/{all}"), Rating::Reached),
        (_, 0) => Cell::Rated(format!("▲ {open}/{all}"), Rating::Open),
        _ => Cell::Rated(format!("■ {open}/{all}\n逾期 {overdue}"), Rating::Missed),
    }
}

/// The first due date among the tasks that are not closed.
fn due(tasks: &[&Value]) -> Cell {
    let open = tasks.iter().filter(|task| task["state"] != "CLOSED");
    let first = open.filter_map(|task| task["dueOn"].as_str()).min();
    first
        .and_then(|date| parse_date(date).ok())
        .map_or_else(|| Cell::Rated("–".to_owned(), Rating::Free), Cell::Date)
}
