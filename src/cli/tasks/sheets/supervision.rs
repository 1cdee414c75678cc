use serde_json::Value;

use super::{Loop, count_cell, date_cell, defined_by, is_synthetic, text_cell, texts, units};
use crate::cli::answer::text;
use crate::cli::tasks::list::label;
use crate::model::{Date, parse_date};
use crate::workbook::{Cell, Rating, Sheet};

/// 督办单: a row a task of the month or of one before that is not closed, the longest overdue first.
pub(in crate::cli::tasks) fn supervision(of_loop: &Loop, tasks: &[Value]) -> Vec<Sheet> {
    let month = of_loop.month.to_string();
    let mut tasks: Vec<_> = tasks.iter().filter(|task| text(&task["month"]) <= month).collect();
    if tasks.is_empty() {
        return Vec::new();
    }
    tasks.sort_by_key(|task| (text(&task["dueOn"]), text(&task["territory"]["id"])));
    let overdue = tasks.iter().filter(|task| task["overdue"] == true).count();
    let rows = tasks.iter().enumerate().map(|(number, task)| row(number + 1, task, of_loop.date)).collect();
    vec![Sheet {
        name: "督办单".to_owned(),
        title: format!("未销号任务督办单（{}）", of_loop.month()),
        subtitle: vec![format!("未销号 {} 项，其中逾期 {overdue} 项", tasks.len()), of_loop.source()],
        headings: texts(&[
            "序号",
            "镇街",
            "指标",
            "责任单位",
            "交办日期",
            "整改时限",
            "状态",
            "督办",
            "单位数",
            "未销单位数",
            "督办意见",
        ]),
        rows,
        notes: vec![
            "■ 逾期：已过整改时限仍未销号；▲ 未到期。督办意见由督办单位填写。".to_owned(),
            defined_by(tasks.iter().map(|task| &task["indicator"])),
        ],
        signatures: texts(&["督办单位（盖章）", "责任单位（签收）", "复核单位（盖章）", "日期"]),
        synthetic: is_synthetic(tasks.iter().copied()),
        ..Sheet::default()
    }]
}

fn row(number: usize, task: &Value, date: Date) -> Vec<Cell> {
    let open =
        units(task).iter().filter(|unit| matches!(unit["state"].as_str(), Some("UNCOVERED" | "UNKNOWN")));
    vec![
        count_cell(number),
        text_cell(&task["territory"]["name"]),
        text_cell(&task["indicator"]["name"]),
        text_cell(&task["responsible"]["name"]),
        date_cell(&task["issuedOn"]),
        date_cell(&task["dueOn"]),
        Cell::Text(label(&task["state"])),
        urgency(task, date),
        count_cell(units(task).len()),
        count_cell(open.count()),
        Cell::ByHand,
    ]
}

/// By how many days a task is overdue, or that it is not.
fn urgency(task: &Value, date: Date) -> Cell {
    let due = task["dueOn"].as_str().and_then(|due| parse_date(due).ok());
    let days = due.map_or(0, |due| (date - due).get_days());
    if task["overdue"] == true {
        Cell::Rated(format!("■ 逾期 {days} 天"), Rating::Missed)
    } else {
        Cell::Rated("▲ 未到期".to_owned(), Rating::Open)
    }
}
