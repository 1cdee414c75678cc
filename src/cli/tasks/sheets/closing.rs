use serde_json::Value;

use super::{
    Loop, by_territory, count_cell, date_cell, defined_by, is_synthetic, names, state_label, text_cell,
    texts, units,
};
use crate::cli::answer::{list, text};
use crate::workbook::{Cell, Sheet};

/// 销号单: a sheet a territory, a row a unit of its closed tasks.
pub(in crate::cli::tasks) fn closing(of_loop: &Loop, tasks: &[Value]) -> Vec<Sheet> {
    let names = names(tasks);
    let sheets = by_territory(tasks).into_iter().map(|(id, tasks)| {
        let name = names.get(&id).cloned().unwrap_or(id);
        let rows: Vec<_> =
            tasks.iter().flat_map(|task| units(task).iter().map(move |unit| (*task, unit))).collect();
        let rows = rows.iter().enumerate().map(|(number, (task, unit))| row(number + 1, task, unit));
        let responsible = tasks.first().map_or_else(String::new, |task| text(&task["responsible"]["name"]));
        let rows: Vec<_> = rows.collect();
        Sheet {
            title: format!("{name}问题销号单（{}）", of_loop.month()),
            subtitle: vec![
                format!("责任单位：{responsible}"),
                format!("销号任务 {} 项，单位 {} 个次", tasks.len(), rows.len()),
                of_loop.source(),
            ],
            name,
            headings: texts(&[
                "序号",
                "指标",
                "单位名称",
                "单位编号",
                "整改结果",
                "交办日期",
                "整改完成",
                "销号日期",
                "核验意见",
            ]),
            rows,
            notes: vec![
                "销号以图谱核对为准：所列单位均已覆盖、已豁免或已不在范围。核验意见由销号单位填写。"
                    .to_owned(),
                defined_by(tasks.iter().map(|task| &task["indicator"])),
            ],
            signatures: texts(&["责任单位（盖章）", "核验单位（盖章）", "销号单位（盖章）", "日期"]),
            synthetic: is_synthetic(tasks.iter().copied()),
            ..Sheet::default()
        }
    });
    sheets.collect()
}

fn row(number: usize, task: &Value, unit: &Value) -> Vec<Cell> {
    vec![
        count_cell(number),
        text_cell(&task["indicator"]["name"]),
        text_cell(&unit["name"]),
        text_cell(&unit["id"]),
        Cell::Text(outcome(unit)),
        date_cell(&task["issuedOn"]),
        step_date(task, "RECTIFIED"),
        step_date(task, "CLOSED"),
        Cell::ByHand,
    ]
}

/// How the gap is gone, or that it has come back since.
fn outcome(unit: &Value) -> String {
    let label = state_label(&unit["state"]);
    match unit["state"].as_str() {
        Some("COVERED") => format!("{label}：{}", text(&unit["form"]["name"])),
        Some("UNCOVERED" | "UNKNOWN") => format!("销号后又{label}"),
        _ => label.to_owned(),
    }
}

/// The day of the last step to a state.
fn step_date(task: &Value, state: &str) -> Cell {
    let step = list(&task["history"]).iter().rev().find(|step| step["state"] == state);
    step.map_or(Cell::Empty, |step| date_cell(&step["date"]))
}
