use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Loop, count_cell, decimal_cell, defined_by, is_synthetic, target_label, text_cell, texts};
use crate::atlas::Atlas;
use crate::cli::Failure;
use crate::cli::answer::{answer, list, text};
use crate::model::TaskState;
use crate::workbook::{Cell, Sheet};

/// A query for the scoreboard, and for the whole of each key indicator now and a month before.
pub(in crate::cli::tasks) fn query(atlas: &Arc<Atlas>) -> Result<String, Failure> {
    let keys = answer(atlas, "{ programme { keyIndicators { indicator { id } } } }", json!({}))?;
    let mut fields = String::new();
    for (number, key) in list(&keys["programme"]["keyIndicators"]).iter().enumerate() {
        let id = &key["indicator"]["id"];
        write!(
            fields,
            "now{number}: coverage(indicator: {id}, within: $within, asOf: $asOf) {{
               ratio covered subjects unknown met synthetic target {{ text uncoveredAtMost coveredAtLeast }} }}
             before{number}: coverage(indicator: {id}, within: $within, asOf: $before) {{ ratio }}\n"
        )?;
    }
    Ok(format!(
        "query Report($within: ID, $asOf: Date, $before: Date) {{
           programme {{ keyIndicators {{ indicator {{ id: code version name }} weight }} }}
           scoreboard(level: SUBDISTRICT, within: $within, asOf: $asOf) {{
             organization {{ id name }} responsible {{ name }} synthetic score rank scoreChange rankChange
           }}
           {fields}
         }}"
    ))
}

/// 月报: a row a subdistrict on one sheet, a row an indicator on the other.
pub(in crate::cli::tasks) fn sheets(of_loop: &Loop, tasks: &[Value], answer: &Value) -> Vec<Sheet> {
    vec![territories(of_loop, tasks, answer), indicators(of_loop, tasks, answer)]
}

fn territories(of_loop: &Loop, tasks: &[Value], answer: &Value) -> Sheet {
    let board = list(&answer["scoreboard"]);
    let mut headings =
        texts(&["名次", "镇街", "责任单位", "得分", "得分变化", "名次变化", "任务", "单位个次"]);
    headings.extend(TaskState::all().map(|state| state.label().simplified));
    headings.extend(texts(&["逾期", "销号率"]));
    let mut rows: Vec<_> = board
        .iter()
        .map(|row| {
            let of: Vec<_> =
                tasks.iter().filter(|t| t["territory"]["id"] == row["organization"]["id"]).collect();
            let mut cells = vec![
                row["rank"].as_i64().map_or(Cell::Empty, Cell::Whole),
                text_cell(&row["organization"]["name"]),
                text_cell(&row["responsible"]["name"]),
                decimal_cell(&row["score"], Cell::Decimal),
                decimal_cell(&row["scoreChange"], Cell::DecimalChange),
                row["rankChange"].as_i64().map_or(Cell::Empty, Cell::WholeChange),
            ];
            cells.extend(progress(&of));
            cells
        })
        .collect();
    // Units that stand in no subdistrict are in the task of what holds these.
    let ranked = |task: &&Value| board.iter().any(|row| row["organization"]["id"] == task["territory"]["id"]);
    let others: Vec<_> = tasks.iter().filter(|task| !ranked(task)).collect();
    if !others.is_empty() {
        rows.push(total("不在镇街内的单位", &others));
    }
    rows.push(total("合计", &tasks.iter().collect::<Vec<_>>()));
    Sheet {
        name: "按镇街".to_owned(),
        title: format!("基层党建重点指标月报（{}）：按镇街", of_loop.month()),
        subtitle: vec!["变化：与上月同日（月末对月末）相比，按现在掌握的数据".to_owned(), of_loop.source()],
        headings,
        rows,
        notes: vec![
            format!("得分：有数据的重点指标按权重平均，满分 100。{}", weights(answer)),
            "名次：得分高者在前，同分同名次，其后名次空缺。销号率：已销号任务占任务的比例。".to_owned(),
        ],
        signatures: texts(&["填报单位（盖章）", "审核单位（盖章）", "日期"]),
        synthetic: is_synthetic(tasks) || board.iter().any(|row| row["synthetic"] == true),
        ..Sheet::default()
    }
}

fn indicators(of_loop: &Loop, tasks: &[Value], answer: &Value) -> Sheet {
    let keys = list(&answer["programme"]["keyIndicators"]);
    let mut headings = texts(&[
        "序号",
        "指标",
        "权重",
        "目标",
        "数值",
        "上月",
        "变化",
        "已覆盖",
        "应覆盖",
        "情况不明",
        "任务",
        "单位个次",
    ]);
    headings.extend(TaskState::all().map(|state| state.label().simplified));
    headings.extend(texts(&["逾期", "销号率"]));
    let rows = keys.iter().enumerate().map(|(number, key)| {
        let (now, before) = (&answer[format!("now{number}")], &answer[format!("before{number}")]);
        let of: Vec<_> = tasks.iter().filter(|t| t["indicator"]["id"] == key["indicator"]["id"]).collect();
        let change =
            now["ratio"].as_f64().zip(before["ratio"].as_f64()).map(|(now, before)| 100.0 * (now - before));
        let whole = |field: &str| now[field].as_i64().map_or(Cell::Empty, Cell::Whole);
        let mut cells = vec![
            count_cell(number + 1),
            text_cell(&key["indicator"]["name"]),
            key["weight"].as_i64().map_or(Cell::Empty, Cell::Whole),
            Cell::Text(target_label(&now["target"])),
            decimal_cell(&now["ratio"], Cell::Percentage),
            decimal_cell(&before["ratio"], Cell::Percentage),
            change.map_or(Cell::Empty, Cell::DecimalChange),
            whole("covered"),
            whole("subjects"),
            whole("unknown"),
        ];
        cells.extend(progress(&of));
        cells
    });
    Sheet {
        name: "按指标".to_owned(),
        title: format!("基层党建重点指标月报（{}）：按指标", of_loop.month()),
        subtitle: vec![
            "上月：上月同日（月末对月末），按现在掌握的数据；变化：百分点".to_owned(),
            of_loop.source(),
        ],
        headings,
        rows: rows.collect(),
        notes: vec![
            "数值：已覆盖除以应覆盖；情况不明和已豁免的单位不计入应覆盖。".to_owned(),
            defined_by(keys.iter().map(|key| &key["indicator"])),
        ],
        signatures: texts(&["填报单位（盖章）", "审核单位（盖章）", "日期"]),
        synthetic: is_synthetic(tasks)
            || (0..keys.len()).any(|n| answer[format!("now{n}")]["synthetic"] == true),
        ..Sheet::default()
    }
}

/// How many tasks there are, of how many units, in which states, how many overdue, and what share is closed.
fn progress(tasks: &[&Value]) -> Vec<Cell> {
    let units = tasks.iter().filter_map(|task| task["units"]["totalCount"].as_i64()).sum();
    let count = |is: &dyn Fn(&Value) -> bool| tasks.iter().filter(|task| is(task)).count();
    let mut cells = vec![count_cell(tasks.len()), Cell::Whole(units)];
    cells.extend(TaskState::all().map(|state| count_cell(count(&|task| task["state"] == state.name()))));
    cells.push(count_cell(count(&|task| task["overdue"] == true)));
    let closed = count(&|task| task["state"] == TaskState::Closed.name());
    let share = closed as f64 / tasks.len() as f64;
    cells.push(if tasks.is_empty() { Cell::Empty } else { Cell::Percentage(share) });
    cells
}

fn total(name: &str, tasks: &[&Value]) -> Vec<Cell> {
    let mut cells = vec![Cell::Empty; 6];
    cells[1] = Cell::Text(name.to_owned());
    cells.extend(progress(tasks));
    cells
}

/// The key indicators and their weights.
fn weights(answer: &Value) -> String {
    let keys = list(&answer["programme"]["keyIndicators"]).iter();
    let each: Vec<_> = keys
        .map(|key| {
            let [id, version, name] = ["id", "version", "name"].map(|field| text(&key["indicator"][field]));
            format!("{name}（{id} v{version}）×{}", text(&key["weight"]))
        })
        .collect();
    format!("指标与权重：{}", each.join("、"))
}
