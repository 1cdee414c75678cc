use serde_json::Value;

use super::{
    Loop, by_territory, count_cell, date_cell, defined_by, is_synthetic, names, state_label, text_cell,
    texts, units,
};
use crate::cli::answer::{list, text};
use crate::workbook::{Cell, Sheet};

/// 交办单: a sheet a territory, a row a unit of its tasks.
pub(in crate::cli::tasks) fn hand_over(of_loop: &Loop, tasks: &[Value]) -> Vec<Sheet> {
    let names = names(tasks);
    let sheets = by_territory(tasks).into_iter().map(|(id, tasks)| {
        let name = names.get(&id).cloned().unwrap_or(id);
        let rows: Vec<_> =
            tasks.iter().flat_map(|task| units(task).iter().map(move |unit| (*task, unit))).collect();
        let rows = rows.iter().enumerate().map(|(number, (task, unit))| row(number + 1, task, unit));
        let responsible = tasks.first().map_or_else(String::new, |task| text(&task["responsible"]["name"]));
        let rows: Vec<_> = rows.collect();
        Sheet {
            title: format!("{name}问题交办单（{}）", of_loop.month()),
            subtitle: vec![
                format!("责任单位：{responsible}"),
                format!("任务 {} 项，单位 {} 个次", tasks.len(), rows.len()),
                of_loop.source(),
            ],
            name,
            headings: texts(&[
                "序号",
                "指标",
                "单位名称",
                "单位编号",
                "所在",
                "现状",
                "缺少（有一项即可）",
                "交办日期",
                "整改时限",
                "整改措施",
            ]),
            rows,
            notes: vec![
                "整改措施由责任单位填写。现状由图谱按规则判定；已覆盖、已豁免或已不在范围的单位可销号。"
                    .to_owned(),
                defined_by(tasks.iter().map(|task| &task["indicator"])),
            ],
            signatures: texts(&["交办单位（盖章）", "责任单位（签收）", "签收日期"]),
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
        text_cell(&unit["organization"]["parent"]["name"]),
        Cell::Text(state_label(&unit["state"]).to_owned()),
        Cell::Text(missing(unit)),
        date_cell(&task["issuedOn"]),
        date_cell(&task["dueOn"]),
        Cell::ByHand,
    ]
}

/// What would cover the unit: each form by its name and, where something is recorded, what that falls short of.
fn missing(unit: &Value) -> String {
    let mut forms: Vec<(String, Vec<String>)> = Vec::new();
    for reason in list(&unit["reasons"]) {
        let form = match &reason["form"]["name"] {
            Value::Null => "是否属于统计范围".to_owned(),
            name => text(name),
        };
        if forms.last().is_none_or(|(last, _)| *last != form) {
            forms.push((form, Vec::new()));
        }
        let details = match text(&reason["found"]) {
            found if found == "none" => continue,
            _ => format!("需{}；现状：{}", text(&reason["neededLabel"]), text(&reason["foundLabel"])),
        };
        if let Some((_, all)) = forms.last_mut().filter(|(_, all)| !all.contains(&details)) {
            all.push(details);
        }
    }
    let forms = forms.into_iter().map(|(form, details)| match details.as_slice() {
        [] => form,
        details => format!("{form}（{}）", details.join("；")),
    });
    forms.collect::<Vec<_>>().join("、")
}
