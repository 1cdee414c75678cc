//! Workbooks: what a clerk prints, and what is read back.

use crate::desk::{Desk, desk_with_district};
use calamine::{Data, Reader, Xlsx, open_workbook};

const DATE: &str = "2024-06-30";

/// The cells of the first sheet of a workbook, separated by `|`, without the day on which it was made.
pub(crate) fn cells(desk: &Desk, file: &str) -> String {
    let mut workbook: Xlsx<_> = open_workbook(desk.path().join(file)).unwrap();
    let sheet = workbook.sheet_names()[0].clone();
    let range = workbook.worksheet_range(&sheet).unwrap();
    let row = |cells: &[Data]| cells.iter().map(ToString::to_string).collect::<Vec<_>>().join("|");
    let rows: String = range.rows().map(|cells| row(cells) + "\n").collect();
    let made_on = orgatlas::model::today().to_string();
    format!("[{sheet}]\n{rows}").replace(&format!("制表日期：{made_on}"), "制表日期：今天")
}

/// A sheet is Chinese: besides ids, versions and the mark of generated data it has no word of another language, and no code.
pub(crate) fn assert_chinese(cells: &str) {
    let word = |token: &&str| token.len() > 2 && token.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    let tokens = cells.split(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c));
    let foreign: Vec<_> =
        tokens.filter(word).filter(|token| !["generated", "data"].contains(token)).collect();
    assert!(foreign.is_empty(), "{foreign:?} in\n{cells}");
}

fn small_desk() -> Desk {
    let desk = Desk::new();
    desk.write(
        "organizations.csv",
        "id,kind,name,division,designations,full_members,synthetic\n\
         cn-370114,DISTRICT,章丘区,,,,\n\
         cn-370114001,SUBDISTRICT,明水街道,,,,\n\
         ent-1,ENTERPRISE,=示例甲,370114001,TWO_NEW,5,true\n\
         ent-2,ENTERPRISE,示例乙,370114001,TWO_NEW,4,true\n\
         ent-3,ENTERPRISE,示例丙,,TWO_NEW,,true\n\
         pty-1,PARTY_BRANCH,示例甲党支部,,,,true\n",
    );
    desk.write(
        "relations.csv",
        "source,type,target,mode\ncn-370114001,PART_OF,cn-370114,\npty-1,ORGANIZES,ent-1,STANDALONE\n",
    );
    desk.done("import --data store organizations.csv relations.csv");
    desk
}

#[test]
fn sheets_of_coverage_and_gaps() {
    let desk = small_desk();
    let asked = format!("--data store --indicator two-new-own-branch --as-of {DATE} --format xlsx");
    let printed = desk.done(&format!("coverage {asked} --group-by SUBDISTRICT -o coverage.xlsx"));
    assert_eq!(printed, "");
    insta::assert_snapshot!("sheet_of_coverage", cells(&desk, "coverage.xlsx"));
    assert_chinese(&cells(&desk, "coverage.xlsx"));
    desk.done(&format!(
        "gaps {asked} --within cn-370114 --states UNCOVERED,UNKNOWN,COVERED --reporting-unit 明水街道党工委 -o gaps.xlsx"
    ));
    insta::assert_snapshot!("sheet_of_gaps", cells(&desk, "gaps.xlsx"));
    assert_chinese(&cells(&desk, "gaps.xlsx"));
}

#[test]
fn sheets_of_scoreboard_plan_and_what_if() {
    let desk = small_desk();
    desk.done(&format!(
        "scoreboard --data store --level SUBDISTRICT --as-of {DATE} --format xlsx -o board.xlsx"
    ));
    let asked = format!("--data store --indicator two-new-organisation --as-of {DATE}");
    let plan = desk.done(&format!("plan {asked} --format json"));
    desk.write("plan.json", plan).done(&format!("plan {asked} --format xlsx -o plan.xlsx"));
    desk.done(&format!("what-if {asked} plan.json --format xlsx -o what-if.xlsx"));
    let sheets = ["board.xlsx", "plan.xlsx", "what-if.xlsx"].map(|file| cells(&desk, file));
    insta::assert_snapshot!(sheets.join("\n"));
    sheets.iter().for_each(|sheet| assert_chinese(sheet));
}

/// Every indicator of the district, where all that rules can say and all remedies occur.
#[test]
fn sheets_of_the_district_are_chinese() {
    let desk = desk_with_district();
    for indicator in [
        "two-new-own-branch",
        "village-income",
        "chamber-party-organisation",
        "grid-station",
        "red-workshop-levels",
    ] {
        let asked = format!(
            "--data store --indicator {indicator} --within cn-370114001 --as-of {DATE} --format xlsx"
        );
        desk.done(&format!("gaps {asked} --states UNCOVERED,UNKNOWN -o gaps.xlsx"));
        assert_chinese(&cells(&desk, "gaps.xlsx"));
        desk.done(&format!("plan {asked} --everything -o plan.xlsx"));
        assert_chinese(&cells(&desk, "plan.xlsx"));
    }
}

/// A plan has more steps than a page of its answer.
#[test]
fn a_plan_for_spreadsheets_is_whole() {
    let desk = desk_with_district();
    let asked = format!("plan --data store --indicator two-new-organisation --everything --as-of {DATE}");
    let first: serde_json::Value =
        serde_json::from_str(&desk.done(&format!("{asked} --format json --limit 1"))).unwrap();
    let csv = desk.done(&format!("{asked} --format csv"));
    assert_eq!(csv.lines().count() as u64, 1 + first["steps"]["totalCount"].as_u64().unwrap());
    assert_eq!(desk.done(&format!("{asked} --format csv --limit 3")).lines().count(), 4);
    assert_eq!(first["steps"]["nodes"].as_array().unwrap().len(), 1);
}

#[test]
fn a_report_goes_to_a_file_in_every_format() {
    let desk = small_desk();
    let asked = format!("coverage --data store --indicator two-new-own-branch --as-of {DATE}");
    for format in ["table", "csv", "json"] {
        let printed = desk.done(&format!("{asked} --format {format}"));
        assert_eq!(desk.done(&format!("{asked} --format {format} -o file")), "");
        assert_eq!(desk.read("file"), printed, "{format}");
    }
    let refused = desk.run(&format!("{asked} --format xlsx -o file/a.xlsx"));
    assert!(refused.code == 1 && refused.stderr.contains("file"), "{refused:?}");
    let refused = desk.run(&format!("{asked} --format xlsx --reporting-unit 张13812345678 -o a.xlsx"));
    assert!(refused.code == 2 && refused.stderr.contains("a mobile number"), "{refused:?}");
}

#[test]
fn a_workbook_of_the_district_is_read_back_exactly() {
    let desk = desk_with_district();
    desk.done("export --data store --format csv -o first");
    desk.done("export --data store --format xlsx -o district.xlsx");
    desk.done("import --data again district.xlsx");
    desk.done("export --data again --format csv -o second");
    for file in ["organizations.csv", "relations.csv"] {
        assert_eq!(desk.read(&format!("first/{file}")), desk.read(&format!("second/{file}")), "{file}");
    }
    let outcome = desk.run("import --data again district.xlsx");
    assert!(outcome.stderr.contains(" 0 changes;"), "{}", outcome.stderr);
}
