use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Failure;
use super::answer::{answer, list, place, subject, text};
use super::argument::moment;
use super::output::{Format, Output};
use super::report::{Column, Field, Report};
use super::store::StoreFolder;
use crate::model::{Date, Percentage, parse_date};

/// The arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    store: StoreFolder,
    /// The indicator
    #[arg(long, value_name = "ID")]
    indicator: String,
    /// Only what stands within this organisation, and it itself
    #[arg(long, value_name = "ID")]
    within: Option<String>,
    /// The first so many steps and their changes; where left out, 50 in a table and all in csv and xlsx. In json, steps
    /// and units not planned are 1000 at the most, and `changes` is what `what-if` takes as it is
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Go on when the target is reached
    #[arg(long)]
    everything: bool,
    /// The day from which the changes hold; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// As it was recorded at this moment, such as 2023-07-01T00:00:00+08:00; as it is recorded now where left out
    #[arg(long, value_name = "TIME", value_parser = moment)]
    recorded_at: Option<Timestamp>,
    #[command(flatten)]
    output: Output,
}

/// How many steps people are shown where they do not say.
const SHOWN: u32 = 50;

/// How many steps one page holds at the most.
const PAGE: u32 = 1_000;

const QUERY: &str = "
query Plan($indicator: ID!, $within: ID, $asOf: Date, $recordedAt: DateTime, $everything: Boolean!, $first: Int!, $after: String,
           $limit: Int, $withChanges: Boolean!, $unplanned: Int!) {
  plan(indicator: $indicator, within: $within, asOf: $asOf, recordedAt: $recordedAt, everything: $everything) {
    indicator { id: code version name source }
    asOf synthetic note noteLabel
    before { population subjects covered uncovered unknown exempt ratio met shortfall }
    after { population subjects covered uncovered unknown exempt ratio met shortfall }
    bound { counted planned atLeast }
    steps(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { number remedy { kind text label units { id name } } covered ratio }
    }
    unplannedReasons { reason count }
    unplanned(first: $unplanned) { totalCount nodes { organization { id name } reason } }
    changes(steps: $limit) @include(if: $withChanges)
  }
}";

impl Plan {
    pub(super) fn run(self) -> Result<(), Failure> {
        let atlas = self.store.open()?;
        let format = self.output.format();
        let most = match (self.limit, format) {
            (Some(limit), Format::Json) => limit.min(PAGE),
            (Some(limit), _) => limit,
            (None, Format::Table) => SHOWN,
            (None, Format::Json) => PAGE,
            (None, Format::Csv | Format::Xlsx) => u32::MAX,
        };
        let mut plan = Value::Null;
        let mut steps = Vec::new();
        loop {
            let left = most - u32::try_from(steps.len()).unwrap_or(most);
            let variables = json!({
                "indicator": self.indicator, "within": self.within, "asOf": self.as_of, "recordedAt": self.recorded_at,
                "everything": self.everything, "first": left.min(PAGE),
                "after": plan["steps"]["pageInfo"]["endCursor"], "limit": self.limit,
                "withChanges": format == Format::Json,
                "unplanned": if format == Format::Json { PAGE } else { 0 },
            });
            plan = answer(&atlas, QUERY, variables)?["plan"].take();
            steps.extend(list(&plan["steps"]["nodes"]).iter().cloned());
            if plan["steps"]["pageInfo"]["hasNextPage"] != true || steps.len() as u64 >= u64::from(most) {
                break;
            }
        }
        plan["steps"] = json!({ "totalCount": plan["steps"]["totalCount"], "nodes": steps });
        let within = place(&atlas, self.within.as_deref())?;
        self.output.write(&atlas.snapshot().disclosure, &plan, || report(&plan, within))
    }
}

fn reached(counts: &Value, of: &str) -> String {
    let ratio =
        counts["ratio"].as_f64().map_or_else(String::new, |r| format!(" ({})", Percentage::of_ratio(r)));
    format!("{}{of}{}{ratio}", text(&counts["covered"]), text(&counts["subjects"]))
}

/// A row a step, and below them how good they are and what is left.
fn report(plan: &Value, within: Option<String>) -> Report {
    let rows = list(&plan["steps"]["nodes"]).iter().map(|step| {
        let remedy = &step["remedy"];
        let units = list(&remedy["units"]).iter().map(|unit| text(&unit["id"]));
        vec![
            Field::whole(&step["number"]),
            kind(&remedy["kind"]),
            Field::Coded(text(&remedy["text"]), text(&remedy["label"])),
            units.collect::<Vec<_>>().join(" ").into(),
            Field::whole(&step["covered"]),
            Field::percentage(&step["ratio"]),
        ]
    });
    Report {
        title: "补缺方案表",
        subject: subject(plan, within),
        synthetic: plan["synthetic"] == true,
        about: vec![Field::Coded(
            format!("{} → {}", reached(&plan["before"], " of "), reached(&plan["after"], " of ")),
            format!("已覆盖 {} → {}", reached(&plan["before"], "/"), reached(&plan["after"], "/")),
        )],
        columns: vec![
            Column::number("step", "序号"),
            Column::text("kind", "方式"),
            Column::text("what", "措施"),
            Column::text("units", "涉及单位"),
            Column::number("covered", "完成后已覆盖"),
            Column::number("ratio", "完成后覆盖率"),
        ],
        rows: rows.collect(),
        notes: notes(plan),
    }
}

/// What sort of thing a step does, by its code or as a sheet says it.
fn kind(kind: &Value) -> Field {
    let code = text(kind);
    let printed = match code.as_str() {
        "OWN_BRANCH" => "单独组建",
        "EXISTING_JOINT_BRANCH" => "加入已有联合支部",
        "NEW_JOINT_BRANCH" => "新建联合支部",
        "NEW_STATION" => "新设服务站",
        "EXISTING_ORGANIZATION" => "关联已有组织",
        "NEW_ORGANIZATION" => "新设组织",
        "RECORD_VALUE" => "补录数据",
        other => other,
    };
    let printed = printed.to_owned();
    Field::Coded(code, printed)
}

/// How many steps there are in all, how good they are, and what is left.
fn notes(plan: &Value) -> Vec<Field> {
    let steps = &plan["steps"]["totalCount"];
    let mut notes = vec![Field::Coded(counted(steps, "step"), format!("共 {} 步", text(steps)))];
    let bound = &plan["bound"];
    if !bound.is_null() {
        let [planned, at_least] = ["planned", "atLeast"].map(|field| text(&bound[field]));
        let (english, chinese) = match text(&bound["counted"]).as_str() {
            "BRANCHES" => ("branches", "党支部"),
            "STATIONS" => ("stations", "服务站"),
            _ => ("relations", "关联"),
        };
        notes.push(Field::Coded(
            format!("{planned} new {english}; by these rules it cannot be done with fewer than {at_least}"),
            format!("新设{chinese} {planned} 个；按此规则至少需要 {at_least} 个"),
        ));
    }
    let unplanned = &plan["unplanned"]["totalCount"];
    if *unplanned != 0 {
        let reasons = list(&plan["unplannedReasons"]);
        let listed = |names: fn(&str) -> &str| {
            let counts =
                reasons.iter().map(|r| format!("{} {}", names(&text(&r["reason"])), text(&r["count"])));
            counts.collect::<Vec<_>>().join(", ")
        };
        notes.push(Field::Coded(
            format!("{} not planned: {}", counted(unplanned, "unit"), listed(|code| code)),
            format!("未列入方案的单位 {} 个：{}", text(unplanned), listed(printed_reason)),
        ));
    }
    notes.extend(plan["note"].as_str().map(|note| Field::Coded(note.to_owned(), text(&plan["noteLabel"]))));
    notes
}

/// Why a unit is in no step, as a sheet says it.
fn printed_reason(code: &str) -> &str {
    match code {
        "UNKNOWN_STATE" => "情况不明",
        "UNKNOWN_MEMBERS" => "党员数不明",
        "SUPPRESSED_MEMBERS" => "党员数不公开",
        "UNKNOWN_PLACE" => "所在地不明",
        "TOO_FEW_MEMBERS" => "与邻近单位合计党员不足",
        "NONE_NEAR" => "附近无可接纳的组织",
        "NO_RULE" => "无适用规则",
        other => other,
    }
}

fn counted(count: &Value, what: &str) -> String {
    let plural = if *count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", text(count))
}
