//! The monthly loop as its users meet it: issue, hand over, rectify, review, and what is left for the next month.

use std::path::Path;
use std::sync::Arc;

use calamine::{Data, Reader as _};
use orgatlas::access::Access;
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::coverage::Scope;
use orgatlas::coverage::plan::{Goal, Limits, PlanRequest, plan};
use orgatlas::graphql::{Request, execute, schema};
use orgatlas::model::Date;

use crate::desk::Desk;
use crate::sheets::assert_chinese;

/// A district of two subdistricts with gaps in both, one of them unknown later, and a unit that stands in neither.
fn small_desk() -> Desk {
    let desk = Desk::new();
    desk.write(
        "organizations.csv",
        "id,kind,name,division,designations,full_members,annual_income_cny,synthetic\n\
         cn-370114,DISTRICT,章丘区,,,,,\n\
         cn-370114001,SUBDISTRICT,明水街道,,,,,\n\
         cn-370114002,SUBDISTRICT,双山街道,,,,,\n\
         cn-370114001301,VILLAGE,廉坡村,,,,400000,\n\
         cn-370114002301,VILLAGE,三涧溪村,,,,900000,\n\
         zq-pwc,PARTY_WORKING_COMMITTEE,明水街道党工委,,,,,\n\
         gen-grid-1,GRID,示例网格一,370114001,BASE_GRID,,,true\n\
         gen-grid-2,GRID,示例网格二,370114001,BASE_GRID,,,true\n\
         gen-grid-3,GRID,示例网格三,370114002,BASE_GRID,,,true\n\
         gen-ent-1,ENTERPRISE,示例甲,370114001,TWO_NEW,5,,true\n\
         gen-ent-2,ENTERPRISE,示例乙,370114,TWO_NEW,4,,true\n\
         gen-station,SERVICE_STATION,示例站,370114002,,,,true\n",
    );
    desk.write(
        "relations.csv",
        "source,type,target\n\
         cn-370114001,PART_OF,cn-370114\n\
         cn-370114002,PART_OF,cn-370114\n\
         cn-370114001301,PART_OF,cn-370114001\n\
         cn-370114002301,PART_OF,cn-370114002\n\
         zq-pwc,ORGANIZES,cn-370114001\n\
         gen-station,SERVES,gen-grid-3\n",
    );
    desk.done("import --data store organizations.csv relations.csv");
    desk
}

/// What a command prints, or why it is refused.
fn said(desk: &Desk, arguments: &str) -> String {
    let outcome = desk.run(arguments);
    let text = if outcome.code == 0 { outcome.stdout } else { outcome.stderr };
    format!("$ orgatlas {arguments}\n{text}")
}

/// Makes the changes that a plan proposes for an indicator.
fn follow_plan(desk: &Desk, indicator: &str, date: &str) {
    let (atlas, _) = Atlas::open(&desk.path().join("store")).unwrap();
    let snapshot = atlas.snapshot();
    let date: Date = date.parse().unwrap();
    let scope = Scope { date, within: None };
    let request = PlanRequest { scope, limits: Limits::default(), goal: Goal::Everything, suppress_below: 0 };
    let plan = plan(snapshot.indicators.get(indicator).unwrap(), &snapshot.graph, &request);
    let changes: Vec<_> = plan.steps.iter().flat_map(|step| step.remedy.changes.clone()).collect();
    assert!(!changes.is_empty(), "{indicator} has no plan");
    let reason = format!("plan for {indicator}");
    atlas
        .commit(Proposal {
            changes,
            actor: "test".into(),
            reason,
            origin: orgatlas::model::Origin::default(),
            expected: None,
        })
        .unwrap();
}

#[test]
fn the_whole_loop() {
    let desk = small_desk();
    let said = |arguments: &str| said(&desk, arguments);
    let mut story = vec![
        said("tasks issue --data store --month 2024-06 --on 2024-06-03"),
        said("tasks issue --data store --month 2024-06 --on 2024-06-04"),
        said("tasks move --data store --month 2024-06 --to HANDED_OVER --on 2024-06-05"),
        said("tasks move --data store 2024-06/grid-station/cn-370114001 --to CLOSED --on 2024-06-06"),
        said("tasks move --data store --month 2024-06 --to RECTIFYING --on 2024-06-10"),
        said("tasks move --data store --month 2024-06 --to RECTIFIED --on 2024-06-20"),
        said("tasks move --data store 2024-06/grid-station/cn-370114001 --to CLOSED --on 2024-06-20"),
        said("tasks review --data store --month 2024-06 --on 2024-06-21"),
    ];
    for indicator in ["grid-station", "two-new-organisation"] {
        follow_plan(&desk, indicator, "2024-06-22");
    }
    desk.write("income.csv", "id,kind,name,annual_income_cny\ncn-370114001301,VILLAGE,廉坡村,\n");
    desk.done("import --data store income.csv");
    story.extend([
        said("tasks move --data store --month 2024-06 --to RECTIFIED --on 2024-06-24"),
        said("tasks review --data store --month 2024-06 --on 2024-06-25"),
        said("tasks list --data store --month 2024-06 --as-of 2024-07-02 --overdue"),
        said("tasks issue --data store --month 2024-07 --on 2024-07-01 --due 2024-07-20"),
    ]);
    insta::assert_snapshot!(story.join("\n"));
    assert!(desk.done("check --data store").contains("keep every rule"));
}

#[test]
fn a_reopened_store_has_the_tasks_of_the_live_one() {
    let desk = small_desk();
    let store = desk.path().join("store");
    let live = {
        let (atlas, _) = Atlas::open(&store).unwrap();
        let atlas = Arc::new(atlas);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for mutation in [
            r#"issueTasks(month: "2024-06", action: { date: "2024-06-03", note: "六月" }) { version }"#,
            r#"moveTasks(ids: ["2024-06/grid-station/cn-370114001"], to: HANDED_OVER) { version }"#,
        ] {
            let request = Request::new(format!("mutation {{ {mutation} }}"));
            let access = Access::administrator("test");
            let response = runtime.block_on(execute(&schema(), &atlas, access, request));
            assert!(response.errors.is_empty(), "{:?}", response.errors);
        }
        atlas.snapshot().graph.clone()
    };
    let (atlas, _) = Atlas::open(&store).unwrap();
    let again = atlas.snapshot();
    again.graph.validate().unwrap();
    assert_eq!(live, again.graph);
    assert_eq!(live.tasks(), again.graph.tasks());
    let steps: Vec<_> = again.graph.tasks().iter().map(|task| task.steps.len()).collect();
    assert_eq!(steps.iter().sum::<usize>(), steps.len() + 1);
}

#[test]
fn tasks_as_graphql_answers_them_and_what_it_refuses() {
    let desk = small_desk();
    let ask = |query: &str| {
        let outcome = desk.run_with(&["query", "--data", "store", query]);
        let answer: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
        let shown = match answer["errors"][0]["message"].as_str() {
            Some(message) => message.to_owned(),
            None => format!("{:#}", answer["data"]),
        };
        format!("{query}\n{shown}\n")
    };
    let asked = [
        r#"mutation { issueTasks(month: "2024-06", within: "cn-370114001", action: { date: "2024-06-03", office: "区委组织部", note: "按月交办" }) {
             existing issued { nodes { id } } } }"#,
        r#"mutation { issueTasks(month: "2024-06", action: { date: "2024-06-03" }) { existing issued { nodes { id } } } }"#,
        r#"mutation { moveTasks(ids: "2024-06/village-income/cn-370114001", to: HANDED_OVER, action: { date: "2024-06-05" }) {
             tasks { id state } query { tasks(states: [HANDED_OVER], asOf: "2024-06-05") { totalCount } } } }"#,
        r#"{ tasks(month: "2024-06", indicator: "village-income", asOf: "2024-07-01") { totalCount nodes {
             id month indicator { id } territory { name } responsible { id: organizationId name } issuedOn dueOn state nextStates
             overdue synthetic units { totalCount nodes { id: organizationId name state form { id: code } reasons { needed found } } }
             history { state date office note indicatorVersion faults { nodes { reason } } } } } }"#,
        r#"{ tasks(first: 1, asOf: "2024-06-04") { totalCount pageInfo { hasNextPage } nodes { id state } } }"#,
        r#"{ before: tasks(asOf: "2024-06-02") { totalCount } task(id: "2024-06/village-income/cn-370114001",
             asOf: "2024-06-04") { state history { state } } node(id: "2024-06/grid-station/cn-370114001") { id } }"#,
        r#"mutation { moveTasks(ids: ["2024-06/village-income/cn-370114001"], to: CLOSED) { version } }"#,
        r#"mutation { moveTasks(ids: ["2024-06/village-income/cn-370114002"], to: HANDED_OVER) { version } }"#,
        r#"mutation { moveTasks(ids: [], to: HANDED_OVER) { version } }"#,
        r#"mutation { moveTasks(ids: ["2024-06/village-income/cn-370114001"], to: RECTIFYING, action: { date: "2024-06-04" }) {
             version } }"#,
        r#"mutation { moveTasks(ids: ["2024-06/village-income/cn-370114001"], to: RECTIFYING, action: { date: "2999-01-01" }) {
             version } }"#,
        r#"mutation { moveTasks(ids: ["2024-06/village-income/cn-370114001"], to: RECTIFYING,
             action: { note: "电话13812345678" }) { version } }"#,
        r#"mutation { issueTasks(month: "2024-6") { existing } }"#,
        r#"mutation { issueTasks(month: "2024-06", within: "cn-370114001301") { existing } }"#,
        r#"mutation { issueTasks(month: "2024-07", dueOn: "2024-06-01", action: { date: "2024-06-30" }) { existing } }"#,
        r#"mutation { reviewTasks(month: "2024-06", action: { date: "2024-06-05" }) { closed { totalCount } sentBack { totalCount } } }"#,
    ];
    let today = orgatlas::model::today().to_string();
    insta::assert_snapshot!(asked.map(ask).join("\n").replace(&today, "TODAY"));
}

/// Every sheet of a workbook, its rows as a reader of workbooks sees them.
fn cells(path: &Path) -> String {
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
    let mut text = String::new();
    for name in workbook.sheet_names() {
        text += &format!("[{name}]\n");
        let range = workbook.worksheet_range(&name).unwrap();
        for row in range.rows() {
            let cells: Vec<_> = row.iter().map(|cell| shown(cell).replace('\n', "⏎")).collect();
            text += &format!("{}\n", cells.join("|").trim_end_matches('|'));
        }
    }
    text.replace(&format!("制表日期：{}", orgatlas::model::today()), "制表日期：今天")
}

/// What a reader sees in a cell.
fn shown(cell: &Data) -> String {
    match cell {
        Data::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

#[test]
fn the_sheets_of_the_loop_and_the_wall_chart() {
    let desk = small_desk();
    let cells = |file: &str| cells(&desk.path().join(file));
    desk.done("tasks issue --data store --month 2024-06 --on 2024-06-03");
    let sheet = |kind: &str, month: &str, date: &str| {
        desk.done(&format!(
            "tasks sheet --data store --kind {kind} --month {month} --as-of {date} -o {kind}.xlsx"
        ));
        cells(&format!("{kind}.xlsx"))
    };
    insta::assert_snapshot!("hand_over", sheet("hand-over", "2024-06", "2024-06-03"));
    for (state, date) in [("HANDED_OVER", "2024-06-05"), ("RECTIFYING", "2024-06-10")] {
        desk.done(&format!("tasks move --data store --month 2024-06 --to {state} --on {date}"));
    }
    follow_plan(&desk, "grid-station", "2024-06-12");
    desk.done(
        "tasks move --data store --month 2024-06 --indicator grid-station --to RECTIFIED --on 2024-06-20",
    );
    desk.done("tasks review --data store --month 2024-06 --on 2024-06-21");
    desk.done("tasks issue --data store --month 2024-07 --on 2024-07-01");
    insta::assert_snapshot!("supervision", sheet("supervision", "2024-07", "2024-07-03"));
    insta::assert_snapshot!("closing", sheet("closing", "2024-06", "2024-06-30"));
    insta::assert_snapshot!("report", sheet("report", "2024-06", "2024-07-03"));
    desk.done("wall-chart --data store --month 2024-06 --as-of 2024-07-03 -o chart.xlsx");
    insta::assert_snapshot!("wall_chart", cells("chart.xlsx"));
    for sheet in ["hand-over.xlsx", "supervision.xlsx", "closing.xlsx", "report.xlsx", "chart.xlsx"] {
        assert_chinese(&cells(sheet));
    }
    let outcome =
        desk.run("tasks sheet --data store --kind closing --month 2024-07 --as-of 2024-07-03 -o none.xlsx");
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains("no task of 2024-07 is to be printed"), "{}", outcome.stderr);
    assert!(!desk.path().join("none.xlsx").exists());
}
